import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { Action } from '../action/index.js'
import { encodePort16, portOf16 } from '../action/port16.js'
import { OFP13_VERSION } from '../constants.js'
import type { Enum } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'
import type { Match } from '../match.js'
import { flowRemovedReason, type FlowRemovedReason } from '../message/flow-removed.js'
import type { Multipart, MultipartInput } from '../multipart/multipart.js'
import { decodeNxMatch, encodeNxMatch } from './nx-match.js'
import { decodeVersionedActions, encodeVersionedActions } from './versioned-actions.js'

/** What a monitor reports, and how (`nx_flow_monitor_flags` of Open vSwitch). */
export const NXFMF = {
  /** The flows that are there at first. */
  INITIAL: 1 << 0,
  ADD: 1 << 1,
  DELETE: 1 << 2,
  MODIFY: 1 << 3,
  /** With the actions of the flows. */
  ACTIONS: 1 << 4,
  /** Changes made by this connection in full, not abbreviated. */
  OWN: 1 << 5,
} as const

/** Which flows to watch (`nx_flow_monitor_request` of Open vSwitch). */
export interface NxFlowMonitor {
  /** Chosen by the controller, for {@link NxtFlowMonitorCancel}. */
  readonly id: number
  /** Bits of {@link NXFMF}. */
  readonly flags: number
  /** Only flows that output to this port; `OFPP.ANY` is no restriction. */
  readonly outPort: number
  /** The table, or `OFPTT.ALL`. */
  readonly tableId: number
  readonly match: Match
}

/** A change of a flow (`nx_flow_update_full`, `nx_flow_update_abbrev` of Open vSwitch). */
export type NxFlowUpdate =
  | NxFullFlowUpdate
  /** A change that this connection caused, by the message with this transaction number. */
  | { readonly type: 'abbrev'; readonly xid: number }
  | { readonly type: 'unknown'; readonly event: number; readonly data: Uint8Array }

/** A flow that is there or gone. */
export interface NxFullFlowUpdate {
  readonly type: 'added' | 'deleted' | 'modified'
  /** Why the flow was deleted; otherwise 0, which is named `idle_timeout` all the same. */
  readonly reason: Enum<FlowRemovedReason>
  readonly priority: number
  readonly idleTimeout: number
  readonly hardTimeout: number
  readonly tableId: number
  readonly cookie: bigint
  readonly match: Match
  /** Empty without `NXFMF.ACTIONS`. In the form of the header's version. */
  readonly actions: readonly Action[]
}

/** Watches flows (`NXST_FLOW_MONITOR` request of Open vSwitch). */
export interface NxstFlowMonitorRequest extends Multipart {
  readonly type: 'nxst_flow_monitor_request'
  readonly monitors: readonly NxFlowMonitor[]
}

/** Flows at first, then changes with the same transaction number (`NXST_FLOW_MONITOR` reply of Open vSwitch). */
export interface NxstFlowMonitorReply extends Multipart {
  readonly type: 'nxst_flow_monitor_reply'
  readonly updates: readonly NxFlowUpdate[]
}

/** Ends a monitor (`NXT_FLOW_MONITOR_CANCEL` of Open vSwitch). */
export interface NxtFlowMonitorCancel extends MessageBase {
  readonly type: 'nxt_flow_monitor_cancel'
  readonly id: number
}

/** The switch has too much to say and stops for now (`NXT_FLOW_MONITOR_PAUSED` of Open vSwitch). */
export interface NxtFlowMonitorPaused extends MessageBase {
  readonly type: 'nxt_flow_monitor_paused'
}

/** The changes of the pause have been told; it goes on (`NXT_FLOW_MONITOR_RESUMED` of Open vSwitch). */
export interface NxtFlowMonitorResumed extends MessageBase {
  readonly type: 'nxt_flow_monitor_resumed'
}

