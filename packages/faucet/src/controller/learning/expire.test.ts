import { describe, expect, it } from 'vitest'
import { connectedNetwork } from '../core/network.test-support.js'
import { oneDp } from '../switching/switching.test-support.js'
import { dpOf, macOf, packetFrom, portIs, Steps } from './learning.test-support.js'
import { hostCount } from './state.js'

const access = 'native_vlan: v100'
const limits = 'timeout: 40\narp_neighbor_timeout: 10\nnd_neighbor_timeout: 10\nlearn_jitter: 1'
const steps = (options = '') => new Steps(connectedNetwork(oneDp({ 1: access, 2: access }, `${limits}${options}`)))
const tick = { type: 'tick' } as const
const noSource = 'delete_strict table=1, priority=8191,in_port=1,dl_vlan=100,dl_src=02:00:00:00:00:01 actions=drop'
const gone = (tableId: number, field: 'eth_src' | 'eth_dst') =>
  ({
    type: 'flow_removed',
    dpId: 1n,
    tableId,
    priority: 8192,
    match: [
      ...(field === 'eth_src' ? [{ field: 'in_port', value: 1 } as const] : []),
      { field: 'vlan_vid', value: 0x1064 },
      { field, value: macOf(1) },
    ],
    reason: 'idle_timeout',
  }) as const

describe('a host that is silent', () => {
  it('expires; a flow to it that is still used goes on, until its port goes down', () => {
    const silent = steps().at(10, packetFrom(1, 1))
    expect(silent.at(50, tick).events).toEqual([])
    expect(silent.at(51, tick).events).toEqual([{ L2_EXPIRE: { port_no: 1, vid: 100, eth_src: macOf(1) } }])
    expect(silent.changes).toEqual([noSource])
    expect(hostCount(dpOf(silent.network).learning, {})).toBe(0)
    expect(silent.at(60, portIs(1, false)).changes).toContain('delete_strict table=2, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=drop')
  })

  it('is forgotten in the end, and its flow ends by itself', () => {
    const silent = steps().at(10, packetFrom(1, 1), packetFrom(2, 2)).at(51, tick).at(480, packetFrom(3, 1)).at(521, tick)
    expect([...dpOf(silent.network).learning.lapsed.values()].map(({ mac }) => mac)).toEqual([macOf(3)])
    expect(silent.changes.some((line) => line.includes(macOf(1)))).toBe(false)
  })

  it('is learned anew when it speaks', () => {
    const back = steps().at(10, packetFrom(1, 1)).at(51, tick).at(60, packetFrom(1, 2))
    expect(back.events).toMatchObject([{ L2_LEARN: { port_no: 2, previous_port_no: null } }])
    expect(back.changes.at(-1)).toBe('add table=2, idle_timeout=59, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=pop_vlan,output:2')
    expect(dpOf(back.network).learning.lapsed.size).toBe(0)
  })

  it('loses the flow to it when that has no end (idle_dst: False)', () => {
    const silent = steps('\nidle_dst: False').at(10, packetFrom(1, 1)).at(51, tick)
    expect(silent.changes).toEqual([noSource, 'delete_strict table=2, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=drop'])
  })
})

describe('use_idle_timeout', () => {
  const steady = () => steps('\nuse_idle_timeout: True').at(10, packetFrom(1, 1))

  it('leaves the end of a host to the switch', () => {
    const [source, destination] = steady().changes
    expect(source).toContain('idle_timeout=39, send_flow_rem priority=8191')
    expect(destination).toContain('idle_timeout=59, send_flow_rem priority=8192')
    expect(steady().at(1000, tick).events).toEqual([])
    const expired = steady().at(100, gone(1, 'eth_src'))
    expect(expired.events).toEqual([{ L2_EXPIRE: { port_no: 1, vid: 100, eth_src: macOf(1) } }])
    expect(expired.at(110, gone(2, 'eth_dst')).changes).toEqual([])
    expect(dpOf(expired.network).learning.lapsed.size).toBe(0)
  })

  it('makes the flow to a host anew that still speaks', () => {
    expect(steady().at(100, gone(2, 'eth_dst')).changes.map((line) => line.slice(0, 11))).toEqual(['add table=1', 'add table=2'])
  })
})
