import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { OFPP, OFPQ } from '../constants.js'
import type { Codec } from '../header.js'
import type { Multipart, MultipartInput } from './multipart.js'

/** Asks for the counters of queues (`OFPMP_QUEUE`, OpenFlow 1.3.5 §7.3.5.8). */
export interface QueueStatsRequest extends Multipart {
  readonly type: 'queue_stats_request'
  /** The port, or `OFPP.ANY` for all. */
  readonly portNo: number
  /** The queue, or `OFPQ.ALL`. */
  readonly queueId: number
}

/** Counters of a queue (`ofp_queue_stats`, OpenFlow 1.3.5 §7.3.5.8). */
export interface QueueStats {
  readonly portNo: number
  readonly queueId: number
  readonly txBytes: bigint
  readonly txPackets: bigint
  /** Packets dropped because the queue was full. */
  readonly txErrors: bigint
  /** How long the queue has lived: whole seconds, and the nanoseconds beyond. */
  readonly durationSec: number
  readonly durationNsec: number
}

/** Counters of queues (`OFPMP_QUEUE`, OpenFlow 1.3.5 §7.3.5.8). */
export interface QueueStatsReply extends Multipart {
  readonly type: 'queue_stats_reply'
  readonly stats: readonly QueueStats[]
}

/** A {@link QueueStatsRequest} to encode. Defaults: `portNo` `OFPP.ANY`, `queueId` `OFPQ.ALL`. */
export type QueueStatsRequestInput = MultipartInput<QueueStatsRequest, 'portNo' | 'queueId'>
/** A {@link QueueStatsReply} to encode. */
export type QueueStatsReplyInput = MultipartInput<QueueStatsReply>

/** How the body of a {@link QueueStatsRequest} is written and read. */
export const queueStatsRequestCodec: Codec<QueueStatsRequest, QueueStatsRequestInput> = {
  encode(w, { portNo = OFPP.ANY, queueId = OFPQ.ALL }) {
    w.u32(portNo, 'portNo')
    w.u32(queueId, 'queueId')
  },
  decode: (r, { version, xid, flags }) => ({
    type: 'queue_stats_request',
    version,
    xid,
    flags,
    portNo: r.u32(),
    queueId: r.u32(),
  }),
}

/** How the body of a {@link QueueStatsReply} is written and read. */
export const queueStatsReplyCodec: Codec<QueueStatsReply, QueueStatsReplyInput> = {
  encode(w, { stats }) {
    for (const queue of stats) encodeQueueStats(w, queue)
  },
  decode(r, { version, xid, flags }) {
    const stats: QueueStats[] = []
    while (r.remaining > 0) stats.push(decodeQueueStats(r))
    return { type: 'queue_stats_reply', version, xid, flags, stats }
  },
}

function encodeQueueStats(w: ByteWriter, queue: QueueStats): void {
  w.u32(queue.portNo, 'portNo')
  w.u32(queue.queueId, 'queueId')
  w.u64(queue.txBytes, 'txBytes')
  w.u64(queue.txPackets, 'txPackets')
  w.u64(queue.txErrors, 'txErrors')
  w.u32(queue.durationSec, 'durationSec')
  w.u32(queue.durationNsec, 'durationNsec')
}

function decodeQueueStats(r: ByteReader): QueueStats {
  return {
    portNo: r.u32(),
    queueId: r.u32(),
    txBytes: r.u64(),
    txPackets: r.u64(),
    txErrors: r.u64(),
    durationSec: r.u32(),
    durationNsec: r.u32(),
  }
}
