import { OFPP } from '@streambed/ovs/openflow'
import { describe, expect, it } from 'vitest'
import { connectedNetwork, flowsOf } from '../core/network.test-support.js'
import { oneDp } from '../switching/switching.test-support.js'
import { dpOf, macOf, packetFrom, portIs, Steps } from './learning.test-support.js'
import { banCount, hostCount } from './state.js'

const limits = 'timeout: 40\narp_neighbor_timeout: 10\nnd_neighbor_timeout: 10\nlearn_jitter: 1\nlearn_ban_timeout: 10'
const steps = (ports: Readonly<Record<number, string>>, options = '', vlans?: string) =>
  new Steps(connectedNetwork(oneDp(ports, options ? `${limits}\n${options}` : limits, vlans)))
const access = 'native_vlan: v100'

describe('a host that is seen', () => {
  it('gets a flow from it and one to it, and is told of', () => {
    const seen = steps({ 1: access, 2: access }).at(10, packetFrom(1, 1))
    expect(seen.changes).toEqual([
      'add table=1, hard_timeout=39, priority=8191,in_port=1,dl_vlan=100,dl_src=02:00:00:00:00:01 actions=goto_table:2',
      'add table=2, idle_timeout=59, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=pop_vlan,output:1',
    ])
    expect(seen.events).toEqual([
      {
        L2_LEARN: {
          port_no: 1, previous_port_no: null, vid: 100, eth_src: macOf(1), eth_dst: 'ff:ff:ff:ff:ff:ff', eth_type: 0x0806,
          l3_src_ip: '10.0.0.1', l3_dst_ip: '10.0.0.254',
        },
      },
    ])
    expect(hostCount(dpOf(seen.network).learning, { port: 1 })).toBe(1)
  })

  it('is not learned again for a while, then both flows begin anew', () => {
    const seen = steps({ 1: access, 2: access }).at(10, packetFrom(1, 1))
    expect(seen.at(29, packetFrom(1, 1)).changes).toEqual([])
    expect(seen.at(30, packetFrom(1, 1)).changes.map((line) => line.slice(0, 11))).toEqual(['add table=1', 'add table=2'])
    expect(seen.events).toMatchObject([{ L2_LEARN: { port_no: 1, previous_port_no: 1 } }])
  })

  it('moves: the old flow from it goes, the one to it changes', () => {
    const moved = steps({ 1: access, 2: access }).at(10, packetFrom(1, 1)).at(11, packetFrom(1, 2))
    expect(moved.changes).toEqual([
      'delete_strict table=1, priority=8191,in_port=1,dl_vlan=100,dl_src=02:00:00:00:00:01 actions=drop',
      'add table=1, hard_timeout=39, priority=8191,in_port=2,dl_vlan=100,dl_src=02:00:00:00:00:01 actions=goto_table:2',
      'add table=2, idle_timeout=59, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=pop_vlan,output:2',
    ])
    expect(moved.events).toMatchObject([{ L2_LEARN: { port_no: 2, previous_port_no: 1 } }])
    const { learning } = dpOf(moved.network)
    expect([hostCount(learning, { port: 1 }), hostCount(learning, { port: 2 }), hostCount(learning, { vid: 100 })]).toEqual([0, 1, 1])
  })

  it('is told by the name of the port, where that has one: the event has the number of Faucet', () => {
    const seen = steps({ 1: access, [OFPP.LOCAL]: access }).at(10, packetFrom(1, 1)).at(11, packetFrom(1, OFPP.LOCAL))
    const lines = seen.effects.flatMap((effect) => (effect.type === 'log' ? [effect.text] : []))
    expect(lines).toEqual(['learned 02:00:00:00:00:01 on port LOCAL in VLAN 100, moved from port 1 (1 hosts in all)'])
    expect(seen.events).toMatchObject([{ L2_LEARN: { port_no: 4294967294, previous_port_no: 1 } }])
    expect(seen.at(12, portIs(OFPP.LOCAL, false)).effects).toContainEqual(expect.objectContaining({ type: 'log', text: 'port LOCAL is down' }))
  })

  it('is learned from every packet, however many there are', () => {
    const many = steps({ 1: `${access}, max_hosts: 0` }, '', '  v100: {vid: 100, max_hosts: 0}').at(10, ...Array.from({ length: 300 }, (_, host) => packetFrom(host, 1)))
    expect(hostCount(dpOf(many.network).learning, {})).toBe(300)
  })
})

describe('a port that goes down', () => {
  it('takes the flows of its hosts along; they are learned again when they are heard', () => {
    const seen = steps({ 1: access, 2: access }).at(10, packetFrom(1, 1))
    expect(seen.at(11, portIs(1, false)).changes.filter((line) => line.includes('00:00:01'))).toEqual([
      'delete_strict table=1, priority=8191,in_port=1,dl_vlan=100,dl_src=02:00:00:00:00:01 actions=drop',
      'delete_strict table=2, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=drop',
    ])
    expect(hostCount(dpOf(seen.network).learning, { port: 1 })).toBe(1)
    expect(seen.at(12, portIs(1, true)).changes.filter((line) => line.includes('00:00:01'))).toEqual([])
    expect(seen.at(13, packetFrom(1, 1)).changes).toHaveLength(2)
  })
})

it('ignores no packet by counting, whatever ignore_learn_ins says', () => {
  const seen = steps({ 1: access, 2: access }, 'ignore_learn_ins: 1')
  for (let host = 1; host <= 20; host++) seen.at(10, packetFrom(host, 1))
  expect(hostCount(dpOf(seen.network).learning, { port: 1 })).toBe(20)
})

