import { PersistentMap } from '../core/persistent-map.js'

/** The hosts that a dataplane knows. Tables (`table.ts`) change it, so that the counts stay right. */
export interface LearningState {
  /** By {@link hostKey}. */
  readonly hosts: PersistentMap<LearnedHost>
  /**
   * Hosts that are known no more, since nothing was heard of them for too long, but to which packets may still flow: the
   * flow to them goes on while it is used, and goes when its port does. By {@link hostKey}; never one that `hosts` has.
   */
  readonly lapsed: PersistentMap<LearnedHost>
  /** How many hosts there are, by {@link countKey}. */
  readonly counts: PersistentMap<number>
  /** Seconds; no host was seen before. */
  readonly oldest: number
  /** Where nothing is learned for a while, by {@link banKey}. */
  readonly bans: ReadonlyMap<string, Ban>
  /** How often that happened, by {@link banKey} (Faucet's metrics `port_learn_bans`, `vlan_learn_bans`). */
  readonly banCounts: ReadonlyMap<string, number>
  /** Seconds; when `loop_protect` last closed a port, by its number. */
  readonly loops: ReadonlyMap<number, number>
}

/** A host, where it was last seen. */
export interface LearnedHost {
  readonly vid: number
  readonly mac: string
  readonly port: number
  /** Seconds; when it was last seen here, as far as the switch says so. */
  readonly seen: number
  /** Somebody else said that it is here, and nothing has been heard of it elsewhere: it does not expire. */
  readonly known: boolean
  /** It is only in {@link LearningState.lapsed}. */
  readonly lapsed: boolean
  /** What has been heard of it on other ports of the same aggregate. */
  readonly lag: HostLag | undefined
  /** It was seen here by a port with `loop_protect` that does not believe it: the flows are still those of before. */
  readonly withheld: { readonly before: LearnedHost | undefined } | undefined
  /** Ports where others used its address, though it is permanently where it is: there it is dropped. */
  readonly blocked: readonly number[]
}

/** A host behind a link aggregate: its packets may come in at each port of it. */
export interface HostLag {
  /** Where packets for it are sent. */
  readonly out: number
  /** Where else its packets come in. */
  readonly members: readonly { readonly port: number; readonly seen: number }[]
}

/** A port, or a VLAN, where packets of hosts that are not known are dropped for a while. */
export interface Ban {
  readonly type: 'port' | 'vlan'
  /** Of the port or of the VLAN. */
  readonly number: number
  /** Seconds. */
  readonly since: number
}

/** The key of a host. */
export function hostKey(vid: number, mac: string): string {
  return `${String(vid)} ${mac}`
}

/** The key of a ban. */
export function banKey(type: Ban['type'], number: number): string {
  return `${type} ${String(number)}`
}

/** The key of a count: the hosts of a port, of a VLAN, of a VLAN on a port. */
export function countKey(port: number | undefined, vid: number | undefined): string {
  return `${port === undefined ? '*' : String(port)} ${vid === undefined ? '*' : String(vid)}`
}

/** How many hosts are known on a port, in a VLAN, or in a VLAN on a port. Lapsed ones do not count. */
export function hostCount(learning: LearningState, { port, vid }: { readonly port?: number; readonly vid?: number }): number {
  return port === undefined && vid === undefined ? learning.hosts.size : (learning.counts.get(countKey(port, vid)) ?? 0)
}

/** How often learning was banned on a port or in a VLAN. */
export function banCount(learning: LearningState, type: Ban['type'], number: number): number {
  return learning.banCounts.get(banKey(type, number)) ?? 0
}

/** Before anything was heard. */
export const noLearning: LearningState = {
  hosts: PersistentMap.empty(),
  lapsed: PersistentMap.empty(),
  counts: PersistentMap.empty(),
  oldest: Infinity,
  bans: new Map(),
  banCounts: new Map(),
  loops: new Map(),
}
