import type { Codec, Input, MessageBase } from '../header.js'

/** Asks the switch to finish everything before it (`OFPT_BARRIER_REQUEST`, OpenFlow 1.3.5 §7.3.8). */
export interface BarrierRequest extends MessageBase {
  readonly type: 'barrier_request'
}

/** Everything before the request is done (`OFPT_BARRIER_REPLY`, OpenFlow 1.3.5 §7.3.8). */
export interface BarrierReply extends MessageBase {
  readonly type: 'barrier_reply'
}

/** A {@link BarrierRequest} to encode. */
export type BarrierRequestInput = Input<BarrierRequest>
/** A {@link BarrierReply} to encode. */
export type BarrierReplyInput = Input<BarrierReply>

/** How the (empty) body of a {@link BarrierRequest} is written and read. */
export const barrierRequestCodec: Codec<BarrierRequest> = {
  encode() {},
  decode: (_, { version, xid }) => ({ type: 'barrier_request', version, xid }),
}

/** How the (empty) body of a {@link BarrierReply} is written and read. */
export const barrierReplyCodec: Codec<BarrierReply> = {
  encode() {},
  decode: (_, { version, xid }) => ({ type: 'barrier_reply', version, xid }),
}
