import { describe, expect, it } from 'vitest'
import { rulesOf } from './acl.test-support.js'

describe('the actions of a rule', () => {
  it('let a packet go on when it is allowed, or mirrored and nothing is said', () => {
    expect(rulesOf(['{actions: {allow: 1}}'])).toEqual([' actions=goto_table:1'])
    expect(rulesOf(['{actions: {allow: 0}}'])).toEqual([' actions=drop'])
    expect(rulesOf(['{actions: {mirror: 3}}'])).toEqual([' actions=output:3,goto_table:1'])
    expect(rulesOf(['{actions: {mirror: 3, allow: 0}}'])).toEqual([' actions=output:3'])
    expect(rulesOf(['{}'])).toEqual([' actions=drop'])
  })

  it('skip the VLAN table with force_port_vlan', () => {
    expect(rulesOf(['{actions: {allow: 1, force_port_vlan: 1}}'])).toEqual([' actions=goto_table:3'])
    expect(rulesOf(['{actions: {force_port_vlan: 1}}'])).toEqual([' actions=drop'])
  })

  it('are carried out in the order of Faucet when the output is a mapping', () => {
    const output = '{ports: [2, 3], set_fields: [{eth_dst: "02:00:00:00:00:09"}, {vlan_pcp: 3}], vlan_vids: [{vid: 200, eth_type: 0x88a8}, 100]}'
    expect(rulesOf([`{actions: {output: ${output}}}`])).toEqual([
      ' actions=push_vlan:0x88a8,set_field:4296->vlan_vid,push_vlan:0x8100,set_field:4196->vlan_vid,set_field:02:00:00:00:00:09->eth_dst,set_field:3->vlan_pcp,output:2,output:3',
    ])
  })

  it('are carried out in their own order when the output is a list', () => {
    const output = '[{port: 2}, {vlan_vid: 200}, {port: 3}, {pop_vlans: 1}]'
    expect(rulesOf([`{actions: {allow: 1, output: ${output}}}`])).toEqual([
      ' actions=output:2,push_vlan:0x8100,set_field:4296->vlan_vid,output:3,pop_vlan,goto_table:1',
    ])
  })

  it('end with the last output when the packet goes nowhere', () => {
    expect(rulesOf(['{vlan_vid: 100, actions: {output: [{port: 2}, {pop_vlans: 1}, {set_fields: [{eth_dst: "02:00:00:00:00:09"}]}]}}'])).toEqual([
      'dl_vlan=100 actions=output:2',
    ])
    expect(rulesOf(['{actions: {output: {set_fields: [{eth_dst: "02:00:00:00:00:09"}]}}}'])).toEqual([' actions=drop'])
  })

  it('change the VLAN of a packet that has a tag', () => {
    expect(rulesOf(['{vlan_vid: 100, actions: {output: {pop_vlans: 1, vlan_vid: 200, port: 2}}}'])).toEqual([
      'dl_vlan=100 actions=pop_vlan,push_vlan:0x8100,set_field:4296->vlan_vid,output:2',
    ])
    expect(rulesOf(['{vlan_vid: 100, actions: {output: {swap_vid: 200, port: 2}}}'])).toEqual([
      'dl_vlan=100 actions=set_field:4296->vlan_vid,output:2',
    ])
  })

  it('use the group of a failover', () => {
    expect(rulesOf(['{actions: {output: {failover: {group_id: 1001, ports: [3, 2]}}}}'])).toEqual([' actions=group:1001'])
  })

  it('use a meter, also for packets that are dropped', () => {
    const meters = 'meters: {m: {meter_id: 7, entry: {flags: KBPS, bands: [{type: DROP, rate: 10}]}}}'
    expect(rulesOf(['{actions: {meter: m, allow: 1}}'], meters)).toEqual([' actions=meter:7,goto_table:1'])
    expect(rulesOf(['{actions: {meter: m, allow: 0}}'], meters)).toEqual([' actions=meter:7'])
  })

  it('track connections', () => {
    expect(rulesOf(['{eth_type: 0x800, actions: {ct: {flags: 1, table: 1, zone: 10, mark: 5, label: 6}}}'])).toEqual([
      'ip actions=ct(commit,table=1,zone=10,exec(set_field:0x5->ct_mark,set_field:0x6->ct_label))',
    ])
    const nat = 'nat: {flags: 1, range_ipv4_min: 10.0.0.1, range_ipv4_max: 10.0.0.9, range_proto_min: 1000, range_proto_max: 2000}'
    expect(rulesOf([`{eth_type: 0x800, ip_proto: 6, actions: {allow: 1, ct: {flags: 1, alg: 21, table: 255, zone: 0, ${nat}}}}`])).toEqual([
      'tcp actions=ct(commit,nat(src=10.0.0.1-10.0.0.9:1000-2000),alg=ftp),goto_table:1',
    ])
    expect(rulesOf(['{eth_type: 0x800, actions: {ct: {table: 2, zone: 15, zone_src: 0x00010004}}}'])).toEqual([
      'ip actions=ct(table=2,zone=NXM_NX_REG0[0..15])',
    ])
    expect(rulesOf(['{actions: {allow: 1, ct: {clear: True}}}'])).toEqual([' actions=ct_clear,goto_table:1'])
  })

  it('do not track what an output has ended', () => {
    expect(rulesOf(['{eth_type: 0x800, actions: {output: {port: 2}, ct: {table: 1, zone: 1}}}'])).toEqual(['ip actions=output:2'])
    expect(rulesOf(['{eth_type: 0x800, actions: {allow: 1, output: {port: 2}, ct: {table: 1, zone: 1}}}'])).toEqual([
      'ip actions=output:2,ct(table=1,zone=1),goto_table:1',
    ])
  })
})
