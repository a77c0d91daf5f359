import type { ResolvedDp, ResolvedFaucetConfig } from '../../config/index.js'
import type { LacpState } from '../lacp/state.js'
import type { LearningState } from '../learning/state.js'
import type { LldpState } from '../lldp/state.js'
import type { RoutingState } from '../routing/state.js'
import type { StackState } from '../stack/state.js'
import type { Layout } from './layout.js'

/**
 * Everything that the controller knows. It is never changed: an event gives another state, which shares with the first
 * all that is the same, so that `===` tells what has changed.
 */
export interface NetworkState {
  readonly config: ResolvedFaucetConfig
  /** By name, in the order of the configuration. */
  readonly dps: ReadonlyMap<string, DpState>
  readonly stack: StackState
}

/** What the controller knows of a dataplane. */
export interface DpState {
  readonly dp: ResolvedDp
  readonly layout: Layout
  /** Whether the switch is connected and its flows are those that are wanted, or will be before anything else. */
  readonly connected: boolean
  /** Seconds; when the switch was last connected. */
  readonly connectedAt: number | undefined
  /** The ports that the switch has, by number; those that are not in the configuration too. */
  readonly ports: ReadonlyMap<number, PortState>
  readonly learning: LearningState
  readonly routing: RoutingState
  readonly lacp: LacpState
  readonly lldp: LldpState
}

/** A port of a switch. */
export interface PortState {
  /** Whether packets pass: neither the link nor the port is down. */
  readonly up: boolean
  /** Seconds; when {@link up} became what it is. */
  readonly since: number
}

/** What flows are made from: a dataplane, and the network around it. */
export interface DpContext {
  readonly network: NetworkState
  readonly state: DpState
}

/** The dataplane with a number. */
export function dpById(network: NetworkState, dpId: bigint): DpState | undefined {
  for (const state of network.dps.values()) if (state.dp.dp_id === dpId) return state
  return undefined
}

/** The network with another state of a dataplane; the same network when nothing is different. */
export function withDp(network: NetworkState, state: DpState): NetworkState {
  if (network.dps.get(state.dp.name) === state) return network
  return { ...network, dps: new Map(network.dps).set(state.dp.name, state) }
}

/** Changes a dataplane's state; the network is the same when the function returns what it was given. */
export function updateDp(network: NetworkState, name: string, change: (state: DpState) => DpState): NetworkState {
  const state = network.dps.get(name)
  return state ? withDp(network, change(state)) : network
}
