import { type Action, type ActionInput, decodeActions, encodeActions } from '../action/index.js'
import { OFP_NO_BUFFER, OFPP } from '../constants.js'
import type { Codec, Input, MessageBase } from '../header.js'

/** Sends a packet through the switch (`OFPT_PACKET_OUT`, OpenFlow 1.3.5 §7.3.7). */
export interface PacketOut extends MessageBase {
  readonly type: 'packet_out'
  /** Number of the buffer that keeps the packet, or `OFP_NO_BUFFER`. */
  readonly bufferId: number
  /** The port where the packet is taken to have come in, or `OFPP.CONTROLLER`. */
  readonly inPort: number
  /** What is done with the packet; none drops it. `output` to `OFPP.TABLE` gives it to the flow tables. */
  readonly actions: readonly Action[]
  /** The Ethernet frame; empty when it is in a buffer. */
  readonly data: Uint8Array
}

/** A {@link PacketOut} to encode. Defaults: `bufferId` `OFP_NO_BUFFER`, `inPort` `OFPP.CONTROLLER`, `data` empty. */
export type PacketOutInput = Input<
  PacketOut,
  'bufferId' | 'inPort' | 'data',
  { readonly actions: readonly ActionInput[] }
>

/** How the body of a {@link PacketOut} is written and read. */
export const packetOutCodec: Codec<PacketOut, PacketOutInput> = {
  encode(w, message) {
    w.u32(message.bufferId ?? OFP_NO_BUFFER, 'bufferId')
    w.u32(message.inPort ?? OFPP.CONTROLLER, 'inPort')
    const lengthAt = w.offset
    w.zeros(8)
    encodeActions(w, message.actions)
    w.setU16(lengthAt, w.offset - lengthAt - 8, 'the length of the actions')
    if (message.data) w.bytes(message.data)
  },
  decode(r, { version, xid }) {
    const bufferId = r.u32()
    const inPort = r.u32()
    const length = r.u16()
    r.skip(6)
    const actions = decodeActions(r.sub(length))
    return { type: 'packet_out', version, xid, bufferId, inPort, actions, data: r.bytes() }
  },
}
