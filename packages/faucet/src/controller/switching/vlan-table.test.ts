import { describe, expect, it } from 'vitest'
import { oneDp, tableWith } from './switching.test-support.js'

describe('the VLAN table', () => {
  it('gives untagged packets the tag of the port, and takes those with a tag that it carries', () => {
    expect(tableWith('vlan', oneDp({ 1: 'native_vlan: v100', 2: 'native_vlan: v200, tagged_vlans: [v100]' }))).toEqual([
      'priority=0 actions=drop',
      'priority=4096,in_port=1,vlan_tci=0x0000/0x1fff actions=push_vlan:0x8100,set_field:4196->vlan_vid,goto_table:1',
      'priority=4096,in_port=2,dl_vlan=100 actions=goto_table:1',
      'priority=4096,in_port=2,vlan_tci=0x0000/0x1fff actions=push_vlan:0x8100,set_field:4296->vlan_vid,goto_table:1',
    ])
  })

  it('copies a packet as it was received to the mirrors of its port', () => {
    expect(tableWith('vlan', oneDp({ 1: 'native_vlan: v100', 2: 'tagged_vlans: [v100]', 3: 'mirror: [1, 2]' }))).toEqual([
      'priority=0 actions=drop',
      'priority=4096,in_port=1,vlan_tci=0x0000/0x1fff actions=output:3,push_vlan:0x8100,set_field:4196->vlan_vid,goto_table:1',
      'priority=4096,in_port=2,dl_vlan=100 actions=output:3,goto_table:1',
      'priority=9099,in_port=3 actions=drop',
    ])
  })

  it('counts untagged packets of a port without a native VLAN, if asked', () => {
    expect(tableWith('vlan', oneDp({ 1: 'tagged_vlans: [v100], count_untag_vlan_miss: True' }))).toContain(
      'priority=4096,in_port=1,vlan_tci=0x0000/0x1fff actions=drop',
    )
  })

  it('marks packets for the ports to the outside', () => {
    expect(tableWith('vlan', oneDp({ 1: 'native_vlan: v100, loop_protect_external: True', 2: 'tagged_vlans: [v100]' }))).toEqual([
      'priority=0 actions=drop',
      'priority=4096,in_port=1,vlan_tci=0x0000/0x1fff actions=push_vlan:0x8100,set_field:4196->vlan_vid,set_field:0->vlan_pcp,goto_table:1',
      'priority=4096,in_port=2,dl_vlan=100 actions=set_field:2->vlan_pcp,goto_table:1',
    ])
  })

  it('sends packets of a VLAN with rules to the rules', () => {
    const vlans = '  v100: {vid: 100, acl_in: all}\n  v200: {vid: 200}\nacls:\n  all:\n  - rule: {actions: {allow: True}}'
    expect(tableWith('vlan', oneDp({ 1: 'native_vlan: v100', 2: 'native_vlan: v200' }, '', vlans))).toEqual([
      'priority=0 actions=drop',
      'priority=4096,in_port=1,vlan_tci=0x0000/0x1fff actions=push_vlan:0x8100,set_field:4196->vlan_vid,goto_table:1',
      'priority=4096,in_port=2,vlan_tci=0x0000/0x1fff actions=push_vlan:0x8100,set_field:4296->vlan_vid,goto_table:2',
    ])
  })

  it('knows no ports that are down or not enabled, but those whose state does not count', () => {
    const ports = { 1: 'native_vlan: v100', 2: 'native_vlan: v100, enabled: False', 3: 'native_vlan: v100, opstatus_reconf: False', 4: 'native_vlan: v100' }
    expect(tableWith('vlan', oneDp(ports), { down: [3, 4] }).map((line) => /in_port=\d/.exec(line)?.[0])).toEqual([undefined, 'in_port=1', 'in_port=3'])
  })
})
