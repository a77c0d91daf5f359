import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { FaucetConfig } from '../config/model.js'
import { equalValues } from '../edit/value.js'
import type { ConfigValue } from '../edit/value.js'
import { anyConfig } from './arbitrary.test-data.js'
import { documentValue, readDocument } from './read-yaml.js'
import { formatText } from './scalar.js'
import { stringifyFaucetConfig } from './stringify.js'

const office: FaucetConfig = {
  dps: {
    sw1: {
      dp_id: 18446744073709551615n,
      hardware: 'Open vSwitch',
      faucet_dp_mac: '0e:00:00:00:00:01',
      port_table_scale_factor: 1,
      stack: { priority: 1, min_stack_health: 1 },
      interfaces: {
        1: { native_vlan: 100, acls_in: ['web', 7] },
        uplink: { number: 2, tagged_vlans: [100, 'guests'], description: '7' },
        3: {},
      },
    },
  },
  vlans: { 100: { description: 'yes' }, guests: { vid: 200, faucet_vips: ['10.0.0.254/24'] } },
  acls: { web: [{ rule: { dl_type: 0x800, nw_proto: 6, tcp_dst: 80, actions: { allow: 1 } } }, { actions: { allow: 0 } }] },
  meters: { 5: { meter_id: 5, entry: { flags: 'KBPS', bands: [{ type: 'DROP', rate: 1000 }] } } },
}

describe('stringifyFaucetConfig', () => {
  it('writes as people write faucet.yaml', () => {
    expect(stringifyFaucetConfig(office)).toBe(`meters:
  "5":
    meter_id: 5
    entry:
      flags: KBPS
      bands:
        - type: DROP
          rate: 1000

acls:
  web:
    - rule:
        dl_type: 2048
        nw_proto: 6
        tcp_dst: 80
        actions:
          allow: 1
    - actions:
        allow: 0

vlans:
  100:
    description: "yes"
  guests:
    vid: 200
    faucet_vips: ["10.0.0.254/24"]

dps:
  sw1:
    dp_id: 18446744073709551615
    hardware: Open vSwitch
    faucet_dp_mac: "0e:00:00:00:00:01"
    port_table_scale_factor: 1.0
    stack:
      priority: 1
      min_stack_health: 1.0
    interfaces:
      1:
        native_vlan: 100
        acls_in: [web, 7]
      3: {}
      uplink:
        number: 2
        tagged_vlans: [100, guests]
        description: "7"
`)
  })

  it('breaks a long list into lines', () => {
    const dp_acls = Array.from({ length: 20 }, (_, index) => `acl-${index}`)
    const text = stringifyFaucetConfig({ dps: { a: { dp_id: 1, dp_acls } } })
    expect(text).toContain('    dp_acls:\n      - acl-0\n      - acl-1\n')
  })

  it('indents as it is told to', () => {
    const text = stringifyFaucetConfig({ vlans: { a: { vid: 1 } } }, { indent: 4 })
    expect(text).toBe('vlans:\n    a:\n        vid: 1\n')
  })

  it('reads back as the same configuration', () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        const read = documentValue(readDocument(stringifyFaucetConfig(config)))
        expect(equalValues(read, config as unknown as ConfigValue)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('reads back as the same text in YAML 1.1 too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parse(`a: ${formatText(text)}`, { version: '1.1' })).toEqual({ a: text })
      }),
    )
  })

  it('refuses a key that YAML cannot have', () => {
    expect(() => stringifyFaucetConfig({ vlans: { ['v'.repeat(1001)]: {} } })).toThrow('1001 characters; YAML allows 1000')
  })
})
