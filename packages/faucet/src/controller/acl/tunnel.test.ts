import { describe, expect, it } from 'vitest'
import { loadedConfig } from '../../control/config-source.js'
import { initialNetwork } from '../core/configured.js'
import { changesOf, connectedNetwork } from '../core/network.test-support.js'
import type { NetworkState } from '../core/state.js'
import { step } from '../core/step.js'
import { aclFlowsOf, contextFor, contextOf, stackFor } from './acl.test-support.js'

/** Three dataplanes in a row; port 1 of sw1 has an ACL with this output. Ports 8 and 9 are links of the stack. */
function row(output: string, { allow = '', dpAcl = false } = {}): NetworkState {
  return stackFor(`
vlans: {v: {vid: 100}}
acls: {a: [{eth_type: 0x800, actions: {${allow}output: ${output}}}, {actions: {allow: 1}}]}
dps:
  sw1: {dp_id: 1, stack: {priority: 1}, ${dpAcl ? 'dp_acls: [a], ' : ''}interfaces: {1: {native_vlan: v${dpAcl ? '' : ', acls_in: [a]'}}, 2: {native_vlan: v}, 8: {stack: {dp: sw2, port: 8}}}}
  sw2: {dp_id: 2, interfaces: {1: {native_vlan: v}, 8: {stack: {dp: sw1, port: 8}}, 9: {stack: {dp: sw3, port: 8}}}}
  sw3: {dp_id: 3, interfaces: {1: {native_vlan: v}, 2: {native_vlan: v}, 8: {stack: {dp: sw2, port: 9}}}}
`)
}

function onAll(network: NetworkState): readonly (readonly string[])[] {
  const plain = /in_port=\d+ actions=goto_table:1$/
  return ['sw1', 'sw2', 'sw3'].map((name) => aclFlowsOf(contextOf(network, name)).filter((text) => !plain.test(text)))
}

const tag = 'push_vlan:0x8100,set_field:4396->vlan_vid,set_field:3->vlan_pcp'

describe('a tunnel', () => {
  it('takes packets with a tag from dataplane to dataplane to a port', () => {
    expect(onAll(row('{tunnel: {tunnel_id: 300, dp: sw3, port: 2}}'))).toEqual([
      [`priority=20480,ip,in_port=1 actions=${tag},output:8`],
      ['priority=20481,dl_vlan=300,dl_vlan_pcp=3 actions=output:9'],
      ['priority=20481,dl_vlan=300,dl_vlan_pcp=3 actions=pop_vlan,output:2'],
    ])
  })

  it('leaves the packet that goes on as it was', () => {
    expect(onAll(row('{tunnel: {tunnel_id: 300, dp: sw3, port: 2}}', { allow: 'allow: 1, ' }))[0]).toEqual([
      `priority=20480,ip,in_port=1 actions=${tag},output:8,pop_vlan,goto_table:1`,
    ])
  })

  it('ends where the destination is looked up, when it has no port', () => {
    expect(onAll(row('[{tunnel: {tunnel_id: 300, dp: sw3}}]'))[2]).toEqual([
      'priority=20481,dl_vlan=300,dl_vlan_pcp=3 actions=pop_vlan,goto_table:3',
    ])
  })

  it('may keep its tag, and changes packets where it ends', () => {
    const exit = 'exit_instructions: [{set_fields: [{eth_dst: "02:00:00:00:00:09"}]}]'
    expect(onAll(row(`{tunnel: {tunnel_id: 300, dp: sw3, port: 2, maintain_encapsulation: True, ${exit}}}`))[2]).toEqual([
      'priority=20481,dl_vlan=300,dl_vlan_pcp=3 actions=set_field:02:00:00:00:00:09->eth_dst,output:2',
    ])
  })

  it('of both directions brings the answers back', () => {
    expect(onAll(row('{tunnel: {tunnel_id: 300, dp: sw3, port: 2, bi_directional: True}}'))).toEqual([
      ['priority=20481,dl_vlan=300,dl_vlan_pcp=4 actions=pop_vlan,output:1', `priority=20480,ip,in_port=1 actions=${tag},output:8`],
      ['priority=20481,dl_vlan=300,dl_vlan_pcp=3 actions=output:9', 'priority=20481,dl_vlan=300,dl_vlan_pcp=4 actions=output:8'],
      ['priority=20481,dl_vlan=300,dl_vlan_pcp=3 actions=pop_vlan,output:2', 'priority=20481,dl_vlan=300,dl_vlan_pcp=4 actions=output:8'],
    ])
  })

  it('in reverse is the way back of another one', () => {
    expect(onAll(row('{tunnel: {tunnel_id: 300, dp: sw3, port: 2, reverse: True}}')).slice(0, 2)).toEqual([
      [`priority=20480,ip,in_port=1 actions=${tag.replace('3->vlan_pcp', '4->vlan_pcp')},output:8`],
      ['priority=20481,dl_vlan=300,dl_vlan_pcp=4 actions=output:9'],
    ])
  })

  it('starts at all ports of a dataplane that has the ACL', () => {
    const network = row('[{tunnel: {tunnel_id: 300, dp: sw3, port: 2, bi_directional: True}}]', { dpAcl: true })
    expect(aclFlowsOf(contextOf(network, 'sw1'))).toEqual([
      'priority=20481,dl_vlan=300,dl_vlan_pcp=4 actions=pop_vlan,goto_table:3',
      `priority=20480,ip actions=${tag},output:8`,
      'priority=20479 actions=goto_table:1',
    ])
  })

  it('to the same dataplane needs no tag, but has one that is to be kept', () => {
    expect(onAll(row('{tunnel: {tunnel_id: 300, dp: sw1, port: 2}}'))[0]).toEqual(['priority=20480,ip,in_port=1 actions=output:2'])
    expect(onAll(row('{tunnel: {tunnel_id: 300, dp: sw1, port: 2, maintain_encapsulation: True}}'))[0]).toEqual([
      `priority=20480,ip,in_port=1 actions=${tag},output:2`,
    ])
  })

  it('leads nowhere outside of a stack', () => {
    const yaml = `
vlans: {v: {vid: 100}}
acls: {a: [{eth_type: 0x800, actions: {output: {tunnel: {tunnel_id: 300, dp: sw1, port: 2}}}}]}
dps: {sw1: {dp_id: 1, interfaces: {1: {native_vlan: v, acls_in: [a]}, 2: {native_vlan: v}}}}`
    expect(aclFlowsOf(contextFor(yaml))).toEqual(['priority=20480,ip,in_port=1 actions=drop', 'priority=20480,in_port=2 actions=goto_table:1'])
  })
})

