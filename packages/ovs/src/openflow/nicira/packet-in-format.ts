import { type Enum, Enumeration } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'

/** In which format packets come to the controller (`nx_packet_in_format` of Open vSwitch). */
export type PacketInFormat = 'standard' | 'nxt_packet_in' | 'nxt_packet_in2'

/** Names and numbers of {@link PacketInFormat}. */
export const packetInFormat = new Enumeration<PacketInFormat>('the format of packet-ins', {
  standard: 0,
  nxt_packet_in: 1,
  nxt_packet_in2: 2,
})

/** Says in which format packets are to come on this connection (`NXT_SET_PACKET_IN_FORMAT` of Open vSwitch). */
export interface NxtSetPacketInFormat extends MessageBase {
  readonly type: 'nxt_set_packet_in_format'
  readonly format: Enum<PacketInFormat>
}

/** A {@link NxtSetPacketInFormat} to encode. */
export type NxtSetPacketInFormatInput = Input<NxtSetPacketInFormat>

/** How the body of a {@link NxtSetPacketInFormat} is written and read. */
export const nxtSetPacketInFormatCodec: Codec<NxtSetPacketInFormat> = {
  encode(w, { format }) {
    w.u32(packetInFormat.encode(format), 'format')
  },
  decode: (r, { version, xid }) => ({
    type: 'nxt_set_packet_in_format',
    version,
    xid,
    format: packetInFormat.decode(r.u32()),
  }),
}
