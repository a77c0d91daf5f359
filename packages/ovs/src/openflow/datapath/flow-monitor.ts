import type { OpenFlowConnection } from '../connection/openflow-connection.js'
import type { Subscription } from '../connection/subscription.js'
import { OFPP, OFPTT } from '../constants.js'
import type { Match } from '../match.js'
import type { Message, MessageInput } from '../message.js'
import type { NxFlowUpdate } from '../nicira/flow-monitor.js'
import { ONFFMF, type OnfFlowUpdate } from '../onf/flow-monitor.js'

/** Which flows to watch, and how. */
export interface FlowMonitorOptions {
  /** The table. Defaults to all. */
  readonly tableId?: number
  /** Only flows that are as special as this or more. Defaults to all. */
  readonly match?: Match
  /** Only flows that output to this port. Defaults to all. */
  readonly outPort?: number
  /** Whether to begin with the flows that are there. Defaults to true. */
  readonly initial?: boolean
  /** Whether with what the flows do. Defaults to true. */
  readonly instructions?: boolean
  /** Whether to tell changes of this connection in full; otherwise only their xid is told. Defaults to true. */
  readonly own?: boolean
  /**
   * `onf` (1870, what OpenFlow 1.3 has and Open vSwitch speaks in 1.3), or `nx`, Open vSwitch's own, which it speaks in
   * 1.0. Defaults to `onf`.
   */
  readonly protocol?: 'onf' | 'nx'
}

/** A change of a flow; or the switch has too much to say and pauses, and after a while has told all that it missed. */
export type FlowUpdate = OnfFlowUpdate | NxFlowUpdate | { readonly type: 'paused' } | { readonly type: 'resumed' }

/** Starts a monitor. @see Datapath.flowMonitor */
export function flowMonitor(
  connection: OpenFlowConnection,
  id: number,
  options: FlowMonitorOptions = {},
): Subscription<FlowUpdate> {
  const nx = options.protocol === 'nx'
  const request = { release: () => {}, xid: 0 }
  const updates = connection.subscribe<FlowUpdate>(
    (message) => updatesOf(message, request.xid),
    () => {
      request.release()
      connection.send({ type: nx ? 'nxt_flow_monitor_cancel' : 'onf_flow_monitor_cancel', id }).catch(() => {})
    },
  )
  try {
    Object.assign(request, connection.track(requestOf(id, nx, options), (error) => updates.finish(error)))
  } catch (error) {
    updates.finish(error as Parameters<typeof updates.finish>[0])
  }
  return updates
}

function requestOf(id: number, nx: boolean, options: FlowMonitorOptions): MessageInput {
  const { tableId = OFPTT.ALL, match = [], outPort, initial = true, instructions = true, own = true } = options
  const flags =
    ONFFMF.ADD |
    ONFFMF.DELETE |
    ONFFMF.MODIFY |
    (initial ? ONFFMF.INITIAL : 0) |
    (instructions ? ONFFMF.INSTRUCTIONS : 0) |
    (own ? ONFFMF.OWN : 0)
  if (nx) {
    const monitor = { id, flags, outPort: outPort === undefined ? 0xffff : outPort & 0xffff, tableId, match }
    return { type: 'nxst_flow_monitor_request', monitors: [monitor] }
  }
  const monitor = { id, flags, outPort: outPort ?? OFPP.ANY, tableId, match, matchForm: 'ofp_match' } as const
  return { type: 'onf_flow_monitor_request', monitors: [monitor] }
}

/** Open vSwitch tells changes with xid 0, the same for all monitors of a connection; at first it has the request's. */
function updatesOf(message: Message, xid: number): readonly FlowUpdate[] | undefined {
  switch (message.type) {
    case 'nxst_flow_monitor_reply':
    case 'onf_flow_monitor_reply':
      return message.xid === 0 || message.xid === xid ? message.updates : undefined
    case 'nxt_flow_monitor_paused':
    case 'onf_flow_monitor_paused':
      return [{ type: 'paused' }]
    case 'nxt_flow_monitor_resumed':
    case 'onf_flow_monitor_resumed':
      return [{ type: 'resumed' }]
    default:
      return undefined
  }
}
