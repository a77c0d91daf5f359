import { describe, expect, it } from 'vitest'
import { connectedNetwork } from '../core/network.test-support.js'
import { aclFlowsOf, contextFor, contextOf, withRules } from './acl.test-support.js'

const deny = 'deny:\n  - rule: {eth_type: 0x800, ip_proto: 6, tcp_dst: 80, actions: {allow: 0}}'
const allow = 'allow:\n  - rule: {actions: {allow: 1}}'
const acls = `acls:\n  ${deny}\n  ${allow}\n`

describe('the flows of ACLs', () => {
  it('are the rules of a port in their order, and everything for ports without an ACL', () => {
    const context = contextFor(withRules(['{eth_type: 0x800, ip_proto: 6, tcp_dst: 80, actions: {allow: 0}}', '{actions: {allow: 1}}']))
    expect(aclFlowsOf(context)).toEqual([
      'priority=20480,tcp,in_port=1,tp_dst=80 actions=drop',
      'priority=20480,in_port=2 actions=goto_table:1',
      'priority=20480,in_port=3 actions=goto_table:1',
      'priority=20479,in_port=1 actions=goto_table:1',
    ])
  })

  it('count the rules of several ACLs of a port together', () => {
    const context = contextFor(`
vlans: {v: {vid: 100}}
${acls}dps: {sw1: {dp_id: 1, interfaces: {1: {native_vlan: v, acls_in: [deny, allow]}}}}`)
    expect(aclFlowsOf(context)).toEqual([
      'priority=20480,tcp,in_port=1,tp_dst=80 actions=drop',
      'priority=20479,in_port=1 actions=goto_table:1',
    ])
  })

  it('have one priority when the ACL matches exactly', () => {
    const context = contextFor(`
vlans: {v: {vid: 100}}
acls: {a: {exact_match: True, rules: [{eth_type: 0x800, actions: {allow: 1}}, {eth_type: 0x806, actions: {allow: 0}}]}}
dps: {sw1: {dp_id: 1, interfaces: {1: {native_vlan: v, acls_in: [a]}}}}`)
    expect(aclFlowsOf(context)).toEqual(['priority=20480,ip,in_port=1 actions=goto_table:1', 'priority=20480,arp,in_port=1 actions=drop'])
  })

  it('are those of ports that are up, take packets, and are enabled', () => {
    const yaml = `
vlans: {v: {vid: 100}}
${acls}dps: {sw1: {dp_id: 1, interfaces: {
  1: {native_vlan: v, acls_in: [allow]}, 2: {native_vlan: v, acls_in: [allow]}, 3: {native_vlan: v, acls_in: [allow], enabled: False},
  4: {native_vlan: v}, 5: {mirror: 1}, 6: {output_only: True}, 7: {enabled: False}, 8: {description: in no VLAN}}}}`
    expect(aclFlowsOf(contextOf(connectedNetwork(yaml, { down: [2] })))).toEqual([
      'priority=20480,in_port=1 actions=goto_table:1',
      'priority=20480,in_port=4 actions=goto_table:1',
    ])
  })

  it('are for all ports at once when the dataplane has ACLs', () => {
    const context = contextFor(`
vlans: {v: {vid: 100}}
${acls}dps: {sw1: {dp_id: 1, dp_acls: [deny, allow], interfaces: {1: {native_vlan: v}, 2: {native_vlan: v}}}}`)
    expect(aclFlowsOf(context)).toEqual(['priority=20480,tcp,tp_dst=80 actions=drop', 'priority=20479 actions=goto_table:1'])
  })

  it('lead from the rules of a VLAN to the sources, and leave VLANs without rules out', () => {
    const context = contextFor(`
vlans: {v100: {vid: 100, acls_in: [deny, allow]}, v200: {vid: 200}}
${acls}dps: {sw1: {dp_id: 1, interfaces: {1: {native_vlan: v100}, 2: {native_vlan: v200}}}}`)
    expect(aclFlowsOf(context)).toEqual([
      'table=1,priority=20480,tcp,dl_vlan=100,tp_dst=80 actions=drop',
      'table=1,priority=20479,dl_vlan=100 actions=goto_table:2',
    ])
  })

  it('let everything out of VLANs without rules for what leaves, where others have some', () => {
    const context = contextFor(`
vlans: {v100: {vid: 100, acls_out: [deny, allow]}, v200: {vid: 200}, tunnel: {vid: 300, reserved_internal_vlan: True}}
${acls}dps: {sw1: {dp_id: 1, interfaces: {1: {native_vlan: v100}, 2: {native_vlan: v200}}}}`)
    expect(aclFlowsOf(context)).toEqual([
      'table=3,priority=20480,tcp,dl_vlan=100,tp_dst=80 actions=drop',
      'table=3,priority=20480,dl_vlan=200 actions=goto_table:4',
      'table=3,priority=20479,dl_vlan=100 actions=goto_table:4',
    ])
  })

  it('put the port and the VLAN in the place of what a rule says', () => {
    const context = contextFor(`
vlans: {v: {vid: 100, acls_in: [vlan]}}
acls: {port: [{in_port: 7, vlan_vid: 5, actions: {allow: 1}}], vlan: [{in_port: 7, vlan_vid: 5, actions: {allow: 1}}]}
dps: {sw1: {dp_id: 1, interfaces: {1: {native_vlan: v, acls_in: [port]}}}}`)
    expect(aclFlowsOf(context)).toEqual([
      'priority=20480,in_port=1,dl_vlan=5 actions=goto_table:1',
      'table=2,priority=20480,in_port=7,dl_vlan=100 actions=goto_table:3',
    ])
  })

  it('have the cookie of their rule', () => {
    expect(aclFlowsOf(contextFor(withRules(['{cookie: 1234, actions: {allow: 1}}'])))).toContain(
      'cookie=0x4d2,priority=20480,in_port=1 actions=goto_table:1',
    )
  })
})
