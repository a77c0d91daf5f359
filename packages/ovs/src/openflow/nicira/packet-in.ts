import type { Enum } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'
import type { Match } from '../match.js'
import { packetInReason, type PacketInReason } from '../message/packet-in.js'
import { decodeNxMatch, encodeNxMatch } from './nx-match.js'

/** A packet for the controller in the older format of Open vSwitch (`NXT_PACKET_IN`). */
export interface NxtPacketIn extends MessageBase {
  readonly type: 'nxt_packet_in'
  /** Number of the buffer that keeps the packet, or `OFP_NO_BUFFER`. */
  readonly bufferId: number
  /** Bytes of the whole packet; {@link data} may be less. */
  readonly totalLen: number
  readonly reason: Enum<PacketInReason>
  readonly tableId: number
  readonly cookie: bigint
  readonly match: Match
  /** The Ethernet frame, or its beginning. */
  readonly data: Uint8Array
}

/** A {@link NxtPacketIn} to encode. */
export type NxtPacketInInput = Input<NxtPacketIn>

/** How the body of a {@link NxtPacketIn} is written and read. */
export const nxtPacketInCodec: Codec<NxtPacketIn> = {
  encode(w, message) {
    const start = w.offset
    w.u32(message.bufferId, 'bufferId')
    w.u16(message.totalLen, 'totalLen')
    w.u8(packetInReason.encode(message.reason), 'reason')
    w.u8(message.tableId, 'tableId')
    w.u64(message.cookie, 'cookie')
    w.zeros(8)
    encodeNxMatch(w, message.match, start + 16)
    w.zeros(2)
    w.bytes(message.data)
  },
  decode(r, { version, xid }) {
    const bufferId = r.u32()
    const totalLen = r.u16()
    const reason = packetInReason.decode(r.u8())
    const tableId = r.u8()
    const cookie = r.u64()
    const length = r.u16()
    r.skip(6)
    const match = decodeNxMatch(r, length)
    r.skip(2)
    return { type: 'nxt_packet_in', version, xid, bufferId, totalLen, reason, tableId, cookie, match, data: r.bytes() }
  },
}
