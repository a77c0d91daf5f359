import { printPort } from '@streambed/ovs/openflow'
import { inTurn, type Effect, type Step } from '../core/effect.js'
import type { LinksKnown } from '../core/event.js'
import { dpById, type NetworkState } from '../core/state.js'
import { electRoot } from './election.js'
import { followLinks } from './link-state.js'
import { stackMembers, stackPorts } from './links.js'
import { moveHosts } from './moved-hosts.js'
import { endKey, noStack, stackRoot, type StackPortState, type StackState } from './state.js'
import { expireRouted } from './routed.js'
import { topologyEvent } from './topology-event.js'
import { topologyOf } from './topology.js'

export { learningPort } from './learning-port.js'
export { isReachedByTunnel } from './tunnel.js'

/** The stack of a configuration, before anything is heard; or what is still true of it after a change. */
export function stackOf(network: Omit<NetworkState, 'stack'>, before: StackState | undefined, now: number): StackState {
  const stack = before ?? { ...noStack, electAt: now + noStack.electionInterval }
  const known = new Map<string, StackPortState>()
  for (const { dp } of stackMembers(network)) {
    for (const { number, stack: far } of stackPorts(dp)) {
      const key = endKey(dp.name, number)
      const state = before?.ports.get(key)
      // Another cable has to be heard first.
      if (state !== undefined && before?.ends.get(key) === endKey(far.dp, far.port)) known.set(key, state)
    }
  }
  const ports = sameEntries(known, stack.ports) ? stack.ports : known
  const topology = topologyOf(network, ports, stack.elected, stack.topology)
  return { ...stack, ports, ends: endsOf(network), topology }
}

/** Follows the links (from what `lldp` has heard) and the health of the dataplanes, and elects the root anew when it is time. */
export function stackTick(network: NetworkState, now: number): Step<NetworkState> {
  if (stackMembers(network).length === 0) return { state: network, effects: [] }
  return inTurn(network, [(next: NetworkState) => follow(next, now), (next: NetworkState) => elect(next, now), (next: NetworkState) => ({ state: expireRouted(next, now), effects: [] })])
}

/** A dataplane, or a port of it, came or went, or a beacon was heard. */
export function stackChanged(network: NetworkState, dpName: string, now: number): Step<NetworkState> {
  const state = network.dps.get(dpName)
  if (!state?.dp.stack) return { state: network, effects: [] }
  const lastLive = new Map(network.stack.lastLive)
  if (!state.connected && state.connectedAt !== undefined) {
    if (!lastLive.has(dpName)) lastLive.set(dpName, now)
  } else lastLive.delete(dpName)
  const same = sameEntries(lastLive, network.stack.lastLive)
  return follow(same ? network : { ...network, stack: { ...network.stack, lastLive } }, now)
}

/**
 * Links that somebody else has made and knows: they carry packets at once, without a beacon. What is heard later counts
 * for more. Links that the configuration does not have are left out.
 */
export function knowLinks(network: NetworkState, links: LinksKnown['links'], now: number): Step<NetworkState> {
  const vouched = new Set<string>()
  const effects: Effect[] = []
  for (const [a, z] of links) {
    const ends = [a, z].map(({ dpId, port }) => ({ dp: dpById(network, dpId)?.dp, port }))
    const [near, far] = ends
    const there = near?.dp?.ports.get(near.port)?.stack
    if (!near?.dp || !far?.dp || there?.dp !== far.dp.name || there.port !== far.port) {
      const text = `no link of the stack leads from port ${printPort(a.port)} of 0x${a.dpId.toString(16)} to port ${printPort(z.port)} of 0x${z.dpId.toString(16)}`
      effects.push({ type: 'log', level: 'warning', dpName: near?.dp?.name ?? '', text })
      continue
    }
    for (const { dp, port } of ends) if (dp) vouched.add(endKey(dp.name, port))
  }
  const next = follow(network, now, vouched)
  return { state: next.state, effects: [...effects, ...next.effects] }
}

/** How often the root is looked at, in seconds (`FAUCET_STACK_ROOT_STATE_UPDATE_TIME`); 0 for never. */
export function withElections(network: NetworkState, every: number): NetworkState {
  const { stack } = network
  return { ...network, stack: { ...stack, electionInterval: every, electAt: stack.electAt - stack.electionInterval + every } }
}

const nobody: ReadonlySet<string> = new Set()

/** Where packets go by now. @param vouched ends of links that somebody knows to be there */
function follow(network: NetworkState, now: number, vouched = nobody): Step<NetworkState> {
  const { ports, effects } = followLinks(network, now, vouched)
  return settled(network, { ...network.stack, ports }, effects)
}

function elect(network: NetworkState, now: number): Step<NetworkState> {
  const { stack } = network
  if (stack.electionInterval === 0 || now < stack.electAt) return { state: network, effects: [] }
  const elected = electRoot(network, now)
  const electAt = now + stack.electionInterval
  const state = network.dps.get(elected ?? '')
  if (!state || elected === stack.elected) return { state: { ...network, stack: { ...stack, electAt } }, effects: [] }
  const { name: dpName } = state.dp
  return settled(network, { ...stack, electAt, elected }, [
    { type: 'count', metric: 'stack_root_change_count', dpName },
    { type: 'log', level: 'info', dpName, text: `Stack root ${dpName} (previous ${String(stack.elected ?? 'None')})` },
  ])
}

/** The network with a changed stack: what else changes with it. */
function settled(network: NetworkState, stack: StackState, effects: readonly Effect[]): Step<NetworkState> {
  const topology = topologyOf(network, stack.ports, stack.elected, stack.topology)
  const moved = topology !== network.stack.topology
  if (!moved && stack.ports === network.stack.ports) {
    return { state: stack.elected === network.stack.elected && stack.electAt === network.stack.electAt ? network : { ...network, stack }, effects }
  }
  const next: NetworkState = { ...network, stack: { ...stack, topology } }
  const teller = network.dps.get(stackRoot(next) ?? '')?.dp
  const told: Effect[] = teller
    ? [{ type: 'event', dpId: teller.dp_id, dpName: teller.name, event: { STACK_TOPO_CHANGE: topologyEvent(next) } }]
    : []
  return { state: moved ? moveHosts(next) : next, effects: [...effects, ...told] }
}

/** The far end of each stack port. */
function endsOf(network: Omit<NetworkState, 'stack'>): StackState['ends'] {
  return new Map(
    stackMembers(network).flatMap(({ dp }) =>
      stackPorts(dp).map(({ number, stack }) => [endKey(dp.name, number), endKey(stack.dp, stack.port)] as const),
    ),
  )
}

function sameEntries<V>(one: ReadonlyMap<string, V>, other: ReadonlyMap<string, V>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value)
}
