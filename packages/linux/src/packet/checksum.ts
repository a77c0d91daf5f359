import { concatBytes, viewOf } from './bytes.js'
import { parseIp } from './ip.js'

/** The two ends of an IP packet, of the same family; the transport checksums cover them. */
export interface IpEndpoints {
  readonly src: string
  readonly dst: string
}

/**
 * The Internet checksum of the parts as if they were one run of bytes (RFC 1071): the 16-bit one's complement of the
 * one's complement sum. Over data that contains its own correct checksum it is 0.
 */
export function internetChecksum(...parts: readonly Uint8Array[]): number {
  let sum = 0
  let high = true
  for (const part of parts) {
    for (const byte of part) {
      sum += high ? byte << 8 : byte
      high = !high
    }
  }
  // A double holds the sum of any array without loss, so the carries can wait until here.
  while (sum > 0xffff) sum = Math.floor(sum / 0x10000) + (sum % 0x10000)
  return ~sum & 0xffff
}

/**
 * The pseudo header that TCP and UDP (RFC 9293 §3.1, RFC 768) and over IPv6 also ICMPv6 (RFC 8200 §8.1) put before the
 * segment to compute the checksum; `length` is that of the segment in bytes.
 *
 * @throws RangeError when the addresses are not of one family.
 */
export function pseudoHeader(endpoints: IpEndpoints, protocol: number, length: number): Uint8Array {
  const src = parseIp(endpoints.src)
  const dst = parseIp(endpoints.dst)
  if (src.length !== dst.length) {
    throw new RangeError(`${endpoints.src} and ${endpoints.dst} are of different families; give both ends as IPv4 or as IPv6`)
  }
  const rest = new Uint8Array(src.length === 4 ? 4 : 8)
  if (src.length === 4) {
    rest[1] = protocol
    viewOf(rest).setUint16(2, length)
  } else {
    viewOf(rest).setUint32(0, length)
    rest[7] = protocol
  }
  return concatBytes(src, dst, rest)
}

/**
 * The checksum of a transport segment with its pseudo header. The segment's own checksum field must be zero; when it
 * holds a correct checksum instead, the result is 0.
 *
 * @throws RangeError when the addresses are not of one family.
 */
export function transportChecksum(endpoints: IpEndpoints, protocol: number, segment: Uint8Array): number {
  return internetChecksum(pseudoHeader(endpoints, protocol, segment.length), segment)
}
