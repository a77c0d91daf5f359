import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { Action } from '../action/index.js'
import { encodePort16, portOf16 } from '../action/port16.js'
import { OFPP, OFPTT } from '../constants.js'
import type { Codec } from '../header.js'
import type { Match } from '../match.js'
import { decodeFlowSums, encodeFlowSums } from '../multipart/aggregate-stats.js'
import type { Multipart, MultipartInput } from '../multipart/multipart.js'
import { decodeNxMatch, encodeNxMatch } from './nx-match.js'
import { decodeVersionedActions, encodeVersionedActions } from './versioned-actions.js'

/** Which flows a request is about. */
export interface NxFlowFilter {
  /** Only flows that output to this port; `OFPP.ANY` is no restriction. */
  readonly outPort: number
  /** The table, or `OFPTT.ALL`. */
  readonly tableId: number
  readonly match: Match
}

/** Asks for flows on an OpenFlow 1.0 connection (`NXST_FLOW` of Open vSwitch). */
export interface NxstFlowRequest extends Multipart, NxFlowFilter {
  readonly type: 'nxst_flow_request'
}

/** One flow and its counters (`nx_flow_stats` of Open vSwitch). */
export interface NxFlowStats {
  readonly tableId: number
  readonly durationSec: number
  readonly durationNsec: number
  readonly priority: number
  readonly idleTimeout: number
  readonly hardTimeout: number
  /** Seconds since the last packet, plus one; 0 is unknown. */
  readonly idleAge: number
  /** Seconds since the last change, plus one; 0 is unknown. */
  readonly hardAge: number
  readonly cookie: bigint
  readonly packetCount: bigint
  readonly byteCount: bigint
  readonly match: Match
  readonly actions: readonly Action[]
}

/** Flows (`NXST_FLOW` of Open vSwitch). */
export interface NxstFlowReply extends Multipart {
  readonly type: 'nxst_flow_reply'
  readonly stats: readonly NxFlowStats[]
}

/** Asks for sums over flows (`NXST_AGGREGATE` of Open vSwitch). */
export interface NxstAggregateRequest extends Multipart, NxFlowFilter {
  readonly type: 'nxst_aggregate_request'
}

/** Sums over flows (`NXST_AGGREGATE` of Open vSwitch). */
export interface NxstAggregateReply extends Multipart {
  readonly type: 'nxst_aggregate_reply'
  readonly packetCount: bigint
  readonly byteCount: bigint
  readonly flowCount: number
}

/** A {@link NxstFlowRequest} to encode. Defaults: `outPort` `OFPP.ANY`, `tableId` `OFPTT.ALL`, `match` empty. */
export type NxstFlowRequestInput = MultipartInput<NxstFlowRequest, keyof NxFlowFilter>
/** A {@link NxstFlowReply} to encode. */
export type NxstFlowReplyInput = MultipartInput<NxstFlowReply>
/** A {@link NxstAggregateRequest} to encode. Defaults: `outPort` `OFPP.ANY`, `tableId` `OFPTT.ALL`, `match` empty. */
export type NxstAggregateRequestInput = MultipartInput<NxstAggregateRequest, keyof NxFlowFilter>
/** A {@link NxstAggregateReply} to encode. */
export type NxstAggregateReplyInput = MultipartInput<NxstAggregateReply>

/** How the body of a {@link NxstFlowRequest} is written and read. */
export const nxstFlowRequestCodec: Codec<NxstFlowRequest, NxstFlowRequestInput> = {
  encode: encodeFilter,
  decode: (r, { version, xid, flags }) => ({ type: 'nxst_flow_request', version, xid, flags, ...decodeFilter(r) }),
}

/** How the body of a {@link NxstAggregateRequest} is written and read. */
export const nxstAggregateRequestCodec: Codec<NxstAggregateRequest, NxstAggregateRequestInput> = {
  encode: encodeFilter,
  decode: (r, { version, xid, flags }) => ({ type: 'nxst_aggregate_request', version, xid, flags, ...decodeFilter(r) }),
}

/** How the body of a {@link NxstAggregateReply} is written and read. */
export const nxstAggregateReplyCodec: Codec<NxstAggregateReply, NxstAggregateReplyInput> = {
  encode: encodeFlowSums,
  decode: (r, { version, xid, flags }) => ({ type: 'nxst_aggregate_reply', version, xid, flags, ...decodeFlowSums(r) }),
}

/** How the body of a {@link NxstFlowReply} is written and read. */
export const nxstFlowReplyCodec: Codec<NxstFlowReply, NxstFlowReplyInput> = {
  encode(w, { stats }) {
    for (const flow of stats) encodeFlow(w, flow)
  },
  decode(r, { version, xid, flags }) {
    const stats: NxFlowStats[] = []
    while (r.remaining > 0) stats.push(decodeFlow(r))
    return { type: 'nxst_flow_reply', version, xid, flags, stats }
  },
}

function encodeFilter(w: ByteWriter, filter: Partial<NxFlowFilter>): void {
  const start = w.offset
  encodePort16(w, filter.outPort ?? OFPP.ANY, 'outPort')
  w.u16(0)
  w.u8(filter.tableId ?? OFPTT.ALL, 'tableId')
  w.zeros(3)
  encodeNxMatch(w, filter.match ?? [], start + 2)
}

function decodeFilter(r: ByteReader): NxFlowFilter {
  const outPort = portOf16(r.u16())
  const length = r.u16()
  const tableId = r.u8()
  r.skip(3)
  return { outPort, tableId, match: decodeNxMatch(r, length) }
}

function encodeFlow(w: ByteWriter, flow: NxFlowStats): void {
  const start = w.offset
  w.u16(0)
  w.u8(flow.tableId, 'tableId')
  w.zeros(1)
  w.u32(flow.durationSec, 'durationSec')
  w.u32(flow.durationNsec, 'durationNsec')
  w.u16(flow.priority, 'priority')
  w.u16(flow.idleTimeout, 'idleTimeout')
  w.u16(flow.hardTimeout, 'hardTimeout')
  w.u16(0)
  w.u16(flow.idleAge, 'idleAge')
  w.u16(flow.hardAge, 'hardAge')
  w.u64(flow.cookie, 'cookie')
  w.u64(flow.packetCount, 'packetCount')
  w.u64(flow.byteCount, 'byteCount')
  encodeNxMatch(w, flow.match, start + 18)
  encodeVersionedActions(w, flow.actions, 1)
  w.setU16(start, w.offset - start, 'the length of the flow')
}

function decodeFlow(r: ByteReader): NxFlowStats {
  const length = r.u16()
  if (length < 48) throw r.malformed(`a flow must be at least 48 bytes long, not ${length}`)
  const entry = r.sub(length - 2)
  const tableId = entry.u8()
  entry.skip(1)
  const durationSec = entry.u32()
  const durationNsec = entry.u32()
  const priority = entry.u16()
  const idleTimeout = entry.u16()
  const hardTimeout = entry.u16()
  const matchLength = entry.u16()
  return {
    tableId,
    durationSec,
    durationNsec,
    priority,
    idleTimeout,
    hardTimeout,
    idleAge: entry.u16(),
    hardAge: entry.u16(),
    cookie: entry.u64(),
    packetCount: entry.u64(),
    byteCount: entry.u64(),
    match: decodeNxMatch(entry, matchLength),
    actions: decodeVersionedActions(entry, 1),
  }
}
