import { validateFaucetConfig, type FaucetConfig } from '@streambed/faucet'
import { OFPP } from '@streambed/ovs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DockerDriverError } from '../errors.js'
import type { Network } from '../model/network.js'
import type { ConfigContext } from './context.js'
import { networkConfig } from './network-config.js'
import { dpNames } from './network-dp.js'
import { anyNetworks, testEndpoints, testNetwork, testPatch } from './network.test-data.js'
import { ownDpNames, withoutNetworks } from './own-dps.js'

const allow = [{ rule: { actions: { allow: 1 } } }]
const base: FaucetConfig = {
  acls: { allowall: allow, denyall: [{ rule: { actions: { allow: 0 } } }], allowout: allow, 7: allow },
  dps: { root: { dp_id: 119, hardware: 'Open vSwitch', interfaces: { 1: { native_vlan: 100 } }, stack: { priority: 1 } } },
}
const context: ConfigContext = {
  stack: { bridge: 'dovesnap0A1B2C', dpid: 0x0e0f000a1b2cn, host: 'host1', links: [{ dp: 'root', port: 7, ofport: 1 }] },
  mirrorTo: { dp: 'root', port: 1 },
}
const interfaces = (network: Network, name = 'mynet') => networkConfig([network], base).dps?.[name]?.interfaces

describe('networkConfig', () => {
  it('keeps a network without ports valid, and lets nothing through', () => {
    const config = networkConfig([testNetwork({})], base)
    expect(config.dps?.mynet?.interfaces).toEqual({ [OFPP.LOCAL]: { description: 'no port yet', output_only: true } })
    expect(validateFaucetConfig(config)).toEqual([])
    const endpoints = testEndpoints({ con1: { ofport: 1 } })
    expect(Object.keys(interfaces(testNetwork({}, { endpoints })) ?? {})).toEqual(['1'])
  })

  it('has ports only for containers that have joined', () => {
    const [[id, endpoint] = ['', undefined]] = testEndpoints({ con1: { ofport: 1 } })
    const endpoints = new Map(endpoint ? [[id, { ...endpoint, joined: undefined }]] : [])
    expect(Object.keys(interfaces(testNetwork({}, { endpoints })) ?? {})).toEqual([String(OFPP.LOCAL)])
  })

  it('gives a preallocated port back when its container leaves', () => {
    const network = testNetwork({ preallocate_ports: '2', default_acl: 'denyall' }, { preallocated: [1, 2] })
    const endpoints = testEndpoints({ con1: { ofport: 1, acls: ['7'] } })
    const port = { acls_in: ['denyall'], description: 'preallocated port', native_vlan: 100 }
    expect(interfaces(network)).toEqual({ 1: port, 2: port })
    expect(interfaces({ ...network, endpoints })?.[1]).toEqual({ acls_in: [7], description: '/con1 0a1b2', native_vlan: 100 })
  })

  it('has the numbers that Open vSwitch gave, and adopts foreign ports', () => {
    const ports = new Map([['eth0', 5], ['eth1', 6]])
    const foreignPorts = new Map([['tap0', { name: 'tap0', ofport: 7, mac: undefined }]])
    const network = testNetwork({ add_ports: 'eth0//mynet:denyall,eth2', add_copro_ports: 'eth1//allowall' }, { ports, foreignPorts })
    expect(interfaces(network)).toEqual({
      5: { acls_in: ['denyall'], description: 'Physical interface eth0', native_vlan: 100 },
      6: { acls_in: ['allowall'], coprocessor: { strategy: 'vlan_vid' }, description: 'Physical interface eth1' },
      7: { acls_in: [], description: 'Physical interface tap0', native_vlan: 100 },
    })
  })

  it('mirrors what is to be mirrored', () => {
    const patches = testPatch('mirror', 99, 'odsmir0A1B2C', 2)
    expect(interfaces(testNetwork({}, { patches }))).toEqual({ 99: { description: 'mirror', output_only: true } })
    const endpoints = testEndpoints({ con1: { ofport: 10, mirror: true }, con2: { ofport: 9, mirror: true }, con3: { ofport: 8 } })
    expect(interfaces(testNetwork({}, { patches, endpoints }))?.[99]?.mirror).toEqual([9, 10])
    expect(interfaces(testNetwork({}, { endpoints }))?.[99]).toBeUndefined()
  })

  it('puts the ACLs of a VLAN where the operator has the VLAN', () => {
    const network = testNetwork({ vlan_out_acl: 'denyall,7', vlan: '200' })
    const config = networkConfig([network], { ...base, vlans: { office: { vid: 200, description: 'x' }, 300: {} } })
    expect(config.vlans).toEqual({ office: { vid: 200, description: 'x', acls_out: ['denyall', 7] }, 300: {} })
    expect(config.dps?.mynet?.egress_pipeline).toBe(true)
    expect(networkConfig([testNetwork({ vlan_out_acl: 'other:denyall' })], base).vlans).toBeUndefined()
  })

  it('keeps what the operator wrote for the network, and its names apart', () => {
    const before: FaucetConfig = { ...base, dps: { ...base.dps, mynet: { dp_id: 1, timeout: 60, interface_ranges: { '1-9': { max_hosts: 3 } } } } }
    expect(networkConfig([testNetwork({})], before).dps?.mynet).toMatchObject({ dp_id: 1, timeout: 60, interface_ranges: { '1-9': { max_hosts: 3 } } })
    const root = testNetwork({}, { name: 'root' })
    expect(networkConfig([root], base).dps?.root).toEqual(base.dps?.root)
    expect(networkConfig([root], base).dps?.odsbr31df3?.dp_id).toBe(1)
    const twin = testNetwork({ dpid: '0xffffffffffffffff' }, { id: 'a'.repeat(64) })
    expect([...dpNames([testNetwork({}), twin], base).values()]).toEqual(['mynet', 'odsbraaaaa'])
    expect(networkConfig([testNetwork({}), twin], base).dps?.odsbraaaaa?.dp_id).toBe((1n << 64n) - 1n)
  })

  it('says which dataplane of the stack is missing', () => {
    const missing = (stack: ConfigContext) => () => networkConfig([testNetwork({})], { ...base, dps: {} }, stack)
    expect(missing({ stack: context.stack })).toThrow('the stacking interface to port 7 of root needs dataplane root')
    const priority1 = context.stack && { ...context.stack, links: [], priority1: 'root' }
    expect(missing({ stack: priority1 })).toThrow('stack_priority1 needs dataplane root, which the Faucet configuration does not have (it has mynet, ')
    const looped = testNetwork({}, { patches: testPatch('loopback', 99, 'odslb0A1B2C', 1) })
    expect(() => networkConfig([looped], { acls: {} }, { mirrorTo: { dp: 'root', port: 1 } })).toThrow(DockerDriverError)
    const far = testNetwork({ vlan: '4000' }, { patches: looped.patches })
    expect(() => networkConfig([far], base, { mirrorTo: { dp: 'root', port: 1 } })).toThrow(DockerDriverError)
  })

  it('says what of the operator is in its way', () => {
    const odd = { dps: { mynet: { dp_id: 1, interfaces: [] } } } as unknown as FaucetConfig
    expect(() => networkConfig([testNetwork({})], odd)).toThrow('the Faucet configuration leaves no place for the networks: ')
  })
})