/** A {@link NxstFlowMonitorRequest} to encode. */
export type NxstFlowMonitorRequestInput = MultipartInput<NxstFlowMonitorRequest>
/** A {@link NxstFlowMonitorReply} to encode. */
export type NxstFlowMonitorReplyInput = MultipartInput<NxstFlowMonitorReply>
/** A {@link NxtFlowMonitorCancel} to encode. */
export type NxtFlowMonitorCancelInput = Input<NxtFlowMonitorCancel>
/** A {@link NxtFlowMonitorPaused} to encode. */
export type NxtFlowMonitorPausedInput = Input<NxtFlowMonitorPaused>
/** A {@link NxtFlowMonitorResumed} to encode. */
export type NxtFlowMonitorResumedInput = Input<NxtFlowMonitorResumed>

/** Names and numbers of the changes of a flow (`nx_flow_update_event` of Open vSwitch). */
export const flowUpdateEvents = ['added', 'deleted', 'modified'] as const
const ABBREV = 3

/** How the body of a {@link NxstFlowMonitorRequest} is written and read. */
export const nxstFlowMonitorRequestCodec: Codec<NxstFlowMonitorRequest, NxstFlowMonitorRequestInput> = {
  encode(w, { monitors }) {
    for (const { id, flags, outPort, tableId, match } of monitors) {
      const start = w.offset
      w.u32(id, 'id')
      w.u16(flags, 'flags')
      encodePort16(w, outPort, 'outPort')
      w.u16(0)
      w.u8(tableId, 'tableId')
      w.zeros(5)
      encodeNxMatch(w, match, start + 8)
    }
  },
  decode(r, { version, xid, flags }) {
    const monitors: NxFlowMonitor[] = []
    while (r.remaining > 0) monitors.push(decodeMonitor(r))
    return { type: 'nxst_flow_monitor_request', version, xid, flags, monitors }
  },
}

function decodeMonitor(r: ByteReader): NxFlowMonitor {
  const id = r.u32()
  const flags = r.u16()
  const outPort = portOf16(r.u16())
  const length = r.u16()
  const tableId = r.u8()
  r.skip(5)
  return { id, flags, outPort, tableId, match: decodeNxMatch(r, length) }
}

/** How the body of a {@link NxstFlowMonitorReply} is written and read. */
export const nxstFlowMonitorReplyCodec: Codec<NxstFlowMonitorReply, NxstFlowMonitorReplyInput> = {
  encode(w, { version = OFP13_VERSION, updates }) {
    for (const update of updates) {
      if (encodeSmallUpdate(w, update)) continue
      const start = encodeUpdateHeader(w, update)
      encodeNxMatch(w, update.match, start + 12)
      encodeVersionedActions(w, update.actions, version)
      w.setU16(start, w.offset - start, 'the length of the update')
    }
  },
  decode(r, { version, xid, flags }) {
    const updates: NxFlowUpdate[] = []
    while (r.remaining > 0) updates.push(decodeUpdate(r, version))
    return { type: 'nxst_flow_monitor_reply', version, xid, flags, updates }
  },
}

function decodeUpdate(r: ByteReader, version: number): NxFlowUpdate {
  const entry = decodeUpdateEntry(r)
  const small = decodeSmallUpdate(entry)
  if (small) return small
  const { matchLength, ...update } = decodeUpdateHeader(entry)
  return {
    ...update,
    match: decodeNxMatch(entry.body, matchLength),
    actions: decodeVersionedActions(entry.body, version),
  }
}

type SmallUpdate = Exclude<NxFlowUpdate, NxFullFlowUpdate>

/** An update cut out of a reply: its event's number, and what follows that. */
export interface FlowUpdateEntry {
  readonly event: number
  readonly body: ByteReader
}

/** Reads the length and the event of an update. @throws OvsError `malformed`. */
export function decodeUpdateEntry(r: ByteReader): FlowUpdateEntry {
  const length = r.u16()
  if (length < 8 || length % 8 !== 0) {
    throw r.malformed(`a flow update must be a multiple of 8 bytes long, at least 8, not ${length}`)
  }
  const body = r.sub(length - 2)
  return { event: body.u16(), body }
}

