import type { FlowStats } from '@streambed/ovs/openflow'
import type { ResolvedDp } from '../config/index.js'
import type { Layout } from '../controller/core/layout.js'
import type { MetricFamily } from '../metrics/family.js'
import { flowLabels } from './flow-labels.js'

/** The flows of a dataplane. */
export interface FlowReading {
  readonly dp: ResolvedDp
  readonly layout: Layout
  readonly flows: readonly FlowStats[]
}

/**
 * Counters of flows for Prometheus: two metrics for each table, by its name. All flows of a table have the same labels,
 * empty where a flow does not match the field. Flows of tables that the configuration does not have are left out.
 */
export function flowTableFamilies(readings: Iterable<FlowReading>): readonly MetricFamily[] {
  const tables = new Map<string, { readonly flow: FlowStats; readonly labels: Readonly<Record<string, string>> }[]>()
  for (const { dp, layout, flows } of readings) {
    for (const flow of flows) {
      const name = layout.names[flow.tableId]
      if (name === undefined) continue
      const table = tables.get(name) ?? []
      tables.set(name, table)
      table.push({ flow, labels: flowLabels(dp, flow) })
    }
  }
  return [...tables].flatMap(([name, table]) => {
    const none = Object.fromEntries(table.flatMap(({ labels }) => Object.keys(labels).map((label) => [label, ''])))
    const series = table.map(({ flow, labels }) => ({ flow, labels: { ...none, ...labels } }))
    return (['byte', 'packet'] as const).map((what): MetricFamily => ({
      name: `flow_${what}_count_${name}`,
      help: `${what}s of the flows of the table ${name}`,
      type: 'gauge',
      samples: series.map(({ flow, labels }) => ({ labels, value: what === 'byte' ? flow.byteCount : flow.packetCount })),
    }))
  })
}
