import type { DpState } from '../core/state.js'
import { learnSender, noAnswer, type Answer, type Arrival } from './answer.js'
import { fibEntry, withEntry } from './fib.js'
import { jitter } from './jitter.js'
import { canBeNextHop, fresh, neighbourOf, withNeighbour } from './neighbours.js'
import { resolve } from './resolve.js'
import { vlanTowards } from './router.js'
import { neighbourCount } from './state.js'
import { isGateway } from './static-routes.js'
import { hostRoute, type Ip } from './vip.js'

/** The longest timeout that a flow can have. */
const longest = 0xffff

/**
 * A packet for a host of a connected network of whom nothing is known: its packets are dropped for a while, and it is
 * asked for (`proactive_learn_v4`, `proactive_learn_v6`); unless there are too many neighbours already
 * (`proactive_arp_limit`, `proactive_nd_limit`).
 */
export function seekDestination(arrival: Arrival, src: Ip, dst: Ip): Answer {
  const { network, state, now } = arrival
  const { dp } = state
  if (!(dst.version === 4 ? dp.proactive_learn_v4 : dp.proactive_learn_v6)) return noAnswer(arrival)
  const vlan = vlanTowards(dp, arrival.vlan, dst)?.vlan
  if (!vlan || !canBeNextHop(vlan, dst)) return noAnswer(arrival)
  const limit = dst.version === 4 ? vlan.proactive_arp_limit : vlan.proactive_nd_limit
  if (!neighbourOf(state, vlan, dst) && neighbourCount(state.routing, vlan.vid, dst.version) >= limit) return noAnswer(arrival)
  const learned = learnSender(arrival, src)
  const before = neighbourOf(learned, vlan, dst)
  // The packet was on its way when the answer came, or when the question went out.
  if (before?.mac !== undefined && before.isHost) return { state: learned, effects: [], done: true }
  const known = fibEntry(learned.routing.fib, vlan.vid, hostRoute(dst))
  if (known && (known.mac !== undefined || known.since + known.timeout > now)) return { state: learned, effects: [], done: true }
  if (before?.mac !== undefined) return { state: withNeighbour(learned, vlan, dst, { ...before, isHost: true }), effects: [], done: true }
  const wanted = withNeighbour(withBlackhole(learned, vlan.vid, dst, now), vlan, dst, { ...fresh(dst, now), isHost: true })
  if (before?.isHost && !isGateway(vlan, dst)) return { state: wanted, effects: [], done: true }
  return { ...resolve({ network, state: wanted }, vlan, dst, now), done: true }
}

/** Drops packets for a host for a time that suffices to ask for it as often as it takes. */
function withBlackhole(state: DpState, vid: number, ip: Ip, now: number): DpState {
  const { max_resolve_backoff_time: backoff, max_host_fib_retry_count: retries } = state.dp
  const timeout = Math.min(longest, backoff * retries + jitter(ip.text, backoff * 2))
  const fib = withEntry(state.routing.fib, vid, hostRoute(ip), { vid, mac: undefined, since: now, timeout })
  return { ...state, routing: { ...state.routing, fib } }
}
