import { describe, expect, it } from 'vitest'
import type { FaucetConfig } from '../config/model.js'
import { deleteDpInterfaces, deleteDps, getDpIds, makeCoprocessorPort, setDpInterfaces, setDps, setRemoteMirrorPort } from './dps.js'
import { getAclNames, getDpInfo, getDpNames } from './info.js'
import { deleteConfigKey, mergeConfig } from './merge.js'
import { addPortAcl, parseAclNames, removePortAcl, setPortAcls } from './port-acl.js'
import { addPortMirror, clearPortMirror, removePortMirror } from './port-mirror.js'
import { removeAcl, removeVlan, setAcl, setPermanentLearning, setPortEnabled, setPortTaggedVlans, setPortVlan } from './vlan.js'
import { setVlan, setVlanAcls, setVlanOutAcl } from './vlan.js'

const config: FaucetConfig = {
  vlans: { office: { vid: 100 }, 200: {}, unused: { vid: 300 } },
  acls: { web: [{ rule: { actions: { allow: 1 } } }], spare: [{ rule: { actions: { allow: 1 } } }] },
  dps: {
    sw1: {
      dp_id: 1,
      description: 'first',
      interfaces: {
        1: { native_vlan: 'office', acl_in: 'web' },
        2: { native_vlan: 'office', name: 'desk' },
        3: { mirror: [1, 'desk'] },
        uplink: { number: 7, stack: { dp: 'sw2', port: 'down' } },
      },
      interface_ranges: { '10-12': { native_vlan: 200 } },
    },
    sw2: { dp_id: 18446744073709551615n, interfaces: { down: { number: 1, stack: { dp: 'sw1', port: 7 } }, 2: {} } },
  },
}
const port = (changed: FaucetConfig, key: string | number, dp = 'sw1') => changed.dps?.[dp]?.interfaces?.[key]

describe('mergeConfig', () => {
  it('merges mappings, replaces lists and scalars', () => {
    const merged = mergeConfig({ dps: { a: { dp_id: 1, dp_acls: ['x', 'y'] } } }, { dps: { a: { dp_id: 2, dp_acls: ['z'], timeout: 60 } } })
    expect(merged).toEqual({ dps: { a: { dp_id: 2, dp_acls: ['z'], timeout: 60 } } })
    expect(mergeConfig(undefined, config)).toEqual(config)
    expect(mergeConfig({ vlans: null } as never, { vlans: { a: { vid: 1 } } })).toEqual({ vlans: { a: { vid: 1 } } })
  })

  it('refuses what does not go together', () => {
    expect(() => mergeConfig({ acls: { a: [{}] } }, { acls: { a: { rules: [{}] } } })).toThrow(
      'cannot merge [{}] and {"rules":[{}]} at acls.a; both must be mappings, or both lists',
    )
    expect(() => mergeConfig(config, { vlans: 1 } as never)).toThrow('cannot merge')
  })
})

describe('deleteConfigKey', () => {
  it('deletes a key, or an item of a list', () => {
    expect(deleteConfigKey(config, ['acls', 'web']).acls).toEqual({ spare: config.acls?.spare })
    expect(port(deleteConfigKey(config, ['dps', 'sw1', 'interfaces', 3, 'mirror', 'desk']), 3)).toEqual({ mirror: [1] })
  })

  it.each([[['acls', 'mail']], [['acls', 'mail', 'rules']], [['dps', 'sw1', 'interfaces', 3, 'mirror', 9]], [['version']]])(
    'does not find %o',
    (path) => {
      expect(() => deleteConfigKey(config, path)).toThrow('Unable to find key in the config')
    },
  )

  it('wants a path', () => {
    expect(() => deleteConfigKey(config, [])).toThrow('name at least one key')
  })
})

