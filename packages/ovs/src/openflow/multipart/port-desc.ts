import type { Codec } from '../header.js'
import { decodePort, encodePort, type Port } from '../port.js'
import type { Multipart, MultipartInput } from './multipart.js'

/** Asks for all ports (`OFPMP_PORT_DESC`, OpenFlow 1.3.5 §7.3.5.7). */
export interface PortDescRequest extends Multipart {
  readonly type: 'port_desc_request'
}

/** All ports (`OFPMP_PORT_DESC`, OpenFlow 1.3.5 §7.3.5.7). */
export interface PortDescReply extends Multipart {
  readonly type: 'port_desc_reply'
  readonly ports: readonly Port[]
}

/** A {@link PortDescRequest} to encode. */
export type PortDescRequestInput = MultipartInput<PortDescRequest>
/** A {@link PortDescReply} to encode. */
export type PortDescReplyInput = MultipartInput<PortDescReply>

/** How the (empty) body of a {@link PortDescRequest} is written and read. */
export const portDescRequestCodec: Codec<PortDescRequest, PortDescRequestInput> = {
  encode() {},
  decode: (_, { version, xid, flags }) => ({ type: 'port_desc_request', version, xid, flags }),
}

/** How the body of a {@link PortDescReply} is written and read. */
export const portDescReplyCodec: Codec<PortDescReply, PortDescReplyInput> = {
  encode(w, { ports }) {
    for (const port of ports) encodePort(w, port)
  },
  decode(r, { version, xid, flags }) {
    const ports: Port[] = []
    while (r.remaining > 0) ports.push(decodePort(r))
    return { type: 'port_desc_reply', version, xid, flags, ports }
  },
}
