import type { ResolvedPort, ResolvedVlan } from '../../config/index.js'
import type { ReceivedFrame } from '../core/frame.js'
import { isRunning } from '../core/ports.js'
import type { DpContext, DpState, NetworkState } from '../core/state.js'
import { actorState } from '../lacp/state.js'
import { hostKey } from '../learning/state.js'
import { stackMembers } from './links.js'
import { alongTree, towards } from './paths.js'

/**
 * The port where a dataplane learns the source of a frame; `undefined` when it is not to learn it now. A frame from
 * another dataplane is learned when it is known at whose edge the host is, on the port towards that dataplane, wherever
 * the frame came in (Faucet's `edge_learn_port`).
 */
export function learningPort(network: NetworkState, state: DpState, frame: ReceivedFrame): number | undefined {
  const { port, vlan, ethSrc } = frame
  if (!state.dp.stack || !vlan) return port.number
  const context: DpContext = { network, state }
  if (!port.stack) {
    const edge = port.loop_protect_external ? learnedAt(network, state, vlan.vid, ethSrc) : undefined
    return edge === undefined ? port.number : portTowardsHost(context, vlan, edge)
  }
  const edge = edgeOf(network, state, frame, vlan.vid, port.stack.dp)
  return edge === undefined ? undefined : portTowardsHost(context, vlan, edge)
}

/**
 * Where a dataplane learns a host that is at a port of another one: on the port along the tree of floods, or (option
 * `edge_learn_stack_root: false` of the VLAN) on the one of the shortest path.
 */
export function portTowardsHost(context: DpContext, vlan: ResolvedVlan, edge: string): number | undefined {
  return vlan.edge_learn_stack_root ? alongTree(context, edge) : towards(context, edge)
}

/** At whose edge a host is that was heard over a stack port. */
function edgeOf(network: NetworkState, state: DpState, { ethSrc }: ReceivedFrame, vid: number, neighbour: string): string | undefined {
  if (network.dps.get(neighbour)?.connected) return learnedAt(network, state, vid, ethSrc)
  // Nobody can ask the neighbour: in a small stack it must be there, in a large one only if nothing is behind it.
  const { reflection, root, nodes } = network.stack.topology
  return !reflection || neighbour === root || nodes.get(neighbour)?.edge ? neighbour : undefined
}

/**
 * The other dataplane that has learned a host at its own port, lately if it has moved: one behind an external port only
 * if nothing better is known.
 */
export function learnedAt(network: NetworkState, state: DpState, vid: number, mac: string): string | undefined {
  const key = hostKey(vid, mac)
  let inside: Seen | undefined
  let outside: Seen | undefined
  for (const other of stackMembers(network)) {
    if (other.dp.name === state.dp.name || !other.connected) continue
    const host = other.learning.hosts.get(key)
    const port = host && other.dp.ports.get(host.port)
    if (!port || !isForwardingEdge(other, port)) continue
    const seen: Seen = { dp: other.dp.name, at: host.seen }
    if (port.loop_protect_external) outside = later(outside, seen)
    else inside = later(inside, seen)
  }
  return inside?.dp ?? (state.learning.hosts.has(key) ? undefined : outside?.dp)
}

interface Seen {
  readonly dp: string
  readonly at: number
}

function later(one: Seen | undefined, other: Seen): Seen {
  return one && one.at >= other.at ? one : other
}

/** Whether a port is no link of the stack and forwards (Faucet's `non_stack_forwarding`). */
function isForwardingEdge(state: DpState, port: ResolvedPort): boolean {
  if (port.stack || !isRunning(state, port.number)) return false
  return port.lacp === 0 || state.lacp.ports.get(port.number)?.actor === actorState.up
}
