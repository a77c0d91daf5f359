import type { FlowPart } from '../core/part.js'
import type { Layout, TableName } from '../core/layout.js'

/** Where packets go that no other flow of a table takes. A table without a way on drops them, as the switch does without a flow. */
export const tableMissFlows: FlowPart = function* ({ state: { dp, layout } }, make) {
  for (const table of layout.names) {
    const next = nextOf(table, layout)
    yield make.flow(table, dp.lowest_priority, {}, next ? [make.goto(next)] : [])
  }
}

function nextOf(table: TableName, layout: Layout): TableName | undefined {
  switch (table) {
    case 'copro':
    case 'eth_src':
    case 'eth_dst_hairpin':
      return 'eth_dst'
    case 'eth_dst':
      return layout.ids.egress_acl === undefined ? 'flood' : 'egress_acl'
    case 'egress':
      return 'flood'
    default:
      return undefined
  }
}
