import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { OFPG } from '../constants.js'
import type { Codec } from '../header.js'
import type { Multipart, MultipartInput } from './multipart.js'

/** Asks for the counters of groups (`OFPMP_GROUP`, OpenFlow 1.3.5 §7.3.5.9). */
export interface GroupStatsRequest extends Multipart {
  readonly type: 'group_stats_request'
  /** The group, or `OFPG.ALL`. */
  readonly groupId: number
}

/** Counters of a bucket (`ofp_bucket_counter`, OpenFlow 1.3.5 §7.3.5.9). */
export interface BucketCounter {
  readonly packetCount: bigint
  readonly byteCount: bigint
}

/** Counters of a group (`ofp_group_stats`, OpenFlow 1.3.5 §7.3.5.9). */
export interface GroupStats {
  readonly groupId: number
  /** How many flows and groups send packets to it. */
  readonly refCount: number
  readonly packetCount: bigint
  readonly byteCount: bigint
  /** How long the group has lived: whole seconds, and the nanoseconds beyond. */
  readonly durationSec: number
  readonly durationNsec: number
  readonly buckets: readonly BucketCounter[]
}

/** Counters of groups (`OFPMP_GROUP`, OpenFlow 1.3.5 §7.3.5.9). */
export interface GroupStatsReply extends Multipart {
  readonly type: 'group_stats_reply'
  readonly stats: readonly GroupStats[]
}

/** A {@link GroupStatsRequest} to encode. Default: `groupId` `OFPG.ALL`. */
export type GroupStatsRequestInput = MultipartInput<GroupStatsRequest, 'groupId'>
/** A {@link GroupStatsReply} to encode. */
export type GroupStatsReplyInput = MultipartInput<GroupStatsReply>

/** How the body of a {@link GroupStatsRequest} is written and read. */
export const groupStatsRequestCodec: Codec<GroupStatsRequest, GroupStatsRequestInput> = {
  encode(w, { groupId = OFPG.ALL }) {
    w.u32(groupId, 'groupId')
    w.zeros(4)
  },
  decode(r, { version, xid, flags }) {
    const groupId = r.u32()
    r.skip(4)
    return { type: 'group_stats_request', version, xid, flags, groupId }
  },
}

/** How the body of a {@link GroupStatsReply} is written and read. */
export const groupStatsReplyCodec: Codec<GroupStatsReply, GroupStatsReplyInput> = {
  encode(w, { stats }) {
    for (const group of stats) encodeGroupStats(w, group)
  },
  decode(r, { version, xid, flags }) {
    const stats: GroupStats[] = []
    while (r.remaining > 0) stats.push(decodeGroupStats(r))
    return { type: 'group_stats_reply', version, xid, flags, stats }
  },
}

function encodeGroupStats(w: ByteWriter, group: GroupStats): void {
  const start = w.offset
  w.zeros(4)
  w.u32(group.groupId, 'groupId')
  w.u32(group.refCount, 'refCount')
  w.zeros(4)
  w.u64(group.packetCount, 'packetCount')
  w.u64(group.byteCount, 'byteCount')
  w.u32(group.durationSec, 'durationSec')
  w.u32(group.durationNsec, 'durationNsec')
  for (const { packetCount, byteCount } of group.buckets) {
    w.u64(packetCount, 'packetCount')
    w.u64(byteCount, 'byteCount')
  }
  w.setU16(start, w.offset - start, 'the length of the group')
}

function decodeGroupStats(r: ByteReader): GroupStats {
  const length = r.u16()
  if (length < 40) throw r.malformed(`a group must be at least 40 bytes long, not ${length}`)
  const entry = r.sub(length - 2)
  entry.skip(2)
  const groupId = entry.u32()
  const refCount = entry.u32()
  entry.skip(4)
  const packetCount = entry.u64()
  const byteCount = entry.u64()
  const durationSec = entry.u32()
  const durationNsec = entry.u32()
  const buckets: BucketCounter[] = []
  while (entry.remaining > 0) buckets.push({ packetCount: entry.u64(), byteCount: entry.u64() })
  return { groupId, refCount, packetCount, byteCount, durationSec, durationNsec, buckets }
}