describe('port mirrors', () => {
  it('are added once, by number', () => {
    expect(port(addPortMirror(config, 'sw1', 7, 3), 3)).toEqual({ mirror: [1, 'desk', 7] })
    expect(port(addPortMirror(config, 'sw1', 2, 3), 3)).toEqual({ mirror: [1, 'desk'] })
    expect(port(addPortMirror(config, 'sw1', 1, 11), 11)).toEqual({ mirror: [1] })
    expect(port(addPortMirror({ dps: { a: { dp_id: 1, interfaces: { 1: {}, 2: { mirror: 5 }, 5: {} } } } }, 'a', 1, 2), 2, 'a')).toEqual({
      mirror: [5, 1],
    })
  })

  it('are removed by number or name, and cleared', () => {
    expect(port(removePortMirror(config, 'sw1', 2, 3), 3)).toEqual({ mirror: [1] })
    expect(port(removePortMirror(config, 'sw1', 7, 3), 3)).toEqual({ mirror: [1, 'desk'] })
    expect(port(clearPortMirror(config, 'sw1', 3), 3)).toEqual({ mirror: [] })
  })

  it('need their dataplane and ports', () => {
    expect(() => addPortMirror(config, 'sw9', 1, 3)).toThrow('[not-found] dp_name "sw9" is no dataplane of this configuration (sw1, sw2)')
    expect(() => addPortMirror(config, 'sw1', 9, 3)).toThrow('port_no 9 is no port of dataplane sw1 (1, 2, 3, uplink (7), 10, 11, 12)')
    expect(() => addPortMirror(config, 'sw1', 1, 9)).toThrow('mirror_port_no 9 is no port')
    expect(() => addPortMirror(config, 'toString', 1, 9)).toThrow('not-found')
  })
})

describe('port ACLs', () => {
  it('are added, removed and set', () => {
    expect(port(addPortAcl(config, 'sw1', 1, 'mail'), 1)).toEqual({ native_vlan: 'office', acls_in: ['web', 'mail'] })
    expect(port(addPortAcl(config, 'sw1', 1, 'web'), 1)).toEqual({ native_vlan: 'office', acls_in: ['web'] })
    expect(port(removePortAcl(config, 'sw1', 1, 'web'), 1)).toEqual({ native_vlan: 'office', acls_in: [] })
    expect(port(removePortAcl(config, 'sw1', 1), 1)).toEqual({ native_vlan: 'office', acls_in: [] })
    expect(port(setPortAcls(config, 'sw1', 'desk', parseAclNames('a, 7,')), 2)?.acls_in).toEqual(['a', 7])
    expect(parseAclNames('')).toEqual([])
  })
})

describe('interfaces and dataplanes', () => {
  it('are replaced whole', () => {
    const changed = setDpInterfaces(config, { sw1: { 1: { output_only: true }, 7: { native_vlan: 1 }, 20: {} } })
    expect([port(changed, 1), port(changed, 'uplink'), port(changed, 20), port(changed, 2)]).toEqual([
      { output_only: true },
      { number: 7, native_vlan: 1 },
      {},
      port(config, 2),
    ])
    expect(() => setDpInterfaces(config, { sw1: { 0: {} } })).toThrow('port_no is 0; it must be from 1')
    expect(() => setDpInterfaces(config, { sw1: { 1: [] as never } })).toThrow('dps.sw1.interfaces.1 is []; it must be a mapping')
  })

  it('are removed with what refers to them', () => {
    const changed = deleteDpInterfaces(config, { sw1: [1, 99] })
    expect(Object.keys(changed.dps?.sw1?.interfaces ?? {})).toEqual(['2', '3', 'uplink'])
    expect(port(changed, 3)).toEqual({ mirror: ['desk'] })
    expect(port(deleteDpInterfaces(config, { sw1: [2] }), 3)).toEqual({ mirror: [1] })
    const gone = deleteDps(config, ['sw1', 'nothing'])
    expect(gone.dps).toEqual({ sw2: { dp_id: 18446744073709551615n, interfaces: { 2: {} } } })
    expect(deleteDps(gone, ['sw2']).dps).toEqual({})
  })

  it('go with their last interface when that is wanted', () => {
    const two: FaucetConfig = { dps: { a: { dp_id: 1, interfaces: { 1: {} } }, b: { dp_id: 2, interfaces: { 1: {}, 2: {} } } } }
    expect(deleteDpInterfaces(two, { a: [1], b: [1] }, { deleteEmptyDp: true }).dps).toEqual({ b: { dp_id: 2, interfaces: { 2: {} } } })
    expect(deleteDpInterfaces(two, { a: [1] }).dps?.a).toEqual({ dp_id: 1, interfaces: {} })
  })

  it('get a free dp_id', () => {
    const ids = [0n, 1n, 18446744073709551615n, 5n]
    const changed = setDps(config, { sw3: { interfaces: {} }, sw2: { dp_id: 9 } }, () => ids.shift() ?? 6n)
    expect(getDpIds(changed)).toEqual([1n, 9n, 5n])
    expect(getDpIds(setDps({}, { a: {} }))[0]).toBeGreaterThan(0n)
  })

  it('become coprocessors and remote mirrors', () => {
    expect(port(makeCoprocessorPort(config, 'sw1', 1), 1)).toEqual({ description: 'coprocessor', coprocessor: { strategy: 'vlan_vid' } })
    const changed = setRemoteMirrorPort(config, 'sw1', 99, { tunnelVid: 356, dpName: 'sw2', port: 2 })
    expect(port(changed, 99)).toEqual({
      acls_in: ['remote-mirror-356-sw2-2'],
      coprocessor: { strategy: 'vlan_vid' },
      description: 'loopback',
    })
    expect(changed.acls?.['remote-mirror-356-sw2-2']).toEqual([
      { rule: { vlan_vid: 356, actions: { allow: 0 } } },
      { rule: { actions: { allow: 0, output: { tunnel: { dp: 'sw2', port: 2, tunnel_id: 356, type: 'vlan' } } } } },
    ])
    expect(() => setRemoteMirrorPort(config, 'sw1', 99, { tunnelVid: 0, dpName: 'sw2', port: 2 })).toThrow('tunnel_vid is 0')
  })
})

