import { describe, expect, it } from 'vitest'
import { connectedNetwork, flowsOf, networkOf } from '../core/network.test-support.js'
import { step } from '../core/step.js'
import { stackPortState, stackRoot, stackState } from './state.js'
import { heard, packet, places, ring, run, stacked, two } from './stack.test-support.js'
import { knowLinks, withElections } from './stack.js'

const host = '02:00:00:00:00:01'
const events = (effects: ReturnType<typeof run>['effects']) => effects.flatMap((effect) => (effect.type === 'event' ? [[effect.dpName, effect.event]] : []))

describe('links', () => {
  it('are initialising until both ends are heard, and carry nothing', () => {
    const network = connectedNetwork(two)
    expect(stackPortState(network, 'sw1', 10)).toBe(stackState.init)
    expect(network.stack.topology.links).toEqual([])
    expect(stackPortState(network, 'sw1', 1)).toBe(stackState.none)
  })

  it('come up when the right port is heard, and tell of it as Faucet does', () => {
    const before = connectedNetwork(two)
    const network = heard(before, 5)
    expect([stackPortState(network, 'sw1', 10), stackPortState(network, 'sw2', 10)]).toEqual([stackState.up, stackState.up])
    const silent = run(network, [[30, { type: 'tick' }]])
    expect(events(silent.effects)).toContainEqual(['sw1', { STACK_STATE: { port: 10, state: stackState.gone } }])
    const again = run(heard(silent.network, 31), [])
    expect(again.network.stack.topology.links.map(({ name }) => name)).toEqual(['sw1:10-sw2:10'])
  })

  it('are bad when another port is heard', () => {
    const network = heard(connectedNetwork(two), 5, { wrong: ['sw2:10'] })
    expect([stackPortState(network, 'sw1', 10), stackPortState(network, 'sw2', 10)]).toEqual([stackState.up, stackState.bad])
    expect(network.stack.topology.links).toEqual([])
  })

  it('carry nothing from the moment that a port is down', () => {
    const { network } = run(stacked(two), [[6, { type: 'port_status', dpId: 1n, portNo: 10, reason: 'modify', state: 1 }]])
    expect(network.stack.topology.links).toEqual([])
    expect(stackPortState(network, 'sw1', 10)).toBe(stackState.up)
  })

  it('are up at once when somebody knows them, until something else is heard', () => {
    const known = run(connectedNetwork(two), [[2, { type: 'links', links: [[{ dpId: 1n, port: 10 }, { dpId: 2n, port: 10 }]] }]])
    expect(known.network.stack.topology.links).toHaveLength(1)
    expect(known.effects.some((effect) => effect.type === 'change' && effect.dpId === 2n)).toBe(true)
    expect(run(known.network, [[100, { type: 'tick' }]]).network.stack.topology.links).toHaveLength(1)
    expect(heard(known.network, 6, { wrong: ['sw1:10'] }).stack.topology.links).toEqual([])
    const strange = knowLinks(connectedNetwork(two), [[{ dpId: 1n, port: 1 }, { dpId: 2n, port: 10 }]], 1)
    expect(strange.effects).toMatchObject([{ type: 'log', level: 'warning' }])
  })

  it('keep the topology while nothing changes', () => {
    const network = stacked(ring)
    expect(heard(network, 9).stack.topology).toBe(network.stack.topology)
  })

  it('survive a change of configuration', () => {
    const network = stacked(ring)
    const { state } = step(network, [{ type: 'config', config: networkOf(ring.replace('v100: {vid: 100}', 'v100: {vid: 100, max_hosts: 9}')).config }], 6)
    expect(state.stack.topology.links).toHaveLength(4)
  })

  it('have a graph in the form of networkx', () => {
    const silent = run(stacked(two), [[30, { type: 'tick' }]]).network
    const { effects } = step(heardOnly(silent), [{ type: 'tick' }], 31)
    expect(events(effects)).toContainEqual(['sw1', {
      STACK_TOPO_CHANGE: {
        stack_root: 'sw1',
        graph: {
          directed: false, multigraph: true, graph: {}, nodes: [{ id: 'sw1' }, { id: 'sw2' }],
          edges: [{ port_map: { dp_a: 'sw1', port_a: 'Port 10', dp_z: 'sw2', port_z: 'Port 10' }, source: 'sw1', target: 'sw2', key: 'sw1:10-sw2:10' }],
        },
        dps: { sw1: { root_hop_port: 0 }, sw2: { root_hop_port: 10 } },
      },
    }])
  })
})

/** The network where the links have been heard, but nobody has looked yet. */
function heardOnly(network: ReturnType<typeof stacked>) {
  const next = heard(network, 31)
  return { ...next, stack: network.stack }
}