describe('learning is limited', () => {
  it('on a port: another host is dropped with all others that are not known, for a while', () => {
    const full = steps({ 1: `${access}, max_hosts: 1`, 2: access }).at(10, packetFrom(1, 1)).at(11, packetFrom(2, 1))
    expect(full.changes).toEqual(['add table=1, hard_timeout=10, priority=4097,in_port=1 actions=drop'])
    expect(full.events).toEqual([])
    expect(full.at(11.5, packetFrom(3, 1)).changes).toEqual([])
    expect(banCount(dpOf(full.network).learning, 'port', 1)).toBe(1)
    expect(full.at(14, packetFrom(3, 1)).changes).toEqual(['add table=1, hard_timeout=10, priority=4097,in_port=1 actions=drop'])
    expect(full.at(24, { type: 'tick' }).changes).toEqual(['delete_strict table=1, priority=4097,in_port=1 actions=drop'])
    expect(dpOf(full.network).learning.bans.size).toBe(0)
    expect(full.at(25, packetFrom(1, 2)).at(26, packetFrom(3, 1)).events).toMatchObject([{ L2_LEARN: { port_no: 1 } }])
  })

  it('for the longest time that OpenFlow has at most', () => {
    const banned = (timeout: number) => {
      const config = oneDp({ 1: `${access}, max_hosts: 1`, 2: access }, `learn_ban_timeout: ${String(timeout)}`)
      return new Steps(connectedNetwork(config)).at(10, packetFrom(1, 1)).at(11, packetFrom(2, 1)).changes
    }
    expect(banned(65535)).toEqual(['add table=1, hard_timeout=65535, priority=4097,in_port=1 actions=drop'])
    expect(banned(70000)).toEqual(banned(65535))
  })

  it('in a VLAN', () => {
    const full = steps({ 1: access, 2: access }, '', '  v100: {vid: 100, max_hosts: 1}\n  v200: {vid: 200}').at(10, packetFrom(1, 1)).at(11, packetFrom(2, 2))
    expect(full.changes).toEqual(['add table=1, hard_timeout=10, priority=4097,dl_vlan=100 actions=drop'])
    expect(banCount(dpOf(full.network).learning, 'vlan', 100)).toBe(1)
  })

  it('not for a host that is known', () => {
    const full = steps({ 1: `${access}, max_hosts: 1`, 2: access }).at(10, packetFrom(1, 1)).at(11, packetFrom(2, 2)).at(12, packetFrom(2, 1))
    expect(full.events).toMatchObject([{ L2_LEARN: { port_no: 1, previous_port_no: 2 } }])
  })
})

describe('a port with permanent_learn', () => {
  const permanent = () => steps({ 1: `${access}, permanent_learn: True`, 2: access }).at(10, packetFrom(1, 1))

  it('keeps its hosts for ever', () => {
    expect(permanent().changes).toEqual([
      'add table=1, priority=8191,in_port=1,dl_vlan=100,dl_src=02:00:00:00:00:01 actions=goto_table:2',
      'add table=2, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=pop_vlan,output:1',
    ])
    expect(permanent().at(1000, { type: 'tick' }).events).toEqual([])
    const back = permanent().at(20, portIs(1, false)).at(21, portIs(1, true))
    expect(back.changes.filter((line) => line.includes('00:00:01'))).toHaveLength(2)
  })

  it('does not give them to another port, which drops their packets', () => {
    const taken = permanent().at(100, packetFrom(1, 2))
    expect(taken.changes).toEqual(['add table=1, priority=20480,in_port=2,dl_src=02:00:00:00:00:01 actions=drop'])
    expect(taken.events).toEqual([])
    expect(taken.at(101, packetFrom(1, 2)).changes).toEqual([])
  })
})

describe('a port with loop_protect', () => {
  const loop = () => steps({ 1: access, 2: `${access}, loop_protect: True`, 3: access }).at(10, packetFrom(1, 1)).at(12, packetFrom(1, 2))

  it('is closed for a while when a host jumps to it, whose flows stay where they were', () => {
    expect(loop().changes).toEqual(['add table=1, hard_timeout=10, priority=4097,in_port=2 actions=drop'])
    expect(flowsOf(loop().network)).toContain('table=2, idle_timeout=59, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=pop_vlan,output:1')
    expect(banCount(dpOf(loop().network).learning, 'port', 2)).toBe(1)
  })

  it('stays closed while others come from there too', () => {
    const closed = loop().at(23, packetFrom(2, 2))
    expect(closed.changes).toEqual(['add table=1, hard_timeout=10, priority=4097,in_port=2 actions=drop'])
    expect(banCount(dpOf(closed.network).learning, 'port', 2)).toBe(1)
  })

  it('believes a host that keeps coming from there', () => {
    const moved = loop().at(33, packetFrom(1, 2))
    expect(moved.changes).toContain('add table=2, idle_timeout=59, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=pop_vlan,output:2')
  })

  it('was right when the host is heard where it was', () => {
    const back = loop().at(14, packetFrom(1, 1)).at(40, { type: 'tick' })
    expect(flowsOf(back.network)).toContain('table=1, hard_timeout=39, priority=8191,in_port=1,dl_vlan=100,dl_src=02:00:00:00:00:01 actions=goto_table:2')
  })
})
