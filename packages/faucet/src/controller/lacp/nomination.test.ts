import { describe, expect, it } from 'vitest'
import { connectedNetwork, run } from '../core/network.test-support.js'
import { inSync, lacpArrives, lagChanges, lagOf, linkOf, outOfSync, sentLacp } from './lacp.test-support.js'
import { nominated } from './nomination.js'

const yaml = `
vlans: {100: {vid: 100}}
dps:
  sw1:
    dp_id: 1
    hardware: Open vSwitch
    interfaces:
      2: {native_vlan: 100, lacp: 1, lacp_standby: true}
      20: {stack: {dp: sw2, port: 20}}
  sw2:
    dp_id: 2
    hardware: Open vSwitch
    stack: {priority: 1}
    interfaces:
      2: {native_vlan: 100, lacp: 1}
      3: {native_vlan: 100, lacp: 1}
      4: {native_vlan: 100, lacp: 2}
      20: {stack: {dp: sw1, port: 20}}
      21: {stack: {dp: sw3, port: 20}}
  sw3:
    dp_id: 3
    hardware: Open vSwitch
    interfaces:
      2: {native_vlan: 100, lacp: 1}
      20: {stack: {dp: sw2, port: 21}}
`
const network = connectedNetwork(yaml)
const at = (dp: 1 | 2 | 3, port: number, state = inSync) => lacpArrives(port, state, { dpId: BigInt(dp) })
const after = (...events: ReturnType<typeof at>[]) => run(network, events.map((event) => [2, event] as const))

describe('an aggregate in a stack', () => {
  it('is nowhere while nobody is heard', () => {
    expect(nominated(network, 1)).toBeUndefined()
    expect([lagOf(network, 'sw1'), lagOf(network, 'sw3')]).toEqual([{ 2: [1, 3] }, { 2: [1, 1] }])
  })

  it('is where its only port is up', () => {
    const { network: is, effects } = after(at(1, 2))
    expect(nominated(is, 1)?.dp.name).toBe('sw1')
    expect(lagOf(is, 'sw1')).toEqual({ 2: [3, 2] })
    // The partner hears at once that its link is taken.
    expect(sentLacp(effects)).toEqual(['2: time aggr sync coll dist, 42'])
  })

  it('is where most ports are up', () => {
    const { network: is, effects } = after(at(1, 2), at(2, 2), at(2, 3))
    expect(nominated(is, 1)?.dp.name).toBe('sw2')
    expect(lagOf(is, 'sw1')).toEqual({ 2: [3, 3] })
    expect(lagChanges(effects)).toEqual(['sw1 2: 3 2', 'sw1 2: 3 3', 'sw2 2: 3 2', 'sw2 3: 1 2', 'sw2 3: 3 2'])
  })

  it('is at the root among equals', () => {
    expect(nominated(after(at(1, 2), at(2, 2)).network, 1)?.dp.name).toBe('sw2')
  })

  it('is otherwise where the number is lowest', () => {
    expect(nominated(after(at(3, 2), at(1, 2)).network, 1)?.dp.name).toBe('sw1')
  })

  it('moves at once when the link is down', () => {
    const both = after(at(1, 2), at(2, 2)).network
    const moved = run(both, [[3, linkOf(2, false, 2n)]])
    expect(lagChanges(moved.effects)).toEqual(['sw1 2: 3 2', 'sw2 2: 0 1', 'sw2 3: 1 1'])
  })

  it('moves at once when the switch is gone', () => {
    const both = after(at(1, 2), at(2, 2)).network
    const moved = run(both, [[3, { type: 'disconnected', dpId: 2n }], [4, { type: 'tick' }]])
    expect(lagChanges(moved.effects)).toEqual(['sw1 2: 3 2'])
  })

  it('is where a partner speaks when nobody is in sync', () => {
    const { network: is } = after(at(3, 2, outOfSync))
    expect(nominated(is, 1)?.dp.name).toBe('sw3')
    expect(nominated(after(at(2, 4, outOfSync)).network, 1)).toBeUndefined()
  })
})
