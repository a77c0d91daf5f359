import type { FlowStats, MeterStats, PortStats } from '@streambed/ovs/openflow'
import type { ResolvedDp } from '../config/index.js'
import type { Layout } from '../controller/core/layout.js'
import type { MetricFamily, MetricSample } from '../metrics/family.js'
import { dpLabels } from '../metrics/labels.js'
import { version } from '../metrics/version.js'
import { flowTableFamilies } from './flow-table.js'
import { meterStatsMetrics, meterStatsSamples } from './meter-stats.js'
import { portStateMetrics, portStateSamples, type PortReading } from './port-state.js'
import { portStatsMetrics, portStatsSamples } from './port-stats.js'
import type { Samples } from './reading.js'

/** The latest that was read of a dataplane; `undefined` for what nobody asked for. */
export interface Readings {
  readonly dp: ResolvedDp
  readonly layout: Layout
  readonly connected: boolean
  readonly ports: ReadonlyMap<number, PortReading> | undefined
  readonly portStats: readonly PortStats[] | undefined
  readonly flows: readonly FlowStats[] | undefined
  readonly meters: readonly MeterStats[] | undefined
}

/** What Gauge tells Prometheus: the metrics of the original under their names, all of them gauges. */
export function gaugeFamilies(readings: readonly Readings[]): readonly MetricFamily[] {
  const samples: readonly Samples[] = readings.flatMap(({ dp, ports, portStats, meters }) => [
    ...(portStats ? [portStatsSamples(dp, portStats)] : []),
    ...(ports ? [portStateSamples(dp, ports.values())] : []),
    ...(meters ? [meterStatsSamples(dp, meters)] : []),
  ])
  const gauge = (name: string, help: string, values: readonly MetricSample[]): MetricFamily => ({ name, help, type: 'gauge', samples: values })
  const named = (name: string) => gauge(name, `${name.replaceAll('_', ' ')}, as the switch tells it`, samples.flatMap((one) => one[name] ?? []))
  const status = readings.map(({ dp, connected }) => ({ labels: dpLabels(dp), value: connected ? 1 : 0 }))
  return [
    gauge('faucet_pbr_version', 'version of Gauge', [{ labels: { version }, value: 1 }]),
    gauge('dp_status', 'whether the switch is connected', status),
    ...[...portStatsMetrics, ...portStateMetrics, ...meterStatsMetrics].map(named),
    ...flowTableFamilies(readings.flatMap(({ dp, layout, flows }) => (flows ? [{ dp, layout, flows }] : []))),
  ]
}
