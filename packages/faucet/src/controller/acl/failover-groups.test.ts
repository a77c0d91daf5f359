import { describe, expect, it } from 'vitest'
import { contextFor, contextOf, stackFor, withRules } from './acl.test-support.js'
import { failoverGroups } from './failover-groups.js'

describe('the groups of failovers', () => {
  it('send to the first port that is up', () => {
    const context = contextFor(withRules(['{actions: {output: {failover: {group_id: 1001, ports: [3, 2]}}}}']))
    expect([...failoverGroups(context)]).toEqual([
      {
        groupId: 1001,
        groupType: 'ff',
        buckets: [
          { watchPort: 3, actions: [{ type: 'output', port: 3 }] },
          { watchPort: 2, actions: [{ type: 'output', port: 2 }] },
        ],
      },
    ])
  })

  it('are the first ones of their numbers', () => {
    const rule = (group: number, port: number) => `{actions: {output: [{failover: {group_id: ${String(group)}, ports: [${String(port)}]}}]}}`
    const numbers = (yaml: string) => [...failoverGroups(contextFor(yaml))].map(({ groupId, buckets }) => [groupId, buckets?.[0]?.watchPort])
    expect(numbers(withRules([rule(5, 2), rule(5, 3), rule(6, 3)]))).toEqual([[5, 2], [6, 3]])
    // A VLAN's flood has the group with its number.
    const yaml = withRules([rule(100, 2), rule(7, 3)]).replace('dp_id: 1', 'dp_id: 1\n    group_table: True')
    expect(numbers(yaml)).toEqual([[7, 3]])
  })

  it('may be at the end of a tunnel', () => {
    const network = stackFor(`
vlans: {v: {vid: 100}}
acls: {a: [{actions: {output: {tunnel: {tunnel_id: 300, dp: sw2, port: 1, exit_instructions: [{failover: {group_id: 9, ports: [1]}}]}}}}]}
dps:
  sw1: {dp_id: 1, stack: {priority: 1}, interfaces: {1: {native_vlan: v, acls_in: [a]}, 8: {stack: {dp: sw2, port: 8}}}}
  sw2: {dp_id: 2, interfaces: {1: {native_vlan: v}, 8: {stack: {dp: sw1, port: 8}}}}`)
    expect([...failoverGroups(contextOf(network, 'sw2'))].map(({ groupId }) => groupId)).toEqual([9])
    expect([...failoverGroups(contextOf(network, 'sw1'))]).toEqual([])
  })
})
