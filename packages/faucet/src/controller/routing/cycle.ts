import type { ResolvedVlan } from '../../config/index.js'
import { inTurn, type Step } from '../core/effect.js'
import { withDp, type DpContext, type DpState, type NetworkState } from '../core/state.js'
import { neighbourOf, withTable } from './neighbours.js'
import { forget, isDead, isDue, resolve } from './resolve.js'
import { neighboursOf } from './state.js'
import { isGateway, staticRoutes } from './static-routes.js'
import { ipOf, type Ip, type IpVersion } from './vip.js'

const unanswered = 'it does not answer'

/** Which neighbours a cycle looks after: those that configured routes go by way of, or all others. */
export type CycleKind = 'gateways' | 'hosts'

/**
 * Asks for the neighbours of a VLAN that are due, those first that were asked for least often, then longest ago; at most
 * `max_hosts_per_resolve_cycle` of them. Hosts that have been asked for in vain are forgotten; gateways are asked for as
 * long as there are routes.
 */
export function cycle({ network, state }: DpContext, vlan: ResolvedVlan, version: IpVersion, kind: CycleKind, now: number): Step<DpState> {
  const due = [...(kind === 'gateways' ? dueGateways(state, vlan, version, now) : dueHosts(state, vlan, version, now))]
  const lost = due.filter(({ dead }) => dead)
  const asked = due.filter(({ dead }) => !dead).sort((one, other) => one.retries - other.retries || one.triedAt - other.triedAt)
  const most = state.dp.max_hosts_per_resolve_cycle
  const { state: next, effects } = inTurn(state, [
    ...lost.map(({ ip }) => (before: DpState) => forget(before, vlan, ip, unanswered)),
    ...asked.slice(0, most).map(({ ip }) => (before: DpState) => resolve({ network, state: before }, vlan, ip, now)),
  ])
  return { state: withWaiting(next, vlan, version, kind, asked), effects }
}

/**
 * Asks for the next gateway and the next host of those that were due in the last cycle, as far as they still are: where
 * packets come, there is need.
 */
export function resolveWaiting({ network, state }: DpContext, vlan: ResolvedVlan, version: IpVersion, now: number): Step<DpState> {
  const table = neighboursOf(state.routing, vlan.vid, version)
  if (table.waiting.length === 0) return { state, effects: [] }
  const isOfGateway = (text: string) => isGateway(vlan, ipOf(text))
  const next = [table.waiting.find(isOfGateway), table.waiting.find((text) => !isOfGateway(text))].filter((text) => text !== undefined)
  const waiting = table.waiting.filter((text) => !next.includes(text))
  const popped = { ...state, routing: withTable(state.routing, { ...table, waiting }) }
  return inTurn(popped, next.map(ipOf).map((ip) => (before: DpState) => {
    const neighbour = neighbourOf(before, vlan, ip)
    if (!neighbour || !isDue(state.dp, ip, neighbour, now)) return { state: before, effects: [] }
    if (isDead(state.dp, neighbour) && !isGateway(vlan, ip)) return forget(before, vlan, ip, unanswered)
    return resolve({ network, state: before }, vlan, ip, now)
  }))
}

/** The network with what a step has made of a dataplane. */
export function ofNetwork(network: NetworkState, dpName: string, act: (context: DpContext) => Step<DpState>): Step<NetworkState> {
  const state = network.dps.get(dpName)
  if (!state) return { state: network, effects: [] }
  const next = act({ network, state })
  return { state: withDp(network, next.state), effects: next.effects }
}

/** A neighbour that is due. */
interface Due {
  readonly ip: Ip
  readonly retries: number
  readonly triedAt: number
  readonly dead: boolean
}

function* dueGateways(state: DpState, vlan: ResolvedVlan, version: IpVersion, now: number): Generator<Due, void, undefined> {
  for (const ip of staticRoutes(vlan).gateways) {
    if (ip.version !== version) continue
    const neighbour = neighbourOf(state, vlan, ip)
    if (!neighbour || isDue(state.dp, ip, neighbour, now)) {
      yield { ip, retries: neighbour?.retries ?? 0, triedAt: neighbour?.triedAt ?? -Infinity, dead: false }
    }
  }
}

function* dueHosts(state: DpState, vlan: ResolvedVlan, version: IpVersion, now: number): Generator<Due, void, undefined> {
  for (const neighbour of neighboursOf(state.routing, vlan.vid, version).entries.values()) {
    const { ip } = neighbour
    if (isGateway(vlan, ip) || !isDue(state.dp, ip, neighbour, now)) continue
    yield { ip, retries: neighbour.retries, triedAt: neighbour.triedAt ?? -Infinity, dead: isDead(state.dp, neighbour) }
  }
}

/** With the neighbours of a kind that were due; those of the other kind wait on. */
function withWaiting(state: DpState, vlan: ResolvedVlan, version: IpVersion, kind: CycleKind, due: readonly Due[]): DpState {
  const table = neighboursOf(state.routing, vlan.vid, version)
  const others = table.waiting.filter((text) => isGateway(vlan, ipOf(text)) !== (kind === 'gateways'))
  const waiting = [...others, ...due.map(({ ip }) => ip.text)]
  if (waiting.length === 0 && table.waiting.length === 0) return state
  return { ...state, routing: withTable(state.routing, { ...table, waiting }) }
}
