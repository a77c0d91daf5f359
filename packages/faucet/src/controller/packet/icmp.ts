import { ipOctets } from './address.js'
import { checksum } from './checksum.js'
import { ipProtocol } from './ipv4.js'
import { joined, u16, u32 } from './octets.js'

/** Types of ICMP messages (RFC 792) and of ICMPv6 messages (RFC 4443, RFC 4861) that the controller speaks. */
export const icmpType = { echoReply: 0, echoRequest: 8, timeExceeded: 11 } as const
export const icmpv6Type = {
  timeExceeded: 3,
  echoRequest: 128,
  echoReply: 129,
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighbourSolicitation: 135,
  neighbourAdvertisement: 136,
} as const

/** A message of ICMP or ICMPv6: both have the same header. */
export interface IcmpMessage {
  readonly type: number
  readonly code: number
  /** What follows the checksum. */
  readonly body: Uint8Array
}

/** The octets of an ICMP message. */
export function encodeIcmp({ type, code, body }: IcmpMessage): Uint8Array {
  return withChecksum(joined([type, code, 0, 0], body), new Uint8Array())
}

/** The octets of an ICMPv6 message: the checksum covers the addresses of the packet too (RFC 8200 8.1). */
export function encodeIcmpv6({ type, code, body }: IcmpMessage, src: string, dst: string): Uint8Array {
  const octets = joined([type, code, 0, 0], body)
  return withChecksum(octets, joined(ipOctets(src), ipOctets(dst), u32(octets.length), u32(ipProtocol.icmpv6)))
}

/** The message in the payload of a packet, whatever its checksum; `undefined` when its header is cut. */
export function decodeIcmp(data: Uint8Array): IcmpMessage | undefined {
  const [type, code] = data
  if (type === undefined || code === undefined || data.length < 4) return undefined
  return { type, code, body: data.subarray(4) }
}

/** The body of a "time exceeded": the beginning of the packet that is not forwarded, after four octets of nothing. */
export function timeExceededBody(packet: Uint8Array): Uint8Array {
  return joined([0, 0, 0, 0], packet)
}

function withChecksum(octets: Uint8Array, before: Uint8Array): Uint8Array {
  octets.set(u16(checksum(before, octets)), 2)
  return octets
}
