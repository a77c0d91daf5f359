import { describe, expect, it } from 'vitest'
import { aclFlowsOf, contextFor, stackFor, contextOf, withRules } from './acl.test-support.js'
import { aclProblems } from './problems.js'

/** The problem of one rule on port 1, without its place. */
function problemOf(rule: string, more = ''): string | undefined {
  const context = contextFor(withRules([rule], more))
  const [problem] = aclProblems(context)
  expect(aclFlowsOf(context).filter((text) => text.includes('in_port=1'))).toHaveLength(problem === undefined ? 1 : 0)
  return problem?.replace(/^rule 1 of ACL a: /, '').replace(/ \(port 1\)$/, '')
}

const port = 'output: {port: 2}'

describe('a rule that the switch would refuse', () => {
  it.each([
    ['{tcp_dst: 80, actions: {allow: 1}}', 'tcp_dst needs eth_type 0x0800 or 0x86dd and ip_proto 6 before it in the match'],
    ['{eth_type: 0x800, ip_proto: 6, tcp_dst: "0/0", udp_dst: "0/0", actions: {allow: 1}}', 'udp_dst needs'],
    ['{vlan_vid: 100, vlan_pcp: 9, actions: {allow: 1}}', 'vlan_pcp must be an integer from 0 to 7, not 9'],
    ['{pbb_isid: "0/0", actions: {allow: 1}}', 'Open vSwitch cannot match pbb_isid'],
    [`{actions: {output: {pop_vlans: 1, port: 2}}}`, 'a tag is taken off where the match does not say that there is one: match vlan_vid'],
    [`{actions: {output: {swap_vid: 5, port: 2}}}`, 'a VID is set where the match does not say that there is a tag: match vlan_vid'],
    [`{vlan_vid: 100, actions: {output: {vlan_vids: [1, 2], port: 2}}}`, 'a packet must have 2 tags at most'],
    [`{actions: {output: {vlan_vids: [{vid: 1, eth_type: 0x9100}], port: 2}}}`, 'the eth_type of a tag must be 0x8100 or 0x88a8, not 0x9100'],
    [`{actions: {output: {set_fields: [{ipv4_dst: 10.0.0.1}], port: 2}}}`, 'set_fields: ipv4_dst needs eth_type 0x0800 before it in the match'],
    [`{eth_type: 0x800, actions: {output: {set_fields: [{ipv4_dst: 10.0.0.1/8}], port: 2}}}`, 'ipv4_dst must be set without a mask'],
    [`{actions: {output: {set_fields: [{eth_type: 5}], port: 2}}}`, 'Open vSwitch cannot set eth_type'],
    [`{actions: {output: {set_fields: [{ct_mark: 5}], port: 2}}}`, 'ct_mark can only be set by ct'],
    [`{vlan_vid: 100, actions: {output: {set_fields: [{vlan_vid: 5}], port: 2}}}`, 'vlan_vid must be set with the bit 0x1000'],
    ['{actions: {ct: {table: 1, zone: 1}}}', 'ct needs eth_type 0x0800 or 0x86dd in the match'],
    ['{eth_type: 0x800, actions: {ct: {table: 1, zone: 1, flags: 2}}}', 'ct with the flag 2 (force) needs the flag 1 (commit)'],
    ['{eth_type: 0x800, actions: {ct: {table: 1, zone: 1, mark: 1}}}', 'nat with addresses, mark and label of ct need the flag 1 (commit)'],
    ['{eth_type: 0x86dd, actions: {ct: {table: 1, zone: 15, zone_src: 0x00000e04}}}', 'nxm_of_ip_src needs eth_type 0x0800'],
    ['{eth_type: 0x800, actions: {ct: {table: 1, zone: 15, zone_src: 0xffff0004}}}', 'zone_src must be the header of a field that Open vSwitch has'],
    ['{eth_type: 0x800, ct_state: "0x30/0x30", actions: {ct: {table: 1, zone: 1, flags: 1}}}', 'ct cannot commit (flag 1) what the match says is invalid'],
    ['{eth_type: 0x800, actions: {ct: {table: 1, zone: 1, alg: 21}}}', 'ct with alg 21 needs ip_proto 6 in the match'],
    ['{eth_type: 0x800, actions: {ct: {table: 1, zone: 1, flags: 1, nat: {flags: 3}}}}', 'nat changes the source (flag 1) or the destination (flag 2), not both'],
    ['{eth_type: 0x800, actions: {ct: {table: 1, zone: 1, flags: 1, nat: {range_ipv6_min: "::1"}}}}', 'the addresses of nat must be of the version that eth_type says'],
    ['{eth_type: 0x800, actions: {ct: {table: 1, zone: 1, flags: 1, nat: {range_ipv4_max: 10.0.0.1}}}}', 'range_ipv4_max needs range_ipv4_min'],
  ])('is left out and told: %s', (rule, problem) => {
    expect(problemOf(rule)).toContain(problem)
  })

  it.each([
    `{vlan_vid: 100, actions: {output: {pop_vlans: 1, port: 2}}}`,
    `{vlan_vid: "0x1000/0x1000", actions: {output: {swap_vid: 5, port: 2}}}`,
    `{actions: {output: {vlan_vids: [1, 2], set_fields: [{vlan_pcp: 3}], port: 2}}}`,
    `{eth_type: 0x86dd, ip_proto: 58, icmpv6_type: 135, ipv6_nd_target: "::1", actions: {output: {set_fields: [{icmpv6_type: 135}], port: 2}}}`,
    '{eth_type: 0x800, nw_ttl: 5, actions: {allow: 1}}',
    `{actions: {output: {pop_vlans: 1}}}`,
    `{eth_type: 0x800, actions: {${port}, ct: {table: 1, zone: 1, flags: 2}}}`,
  ])('is not one that works: %s', (rule) => {
    expect(problemOf(rule)).toBeUndefined()
  })

  it('is told once for all of its places, and leaves the other rules', () => {
    const context = contextFor(`
vlans: {v: {vid: 100}}
acls: {a: [{tcp_dst: 80, actions: {allow: 0}}, {actions: {allow: 1}}]}
dps: {sw1: {dp_id: 1, interfaces: {1: {native_vlan: v, acls_in: [a]}, 2: {native_vlan: v, acls_in: [a]}}}}`)
    expect(aclProblems(context)).toEqual([
      'rule 1 of ACL a: tcp_dst needs eth_type 0x0800 or 0x86dd and ip_proto 6 before it in the match (port 1, port 2)',
    ])
    expect(aclFlowsOf(context)).toEqual([
      'priority=20479,in_port=1 actions=goto_table:1',
      'priority=20479,in_port=2 actions=goto_table:1',
    ])
  })

  it('may be the end of a tunnel', () => {
    const network = stackFor(`
vlans: {v: {vid: 100}}
acls: {a: [{actions: {output: {tunnel: {tunnel_id: 300, dp: sw2, port: 1, exit_instructions: [{pop_vlans: 1}]}}}}]}
dps:
  sw1: {dp_id: 1, stack: {priority: 1}, interfaces: {1: {native_vlan: v, acls_in: [a]}, 8: {stack: {dp: sw2, port: 8}}}}
  sw2: {dp_id: 2, interfaces: {1: {native_vlan: v}, 8: {stack: {dp: sw1, port: 8}}}}`)
    expect(aclProblems(contextOf(network, 'sw2'))).toEqual([
      'tunnel 300 of ACL a: a tag is taken off where the match does not say that there is one: match vlan_vid (in sw2)',
    ])
  })

  it('loses its tunnel alone, where the rest works', () => {
    const network = stackFor(`
vlans: {v: {vid: 100}}
acls: {a: [{actions: {allow: 1, output: {tunnel: {tunnel_id: 300, dp: sw1}}}}]}
dps:
  sw1: {dp_id: 1, stack: {priority: 1}, interfaces: {1: {native_vlan: v, acls_in: [a]}, 8: {stack: {dp: sw2, port: 8}}}}
  sw2: {dp_id: 2, interfaces: {1: {native_vlan: v}, 8: {stack: {dp: sw1, port: 8}}}}`)
    const context = contextOf(network, 'sw1')
    expect(aclProblems(context)).toEqual(['rule 1 of ACL a: the tunnel is left out: the packet cannot go on to two tables (port 1)'])
    expect(aclFlowsOf(context)).toContain('priority=20480,in_port=1 actions=goto_table:1')
  })
})
