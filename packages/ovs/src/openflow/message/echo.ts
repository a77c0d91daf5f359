import type { Codec, Input, MessageBase } from '../header.js'

/** Asks whether the peer is there (`OFPT_ECHO_REQUEST`, OpenFlow 1.3.5 §7.5.2). */
export interface EchoRequest extends MessageBase {
  readonly type: 'echo_request'
  readonly data: Uint8Array
}

/** The answer to an echo request, with the same data (`OFPT_ECHO_REPLY`, OpenFlow 1.3.5 §7.5.3). */
export interface EchoReply extends MessageBase {
  readonly type: 'echo_reply'
  readonly data: Uint8Array
}

/** An {@link EchoRequest} to encode. Default: no data. */
export type EchoRequestInput = Input<EchoRequest, 'data'>
/** An {@link EchoReply} to encode. Default: no data. */
export type EchoReplyInput = Input<EchoReply, 'data'>

const none = new Uint8Array()

/** How the body of an {@link EchoRequest} is written and read. */
export const echoRequestCodec: Codec<EchoRequest, EchoRequestInput> = {
  encode(w, { data = none }) {
    w.bytes(data)
  },
  decode: (r, { version, xid }) => ({ type: 'echo_request', version, xid, data: r.bytes() }),
}

/** How the body of an {@link EchoReply} is written and read. */
export const echoReplyCodec: Codec<EchoReply, EchoReplyInput> = {
  encode(w, { data = none }) {
    w.bytes(data)
  },
  decode: (r, { version, xid }) => ({ type: 'echo_reply', version, xid, data: r.bytes() }),
}
