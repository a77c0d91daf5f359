import { ipAt, ipOctets } from './address.js'
import { checksum } from './checksum.js'
import { joined, u16, u16At } from './octets.js'

/** Numbers of protocols above IP that the controller speaks. */
export const ipProtocol = { icmp: 1, icmpv6: 58 } as const

/** An IPv4 packet (RFC 791). */
export interface Ipv4Packet {
  readonly src: string
  readonly dst: string
  readonly protocol: number
  readonly ttl: number
  /** Of the whole datagram in 8 octets; not 0 in all fragments but the first. */
  readonly fragmentOffset: number
  readonly moreFragments: boolean
  /** In octets: 20, and more with options. */
  readonly headerLength: number
  /** What is there of the data; less than the header says when the packet is cut. */
  readonly payload: Uint8Array
}

/** What is sent: options and fragments are not. */
export type Ipv4PacketInput = Pick<Ipv4Packet, 'src' | 'dst' | 'protocol' | 'payload'> & { readonly ttl?: number }

/** The octets of a packet. The TTL defaults to 255. @throws FaucetError `invalid` for what is no address */
export function encodeIpv4({ src, dst, protocol, payload, ttl = 255 }: Ipv4PacketInput): Uint8Array {
  const header = joined([0x45, 0], u16(20 + payload.length), u16(0), u16(0), [ttl, protocol], u16(0), ipOctets(src), ipOctets(dst))
  header.set(u16(checksum(header)), 10)
  return joined(header, payload)
}

/** The packet in some octets (padding after it is left out); `undefined` when its header is cut or makes no sense. */
export function decodeIpv4(data: Uint8Array): Ipv4Packet | undefined {
  const [first = 0] = data
  const headerLength = (first & 15) * 4
  if (first >> 4 !== 4 || headerLength < 20 || data.length < headerLength) return undefined
  const totalLength = u16At(data, 2)
  if (totalLength < headerLength) return undefined
  const fragment = u16At(data, 6)
  return {
    src: ipAt(data, 12, 4),
    dst: ipAt(data, 16, 4),
    protocol: data[9] ?? 0,
    ttl: data[8] ?? 0,
    fragmentOffset: fragment & 0x1fff,
    moreFragments: (fragment & 0x2000) !== 0,
    headerLength,
    payload: data.subarray(headerLength, totalLength),
  }
}