describe('the own part of a configuration', () => {
  it('is that with the datapath id and the bridge', () => {
    const config = networkConfig([testNetwork({})], base, context)
    expect(ownDpNames(config, [testNetwork({})], context)).toEqual(['mynet', 'dovesnap0A1B2C'])
    expect(ownDpNames(config, [testNetwork({ dpid: '0x2' })])).toEqual([])
    expect(ownDpNames(config, [testNetwork({}, { bridge: 'other' })])).toEqual([])
  })

  it('can be taken out again', () => {
    fc.assert(
      fc.property(anyNetworks, fc.boolean(), fc.boolean(), (networks, stacked, withDps) => {
        const before = withDps || stacked ? base : { acls: base.acls ?? {} }
        const config = networkConfig(networks, before, stacked ? context : {})
        if (networks.length > 0) expect(config).not.toEqual(before)
        expect(withoutNetworks(config, networks, stacked ? context : {})).toEqual(before)
        // Making it twice changes nothing.
        expect(networkConfig(networks, withoutNetworks(config, networks, stacked ? context : {}), stacked ? context : {})).toEqual(config)
      }),
    )
  })

  it('is valid, whatever the networks have', () => {
    fc.assert(
      fc.property(anyNetworks, (networks) => {
        expect(validateFaucetConfig(networkConfig(networks, base))).toEqual([])
      }),
    )
  })
})
