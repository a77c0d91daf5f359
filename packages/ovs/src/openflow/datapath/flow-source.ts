import type { FlowModCommand, FlowModInput } from '../message/flow-mod.js'
import type { FlowFilter } from '../multipart/flow-stats.js'
import { OFPTT } from '../constants.js'
import { parseFlow } from '../text/flow.js'
import type { FlowInput } from './diff-flows.js'

/** A flow: an object, or text as `ovs-ofctl` takes it, such as `table=1,priority=5,in_port=2,actions=drop`. */
export type FlowSource = FlowInput | string

/**
 * Which flows: an object, or text such as `table=1,ip,nw_dst=10.0.0.0/8`, `cookie=0x1/-1` or `out_port=2`. What is left
 * out is no restriction.
 */
export type FlowFilterSource = Partial<FlowFilter> | string

/** The flow-mod for a flow. @throws OvsError `invalid` for text that `ovs-ofctl` would not take */
export function flowModOf(flow: FlowSource, command: FlowModCommand): FlowModInput {
  return typeof flow === 'string' ? parseFlow(flow, { command }) : { ...flow, type: 'flow_mod', command }
}

/** The flow of a text; without `tableId` when the text says nothing of a table. @throws OvsError `invalid` */
export function flowOf(flow: FlowSource): FlowInput {
  if (typeof flow !== 'string') return flow
  const { type: _, command: __, tableId, ...rest } = parseFlow(flow, { command: 'add' })
  const [rule = ''] = flow.split('action', 1)
  return /(^|[\s,])table=/.test(rule) ? { ...rest, tableId: tableId ?? 0 } : rest
}

/** The flow-mod that deletes flows. @throws OvsError `invalid` for text that `ovs-ofctl` would not take */
export function deletionOf(filter: FlowFilterSource | FlowInput, command: 'delete' | 'delete_strict'): FlowModInput {
  if (typeof filter === 'string') return parseFlow(filter, { command })
  return { tableId: OFPTT.ALL, ...filter, type: 'flow_mod', command }
}

/** The filter of a request for flows. @throws OvsError `invalid` for text that `ovs-ofctl` would not take */
export function filterOf(filter: FlowFilterSource): Partial<FlowFilter> {
  if (typeof filter !== 'string') return filter
  const { type: _, command: __, version: ___, xid: ____, ...flow } = parseFlow(filter, { command: 'delete' })
  const { tableId = OFPTT.ALL, match = [], outPort, outGroup, cookie, cookieMask } = flow
  return {
    tableId,
    match,
    ...(outPort === undefined ? {} : { outPort }),
    ...(outGroup === undefined ? {} : { outGroup }),
    ...(cookie === undefined ? {} : { cookie }),
    ...(cookieMask === undefined ? {} : { cookieMask }),
  }
}
