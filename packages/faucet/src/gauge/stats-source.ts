import type { FlowStats, MeterStats, Port, PortChange, PortStats } from '@streambed/ovs/openflow'

/** What Gauge asks a switch for; a `Datapath` is one. */
export interface StatsSource {
  portStats(): Promise<readonly PortStats[]>
  flows(): AsyncIterable<FlowStats>
  readonly meters: { stats(): Promise<readonly MeterStats[]> }
  ports(): Promise<Iterable<Port> & { onChange(handler: (change: PortChange) => void): () => void }>
}