describe('VLANs and ACLs', () => {
  it('are set and removed', () => {
    expect(setVlan(config, 400, {}).vlans?.[400]).toEqual({})
    expect(() => setVlan(config, 'new', { vid: 200 })).toThrow('vid of VLAN new is 200, which VLAN 200 has; choose another')
    expect(() => setVlan(config, 'new', {})).toThrow('vid of VLAN new is nothing; a VID is from 1 to 4095')
    expect(Object.keys(removeVlan(config, 300).vlans ?? {})).toEqual(['200', 'office'])
    expect(() => removeVlan(config, 'office')).toThrow('VLAN office is in use by port 1 of sw1, port 2 of sw1; change them first')
    expect(() => removeVlan(config, 'nothing')).toThrow('not-found')
    expect(Object.keys(removeAcl(config, 'spare').acls ?? {})).toEqual(['web'])
    expect(() => removeAcl(config, 'web')).toThrow('ACL web is in use by port 1 of sw1')
    expect(() => setAcl(config, 'empty', [])).toThrow('ACL empty has no rules')
  })

  it('are put on VLANs and ports', () => {
    expect(setVlanOutAcl(config, 100, 'web').vlans?.office).toEqual({ vid: 100, acl_out: 'web' })
    expect(setVlanOutAcl(config, '200', 'web').vlans?.[200]).toEqual({ acl_out: 'web' })
    expect(setVlanOutAcl(setVlanOutAcl(config, 100, 'web'), 100, '').vlans?.office).toEqual({ vid: 100 })
    expect(setVlanAcls(config, 'office', ['web']).vlans?.office).toEqual({ vid: 100, acls_in: ['web'] })
    expect(port(setPortVlan(config, 'sw1', 10, 'office'), 10)).toEqual({ native_vlan: 'office' })
    expect(port(setPortVlan(config, 'sw1', 2, undefined), 2)).toEqual({ name: 'desk' })
    const tagged = setPortTaggedVlans(config, 'sw1', 'uplink', ['office'])
    expect(() => setPortVlan(tagged, 'sw1', 'uplink', 'office')).toThrow('a port has a VLAN once')
    expect(port(setPermanentLearning(config, 'sw1', 2, true), 2)?.permanent_learn).toBe(true)
    expect(port(setPortEnabled(config, 'sw1', 2, false), 2)?.enabled).toBe(false)
  })
})

describe('reading', () => {
  it('tells of dataplanes and ACLs', () => {
    expect(getDpNames(config)).toEqual(['sw1', 'sw2'])
    expect(getDpIds(config)).toEqual([1n, 18446744073709551615n])
    expect(getAclNames(config)).toEqual(['web', 'spare'])
    expect(getDpInfo(config, 'nothing')).toEqual([])
    expect(getDpInfo(config)).toHaveLength(2)
    const [info] = getDpInfo(config, 'sw1')
    expect(info).toMatchObject({ name: 'sw1', dpId: 1n, description: 'first' })
    expect(info?.interfaces.map(({ port: number, name }) => `${number} ${name}`)).toEqual([
      '1 ', '2 desk', '3 ', '7 uplink', '10 ', '11 ', '12 ',
    ])
  })
})

describe('edits', () => {
  it('leave what they are given as it is', () => {
    const copy = structuredClone(config)
    addPortMirror(config, 'sw1', 7, 3)
    deleteDps(config, ['sw1'])
    deleteDpInterfaces(config, { sw1: [1] })
    mergeConfig(config, { dps: { sw1: { dp_id: 5 } } })
    expect(config).toEqual(copy)
  })
})
