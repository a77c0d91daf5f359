import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { type Bucket, type BucketInput, decodeBuckets, encodeBuckets } from '../bucket.js'
import type { Enum } from '../enumeration.js'
import type { Codec } from '../header.js'
import { groupType, type GroupType } from '../message/group-mod.js'
import type { Multipart, MultipartInput } from './multipart.js'

/** Asks for all groups (`OFPMP_GROUP_DESC`, OpenFlow 1.3.5 §7.3.5.10). */
export interface GroupDescRequest extends Multipart {
  readonly type: 'group_desc_request'
}

/** A group and its buckets (`ofp_group_desc`, OpenFlow 1.3.5 §7.3.5.10). */
export interface GroupDesc {
  readonly groupType: Enum<GroupType>
  readonly groupId: number
  readonly buckets: readonly Bucket[]
}

/** A {@link GroupDesc} to encode. */
export type GroupDescInput = Omit<GroupDesc, 'buckets'> & { readonly buckets: readonly BucketInput[] }

/** All groups (`OFPMP_GROUP_DESC`, OpenFlow 1.3.5 §7.3.5.10). */
export interface GroupDescReply extends Multipart {
  readonly type: 'group_desc_reply'
  readonly groups: readonly GroupDesc[]
}

/** A {@link GroupDescRequest} to encode. */
export type GroupDescRequestInput = MultipartInput<GroupDescRequest>
/** A {@link GroupDescReply} to encode. */
export type GroupDescReplyInput = MultipartInput<GroupDescReply, never, { readonly groups: readonly GroupDescInput[] }>

/** How the (empty) body of a {@link GroupDescRequest} is written and read. */
export const groupDescRequestCodec: Codec<GroupDescRequest, GroupDescRequestInput> = {
  encode() {},
  decode: (_, { version, xid, flags }) => ({ type: 'group_desc_request', version, xid, flags }),
}

/** How the body of a {@link GroupDescReply} is written and read. */
export const groupDescReplyCodec: Codec<GroupDescReply, GroupDescReplyInput> = {
  encode(w, { groups }) {
    for (const group of groups) encodeGroupDesc(w, group)
  },
  decode(r, { version, xid, flags }) {
    const groups: GroupDesc[] = []
    while (r.remaining > 0) groups.push(decodeGroupDesc(r))
    return { type: 'group_desc_reply', version, xid, flags, groups }
  },
}

function encodeGroupDesc(w: ByteWriter, group: GroupDescInput): void {
  const start = w.offset
  w.u16(0)
  w.u8(groupType.encode(group.groupType), 'groupType')
  w.zeros(1)
  w.u32(group.groupId, 'groupId')
  encodeBuckets(w, group.buckets)
  w.setU16(start, w.offset - start, 'the length of the group')
}

function decodeGroupDesc(r: ByteReader): GroupDesc {
  const length = r.u16()
  if (length < 8) throw r.malformed(`a group must be at least 8 bytes long, not ${length}`)
  const entry = r.sub(length - 2)
  const type = groupType.decode(entry.u8())
  entry.skip(1)
  return { groupType: type, groupId: entry.u32(), buckets: decodeBuckets(entry) }
}
