import type { FaucetConfig } from '@streambed/faucet'
import { describe, expect, it } from 'vitest'
import { DockerDriverError } from '../errors.js'
import type { Network } from '../model/network.js'
import { checkNetwork, type CheckContext } from './check-network.js'
import { networkConfig } from './network-config.js'
import { testEndpoints, testNetwork } from './network.test-data.js'

const allow = [{ rule: { actions: { allow: 1 } } }]
const root = { dp_id: 119, hardware: 'Open vSwitch', interfaces: { 1: { native_vlan: 100 } }, stack: { priority: 1 } }
const base: FaucetConfig = { acls: { allowall: allow, denyall: allow, out: allow }, dps: { root }, vlans: { office: { vid: 300, acl_out: 'out' } } }
const other = testNetwork({ dpid: '0x2', add_ports: 'eth7/7//210' }, { id: 'b'.repeat(64), name: 'other', bridge: 'odsbrbbbbb' })
const stack = { bridge: 'dovesnap0A1B2C', dpid: 0x0e0f000a1b2cn, host: 'host1', links: [{ dp: 'root', port: 7, ofport: 1 }] }
const check = (options: Record<string, string>, more: Partial<Network> = {}, context: CheckContext = {}) => {
  checkNetwork(testNetwork(options, more), [other], base, context)
}

function refusal(run: () => void): DockerDriverError {
  try {
    run()
  } catch (error) {
    if (error instanceof DockerDriverError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('checkNetwork', () => {
  it('accepts what goes together', () => {
    check({})
    check({ default_acl: 'allowall,denyall', nat_acl: 'nosuch', add_ports: 'eth0//denyall,eth1/99' })
    check({ mode: 'nat', nat_acl: 'allowall', vlan: '200', vlan_out_acl: 'out' })
    check({ vlan: '300', vlan_out_acl: 'out' })
    check({ vlan: '101' }, {}, { stack, mirrorTo: { dp: 'root', port: 1 } })
    checkNetwork(other, [other], base)
    checkNetwork(other, [other], networkConfig([other], base))
  })

  it.each<[string, Record<string, string>, Partial<Network>, CheckContext, string]>([
    ['a datapath id of a network', { dpid: '0x2' }, {}, {}, 'datapath id 0x2 is that of network other; give another ovs.bridge.dpid'],
    ['a datapath id of the operator', { dpid: '0x77' }, {}, {}, 'datapath id 0x77 (dp_id 119) is that of dataplane root of the Faucet configuration'],
    ['the datapath id of the stack', { dpid: '0x0e0f000a1b2c', vlan: '9' }, {}, { stack }, 'is that of the stacking bridge dovesnap0A1B2C'],
    ['a bridge of a network', { name: 'odsbrbbbbb' }, {}, {}, 'bridge odsbrbbbbb is that of network other'],
    ['a bridge of the machine', { name: 'br0' }, {}, { bridges: new Set(['br0']) }, 'there is a bridge br0 already'],
    ['an interface of another network', { add_copro_ports: 'eth7' }, {}, {}, 'interface eth7 is a port of network other already'],
    ['a VLAN with an ACL', { vlan_out_acl: 'out' }, {}, {}, 'VLAN 100 is also used by network other, whose vlan_out_acl is none and not out'],
    ['a VLAN of a port', { vlan: '210', vlan_out_acl: 'out' }, {}, {}, 'VLAN 210 is also used by network other'],
    ["the operator's VLAN", { vlan: '300', vlan_out_acl: 'denyall' }, {}, {}, 'VLAN 300 of the Faucet configuration has out already'],
    ['a VLAN of a stack', {}, {}, { stack }, 'VLAN 100 is that of network other, and both are in one stack'],
    ['the VID of a tunnel', { vlan: '9', mirror_tunnel_vid: '300' }, {}, { mirrorTo: { dp: 'root', port: 1 } }, 'the VID of the mirror tunnel, 300, is used by a VLAN'],
    ['the VID of a network', { vlan: '9', mirror_tunnel_vid: '210' }, {}, { mirrorTo: { dp: 'root', port: 1 } }, 'is used by network other'],
    ['the mirror port', { add_ports: 'eth0/99' }, {}, { mirroring: true }, 'port 99 is wanted by eth0 and for mirroring'],
  ])('refuses %s', (_, options, more, context, message) => {
    const error = refusal(() => check(options, more, context))
    expect(error.message).toContain(message)
    expect(error.code).toBe('conflict')
  })

  it('names an unknown ACL, where it was asked for, and those that exist', () => {
    const has = 'which the Faucet configuration does not have (it has allowall, denyall, out)'
    const error = refusal(() => check({ mode: 'nat', nat_acl: 'mynet:nosuch', default_acl: 'other:nosuch', add_ports: 'eth0//nix' }))
    expect(error.code).toBe('not-found')
    expect(error.message).toBe(
      `network mynet:\n- ovs.bridge.nat_acl names the ACL "nosuch", ${has}\n- ovs.bridge.add_ports (eth0) names the ACL "nix", ${has}`,
    )
    // Before Docker has told the name, an ACL for any network must be there.
    expect(refusal(() => check({ default_acl: 'other:nosuch' }, { name: 'odsbr31df3' })).message).toContain('ovs.bridge.default_acl names')
    const labels = { 'dovesnap.faucet.portacl': 'nosuch' }
    const endpoints = testEndpoints({ con1: { ofport: 1, labels, acls: ['nosuch'] } })
    expect(refusal(() => check({}, { endpoints })).message).toBe(
      `network mynet: label dovesnap.faucet.portacl of container con1 names the ACL "nosuch", ${has}`,
    )
  })

  it('refuses a tunnel that no VLAN can be', () => {
    const error = refusal(() => check({ vlan: '4000' }, {}, { mirrorTo: { dp: 'root', port: 1 } }))
    expect(error.code).toBe('invalid')
    expect(error.message).toContain('would be 4256 (256 and VLAN 4000)')
    check({ vlan: '4000' })
  })

  it('refuses what would end Faucet', () => {
    const shared = testNetwork({ vlan: '400', vlan_out_acl: 'denyall', default_acl: 'denyall' })
    const error = refusal(() => checkNetwork(shared, [other], { ...base, vlans: {} }))
    expect(error.code).toBe('invalid')
    expect(error.message).toContain('network mynet: Faucet would refuse the configuration: ')
  })

  it('sees what a VLAN would do to the ports of another network, and the other way round', () => {
    const config: FaucetConfig = { ...base, vlans: {} }
    const guarded = { ...other, endpoints: testEndpoints({ con1: { ofport: 1, acls: ['out'] } }) }
    const network = testNetwork({ vlan: '400', vlan_out_acl: 'out' })
    expect(refusal(() => checkNetwork(network, [guarded], config)).code).toBe('invalid')
    checkNetwork(network, [other], config)
    expect(refusal(() => checkNetwork(guarded, [network, other], config)).code).toBe('invalid')
  })

  it('says when a name of the operator is another VLAN', () => {
    const config: FaucetConfig = { ...base, vlans: { 100: { vid: 300 } } }
    expect(refusal(() => checkNetwork(testNetwork({}), [], config)).message).toContain('VLAN 100 is called so in the Faucet configuration, but has the vid 300')
  })
})
