import type { StackTopologyEvent } from '../core/faucet-event.js'
import type { NetworkState } from '../core/state.js'
import { stackMembers } from './links.js'

/** Tells of the stack as it is now, its graph as networkx prints one (`node_link_data`). */
export function topologyEvent(network: NetworkState): StackTopologyEvent {
  const { topology } = network.stack
  const members = stackMembers(network)
  const order = new Map(members.map(({ dp }, index) => [dp.name, index]))
  const edges = topology.links.map(({ name, ends }) => {
    const [a, z] = ends
    const [source, target] = ends.map((end) => end.dp).sort((one, other) => (order.get(one) ?? 0) - (order.get(other) ?? 0))
    const portMap = { dp_a: a.dp, port_a: `Port ${String(a.port)}`, dp_z: z.dp, port_z: `Port ${String(z.port)}` }
    return { port_map: portMap, source, target, key: name }
  })
  const running = members.filter(({ connected }) => connected)
  return {
    stack_root: topology.root ?? '',
    graph: { directed: false, multigraph: true, graph: {}, nodes: members.map(({ dp }) => ({ id: dp.name })), edges },
    dps: Object.fromEntries(running.map(({ dp }) => [dp.name, { root_hop_port: rootHopPort(network, dp.name) }])),
  }
}

/** The port of a dataplane towards the root, 0 for the root and without a way (metric `dp_root_hop_port`). */
export function rootHopPort(network: NetworkState, dpName: string): number {
  return network.stack.topology.nodes.get(dpName)?.chosen ?? 0
}
