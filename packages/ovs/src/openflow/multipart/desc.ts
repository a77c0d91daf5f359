import type { Codec } from '../header.js'
import type { Multipart, MultipartInput } from './multipart.js'

/** Asks for a {@link DescReply} (`OFPMP_DESC`, OpenFlow 1.3.5 §7.3.5.1). */
export interface DescRequest extends Multipart {
  readonly type: 'desc_request'
}

/** What the switch says about itself, in text for people (`ofp_desc`, OpenFlow 1.3.5 §7.3.5.1). */
export interface DescReply extends Multipart {
  readonly type: 'desc_reply'
  /** Manufacturer, up to 256 bytes. */
  readonly mfrDesc: string
  /** Hardware, up to 256 bytes. */
  readonly hwDesc: string
  /** Software, up to 256 bytes. */
  readonly swDesc: string
  /** Serial number, up to 32 bytes. */
  readonly serialNum: string
  /** The datapath, up to 256 bytes. */
  readonly dpDesc: string
}

/** A {@link DescRequest} to encode. */
export type DescRequestInput = MultipartInput<DescRequest>
/** A {@link DescReply} to encode. Default: empty texts. */
export type DescReplyInput = MultipartInput<DescReply, 'mfrDesc' | 'hwDesc' | 'swDesc' | 'serialNum' | 'dpDesc'>

/** How the (empty) body of a {@link DescRequest} is written and read. */
export const descRequestCodec: Codec<DescRequest, DescRequestInput> = {
  encode() {},
  decode: (_, { version, xid, flags }) => ({ type: 'desc_request', version, xid, flags }),
}

/** How the body of a {@link DescReply} is written and read. */
export const descReplyCodec: Codec<DescReply, DescReplyInput> = {
  encode(w, message) {
    w.text(message.mfrDesc ?? '', 256, 'mfrDesc')
    w.text(message.hwDesc ?? '', 256, 'hwDesc')
    w.text(message.swDesc ?? '', 256, 'swDesc')
    w.text(message.serialNum ?? '', 32, 'serialNum')
    w.text(message.dpDesc ?? '', 256, 'dpDesc')
  },
  decode: (r, { version, xid, flags }) => ({
    type: 'desc_reply',
    version,
    xid,
    flags,
    mfrDesc: r.text(256),
    hwDesc: r.text(256),
    swDesc: r.text(256),
    serialNum: r.text(32),
    dpDesc: r.text(256),
  }),
}
