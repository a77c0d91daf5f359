import type { PortStats } from '@streambed/ovs/openflow'
import type { ResolvedDp } from '../config/index.js'
import { portLabels } from '../metrics/labels.js'
import { counted, statLine, type Samples } from './reading.js'

/** The counters that Gauge tells of, with their names for Prometheus and in text. */
const counters = [
  ['tx_packets', 'packets-out', 'txPackets'],
  ['rx_packets', 'packets-in', 'rxPackets'],
  ['tx_bytes', 'bytes-out', 'txBytes'],
  ['rx_bytes', 'bytes-in', 'rxBytes'],
  ['tx_dropped', 'dropped-out', 'txDropped'],
  ['rx_dropped', 'dropped-in', 'rxDropped'],
  ['tx_errors', 'errors-out', 'txErrors'],
  ['rx_errors', 'errors-in', 'rxErrors'],
] as const

/** Names of the metrics of {@link portStatsSamples}. */
export const portStatsMetrics: readonly string[] = counters.map(([name]) => `of_port_${name}`)

/** Counters of ports for Prometheus: `of_port_tx_packets` and so on. */
export function portStatsSamples(dp: ResolvedDp, stats: readonly PortStats[]): Samples {
  const ports = stats.map((port) => ({ port, labels: portLabels(dp, port.portNo) }))
  return Object.fromEntries(
    counters.map(([name, , key]) => [`of_port_${name}`, ports.map(({ port, labels }) => ({ labels, value: counted(port[key]) }))]),
  )
}

/** Counters of ports as lines of a `text` database. @param time as `localTime` writes it */
export function portStatsLines(time: string, dp: ResolvedDp, stats: readonly PortStats[]): string {
  let text = ''
  for (const port of stats) {
    const { port: name = '' } = portLabels(dp, port.portNo)
    for (const [, label, key] of counters) text += statLine(time, `${dp.name}-${name}-${label}`, counted(port[key]))
  }
  return text
}
