import { PersistentMap } from '../core/persistent-map.js'
import type { FibEntry } from './fib.js'
import type { Ip, IpVersion } from './vip.js'

/** What a dataplane knows for routing. */
export interface RoutingState {
  /** By {@link tableKey}; a VLAN without neighbours is not there. */
  readonly neighbours: PersistentMap<NeighbourTable>
  /**
   * By destination with prefix length: where its packets go, at most one entry for each VLAN behind which it may be.
   * Flows follow from this, and from the configuration, alone: it is the same as long as they are.
   */
  readonly fib: PersistentMap<readonly FibEntry[]>
  /** Seconds; when gateways were resolved last, hosts, and routers advertised. */
  readonly gatewaysAt: number
  readonly hostsAt: number
  readonly advertisedAt: number
}

/** The neighbours of a VLAN, of one version of IP. */
export interface NeighbourTable {
  readonly vid: number
  readonly version: IpVersion
  /** By address. */
  readonly entries: PersistentMap<Neighbour>
  /** Addresses that were due in the last cycle: packets may bring them forward. */
  readonly waiting: readonly string[]
}

/** A host that is, or is to be, the next hop of packets. */
export interface Neighbour {
  readonly ip: Ip
  /** `undefined` until it has answered. */
  readonly mac: string | undefined
  /** Where it was heard. */
  readonly port: number | undefined
  /** Whether packets for its own address are routed to it; not for a gateway of which nothing but answers came. */
  readonly isHost: boolean
  /** Seconds; when it was heard last, or, without a MAC, wanted first. */
  readonly since: number
  /** How often it was asked for since. */
  readonly retries: number
  /** Seconds; when it was asked for last since. */
  readonly triedAt: number | undefined
  /** Seconds; not to be asked for before. */
  readonly retryAt: number | undefined
}

/** Before anything happened. */
export const noRouting: RoutingState = {
  neighbours: PersistentMap.empty(),
  fib: PersistentMap.empty(),
  gatewaysAt: -Infinity,
  hostsAt: -Infinity,
  advertisedAt: -Infinity,
}

/** The key of the neighbours of a VLAN. */
export function tableKey(vid: number, version: IpVersion): string {
  return `${String(vid)} ${String(version)}`
}

/** The neighbours of a VLAN, for looking at: an empty table when there are none. */
export function neighboursOf(routing: RoutingState, vid: number, version: IpVersion): NeighbourTable {
  return routing.neighbours.get(tableKey(vid, version)) ?? { vid, version, entries: PersistentMap.empty(), waiting: [] }
}

/** How many neighbours a VLAN has, resolved or not (Faucet's metric `vlan_neighbors`). */
export function neighbourCount(routing: RoutingState, vid: number, version: IpVersion): number {
  return routing.neighbours.get(tableKey(vid, version))?.entries.size ?? 0
}
