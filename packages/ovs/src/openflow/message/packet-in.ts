import { OFP_NO_BUFFER } from '../constants.js'
import { type Enum, Enumeration } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'
import { type Match, decodeMatch, encodeMatch } from '../match.js'

/**
 * Why a packet came to the controller (`ofp_packet_in_reason`, OpenFlow 1.3.5 §7.4.1). The ones from `action_set` on
 * are of OpenFlow 1.4; Open vSwitch sends them in its own packet-in format.
 */
export type PacketInReason = 'no_match' | 'action' | 'invalid_ttl' | 'action_set' | 'group' | 'packet_out'

/** Names and numbers of {@link PacketInReason}. */
export const packetInReason = new Enumeration<PacketInReason>('the reason of a packet-in', {
  no_match: 0,
  action: 1,
  invalid_ttl: 2,
  action_set: 3,
  group: 4,
  packet_out: 5,
})

/** A packet for the controller (`OFPT_PACKET_IN`, OpenFlow 1.3.5 §7.4.1). */
export interface PacketIn extends MessageBase {
  readonly type: 'packet_in'
  /** Number of the buffer that keeps the packet, or `OFP_NO_BUFFER`. */
  readonly bufferId: number
  /** Bytes of the whole packet; {@link data} may be less. */
  readonly totalLen: number
  readonly reason: Enum<PacketInReason>
  readonly tableId: number
  /** Of the flow that sent the packet; all ones when there is none. */
  readonly cookie: bigint
  /** The pipeline fields of the packet, such as `in_port`, `metadata`, `tunnel_id`. */
  readonly match: Match
  /** The Ethernet frame, or its beginning. */
  readonly data: Uint8Array
}

/**
 * A {@link PacketIn} to encode. Defaults: `bufferId` `OFP_NO_BUFFER`, `totalLen` the length of `data`, `reason`
 * `no_match`, `tableId` 0, `cookie` all ones, `match` empty, `data` empty.
 */
export type PacketInInput = Input<
  PacketIn,
  'bufferId' | 'totalLen' | 'reason' | 'tableId' | 'cookie' | 'match' | 'data'
>

const none = new Uint8Array()

/** How the body of a {@link PacketIn} is written and read. */
export const packetInCodec: Codec<PacketIn, PacketInInput> = {
  encode(w, message) {
    const data = message.data ?? none
    w.u32(message.bufferId ?? OFP_NO_BUFFER, 'bufferId')
    w.u16(message.totalLen ?? data.length, 'totalLen')
    w.u8(packetInReason.encode(message.reason ?? 'no_match'), 'reason')
    w.u8(message.tableId ?? 0, 'tableId')
    w.u64(message.cookie ?? 0xffff_ffff_ffff_ffffn, 'cookie')
    encodeMatch(w, message.match ?? [])
    w.zeros(2)
    w.bytes(data)
  },
  decode(r, { version, xid }) {
    const bufferId = r.u32()
    const totalLen = r.u16()
    const reason = packetInReason.decode(r.u8())
    const tableId = r.u8()
    const cookie = r.u64()
    const match = decodeMatch(r)
    r.skip(2)
    return { type: 'packet_in', version, xid, bufferId, totalLen, reason, tableId, cookie, match, data: r.bytes() }
  },
}
