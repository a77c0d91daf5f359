import type { ResolvedPort, ResolvedPortBeacon } from '../../config/index.js'
import { runningPorts } from '../core/ports.js'
import type { DpState } from '../core/state.js'

/** A port that sends beacons. */
export type BeaconPort = ResolvedPort & { readonly lldp_beacon: ResolvedPortBeacon }

/**
 * The ports that are to send a beacon now: a stack port as soon as it is up, and then each interval; the others too, but
 * at most `max_per_interval` of them in any interval, those first that have waited longest.
 */
export function portsDue(state: DpState, now: number): readonly BeaconPort[] {
  const { dp, lldp } = state
  if (!dp.lldp_beacon || dp.fast_advertise_interval === 0) return []
  const interval = Math.max(dp.lldp_beacon.send_interval, dp.fast_advertise_interval)
  const ports = runningPorts(state).filter((port): port is BeaconPort => port.lldp_beacon?.enable === true)
  const due = ports.filter(({ number }) => now - lastSent(state, number) >= interval)
  const others = ports.filter((port) => !port.stack)
  const sentLately = others.filter(({ number }) => now - (lldp.sent.get(number) ?? -Infinity) < interval).length
  const left = Math.max(dp.lldp_beacon.max_per_interval - sentLately, 0)
  const waiting = due.filter((port) => !port.stack)
  const order = waiting.sort((one, other) => lastSent(state, one.number) - lastSent(state, other.number) || one.number - other.number)
  return [...due.filter((port) => port.stack), ...order.slice(0, left)]
}

/** When a port has sent since it is up and its switch is connected; otherwise so long ago that it does not count. */
function lastSent(state: DpState, port: number): number {
  const at = state.lldp.sent.get(port)
  const since = Math.max(state.ports.get(port)?.since ?? 0, state.connectedAt ?? 0)
  // Any finite time would do; it must be subtracted from itself.
  return at === undefined || at < since ? Number.MIN_SAFE_INTEGER : at
}
