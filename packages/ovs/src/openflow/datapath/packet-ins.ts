import type { Enum } from '../enumeration.js'
import type { Match } from '../match.js'
import type { Message } from '../message.js'
import type { PacketIn, PacketInReason } from '../message/packet-in.js'
import type { NxtPacketIn } from '../nicira/packet-in.js'
import { type NxtPacketIn2, summarizePacketIn2 } from '../nicira/packet-in2.js'

/** A packet that a switch sent, in whichever of the formats it came. */
export interface ReceivedPacket {
  /** The port where it came in; `undefined` when the switch did not say. */
  readonly inPort: number | undefined
  /** The Ethernet frame, or its beginning. */
  readonly data: Uint8Array
  /** Bytes of the whole frame. */
  readonly totalLen: number
  /** Number of the buffer that keeps the packet, or `OFP_NO_BUFFER`. */
  readonly bufferId: number
  readonly reason: Enum<PacketInReason>
  readonly tableId: number
  /** Of the flow that sent the packet; all ones when there is none. */
  readonly cookie: bigint
  /** The pipeline fields of the packet, such as `in_port`, `metadata`, `tunnel_id`. */
  readonly match: Match
  /** What the `controller` action carried; empty without, and in the standard format. */
  readonly userdata: Uint8Array
  /** The state of the pipeline of a packet that was paused, for `Datapath.resume`; otherwise `undefined`. */
  readonly continuation: Uint8Array | undefined
  /** The message that it came in. */
  readonly message: PacketIn | NxtPacketIn | NxtPacketIn2
}

const nothing = new Uint8Array(0)

/** The packet in a message; `undefined` when it is no packet-in. */
export function receivedPacket(message: Message): ReceivedPacket | undefined {
  switch (message.type) {
    case 'packet_in':
    case 'nxt_packet_in': {
      const { data, totalLen, bufferId, reason, tableId, cookie, match } = message
      const inPort = inPortOf(match)
      return { inPort, data, totalLen, bufferId, reason, tableId, cookie, match, userdata: nothing, continuation: undefined, message }
    }
    case 'nxt_packet_in2': {
      const packet = summarizePacketIn2(message)
      return { inPort: inPortOf(packet.match), ...packet, message }
    }
    default:
      return undefined
  }
}

function inPortOf(match: Match): number | undefined {
  for (const item of match) {
    if (item.field === 'in_port') return item.value
    if (item.field === 'nxm_of_in_port') return item.value >= 0xff00 ? item.value + 0xffff0000 : item.value
  }
  return undefined
}
