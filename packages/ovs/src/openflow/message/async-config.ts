import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { Codec, Input, MessageBase } from '../header.js'

/**
 * A bit mask for each of two roles: first for `equal` and `master`, then for `slave`. Bit n says whether messages with
 * reason number n are sent.
 */
export type AsyncMasks = readonly [masterOrEqual: number, slave: number]

/** Which messages the switch sends unasked (`ofp_async_config`, OpenFlow 1.3.5 §7.3.10). */
export interface AsyncConfig {
  /** Bits by the numbers of `packetInReason`. */
  readonly packetInMask: AsyncMasks
  /** Bits by the numbers of `portReason`. */
  readonly portStatusMask: AsyncMasks
  /** Bits by the numbers of `flowRemovedReason`. */
  readonly flowRemovedMask: AsyncMasks
}

/** Asks for a {@link GetAsyncReply} (`OFPT_GET_ASYNC_REQUEST`, OpenFlow 1.3.5 §7.3.10). */
export interface GetAsyncRequest extends MessageBase {
  readonly type: 'get_async_request'
}

/** Which messages the switch sends unasked (`OFPT_GET_ASYNC_REPLY`, OpenFlow 1.3.5 §7.3.10). */
export interface GetAsyncReply extends MessageBase, AsyncConfig {
  readonly type: 'get_async_reply'
}

/** Sets which messages the switch sends unasked (`OFPT_SET_ASYNC`, OpenFlow 1.3.5 §7.3.10). */
export interface SetAsync extends MessageBase, AsyncConfig {
  readonly type: 'set_async'
}

/** A {@link GetAsyncRequest} to encode. */
export type GetAsyncRequestInput = Input<GetAsyncRequest>
/** A {@link GetAsyncReply} to encode. */
export type GetAsyncReplyInput = Input<GetAsyncReply>
/** A {@link SetAsync} to encode. */
export type SetAsyncInput = Input<SetAsync>

/** How the (empty) body of a {@link GetAsyncRequest} is written and read. */
export const getAsyncRequestCodec: Codec<GetAsyncRequest> = {
  encode() {},
  decode: (_, { version, xid }) => ({ type: 'get_async_request', version, xid }),
}

/** How the body of a {@link GetAsyncReply} is written and read. */
export const getAsyncReplyCodec: Codec<GetAsyncReply> = {
  encode: encodeAsyncConfig,
  decode: (r, { version, xid }) => ({ type: 'get_async_reply', version, xid, ...decodeAsyncConfig(r) }),
}

/** How the body of a {@link SetAsync} is written and read. */
export const setAsyncCodec: Codec<SetAsync> = {
  encode: encodeAsyncConfig,
  decode: (r, { version, xid }) => ({ type: 'set_async', version, xid, ...decodeAsyncConfig(r) }),
}

/** Writes an `ofp_async_config` without its header. @throws OvsError `invalid`, naming the property. */
export function encodeAsyncConfig(w: ByteWriter, config: AsyncConfig): void {
  encodeMasks(w, config.packetInMask, 'packetInMask')
  encodeMasks(w, config.portStatusMask, 'portStatusMask')
  encodeMasks(w, config.flowRemovedMask, 'flowRemovedMask')
}

/** Reads an `ofp_async_config` without its header. @throws OvsError `malformed` when it is cut off. */
export function decodeAsyncConfig(r: ByteReader): AsyncConfig {
  return {
    packetInMask: [r.u32(), r.u32()],
    portStatusMask: [r.u32(), r.u32()],
    flowRemovedMask: [r.u32(), r.u32()],
  }
}

function encodeMasks(w: ByteWriter, [masterOrEqual, slave]: AsyncMasks, field: string): void {
  w.u32(masterOrEqual, field)
  w.u32(slave, field)
}
