import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FaucetConfig } from '../config/model.js'
import { equalValues } from '../edit/value.js'
import type { ConfigMapping } from '../edit/value.js'
import { anyConfig } from '../write/arbitrary.test-data.js'
import { applyChanges, diffConfig } from './diff-config.js'

const before: FaucetConfig = {
  vlans: { office: { vid: 100 }, guests: { vid: 200 } },
  acls: { web: [{ actions: { allow: 1 } }] },
  dps: {
    sw1: { dp_id: 1, interfaces: { 1: { native_vlan: 'office', description: 'a' }, 2: { native_vlan: 'guests' } } },
    sw2: { dp_id: 2, interfaces: { 1: { native_vlan: 'office' } } },
  },
}

describe('diffConfig', () => {
  it('tells what came, went and changed', () => {
    const after: FaucetConfig = {
      vlans: { office: { vid: 101 }, lab: { vid: 300 } },
      acls: { web: [{ actions: { allow: 0 } }] },
      dps: {
        sw1: {
          dp_id: 1n,
          timeout: 60,
          interfaces: { 1: { native_vlan: 'office', acls_in: ['web'] }, 3: { native_vlan: 'lab' } },
        },
      },
      meters: { m: { meter_id: 1, entry: { flags: 'KBPS', bands: [] } } },
    }
    const changes = diffConfig(before, after)
    expect(changes.map(({ type, thing, dp, path }) => `${type} ${thing} ${dp ?? ''} ${path.join('.')}`)).toEqual([
      'changed vlan  vlans.office.vid',
      'removed vlan  vlans.guests',
      'added vlan  vlans.lab',
      'changed acl  acls.web',
      'changed port sw1 dps.sw1.interfaces.1.description',
      'changed port sw1 dps.sw1.interfaces.1.acls_in',
      'removed port sw1 dps.sw1.interfaces.2',
      'added port sw1 dps.sw1.interfaces.3',
      'changed dp sw1 dps.sw1.timeout',
      'removed dp sw2 dps.sw2',
      'added section  meters',
      'added meter  meters.m',
    ])
    expect(changes[0]).toMatchObject({ name: 'office', before: 100, after: 101 })
    expect(applyChanges(before, changes)).toEqual({ ...after, dps: { sw1: { ...after.dps?.sw1, dp_id: 1 } } })
  })

  it('does not mind the order of keys', () => {
    expect(diffConfig({ vlans: { a: { vid: 1, name: 'a' } } }, { vlans: { a: { name: 'a', vid: 1 } } })).toEqual([])
  })

  it('is empty exactly when the configurations are equal', () => {
    fc.assert(
      fc.property(anyConfig, anyConfig, (one, other) => {
        expect(diffConfig(one, structuredClone(one))).toEqual([])
        const equal = equalValues(one as ConfigMapping, other as ConfigMapping)
        expect(diffConfig(one, other).length === 0).toBe(equal)
      }),
      { numRuns: 300 },
    )
  })

  it('leads to the newer configuration', () => {
    fc.assert(
      fc.property(anyConfig, anyConfig, (one, other) => {
        expect(equalValues(applyChanges(one, diffConfig(one, other)) as ConfigMapping, other as ConfigMapping)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
