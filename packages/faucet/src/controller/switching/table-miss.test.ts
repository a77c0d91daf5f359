import { expect, it } from 'vitest'
import { connectedNetwork, flowsOf } from '../core/network.test-support.js'
import { oneDp } from './switching.test-support.js'

const misses = (yaml: string) => flowsOf(connectedNetwork(yaml)).filter((line) => /priority=\d+ /.test(line))

it('sends packets on that no flow of a table takes, or drops them', () => {
  expect(misses(oneDp({ 1: 'native_vlan: v100' }))).toEqual([
    'priority=0 actions=drop',
    'table=1, priority=0 actions=goto_table:2',
    'table=2, priority=0 actions=goto_table:3',
    'table=3, priority=0 actions=drop',
  ])
})

it('knows every table', () => {
  const yaml = oneDp({ 1: 'native_vlan: v100, hairpin: True', 2: 'coprocessor: {strategy: vlan_vid}' }, 'egress_pipeline: True\npriority_offset: 7')
  // vlan, copro, eth_src, eth_dst_hairpin, eth_dst, egress, flood
  expect(misses(yaml)).toEqual([
    'priority=7 actions=drop',
    'table=1, priority=7 actions=goto_table:4',
    'table=2, priority=7 actions=goto_table:4',
    'table=3, priority=7 actions=goto_table:4',
    'table=4, priority=7 actions=goto_table:6',
    'table=5, priority=7 actions=goto_table:6',
    'table=6, priority=7 actions=drop',
  ])
})