/** Reads an update that is not about a flow in full. @throws OvsError `malformed`. */
export function decodeSmallUpdate({ event, body }: FlowUpdateEntry): SmallUpdate | undefined {
  if (event < ABBREV) return undefined
  if (event !== ABBREV) return { type: 'unknown', event, data: body.bytes() }
  const xid = body.u32()
  if (body.remaining > 0) throw body.malformed(`an abbreviated flow update is ${body.remaining} bytes too long`)
  return { type: 'abbrev', xid }
}

/** Writes an update that is not about a flow in full, and says whether it was one. @throws OvsError `invalid`. */
export function encodeSmallUpdate(
  w: ByteWriter,
  update: SmallUpdate | { readonly type: NxFullFlowUpdate['type'] },
): update is SmallUpdate {
  if (update.type === 'abbrev') {
    w.u16(8)
    w.u16(ABBREV)
    w.u32(update.xid, 'xid')
    return true
  }
  if (update.type !== 'unknown') return false
  w.u16(4 + update.data.length, 'the length of the update')
  w.u16(update.event, 'event')
  w.bytes(update.data)
  return true
}

/** What updates about a flow have in front of its match. */
export type FlowUpdateHeader = Omit<NxFullFlowUpdate, 'match' | 'actions'>

/** Reads the fixed part of `nx_flow_update_full`. @throws OvsError `malformed` when it is cut off. */
export function decodeUpdateHeader({ event, body }: FlowUpdateEntry): FlowUpdateHeader & { matchLength: number } {
  const type = flowUpdateEvents[event] as NxFullFlowUpdate['type']
  const reason = flowRemovedReason.decode(body.u16())
  const priority = body.u16()
  const idleTimeout = body.u16()
  const hardTimeout = body.u16()
  const matchLength = body.u16()
  const tableId = body.u8()
  body.skip(1)
  return { type, reason, priority, idleTimeout, hardTimeout, tableId, cookie: body.u64(), matchLength }
}

/** Writes the fixed part of `nx_flow_update_full`, lengths left open; gives its offset. @throws OvsError `invalid`. */
export function encodeUpdateHeader(w: ByteWriter, update: FlowUpdateHeader): number {
  const start = w.offset
  w.u16(0)
  w.u16(flowUpdateEvents.indexOf(update.type), 'type')
  w.u16(flowRemovedReason.encode(update.reason), 'reason')
  w.u16(update.priority, 'priority')
  w.u16(update.idleTimeout, 'idleTimeout')
  w.u16(update.hardTimeout, 'hardTimeout')
  w.u16(0)
  w.u8(update.tableId, 'tableId')
  w.zeros(1)
  w.u64(update.cookie, 'cookie')
  return start
}

/** How the body of a {@link NxtFlowMonitorCancel} is written and read. */
export const nxtFlowMonitorCancelCodec: Codec<NxtFlowMonitorCancel> = {
  encode(w, { id }) {
    w.u32(id, 'id')
  },
  decode: (r, { version, xid }) => ({ type: 'nxt_flow_monitor_cancel', version, xid, id: r.u32() }),
}

/** How the (empty) body of a {@link NxtFlowMonitorPaused} is written and read. */
export const nxtFlowMonitorPausedCodec: Codec<NxtFlowMonitorPaused> = {
  encode() {},
  decode: (_, { version, xid }) => ({ type: 'nxt_flow_monitor_paused', version, xid }),
}

/** How the (empty) body of a {@link NxtFlowMonitorResumed} is written and read. */
export const nxtFlowMonitorResumedCodec: Codec<NxtFlowMonitorResumed> = {
  encode() {},
  decode: (_, { version, xid }) => ({ type: 'nxt_flow_monitor_resumed', version, xid }),
}
