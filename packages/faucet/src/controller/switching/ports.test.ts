import { describe, expect, it } from 'vitest'
import { connectedNetwork } from '../core/network.test-support.js'
import { oneDp, tableOf, tableWith } from './switching.test-support.js'

describe('an egress pipeline', () => {
  it('sends packets out by the port and the VLAN that their metadata name', () => {
    const yaml = oneDp({ 1: 'native_vlan: v100', 2: 'native_vlan: v100, tagged_vlans: [v200]', 3: 'mirror: 2' }, 'egress_pipeline: True')
    expect(tableWith('egress', yaml)).toEqual([
      'priority=0 actions=goto_table:4',
      'priority=9001,metadata=0x64001/0xffffff,dl_vlan=100 actions=pop_vlan,output:1',
      'priority=9001,metadata=0x64002/0xffffff,dl_vlan=100 actions=output:3,pop_vlan,output:2',
      'priority=9001,metadata=0xc8002/0xffffff,dl_vlan=200 actions=output:3,output:2',
    ])
  })
})

describe('a coprocessor', () => {
  const network = connectedNetwork(oneDp({ 1: 'native_vlan: v100', 7: 'coprocessor: {strategy: vlan_vid, vlan_vid_base: 1000}' }))

  it('names with a tag where its packets are to leave', () => {
    expect(tableOf(network, 'vlan')).toContain('priority=9000,in_port=7 actions=goto_table:1')
    expect(tableOf(network, 'copro')).toEqual([
      'priority=0 actions=goto_table:3',
      'priority=9001,dl_vlan=1001 actions=pop_vlan,output:1',
      'priority=9001,dl_vlan=1007 actions=pop_vlan,output:7',
    ])
  })

  it('is not learned from', () => {
    expect(tableOf(network, 'eth_src')).toContain('priority=9001,in_port=7 actions=goto_table:3')
  })
})

describe('a port that only sends', () => {
  it('receives nothing', () => {
    const flows = tableWith('vlan', oneDp({ 1: 'native_vlan: v100', 2: 'output_only: True' }))
    expect(flows).toContain('priority=9099,in_port=2 actions=drop')
  })
})
