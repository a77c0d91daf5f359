import type { ResolvedDp, ResolvedVlan } from '../../config/index.js'
import type { Effect, Step } from '../core/effect.js'
import { isRunning } from '../core/ports.js'
import type { DpContext, DpState } from '../core/state.js'
import { arpRequest, neighbourSolicitation } from './frames.js'
import { jitter } from './jitter.js'
import { fresh, neighbourOf, portOf, withNeighbour } from './neighbours.js'
import { sendOnPort, sendOnStack, sendOnVlan } from './send.js'
import type { Neighbour } from './state.js'
import { vipAround, type Ip } from './vip.js'

/**
 * Whether a neighbour is to be asked for: it is not resolved, or was heard too long ago (`arp_neighbor_timeout`,
 * `nd_neighbor_timeout`), and the last question is not too fresh either.
 */
export function isDue(dp: ResolvedDp, ip: Ip, { mac, since, retryAt }: Neighbour, now: number): boolean {
  const timeout = ip.version === 4 ? dp.arp_neighbor_timeout : dp.nd_neighbor_timeout
  if (mac !== undefined && now - since < timeout) return false
  return retryAt === undefined || retryAt < now
}

/** Whether a host has been asked for in vain often enough (`max_host_fib_retry_count`). */
export function isDead(dp: ResolvedDp, { retries }: Neighbour): boolean {
  return retries >= dp.max_host_fib_retry_count
}

/**
 * Asks for a neighbour: first only where it was (`targeted_gw_resolution`), then everywhere in its VLAN. Each time it
 * takes twice as long until it is asked for again, up to `max_resolve_backoff_time`.
 */
export function resolve({ network, state }: DpContext, vlan: ResolvedVlan, ip: Ip, now: number): Step<DpState> {
  const vip = vipAround(vlan, ip)
  if (!vip) return { state, effects: [] }
  const before = neighbourOf(state, vlan, ip) ?? fresh(ip, now)
  const retries = before.retries + 1
  const wait = Math.min(2 ** retries + jitter(`${ip.text} ${String(retries)}`, retries), state.dp.max_resolve_backoff_time)
  const next = withNeighbour(state, vlan, ip, { ...before, retries, triedAt: now, retryAt: now + wait })
  const from = { mac: vlan.faucet_mac, ip: vip.text }
  const ask = ip.version === 4 ? arpRequest : neighbourSolicitation
  const port = portOf(state, vlan.vid, before)
  const targeted = vlan.targeted_gw_resolution && before.triedAt === undefined && port !== undefined && isRunning(state, port)
  const packets = targeted
    ? sendOnPort(state, vlan, port, ask(from, ip.text, before.mac))
    : [...sendOnStack({ network, state }, vlan, ask(from, ip.text)), ...sendOnVlan(state, vlan, ask(from, ip.text))]
  if (packets.length === 0) return { state: next, effects: [] }
  const text = `resolving ${ip.text} on VLAN ${String(vlan.vid)}${before.retries > 0 ? `, retry ${String(before.retries)}` : ''}`
  const told: Effect = { type: 'log', level: 'info', dpName: state.dp.name, text }
  return { state: next, effects: [told, ...packets] }
}

/** Forgets a host that does not answer; what was routed to it is not any more. */
export function forget(state: DpState, vlan: ResolvedVlan, ip: Ip, why: string): Step<DpState> {
  const text = `forgetting ${ip.text} on VLAN ${String(vlan.vid)}: ${why}`
  const told: Effect = { type: 'log', level: 'info', dpName: state.dp.name, text }
  return { state: withNeighbour(state, vlan, ip, undefined), effects: [told] }
}
