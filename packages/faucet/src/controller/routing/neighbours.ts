import type { ResolvedVlan } from '../../config/index.js'
import type { DpState } from '../core/state.js'
import { hostKey } from '../learning/state.js'
import { withRoutes } from './fib.js'
import { neighboursOf, tableKey, type Neighbour, type NeighbourTable, type RoutingState } from './state.js'
import { isGateway, isRoutable, staticRoutes } from './static-routes.js'
import { hostRoute, isVip, vipAround, type Ip } from './vip.js'

/** A neighbour, if it is known or wanted. */
export function neighbourOf(state: DpState, vlan: ResolvedVlan, ip: Ip): Neighbour | undefined {
  return neighboursOf(state.routing, vlan.vid, ip.version).entries.get(ip.text)
}

/** Whether an address can be a next hop on a VLAN: it is one of a connected network, not ours, and routable. */
export function canBeNextHop(vlan: ResolvedVlan, ip: Ip): boolean {
  return vipAround(vlan, ip) !== undefined && !isVip(vlan, ip) && isRoutable(vlan, ip)
}

/** With a neighbour, or without, and with the routes that follow; the same state when nothing changes. */
export function withNeighbour(state: DpState, vlan: ResolvedVlan, ip: Ip, neighbour: Neighbour | undefined): DpState {
  const table = neighboursOf(state.routing, vlan.vid, ip.version)
  const entries = neighbour ? table.entries.set(ip.text, neighbour) : table.entries.delete(ip.text)
  if (entries === table.entries) return state
  const changed = withTable(state.routing, { ...table, entries })
  const fib = withRoutes(changed, vlan, [hostRoute(ip), ...(staticRoutes(vlan).destinations.get(ip.text) ?? [])])
  return { ...state, routing: { ...changed, fib } }
}

/** With another table of neighbours; one without neighbours is left out. */
export function withTable(routing: RoutingState, table: NeighbourTable): RoutingState {
  const key = tableKey(table.vid, table.version)
  const neighbours = table.entries.size > 0 ? routing.neighbours.set(key, table) : routing.neighbours.delete(key)
  return neighbours === routing.neighbours ? routing : { ...routing, neighbours }
}

/** What was heard of a neighbour. */
export interface Heard {
  readonly ip: Ip
  readonly mac: string
  readonly port: number
  /** Whether packets for it are to be routed from now on, not only those that go by way of it. */
  readonly isHost: boolean
}

/** A neighbour was heard: it is resolved, and fresh again. Addresses that can be no next hop are passed over. */
export function heard(state: DpState, vlan: ResolvedVlan, { ip, mac, port, isHost }: Heard, now: number): DpState {
  if (!canBeNextHop(vlan, ip)) return state
  const before = neighbourOf(state, vlan, ip)
  // An answer that nobody waits for says nothing of where packets are to go.
  if (!before && !isHost && !isGateway(vlan, ip)) return state
  const wanted = isHost || before?.isHost === true
  if (before?.mac === mac && before.port === port && before.isHost === wanted && before.since === now && before.retries === 0) return state
  return withNeighbour(state, vlan, ip, { ...fresh(ip, now), mac, port, isHost: wanted })
}

/** A neighbour of whom nothing is known yet. */
export function fresh(ip: Ip, now: number): Neighbour {
  return { ip, mac: undefined, port: undefined, isHost: false, since: now, retries: 0, triedAt: undefined, retryAt: undefined }
}

/** Where a neighbour is: where its MAC was seen last, otherwise where it was heard as a neighbour, whether up or not. */
export function portOf(state: DpState, vid: number, { mac, port }: Neighbour): number | undefined {
  return (mac === undefined ? undefined : state.learning.hosts.get(hostKey(vid, mac))?.port) ?? port
}

/** Every neighbour of a dataplane, with its VLAN. */
export function* allNeighbours(state: DpState): Generator<readonly [vlan: ResolvedVlan, ip: Ip, neighbour: Neighbour], void, undefined> {
  for (const { vid, entries } of state.routing.neighbours.values()) {
    const vlan = state.dp.vlans.get(vid)
    if (vlan) for (const neighbour of entries.values()) yield [vlan, neighbour.ip, neighbour]
  }
}
