import type { Observation } from '../../metrics/counters.js'
import type { NetworkEvent } from '../core/event.js'
import { dpById, type NetworkState } from '../core/state.js'

/**
 * What the time of one turn was spent on, for the histograms of Faucet's metrics: events of a turn are dealt with
 * together, and share it equally. All periodic work is one `valve_service`, `tick`.
 */
export function stepTimes(network: NetworkState, events: readonly NetworkEvent[], seconds: number): readonly Observation[] {
  const share = seconds / events.length
  const packets = new Map<bigint, number>()
  let ticks = 0
  for (const event of events) {
    if (event.type === 'packet_in') packets.set(event.dpId, (packets.get(event.dpId) ?? 0) + 1)
    else if (event.type === 'tick') ticks++
  }
  const connected = ticks === 0 ? [] : [...network.dps.values()].filter((state) => state.connected)
  return [
    ...[...packets].flatMap(([dpId, times]) => {
      const dpName = dpById(network, dpId)?.dp.name
      return dpName === undefined ? [] : [{ metric: 'faucet_packet_in_secs', dpName, seconds: share, times }]
    }),
    ...connected.map(({ dp }) => ({
      metric: 'faucet_valve_service_secs', dpName: dp.name, labels: { valve_service: 'tick' }, seconds: share / connected.length, times: ticks,
    })),
  ]
}
