import { match } from '@streambed/ovs/openflow'
import { describe, expect, it } from 'vitest'
import { connectedNetwork, flowsOf } from '../core/network.test-support.js'
import type { DpState, NetworkState } from '../core/state.js'
import { updateDp } from '../core/state.js'
import { hostsOf, makerOf } from '../core/wanted.js'
import { actorState, portRole } from '../lacp/state.js'
import { macOf, packetFrom, portIs, Steps } from '../learning/learning.test-support.js'
import { oneDp } from './switching.test-support.js'

const limits = 'timeout: 40\narp_neighbor_timeout: 10\nnd_neighbor_timeout: 10\nlearn_jitter: 1'
const hostFlows = (network: NetworkState, host: number) => flowsOf(network).filter((line) => line.includes(macOf(host)))
const learned = (ports: Readonly<Record<number, string>>, options: string, ...events: Parameters<typeof packetFrom>[]) =>
  new Steps(connectedNetwork(oneDp(ports, `${limits}${options}`))).at(10, ...events.map((event) => packetFrom(...event)))

describe('the flows to a host', () => {
  it('keep the tag where the port has one, and copy what leaves to the mirrors as the host sees it', () => {
    const { network } = learned({ 1: 'native_vlan: v100', 2: 'tagged_vlans: [v100]', 3: 'mirror: [1, 2]' }, '', [1, 1], [2, 2])
    expect([...hostFlows(network, 1), ...hostFlows(network, 2)].filter((line) => line.includes('table=2'))).toEqual([
      'table=2, idle_timeout=59, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=pop_vlan,output:3,output:1',
      'table=2, idle_timeout=59, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:02 actions=output:3,output:2',
    ])
  })

  it('have matches as match() would make them', () => {
    const ports = { 1: 'native_vlan: v100, hairpin: True, loop_protect_external: True', 2: 'tagged_vlans: [v100], hairpin_unicast: True' }
    const { network } = learned(ports, '', [1, 1], [2, 2])
    const [state] = network.dps.values()
    const context = state && { network, state }
    const flows = context ? [...hostsOf(context, makerOf(context))] : []
    expect(flows.length).toBeGreaterThan(5)
    for (const { flow } of flows) {
      const fields = (flow.match ?? []).map((field) => [field.field, 'value' in field ? field.value : undefined] as const)
      expect(flow.match).toEqual(match(Object.fromEntries(fields)))
    }
  })

  it('lead back where a packet came from with hairpin', () => {
    const { network } = learned({ 1: 'native_vlan: v100, hairpin_unicast: True', 2: 'native_vlan: v100' }, '', [1, 1])
    expect(hostFlows(network, 1)).toEqual([
      'table=1, hard_timeout=39, priority=8191,in_port=1,dl_vlan=100,dl_src=02:00:00:00:00:01 actions=goto_table:2',
      'table=2, idle_timeout=59, priority=8192,in_port=1,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=pop_vlan,IN_PORT',
      'table=3, idle_timeout=59, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=pop_vlan,output:1',
    ])
  })

  it('name port and VLAN for an egress pipeline', () => {
    const { network } = learned({ 1: 'native_vlan: v100', 2: 'native_vlan: v100' }, '\negress_pipeline: True', [1, 2])
    expect(hostFlows(network, 1)[1]).toBe(
      'table=2, idle_timeout=59, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=write_metadata:0x64002/0xffffff,goto_table:3',
    )
  })

  it('do not lead from outside to outside', () => {
    const ports = { 1: 'native_vlan: v100, loop_protect_external: True', 2: 'tagged_vlans: [v100]' }
    const { network } = learned(ports, '', [1, 1], [2, 2])
    expect(hostFlows(network, 1).slice(1)).toEqual([
      'table=2, idle_timeout=59, priority=8192,dl_vlan=100,dl_vlan_pcp=2,dl_dst=02:00:00:00:00:01 actions=pop_vlan,output:1',
    ])
    expect(hostFlows(network, 2).slice(1)).toEqual([
      'table=2, idle_timeout=59, priority=8192,dl_vlan=100,dl_vlan_pcp=0,dl_dst=02:00:00:00:00:02 actions=set_field:2->vlan_pcp,output:2',
      'table=2, idle_timeout=59, priority=8192,dl_vlan=100,dl_vlan_pcp=2,dl_dst=02:00:00:00:00:02 actions=set_field:2->vlan_pcp,output:2',
    ])
  })
})

describe('a host behind a link aggregate', () => {
  const selected = { actor: actorState.up, role: portRole.selected }
  const joined = (network: NetworkState) =>
    updateDp(network, 'sw1', (state): DpState => ({ ...state, lacp: { ...state.lacp, ports: new Map([[1, selected], [2, selected]]) } }))
  const lag = 'native_vlan: v100, lacp: 1'
  const steps = () => new Steps(joined(connectedNetwork(oneDp({ 1: lag, 2: lag, 3: 'native_vlan: v100' }, limits)))).at(10, packetFrom(1, 1))

  it('may come in at each of its ports, and is sent to one of them', () => {
    expect(steps().at(11, packetFrom(1, 2)).changes).toEqual([])
    const both = steps().at(12, packetFrom(1, 2))
    expect(both.events).toMatchObject([{ L2_LEARN: { port_no: 2, previous_port_no: 1 } }])
    expect(hostFlows(both.network, 1)).toEqual([
      'table=1, hard_timeout=39, priority=8191,in_port=1,dl_vlan=100,dl_src=02:00:00:00:00:01 actions=goto_table:2',
      'table=1, hard_timeout=39, priority=8191,in_port=2,dl_vlan=100,dl_src=02:00:00:00:00:01 actions=goto_table:2',
      'table=2, idle_timeout=59, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=pop_vlan,output:1',
    ])
  })

  it('is sent to the other port when one goes down', () => {
    const half = steps().at(12, packetFrom(1, 2)).at(13, portIs(1, false))
    expect(hostFlows(half.network, 1)).toEqual([
      'table=1, hard_timeout=39, priority=8191,in_port=2,dl_vlan=100,dl_src=02:00:00:00:00:01 actions=goto_table:2',
      'table=2, idle_timeout=59, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=pop_vlan,output:2',
    ])
  })

  it('moves away from all of it', () => {
    const moved = steps().at(12, packetFrom(1, 2)).at(13, packetFrom(1, 3))
    expect(hostFlows(moved.network, 1)).toEqual([
      'table=1, hard_timeout=39, priority=8191,in_port=3,dl_vlan=100,dl_src=02:00:00:00:00:01 actions=goto_table:2',
      'table=2, idle_timeout=59, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=pop_vlan,output:3',
    ])
  })
})
