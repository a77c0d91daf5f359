import type { Effect, Step } from '../core/effect.js'
import type { FlowGone } from '../core/event.js'
import { withDp, type DpState, type NetworkState } from '../core/state.js'
import { withoutOldBans } from './bans.js'
import { hostKey, type LearnedHost, type LearningState } from './state.js'
import { endsWhenIdle } from './timeouts.js'
import { withHost, withoutHost } from './table.js'

/** How often the time of a host must have gone by until a flow to it that may go on being used is no longer thought of. */
const forgottenAfter = 12

/** Forgets hosts that have been silent for too long, and bans that are over. */
export function expireHosts(network: NetworkState, dpName: string, now: number): Step<NetworkState> {
  const state = network.dps.get(dpName)
  if (!state) return { state: network, effects: [] }
  const unbanned = withoutOldBans(state, now)
  const { dp } = state
  const old = now - dp.timeout
  if (endsWhenIdle(dp) || unbanned.oldest >= old) return { state: withLearning(network, state, unbanned), effects: [] }
  const effects: Effect[] = []
  let learning: LearningState = unbanned
  let oldest = Infinity
  for (const [key, host] of unbanned.hosts.entries()) {
    if (!expires(state, host)) continue
    if (host.seen >= old) {
      oldest = Math.min(oldest, host.seen)
      continue
    }
    const before = host.withheld?.before
    learning = before?.known ? withHost(learning, before) : withoutHost(learning, key, dp.idle_dst)
    effects.push(expired(state, host))
  }
  for (const [key, host] of unbanned.lapsed.entries()) {
    if (host.seen >= now - forgottenAfter * dp.timeout) continue
    learning = withoutHost(learning, key, false)
    effects.push({ type: 'lapsed', dpId: dp.dp_id, host: key })
  }
  return { state: withLearning(network, state, { ...learning, oldest }), effects }
}

/** A flow of a host is over (`use_idle_timeout`). */
export function hostFlowRemoved(network: NetworkState, dpName: string, flow: FlowGone, now: number): Step<NetworkState> {
  const state = network.dps.get(dpName)
  if (!state || !endsWhenIdle(state.dp) || (flow.reason !== 'idle_timeout' && flow.reason !== 'hard_timeout')) return { state: network, effects: [] }
  const { learning, layout } = state
  const { vlan_vid: vid, eth_src: source, eth_dst: destination, in_port: port } = fieldsOf(flow)
  const mac = flow.tableId === layout.ids.eth_src ? source : flow.tableId === layout.ids.eth_dst ? destination : undefined
  if (typeof vid !== 'number' || typeof mac !== 'string') return { state: network, effects: [] }
  const key = hostKey(vid & 0xfff, mac)
  const host = learning.hosts.get(key)
  if (!host) {
    // Nothing flows to it any more either.
    return { state: withLearning(network, state, withoutHost(learning, key, false)), effects: [{ type: 'lapsed', dpId: state.dp.dp_id, host: key }] }
  }
  if (mac === destination) {
    // It still speaks, though nobody speaks to it: when somebody does, that is not to be flooded.
    return { state: withLearning(network, state, withHost(learning, { ...host, seen: now })), effects: [] }
  }
  if (host.port !== port || !expires(state, host)) return { state: network, effects: [] }
  return { state: withLearning(network, state, withoutHost(learning, key, true)), effects: [expired(state, host)] }
}

/** The event of a host that is known no more. */
export function expired({ dp }: DpState, host: LearnedHost): Effect {
  const { port, vid, mac } = host
  return { type: 'event', dpId: dp.dp_id, dpName: dp.name, event: { L2_EXPIRE: { port_no: port, vid, eth_src: mac } } }
}

function expires({ dp }: DpState, host: LearnedHost): boolean {
  return !host.known && dp.ports.get(host.port)?.permanent_learn !== true
}

function withLearning(network: NetworkState, state: DpState, learning: LearningState): NetworkState {
  return learning === state.learning ? network : withDp(network, { ...state, learning })
}

function fieldsOf({ match }: FlowGone): Readonly<Record<string, unknown>> {
  return Object.fromEntries(match.map((field) => [field.field, 'value' in field ? field.value : undefined]))
}
