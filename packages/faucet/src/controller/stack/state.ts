import type { PersistentMap } from '../core/persistent-map.js'
import type { NetworkState } from '../core/state.js'
import type { RoutedHost } from './routed.js'

/** What is known of a link at one of its ports, as Faucet numbers it (its `STACK_STATE_*`), in events and metrics too. */
export const stackState = {
  /** Not looked at yet. */
  none: -1,
  adminDown: 0,
  /** Nothing has been heard from the other end. */
  init: 1,
  /** Another port than the configured one was heard. */
  bad: 2,
  up: 3,
  /** Nothing has been heard for too long. */
  gone: 4,
} as const

/** One of {@link stackState}. */
export type StackPortState = (typeof stackState)[keyof typeof stackState]

/** One end of a link. */
export interface StackEnd {
  readonly dp: string
  readonly port: number
}

/** A cable between two dataplanes of a stack, as the configuration has it. */
export interface StackLink {
  /** Faucet's name of it: `sw1:10-sw2:10`, with the names of the ports. */
  readonly name: string
  /** In the order of their names. */
  readonly ends: readonly [StackEnd, StackEnd]
}

/** What a port is to its dataplane. Ports whose link does not carry packets are in none of the lists; numbers ascend. */
export interface StackNode {
  /** Ports to dataplanes that are nearer to the root than any other neighbour (Faucet's `towards_root_ports`). */
  readonly nearer: readonly number[]
  /** Those of them that lead to the neighbour on the path to the root (Faucet's `chosen_towards_ports`). */
  readonly towards: readonly number[]
  /** The one of them that is used (Faucet's `chosen_towards_port`). */
  readonly chosen: number | undefined
  /** All other ports. */
  readonly away: readonly number[]
  /** Those of them that lead to dataplanes whose path to the root is another one (Faucet's `inactive_away_ports`). */
  readonly inactive: readonly number[]
  /** Those of them that are beside another link to the same neighbour (Faucet's `pruned_away_ports`). */
  readonly pruned: readonly number[]
  /** Whether no dataplane is farther from the root. */
  readonly edge: boolean
  /** By the name of each dataplane that can be reached: the dataplanes on the way, both ends included. */
  readonly paths: ReadonlyMap<string, readonly string[]>
  /** By the name of each neighbour: the port to it. */
  readonly neighbours: ReadonlyMap<string, number>
}

/** What flows follow from. The same object as long as it is the same. */
export interface StackTopology {
  /** `undefined` without a stack. */
  readonly root: string | undefined
  /** Whether floods go to the root and are reflected there, since some dataplane is more than one link away from it. */
  readonly reflection: boolean
  /** The links that carry packets. */
  readonly links: readonly StackLink[]
  /** By name, the members of the stack. */
  readonly nodes: ReadonlyMap<string, StackNode>
}

/** A stack. */
export interface StackState {
  readonly topology: StackTopology
  /** By {@link endKey}. */
  readonly ports: ReadonlyMap<string, StackPortState>
  /** What each of them is to be connected to: keys of ends too. */
  readonly ends: ReadonlyMap<string, string>
  /** The root that was elected, when there was an election. */
  readonly elected: string | undefined
  /** Seconds; when the root is looked at again. */
  readonly electAt: number
  /** Seconds between elections (`FAUCET_STACK_ROOT_STATE_UPDATE_TIME`); 0 for none. */
  readonly electionInterval: number
  /** Hosts to which other dataplanes route packets, by the name of the dataplane where they come through, and `hostKey`. */
  readonly routed: ReadonlyMap<string, PersistentMap<RoutedHost>>
  /** By name: when a dataplane that is not connected was so last, in seconds. */
  readonly lastLive: ReadonlyMap<string, number>
}

/** The topology where nothing is stacked. */
export const noTopology: StackTopology = { root: undefined, reflection: false, links: [], nodes: new Map() }

/** Before anything is known. Elections are ten seconds apart, as Faucet's by default. */
export const noStack: StackState = {
  topology: noTopology,
  ports: new Map(),
  ends: new Map(),
  elected: undefined,
  electAt: 0,
  electionInterval: 10,
  routed: new Map(),
  lastLive: new Map(),
}

/** The key of an end of a link. */
export function endKey(dp: string, port: number): string {
  return `${String(port)} ${dp}`
}

/** The state of a stack port as Faucet numbers it; {@link stackState.none} for a port that is none. */
export function stackPortState(network: Pick<NetworkState, 'stack'>, dpName: string, port: number): StackPortState {
  return network.stack.ports.get(endKey(dpName, port)) ?? stackState.none
}

/** The name of the dataplane that is the root now; `undefined` without a stack. */
export function stackRoot(network: Pick<NetworkState, 'stack'>): string | undefined {
  return network.stack.topology.root
}

/** What a dataplane is in its stack; `undefined` for one that is in none. */
export function stackNode(network: Pick<NetworkState, 'stack'>, dpName: string): StackNode | undefined {
  return network.stack.topology.nodes.get(dpName)
}
