import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { Codec } from '../header.js'
import { decodeFlowFilter, encodeFlowFilter, type FlowFilter } from './flow-stats.js'
import type { Multipart, MultipartInput } from './multipart.js'

/** Asks for sums over flows (`OFPMP_AGGREGATE`, OpenFlow 1.3.5 §7.3.5.3). */
export interface AggregateStatsRequest extends Multipart, FlowFilter {
  readonly type: 'aggregate_stats_request'
}

/** Sums over flows (`ofp_aggregate_stats_reply`, OpenFlow 1.3.5 §7.3.5.3). */
export interface AggregateStatsReply extends Multipart {
  readonly type: 'aggregate_stats_reply'
  readonly packetCount: bigint
  readonly byteCount: bigint
  readonly flowCount: number
}

/** An {@link AggregateStatsRequest} to encode. Defaults: as in {@link FlowStatsRequestInput}. */
export type AggregateStatsRequestInput = MultipartInput<AggregateStatsRequest, keyof FlowFilter>
/** An {@link AggregateStatsReply} to encode. */
export type AggregateStatsReplyInput = MultipartInput<AggregateStatsReply>

/** How the body of an {@link AggregateStatsRequest} is written and read. */
export const aggregateStatsRequestCodec: Codec<AggregateStatsRequest, AggregateStatsRequestInput> = {
  encode: encodeFlowFilter,
  decode: (r, { version, xid, flags }) => ({
    type: 'aggregate_stats_request',
    version,
    xid,
    flags,
    ...decodeFlowFilter(r),
  }),
}

/** How the body of an {@link AggregateStatsReply} is written and read. */
export const aggregateStatsReplyCodec: Codec<AggregateStatsReply, AggregateStatsReplyInput> = {
  encode: encodeFlowSums,
  decode: (r, { version, xid, flags }) => ({
    type: 'aggregate_stats_reply',
    version,
    xid,
    flags,
    ...decodeFlowSums(r),
  }),
}

/** Sums over flows. */
export type FlowSums = Pick<AggregateStatsReply, 'packetCount' | 'byteCount' | 'flowCount'>

/** Writes an `ofp_aggregate_stats_reply`. @throws OvsError `invalid`, naming the property. */
export function encodeFlowSums(w: ByteWriter, { packetCount, byteCount, flowCount }: FlowSums): void {
  w.u64(packetCount, 'packetCount')
  w.u64(byteCount, 'byteCount')
  w.u32(flowCount, 'flowCount')
  w.zeros(4)
}

/** Reads an `ofp_aggregate_stats_reply`. @throws OvsError `malformed`. */
export function decodeFlowSums(r: ByteReader): FlowSums {
  const sums = { packetCount: r.u64(), byteCount: r.u64(), flowCount: r.u32() }
  r.skip(4)
  return sums
}
