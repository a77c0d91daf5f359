import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { Codec } from '../header.js'
import type { Multipart, MultipartInput } from './multipart.js'

/** Asks for the counters of all tables (`OFPMP_TABLE`, OpenFlow 1.3.5 §7.3.5.4). */
export interface TableStatsRequest extends Multipart {
  readonly type: 'table_stats_request'
}

/** Counters of a table (`ofp_table_stats`, OpenFlow 1.3.5 §7.3.5.4). */
export interface TableStats {
  readonly tableId: number
  /** How many flows there are. */
  readonly activeCount: number
  /** How many packets were looked up. */
  readonly lookupCount: bigint
  /** How many of them matched a flow. */
  readonly matchedCount: bigint
}

/** Counters of all tables (`OFPMP_TABLE`, OpenFlow 1.3.5 §7.3.5.4). */
export interface TableStatsReply extends Multipart {
  readonly type: 'table_stats_reply'
  readonly stats: readonly TableStats[]
}

/** A {@link TableStatsRequest} to encode. */
export type TableStatsRequestInput = MultipartInput<TableStatsRequest>
/** A {@link TableStatsReply} to encode. */
export type TableStatsReplyInput = MultipartInput<TableStatsReply>

/** How the (empty) body of a {@link TableStatsRequest} is written and read. */
export const tableStatsRequestCodec: Codec<TableStatsRequest, TableStatsRequestInput> = {
  encode() {},
  decode: (_, { version, xid, flags }) => ({ type: 'table_stats_request', version, xid, flags }),
}

/** How the body of a {@link TableStatsReply} is written and read. */
export const tableStatsReplyCodec: Codec<TableStatsReply, TableStatsReplyInput> = {
  encode(w, { stats }) {
    for (const table of stats) encodeTableStats(w, table)
  },
  decode(r, { version, xid, flags }) {
    const stats: TableStats[] = []
    while (r.remaining > 0) stats.push(decodeTableStats(r))
    return { type: 'table_stats_reply', version, xid, flags, stats }
  },
}

function encodeTableStats(w: ByteWriter, table: TableStats): void {
  w.u8(table.tableId, 'tableId')
  w.zeros(3)
  w.u32(table.activeCount, 'activeCount')
  w.u64(table.lookupCount, 'lookupCount')
  w.u64(table.matchedCount, 'matchedCount')
}

function decodeTableStats(r: ByteReader): TableStats {
  const tableId = r.u8()
  r.skip(3)
  return { tableId, activeCount: r.u32(), lookupCount: r.u64(), matchedCount: r.u64() }
}