describe('floods', () => {
  const floods = (network: ReturnType<typeof stacked>, dp: string) => flowsOf(network, dp).filter((flow) => /table=[0-9]+, ?priority=(8240|8241),.*dl_vlan.*ff:ff:ff:ff:ff:ff/.test(flow))

  it('go to all dataplanes at once in a small stack', () => {
    expect(floods(stacked(two), 'sw1')).toEqual([
      'table=3, priority=8240,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=output:10,output:2,pop_vlan,output:1',
      'table=3, priority=8241,in_port=10,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=output:2,pop_vlan,output:1',
    ])
    expect(flowsOf(stacked(two), 'sw2')).toEqual(expect.arrayContaining([
      'priority=4097,in_port=10,vlan_tci=0x0000/0x1fff actions=drop',
      'priority=4096,in_port=10 actions=goto_table:1',
    ]))
  })

  it('are reflected by the root of a large one, and do not come over the link that closes the ring', () => {
    const network = stacked(ring)
    expect(floods(network, 'sw1')).toEqual([
      'table=3, priority=8240,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=output:11,output:12,pop_vlan,output:1',
      'table=3, priority=8241,in_port=11,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=output:12,IN_PORT,pop_vlan,output:1',
      'table=3, priority=8241,in_port=12,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=output:11,IN_PORT,pop_vlan,output:1',
    ])
    // The way of sw3 to the root is by sw2: what sw4 sends there counts for nothing.
    expect(floods(network, 'sw3')).toEqual([
      'table=3, priority=8240,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=output:12',
      'table=3, priority=8241,in_port=11,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=drop',
      'table=3, priority=8241,in_port=12,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=pop_vlan,output:1',
    ])
    expect(flowsOf(network, 'sw3')).toEqual(expect.arrayContaining([
      'table=1, priority=16640,in_port=11,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=drop',
      'table=1, priority=16640,in_port=12,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=goto_table:3',
    ]))
  })

  it('take the other way when a link fails', () => {
    const network = run(stacked(ring), [[6, { type: 'port_status', dpId: 2n, portNo: 11, reason: 'modify', state: 1 }]]).network
    expect(network.stack.topology.nodes.get('sw3')?.chosen).toBe(11)
  })
})

describe('learning', () => {
  it('happens at the edge first, then on the port towards it', () => {
    const early = run(stacked(ring), [[6, packet(2n, 12, host)]]).network
    expect(places(early, host)).toEqual({ sw1: undefined, sw2: undefined, sw3: undefined, sw4: undefined })
    const { network } = run(early, [[7, packet(3n, 1, host)], [8, packet(4n, 12, host)], [9, packet(1n, 12, host)], [10, packet(2n, 11, host)]])
    expect(places(network, host)).toEqual({ sw1: 11, sw2: 11, sw3: 1, sw4: 11 })
  })

  it('takes the shortest path where the VLAN says so', () => {
    const short = stacked(ring.replace('{vid: 100}', '{vid: 100, edge_learn_stack_root: false}'))
    expect(places(run(short, [[7, packet(3n, 1, host)], [8, packet(4n, 12, host)]]).network, host)).toMatchObject({ sw3: 1, sw4: 12 })
  })

  it('moves hosts to the way that is left, and forgets those that cannot be reached', () => {
    const { network } = run(stacked(ring), [[7, packet(3n, 1, host)], [8, packet(1n, 11, host)], [9, packet(2n, 11, host)]])
    const down = run(network, [[10, { type: 'port_status', dpId: 2n, portNo: 11, reason: 'modify', state: 1 }]]).network
    expect(places(down, host)).toMatchObject({ sw1: 12, sw3: 1 })
    const cut = run(down, [[11, { type: 'port_status', dpId: 4n, portNo: 12, reason: 'modify', state: 1 }]]).network
    expect(places(cut, host)).toEqual({ sw1: undefined, sw2: undefined, sw3: 1, sw4: undefined })
  })

  it('is told to all dataplanes when somebody knows the host', () => {
    const { network } = run(stacked(ring), [[6, { type: 'hosts', hosts: [{ dpId: 3n, port: 1, vid: 100, mac: host }] }]])
    expect(places(network, host)).toEqual({ sw1: 11, sw2: 11, sw3: 1, sw4: 11 })
  })

  it('is shared at once in a stack that routes', () => {
    const routing = stacked(two.replace('{vid: 100}', '{vid: 100, faucet_vips: [10.0.0.254/24]}'))
    const { network } = run(routing, [[6, packet(1n, 10, host)], [7, packet(2n, 1, host)]])
    expect(places(network, host)).toEqual({ sw1: 10, sw2: 1 })
  })
})

describe('the root', () => {
  const elected = (network: ReturnType<typeof stacked>, now: number) => run(network, [[now, { type: 'tick' }]])

  it('is the healthy dataplane with the lowest priority, and stays', () => {
    const first = elected(stacked(ring), 10)
    expect(first.network.stack.elected).toBe('sw1')
    expect(first.effects).toContainEqual({ type: 'count', metric: 'stack_root_change_count', dpName: 'sw1' })
    // A link of sw1 is lost: sw2 is healthy.
    const lost = heard(first.network, 25, { silent: ['sw1:12', 'sw4:11'] })
    expect(stackRoot(lost)).toBe('sw2')
    const back = heard(heard(lost, 36), 46)
    expect(stackRoot(back)).toBe('sw2')
  })

  it('is another one when it has been away for too long', () => {
    const first = elected(stacked(ring), 10).network
    const gone = run(first, [[11, { type: 'disconnected', dpId: 1n }]]).network
    expect(stackRoot(heard(gone, 30))).toBe('sw1')
    expect(stackRoot(heard(gone, 52))).toBe('sw2')
  })

  it('is as configured without elections', () => {
    expect(elected(withElections(stacked(ring), 0), 1000).network.stack.elected).toBeUndefined()
  })
})
