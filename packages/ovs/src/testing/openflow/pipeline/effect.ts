import type { PacketInReason } from '../../../openflow/message/packet-in.js'
import type { Match } from '../../../openflow/oxm/field.js'
import type { Flow } from '../flow/flow.js'

/** A frame that leaves the switch. */
export interface Output {
  readonly type: 'output'
  readonly port: number
  readonly frame: Uint8Array
  /** The queue that was chosen, if any was. */
  readonly queueId: number | undefined
}

/** A frame for the controllers. */
export interface ToController {
  readonly type: 'controller'
  readonly reason: PacketInReason
  readonly tableId: number
  readonly cookie: bigint
  /** The pipeline fields. */
  readonly match: Match
  readonly frame: Uint8Array
  /** How much of the frame is to be sent. */
  readonly maxLen: number
  /** Which controllers, by the number that they gave themselves. */
  readonly controllerId: number
  readonly userdata: Uint8Array | undefined
}

/** What comes of a packet. */
export type Effect = Output | ToController

/** One line of what happened to a packet. */
export type TraceStep =
  /** The packet was looked up in a table; without a flow, none matched. */
  | { readonly type: 'table'; readonly depth: number; readonly tableId: number; readonly flow: Flow | undefined }
  /** An action was carried out, or something kept it from being so. */
  | { readonly type: 'action'; readonly depth: number; readonly action: string; readonly note?: string }
  | { readonly type: 'note'; readonly depth: number; readonly note: string }
