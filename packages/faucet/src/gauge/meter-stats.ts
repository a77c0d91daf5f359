import type { MeterStats } from '@streambed/ovs/openflow'
import type { ResolvedDp } from '../config/index.js'
import { dpLabels } from '../metrics/labels.js'
import { counted, statLine, type Samples } from './reading.js'

/** The counters that Gauge tells of: those of the band are the first band's. */
const counters: readonly (readonly [name: string, value: (meter: MeterStats) => bigint])[] = [
  ['flow_count', ({ flowCount }) => BigInt(flowCount)],
  ['byte_in_count', ({ byteInCount }) => counted(byteInCount)],
  ['packet_in_count', ({ packetInCount }) => counted(packetInCount)],
  ['byte_band_count', ({ bands: [band] }) => counted(band?.byteBandCount ?? 0n)],
  ['packet_band_count', ({ bands: [band] }) => counted(band?.packetBandCount ?? 0n)],
]

/** Names of the metrics of {@link meterStatsSamples}. */
export const meterStatsMetrics: readonly string[] = counters.map(([name]) => `of_meter_${name}`)

/** Counters of meters for Prometheus. The original has their names, but never asks the switch for them. */
export function meterStatsSamples(dp: ResolvedDp, stats: readonly MeterStats[]): Samples {
  const meters = stats.map((meter) => ({ meter, labels: { ...dpLabels(dp), meter_id: String(meter.meterId) } }))
  return Object.fromEntries(
    counters.map(([name, value]) => [`of_meter_${name}`, meters.map(({ meter, labels }) => ({ labels, value: value(meter) }))]),
  )
}

/** Counters of meters as lines of a `text` database. @param time as `localTime` writes it */
export function meterStatsLines(time: string, dp: ResolvedDp, stats: readonly MeterStats[]): string {
  const line = (meter: MeterStats, name: string, value: bigint) => {
    return statLine(time, `${dp.name}-${String(meter.meterId)}-${name.replaceAll('_', '-')}`, value)
  }
  return stats.map((meter) => counters.map(([name, value]) => line(meter, name, value(meter))).join('')).join('')
}
