import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { Enum } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'
import { decodeInstructions, encodeInstructions, type Instruction, type InstructionInput } from '../instruction.js'
import { decodeMatch, encodeMatch, type Match } from '../match.js'
import type { FlowRemovedReason } from '../message/flow-removed.js'
import type { Multipart, MultipartInput } from '../multipart/multipart.js'
import {
  decodeSmallUpdate,
  decodeUpdateEntry,
  decodeUpdateHeader,
  encodeSmallUpdate,
  encodeUpdateHeader,
} from '../nicira/flow-monitor.js'
import { decodeNxMatch, encodeNxMatch } from '../nicira/nx-match.js'

/** What a monitor reports, and how (ONF extension 187). */
export const ONFFMF = {
  /** The flows that are there at first. */
  INITIAL: 1 << 0,
  ADD: 1 << 1,
  DELETE: 1 << 2,
  MODIFY: 1 << 3,
  /** With the instructions of the flows. */
  INSTRUCTIONS: 1 << 4,
  /** Changes made by this connection in full, not abbreviated. */
  OWN: 1 << 5,
} as const

/** Which flows to watch (`onf_flow_monitor_request`, ONF extension 187). */
export interface OnfFlowMonitor {
  /** Chosen by the controller, for {@link OnfFlowMonitorCancel}. */
  readonly id: number
  /** Bits of {@link ONFFMF}. */
  readonly flags: number
  /** Only flows that output to this port; `OFPP.ANY` is no restriction. */
  readonly outPort: number
  /** The table, or `OFPTT.ALL`. */
  readonly tableId: number
  readonly match: Match
  /**
   * How the match is written: `ofp_match` with its header, as Open vSwitch does, or `fields` alone, as os-ken does.
   */
  readonly matchForm: 'ofp_match' | 'fields'
}

/** An {@link OnfFlowMonitor} to encode. Default: `matchForm` `ofp_match`. */
export type OnfFlowMonitorInput = Omit<OnfFlowMonitor, 'matchForm'> & Partial<Pick<OnfFlowMonitor, 'matchForm'>>

/** A change of a flow (`onf_flow_update_full`, `onf_flow_update_abbrev`, ONF extension 187). */
export type OnfFlowUpdate =
  | OnfFullFlowUpdate
  /** A change that this connection caused, by the message with this transaction number. */
  | { readonly type: 'abbrev'; readonly xid: number }
  | { readonly type: 'unknown'; readonly event: number; readonly data: Uint8Array }

/** A flow that is there or gone. */
export interface OnfFullFlowUpdate {
  readonly type: 'added' | 'deleted' | 'modified'
  /** Why the flow was deleted; otherwise 0, which is named `idle_timeout` all the same. */
  readonly reason: Enum<FlowRemovedReason>
  readonly priority: number
  readonly idleTimeout: number
  readonly hardTimeout: number
  readonly tableId: number
  readonly cookie: bigint
  readonly match: Match
  /** Empty without `ONFFMF.INSTRUCTIONS`. */
  readonly instructions: readonly Instruction[]
}

/** An {@link OnfFlowUpdate} to encode. */
export type OnfFlowUpdateInput =
  | Exclude<OnfFlowUpdate, OnfFullFlowUpdate>
  | (Omit<OnfFullFlowUpdate, 'instructions'> & { readonly instructions: readonly InstructionInput[] })

/** Watches flows (`ONFMP_FLOW_MONITOR` request, ONF extension 187). */
export interface OnfFlowMonitorRequest extends Multipart {
  readonly type: 'onf_flow_monitor_request'
  readonly monitors: readonly OnfFlowMonitor[]
}

/** Flows at first, then changes with the same transaction number (`ONFMP_FLOW_MONITOR` reply, ONF extension 187). */
export interface OnfFlowMonitorReply extends Multipart {
  readonly type: 'onf_flow_monitor_reply'
  readonly updates: readonly OnfFlowUpdate[]
}

/** Ends a monitor (`ONFT_FLOW_MONITOR_CANCEL`, ONF extension 187). */
export interface OnfFlowMonitorCancel extends MessageBase {
  readonly type: 'onf_flow_monitor_cancel'
  readonly id: number
}

/** The switch has too much to say and stops for now (`ONFT_FLOW_MONITOR_PAUSED`, ONF extension 187). */
export interface OnfFlowMonitorPaused extends MessageBase {
  readonly type: 'onf_flow_monitor_paused'
}

/** The changes of the pause have been told; it goes on (`ONFT_FLOW_MONITOR_RESUMED`, ONF extension 187). */
export interface OnfFlowMonitorResumed extends MessageBase {
  readonly type: 'onf_flow_monitor_resumed'
}

/** An {@link OnfFlowMonitorRequest} to encode. */
export type OnfFlowMonitorRequestInput = MultipartInput<
  OnfFlowMonitorRequest,
  never,
  { readonly monitors: readonly OnfFlowMonitorInput[] }
>
/** An {@link OnfFlowMonitorReply} to encode. */
export type OnfFlowMonitorReplyInput = MultipartInput<
  OnfFlowMonitorReply,
  never,
  { readonly updates: readonly OnfFlowUpdateInput[] }
