import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { OFPG, OFPP, OFPTT } from '../constants.js'
import type { Codec } from '../header.js'
import { type Instruction, type InstructionInput, decodeInstructions, encodeInstructions } from '../instruction.js'
import { type Match, decodeMatch, encodeMatch } from '../match.js'
import type { Multipart, MultipartInput } from './multipart.js'

/** Which flows a request is about. */
export interface FlowFilter {
  /** The table, or `OFPTT.ALL`. */
  readonly tableId: number
  /** Only flows that output to this port; `OFPP.ANY` is no restriction. */
  readonly outPort: number
  /** Only flows that use this group; `OFPG.ANY` is no restriction. */
  readonly outGroup: number
  readonly cookie: bigint
  /** Only flows whose cookie has these bits as in {@link cookie}. */
  readonly cookieMask: bigint
  /** Only flows that are as special as this or more. */
  readonly match: Match
}

/** Asks for flows (`OFPMP_FLOW`, OpenFlow 1.3.5 §7.3.5.2). */
export interface FlowStatsRequest extends Multipart, FlowFilter {
  readonly type: 'flow_stats_request'
}

/** One flow and its counters (`ofp_flow_stats`, OpenFlow 1.3.5 §7.3.5.2). */
export interface FlowStats {
  readonly tableId: number
  /** How long the flow has lived: whole seconds, and the nanoseconds beyond. */
  readonly durationSec: number
  readonly durationNsec: number
  readonly priority: number
  /** In seconds; 0 is none. */
  readonly idleTimeout: number
  /** In seconds; 0 is none. */
  readonly hardTimeout: number
  /** Bits of {@link OFPFF}. */
  readonly flags: number
  readonly cookie: bigint
  /** All ones when the switch does not count them. */
  readonly packetCount: bigint
  /** All ones when the switch does not count them. */
  readonly byteCount: bigint
  readonly match: Match
  readonly instructions: readonly Instruction[]
}

/** {@link FlowStats} to encode. */
export type FlowStatsInput = Omit<FlowStats, 'instructions'> & { readonly instructions: readonly InstructionInput[] }

/** Flows (`OFPMP_FLOW`, OpenFlow 1.3.5 §7.3.5.2). */
export interface FlowStatsReply extends Multipart {
  readonly type: 'flow_stats_reply'
  readonly stats: readonly FlowStats[]
}

/**
 * A {@link FlowStatsRequest} to encode. Defaults: every flow: `tableId` `OFPTT.ALL`, `outPort` `OFPP.ANY`, `outGroup`
 * `OFPG.ANY`, `cookie` and `cookieMask` 0n, `match` empty.
 */
export type FlowStatsRequestInput = MultipartInput<FlowStatsRequest, keyof FlowFilter>
/** A {@link FlowStatsReply} to encode. */
export type FlowStatsReplyInput = MultipartInput<FlowStatsReply, never, { readonly stats: readonly FlowStatsInput[] }>

/** How the body of a {@link FlowStatsRequest} is written and read. */
export const flowStatsRequestCodec: Codec<FlowStatsRequest, FlowStatsRequestInput> = {
  encode: encodeFlowFilter,
  decode: (r, { version, xid, flags }) => ({ type: 'flow_stats_request', version, xid, flags, ...decodeFlowFilter(r) }),
}

/** How the body of a {@link FlowStatsReply} is written and read. */
export const flowStatsReplyCodec: Codec<FlowStatsReply, FlowStatsReplyInput> = {
  encode(w, { stats }) {
    for (const flow of stats) encodeFlowStats(w, flow)
  },
  decode(r, { version, xid, flags }) {
    const stats: FlowStats[] = []
    while (r.remaining > 0) stats.push(decodeFlowStats(r))
    return { type: 'flow_stats_reply', version, xid, flags, stats }
  },
}

/** Writes an `ofp_flow_stats_request`. @throws OvsError `invalid`, naming the property. */
export function encodeFlowFilter(w: ByteWriter, filter: Partial<FlowFilter>): void {
  w.u8(filter.tableId ?? OFPTT.ALL, 'tableId')
  w.zeros(3)
  w.u32(filter.outPort ?? OFPP.ANY, 'outPort')
  w.u32(filter.outGroup ?? OFPG.ANY, 'outGroup')
  w.zeros(4)
  w.u64(filter.cookie ?? 0n, 'cookie')
  w.u64(filter.cookieMask ?? 0n, 'cookieMask')
  encodeMatch(w, filter.match ?? [])
}

/** Reads an `ofp_flow_stats_request`. @throws OvsError `malformed`. */
export function decodeFlowFilter(r: ByteReader): FlowFilter {
  const tableId = r.u8()
  r.skip(3)
  const outPort = r.u32()
  const outGroup = r.u32()
  r.skip(4)
  return { tableId, outPort, outGroup, cookie: r.u64(), cookieMask: r.u64(), match: decodeMatch(r) }
}

function encodeFlowStats(w: ByteWriter, flow: FlowStatsInput): void {
  const start = w.offset
  w.u16(0)
  w.u8(flow.tableId, 'tableId')
  w.zeros(1)
  w.u32(flow.durationSec, 'durationSec')
  w.u32(flow.durationNsec, 'durationNsec')
  w.u16(flow.priority, 'priority')
  w.u16(flow.idleTimeout, 'idleTimeout')
  w.u16(flow.hardTimeout, 'hardTimeout')
  w.u16(flow.flags, 'flags')
  w.zeros(4)
  w.u64(flow.cookie, 'cookie')
  w.u64(flow.packetCount, 'packetCount')
  w.u64(flow.byteCount, 'byteCount')
  encodeMatch(w, flow.match)
  encodeInstructions(w, flow.instructions)
  w.setU16(start, w.offset - start, 'the length of the flow')
}

function decodeFlowStats(r: ByteReader): FlowStats {
  const length = r.u16()
  if (length < 56) throw r.malformed(`a flow must be at least 56 bytes long, not ${length}`)
  const entry = r.sub(length - 2)
  const tableId = entry.u8()
  entry.skip(1)
  const durationSec = entry.u32()
  const durationNsec = entry.u32()
  const priority = entry.u16()
  const idleTimeout = entry.u16()
  const hardTimeout = entry.u16()
  const flags = entry.u16()
  entry.skip(4)
  return {
    tableId,
    durationSec,
    durationNsec,
    priority,
    idleTimeout,
    hardTimeout,
    flags,
    cookie: entry.u64(),
    packetCount: entry.u64(),
    byteCount: entry.u64(),
    match: decodeMatch(entry),
    instructions: decodeInstructions(entry),
  }
}
