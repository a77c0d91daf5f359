import { OFP13_VERSION } from '../constants.js'
import type { Codec, Input, MessageBase } from '../header.js'
import type { Message, MessageInput } from '../message.js'
import { decodeInnerMessage, encodeInnerMessage } from './inner-message.js'

/** What another controller asked of the switch: a group-mod or meter-mod (`ONF_REQUEST_FORWARD`, ONF extension 427). */
export interface OnfRequestforward extends MessageBase {
  readonly type: 'onf_requestforward'
  readonly request: Message
}

/** An {@link OnfRequestforward} to encode. */
export type OnfRequestforwardInput = Input<Omit<OnfRequestforward, 'request'>> & { readonly request: MessageInput }

/** How the body of an {@link OnfRequestforward} is written and read. */
export const onfRequestforwardCodec: Codec<OnfRequestforward, OnfRequestforwardInput> = {
  encode(w, { version = OFP13_VERSION, xid = 0, request }) {
    encodeInnerMessage(w, request, version, xid)
  },
  decode: (r, { version, xid }) => ({ type: 'onf_requestforward', version, xid, request: decodeInnerMessage(r) }),
}