>
/** An {@link OnfFlowMonitorCancel} to encode. */
export type OnfFlowMonitorCancelInput = Input<OnfFlowMonitorCancel>
/** An {@link OnfFlowMonitorPaused} to encode. */
export type OnfFlowMonitorPausedInput = Input<OnfFlowMonitorPaused>
/** An {@link OnfFlowMonitorResumed} to encode. */
export type OnfFlowMonitorResumedInput = Input<OnfFlowMonitorResumed>

/** How the body of an {@link OnfFlowMonitorRequest} is written and read. */
export const onfFlowMonitorRequestCodec: Codec<OnfFlowMonitorRequest, OnfFlowMonitorRequestInput> = {
  encode(w, { monitors }) {
    for (const monitor of monitors) encodeMonitor(w, monitor)
  },
  decode(r, { version, xid, flags }) {
    const monitors: OnfFlowMonitor[] = []
    while (r.remaining > 0) monitors.push(decodeMonitor(r))
    return { type: 'onf_flow_monitor_request', version, xid, flags, monitors }
  },
}

function encodeMonitor(w: ByteWriter, { id, flags, outPort, tableId, match, matchForm }: OnfFlowMonitorInput): void {
  const start = w.offset
  w.u32(id, 'id')
  w.u16(flags, 'flags')
  w.u16(0)
  w.u32(outPort, 'outPort')
  w.u8(tableId, 'tableId')
  w.zeros(3)
  if (matchForm === 'fields') return encodeNxMatch(w, match, start + 6)
  const matchStart = w.offset
  encodeMatch(w, match)
  // Like Open vSwitch: with the header, without the padding.
  w.setU16(start + 6, w.getU16(matchStart + 2))
}

function decodeMonitor(r: ByteReader): OnfFlowMonitor {
  const id = r.u32()
  const flags = r.u16()
  const length = r.u16()
  const outPort = r.u32()
  const tableId = r.u8()
  r.skip(3)
  const matchForm = hasMatchHeader(r, length) ? 'ofp_match' : 'fields'
  const match = matchForm === 'fields' ? decodeNxMatch(r, length) : decodeMatch(r)
  return { id, flags, outPort, tableId, match, matchForm }
}

/**
 * Whether an `ofp_match` follows, type 1 and its length. `length` is what the monitor says: Open vSwitch does not look
 * at it, so that it may count the header, or not, or the padding too, or be 0.
 */
function hasMatchHeader(r: ByteReader, length: number): boolean {
  const header = r.peek(4)
  if (header === undefined || header[0] !== 0 || header[1] !== 1) return false
  const inHeader = ((header[2] as number) << 8) | (header[3] as number)
  if (inHeader < 4) return false
  return length === 0 || length === inHeader || length === inHeader - 4 || length === inHeader + (-inHeader & 7)
}

/** How the body of an {@link OnfFlowMonitorReply} is written and read. */
export const onfFlowMonitorReplyCodec: Codec<OnfFlowMonitorReply, OnfFlowMonitorReplyInput> = {
  encode(w, { updates }) {
    for (const update of updates) {
      if (encodeSmallUpdate(w, update)) continue
      const start = encodeUpdateHeader(w, update)
      const matchStart = w.offset
      encodeMatch(w, update.match)
      w.setU16(start + 12, w.getU16(matchStart + 2))
      encodeInstructions(w, update.instructions)
      w.setU16(start, w.offset - start, 'the length of the update')
    }
  },
  decode(r, { version, xid, flags }) {
    const updates: OnfFlowUpdate[] = []
    while (r.remaining > 0) updates.push(decodeUpdate(r))
    return { type: 'onf_flow_monitor_reply', version, xid, flags, updates }
  },
}

function decodeUpdate(r: ByteReader): OnfFlowUpdate {
  const entry = decodeUpdateEntry(r)
  const small = decodeSmallUpdate(entry)
  if (small) return small
  const { type, reason, priority, idleTimeout, hardTimeout, tableId, cookie } = decodeUpdateHeader(entry)
  const match = decodeMatch(entry.body)
  const instructions = decodeInstructions(entry.body)
  return { type, reason, priority, idleTimeout, hardTimeout, tableId, cookie, match, instructions }
}

/** How the body of an {@link OnfFlowMonitorCancel} is written and read. */
export const onfFlowMonitorCancelCodec: Codec<OnfFlowMonitorCancel> = {
  encode(w, { id }) {
    w.u32(id, 'id')
  },
  decode: (r, { version, xid }) => ({ type: 'onf_flow_monitor_cancel', version, xid, id: r.u32() }),
}

/** How the (empty) body of a {@link OnfFlowMonitorPaused} is written and read. */
export const onfFlowMonitorPausedCodec: Codec<OnfFlowMonitorPaused> = {
  encode() {},
  decode: (_, { version, xid }) => ({ type: 'onf_flow_monitor_paused', version, xid }),
}

/** How the (empty) body of a {@link OnfFlowMonitorResumed} is written and read. */
export const onfFlowMonitorResumedCodec: Codec<OnfFlowMonitorResumed> = {
  encode() {},
  decode: (_, { version, xid }) => ({ type: 'onf_flow_monitor_resumed', version, xid }),
}
