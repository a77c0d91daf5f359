import { concatBytes, uint, viewOf } from './bytes.js'
import { internetChecksum } from './checksum.js'
import { type Decoded, truncatedHeader, undecodable } from './decoded.js'
import { formatIpv4, parseIpv4 } from './ip.js'

/** The three flag bits of an IPv4 header. */
export interface Ipv4Flags {
  readonly reserved: boolean
  /** Don't fragment. */
  readonly df: boolean
  /** More fragments. */
  readonly mf: boolean
}

/** An IPv4 header (RFC 791 §3.1). */
export interface Ipv4 {
  /** Header length in 32-bit words, 5 to 15. */
  readonly ihl: number
  /** RFC 2474. */
  readonly dscp: number
  /** RFC 3168. */
  readonly ecn: number
  /** Of header and payload, in bytes; 0 for a segment above 65535 bytes that the kernel has not split yet. */
  readonly totalLength: number
  readonly identification: number
  readonly flags: Ipv4Flags
  /** In units of 8 bytes, as in the header. */
  readonly fragmentOffset: number
  readonly ttl: number
  readonly protocol: number
  readonly headerChecksum: number
  readonly src: string
  readonly dst: string
  /** The undecoded option bytes, empty in most packets. */
  readonly options: Uint8Array
}

/** What {@link encodeIpv4} needs. A decoded header fits: its lengths and checksum are computed anew. */
export interface Ipv4Fields {
  readonly src: string
  readonly dst: string
  readonly protocol: number
  /** Default 0. */
  readonly dscp?: number
  /** Default 0. */
  readonly ecn?: number
  /** Default 0, as RFC 6864 allows while `df` is set. */
  readonly identification?: number
  /** Default: `df` only. */
  readonly flags?: Ipv4Flags
  /** Default 0; in units of 8 bytes. */
  readonly fragmentOffset?: number
  /** Default 64. */
  readonly ttl?: number
  /** Default none; at most 40 bytes, padded with zeros to a multiple of 4. */
  readonly options?: Uint8Array
}

const layout = {
  versionIhl: 0,
  tos: 1,
  totalLength: 2,
  identification: 4,
  flagsOffset: 6,
  ttl: 8,
  protocol: 9,
  checksum: 10,
  src: 12,
  dst: 16,
  options: 20,
} as const
const flagBits = { reserved: 0x8000, df: 0x4000, mf: 0x2000, offset: 0x1fff } as const

/** Reads an IPv4 header; the payload ends where `totalLength` says. The header checksum is not verified. */
export function decodeIpv4(bytes: Uint8Array): Decoded<Ipv4> {
  if (bytes.length < layout.options) return truncatedHeader(bytes, layout.options)
  const view = viewOf(bytes)
  const version = view.getUint8(layout.versionIhl) >> 4
  const ihl = view.getUint8(layout.versionIhl) & 0xf
  if (version !== 4) return undecodable(bytes, layout.versionIhl, `version ${version} is not 4`)
  if (ihl < 5) return undecodable(bytes, layout.versionIhl, `header length ${ihl} is below 5 words`)
  if (bytes.length < ihl * 4) return truncatedHeader(bytes, ihl * 4)
  const flagsOffset = view.getUint16(layout.flagsOffset)
  const tos = view.getUint8(layout.tos)
  const totalLength = view.getUint16(layout.totalLength)
  const header: Ipv4 = {
    ihl,
    dscp: tos >> 2,
    ecn: tos & 3,
    totalLength,
    identification: view.getUint16(layout.identification),
    flags: {
      reserved: (flagsOffset & flagBits.reserved) !== 0,
      df: (flagsOffset & flagBits.df) !== 0,
      mf: (flagsOffset & flagBits.mf) !== 0,
    },
    fragmentOffset: flagsOffset & flagBits.offset,
    ttl: view.getUint8(layout.ttl),
    protocol: view.getUint8(layout.protocol),
    headerChecksum: view.getUint16(layout.checksum),
    src: formatIpv4(bytes, layout.src),
    dst: formatIpv4(bytes, layout.dst),
    options: bytes.subarray(layout.options, ihl * 4),
  }
  // Linux writes 0 into a GSO packet that is longer than the field can say (BIG TCP).
  const end = totalLength === 0 ? bytes.length : totalLength
  const payload = bytes.subarray(ihl * 4, Math.max(end, ihl * 4))
  if (end < ihl * 4) {
    return { header, payload, problem: { offset: layout.totalLength, reason: `total length ${end} is below the header's ${ihl * 4}` } }
  }
  if (end > bytes.length) {
    return { header, payload, problem: { offset: layout.totalLength, reason: `truncated: ${bytes.length} of ${end} bytes` } }
  }
  return { header, payload }
}

/**
 * An IPv4 packet with its lengths and header checksum.
 *
 * @throws RangeError when an address or a number is not valid, or the packet is above 65535 bytes.
 */
export function encodeIpv4(fields: Ipv4Fields, payload: Uint8Array): Uint8Array {
  const options = fields.options ?? new Uint8Array()
  if (options.length > 40) throw new RangeError(`ipv4.options: ${options.length} bytes; give at most 40`)
  const flags = fields.flags ?? { reserved: false, df: true, mf: false }
  const header = new Uint8Array(layout.options + Math.ceil(options.length / 4) * 4)
  const view = viewOf(header)
  view.setUint8(layout.versionIhl, (4 << 4) | (header.length / 4))
  view.setUint8(layout.tos, (uint(fields.dscp ?? 0, 6, 'ipv4.dscp') << 2) | uint(fields.ecn ?? 0, 2, 'ipv4.ecn'))
  view.setUint16(layout.totalLength, uint(header.length + payload.length, 16, 'ipv4.totalLength'))
  view.setUint16(layout.identification, uint(fields.identification ?? 0, 16, 'ipv4.identification'))
  view.setUint16(
    layout.flagsOffset,
    (flags.reserved ? flagBits.reserved : 0) |
      (flags.df ? flagBits.df : 0) |
      (flags.mf ? flagBits.mf : 0) |
      uint(fields.fragmentOffset ?? 0, 13, 'ipv4.fragmentOffset'),
  )
  view.setUint8(layout.ttl, uint(fields.ttl ?? 64, 8, 'ipv4.ttl'))
  view.setUint8(layout.protocol, uint(fields.protocol, 8, 'ipv4.protocol'))
  header.set(parseIpv4(fields.src), layout.src)
  header.set(parseIpv4(fields.dst), layout.dst)
  header.set(options, layout.options)
  view.setUint16(layout.checksum, internetChecksum(header))
  return concatBytes(header, payload)
}
