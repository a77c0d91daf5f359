import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { Codec } from '../header.js'
import type { Multipart, MultipartInput } from './multipart.js'

/** What groups can do (`ofp_group_capabilities`, OpenFlow 1.3.5 §7.3.5.11). */
export const OFPGFC = {
  /** Select groups obey weights. */
  SELECT_WEIGHT: 1 << 0,
  /** Select groups obey liveness. */
  SELECT_LIVENESS: 1 << 1,
  /** Groups can send to groups. */
  CHAINING: 1 << 2,
  /** Loops of groups are refused. */
  CHAINING_CHECKS: 1 << 3,
} as const

/** Four numbers, one for each group type: all, select, indirect, ff. */
export type ForEachGroupType = readonly [all: number, select: number, indirect: number, ff: number]

/** Asks what groups can do (`OFPMP_GROUP_FEATURES`, OpenFlow 1.3.5 §7.3.5.11). */
export interface GroupFeaturesRequest extends Multipart {
  readonly type: 'group_features_request'
}

/** What groups can do (`ofp_group_features`, OpenFlow 1.3.5 §7.3.5.11). */
export interface GroupFeaturesReply extends Multipart {
  readonly type: 'group_features_reply'
  /** Bit n: group type number n is there. */
  readonly types: number
  /** Bits of {@link OFPGFC}. */
  readonly capabilities: number
  readonly maxGroups: ForEachGroupType
  /** Bit n: action type number n is allowed in buckets. */
  readonly actions: ForEachGroupType
}

/** A {@link GroupFeaturesRequest} to encode. */
export type GroupFeaturesRequestInput = MultipartInput<GroupFeaturesRequest>
/** A {@link GroupFeaturesReply} to encode. */
export type GroupFeaturesReplyInput = MultipartInput<GroupFeaturesReply>

/** How the (empty) body of a {@link GroupFeaturesRequest} is written and read. */
export const groupFeaturesRequestCodec: Codec<GroupFeaturesRequest, GroupFeaturesRequestInput> = {
  encode() {},
  decode: (_, { version, xid, flags }) => ({ type: 'group_features_request', version, xid, flags }),
}

/** How the body of a {@link GroupFeaturesReply} is written and read. */
export const groupFeaturesReplyCodec: Codec<GroupFeaturesReply, GroupFeaturesReplyInput> = {
  encode(w, message) {
    w.u32(message.types, 'types')
    w.u32(message.capabilities, 'capabilities')
    encodeFour(w, message.maxGroups, 'maxGroups')
    encodeFour(w, message.actions, 'actions')
  },
  decode: (r, { version, xid, flags }) => ({
    type: 'group_features_reply',
    version,
    xid,
    flags,
    types: r.u32(),
    capabilities: r.u32(),
    maxGroups: decodeFour(r),
    actions: decodeFour(r),
  }),
}

function encodeFour(w: ByteWriter, [all, select, indirect, ff]: ForEachGroupType, field: string): void {
  w.u32(all, field)
  w.u32(select, field)
  w.u32(indirect, field)
  w.u32(ff, field)
}

function decodeFour(r: ByteReader): ForEachGroupType {
  return [r.u32(), r.u32(), r.u32(), r.u32()]
}