describe('the table of port ACLs', () => {
  const config = (stack: boolean, rules: string, used: boolean): string => `
vlans: {v: {vid: 100}}
acls: {a: [${rules}]}
dps:
  sw1: {dp_id: 1, ${stack ? 'stack: {priority: 1}, ' : ''}interfaces: {1: {native_vlan: v${used ? ', acls_in: [a]' : ''}}${stack ? ', 8: {stack: {dp: sw2, port: 8}}' : ''}}}
  sw2: {dp_id: 2, interfaces: {1: {native_vlan: v}${stack ? ', 8: {stack: {dp: sw1, port: 8}}' : ''}}}`
  const rule = (vid: number, port: number) => `{actions: {output: {tunnel: {tunnel_id: ${String(vid)}, dp: sw2, port: ${String(port)}}}}}`
  const firstTable = (yaml: string) => connectedNetwork(yaml).dps.get('sw2')?.layout.names[0]

  it('is there on every dataplane of the stack when a tunnel is used', () => {
    expect(firstTable(config(true, rule(300, 1), true))).toBe('port_acl')
    expect(firstTable(config(true, rule(300, 1), false))).toBe('vlan')
  })

  it('is there, as in Faucet, outside of a stack, and for an ACL of several tunnels that nothing uses', () => {
    expect(firstTable(config(false, rule(300, 1), false))).toBe('port_acl')
    expect(firstTable(config(true, `${rule(300, 1)}, ${rule(301, 1)}`, false))).toBe('port_acl')
  })
})

describe('a tunnel that gets another source', () => {
  const config = (use: string) => `
vlans: {v: {vid: 100}}
acls: {t: [{eth_type: 0x800, actions: {output: {tunnel: {tunnel_id: 300, dp: sw1, port: 2}}}}]}
dps:
  sw1: {dp_id: 1, stack: {priority: 1}, interfaces: {1: {stack: {dp: sw2, port: 1}}, 2: {native_vlan: v}, 3: {native_vlan: v, acls_in: [t]}}}
  sw2: {dp_id: 2, interfaces: {1: {stack: {dp: sw1, port: 1}}, 2: {native_vlan: v${use}}}}
`

  it('changes the dataplanes that it leads through, though their own configuration is the same', () => {
    const before = loadedConfig(config(''))
    const after = loadedConfig(config(', acls_in: [t]'), before)
    const up = (dpId: bigint) => ({ type: 'connected' as const, dpId, ports: [1, 2, 3].map((portNo) => ({ portNo, state: 4 })), flows: [] })
    const links = [[{ dpId: 1n, port: 1 }, { dpId: 2n, port: 1 }]] as const
    const network = step(initialNetwork(before.resolved, 0), [up(1n), up(2n), { type: 'links', links }], 1).state
    const { effects } = step(network, [{ type: 'config', config: after.resolved }], 2)
    expect(after.resolved.dps[0]).toBe(before.resolved.dps[0])
    expect(changesOf(effects.filter((effect) => effect.type === 'change' && effect.dpId === 1n))).toEqual([
      'add priority=20481,dl_vlan=300,dl_vlan_pcp=3 actions=pop_vlan,output:2',
    ])
  })
})
