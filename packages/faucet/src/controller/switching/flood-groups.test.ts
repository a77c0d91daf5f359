import { expect, it } from 'vitest'
import { connectedNetwork } from '../core/network.test-support.js'
import { wantedOf } from '../core/wanted.js'
import { oneDp, tableOf } from './switching.test-support.js'

it('floods by groups: one for each VLAN, and another where unknown hosts are flooded to fewer ports', () => {
  const ports = { 1: 'native_vlan: v100, unicast_flood: False', 2: 'native_vlan: v100', 3: 'tagged_vlans: [v100]' }
  const network = connectedNetwork(oneDp(ports, 'group_table: True'))
  const [state] = network.dps.values()
  if (!state) throw new Error('no dataplane')
  const pop = { type: 'pop_vlan' }
  const to = (port: number) => ({ type: 'output', port })
  expect(wantedOf({ network, state }).groups).toEqual([
    { groupId: 100, groupType: 'all', buckets: [{ actions: [to(3)] }, { actions: [pop, to(1)] }, { actions: [pop, to(2)] }] },
    { groupId: 4196, groupType: 'all', buckets: [{ actions: [to(3)] }, { actions: [pop, to(2)] }] },
  ])
  expect(tableOf(network, 'flood').filter((line) => line.includes('group'))).toEqual([
    'priority=8192,dl_vlan=100 actions=group:4196',
    'priority=8208,dl_vlan=100,dl_dst=33:33:00:00:00:00/ff:ff:00:00:00:00 actions=group:100',
    'priority=8216,dl_vlan=100,dl_dst=01:00:5e:00:00:00/ff:ff:ff:00:00:00 actions=group:100',
    'priority=8216,dl_vlan=100,dl_dst=01:80:c2:00:00:00/ff:ff:ff:00:00:00 actions=group:100',
    'priority=8240,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=group:100',
  ])
})

it('has no flow to a group that is not there, where a mark is all that would be done', () => {
  const network = connectedNetwork(oneDp({ 1: 'tagged_vlans: [v100], loop_protect_external: True', 2: 'tagged_vlans: [v100]' }, 'group_table: True'), { down: [1, 2] })
  const [state] = network.dps.values()
  if (!state) throw new Error('no dataplane')
  const { groups, flows } = wantedOf({ network, state })
  const there = new Set(groups.map(({ groupId }) => `group:${groupId}`))
  const used = [...flows.values()].flatMap(({ flow }) => (flow.instructions ?? []).flatMap((item) => ('actions' in item ? item.actions.flatMap((action) => (action.type === 'group' ? [`group:${action.groupId}`] : [])) : [])))
  expect(used.filter((group) => !there.has(group))).toEqual([])
})
