import { concatBytes, uint, viewOf } from './bytes.js'
import { type Decoded, type Problem, truncatedHeader, undecodable } from './decoded.js'
import { formatIpv6, parseIpv6 } from './ip.js'
import { decodeIpv6Extension, encodeIpv6Extension, type Ipv6Extension, ipv6ExtensionNumber, isIpv6Extension } from './ipv6-extension.js'
import { ipProtocol } from './numbers.js'

/** An IPv6 header (RFC 8200 §3) with its extension headers. */
export interface Ipv6 {
  readonly trafficClass: number
  readonly flowLabel: number
  /** Of extension headers and upper layer, in bytes; 0 for a jumbogram (RFC 2675). */
  readonly payloadLength: number
  /** The fixed header's own field: the first extension header when there is one. */
  readonly nextHeader: number
  readonly hopLimit: number
  readonly src: string
  readonly dst: string
  /** Hop-by-hop, routing, fragment and destination headers, in order. */
  readonly extensions: readonly Ipv6Extension[]
  /** What follows the last extension header. */
  readonly protocol: number
}

/** What {@link encodeIpv6} needs. A decoded header fits: its lengths and next headers are computed anew. */
export interface Ipv6Fields {
  readonly src: string
  readonly dst: string
  readonly protocol: number
  /** Default 0. */
  readonly trafficClass?: number
  /** Default 0. */
  readonly flowLabel?: number
  /** Default 64; neighbour discovery demands 255. */
  readonly hopLimit?: number
  readonly extensions?: readonly Ipv6Extension[]
}

const layout = { versionClassFlow: 0, payloadLength: 4, nextHeader: 6, hopLimit: 7, src: 8, dst: 24, end: 40 } as const

/** Reads an IPv6 header and walks its extension headers; the payload ends where `payloadLength` says. */
export function decodeIpv6(bytes: Uint8Array): Decoded<Ipv6> {
  if (bytes.length < layout.end) return truncatedHeader(bytes, layout.end)
  const view = viewOf(bytes)
  const word = view.getUint32(layout.versionClassFlow)
  if (word >>> 28 !== 6) return undecodable(bytes, layout.versionClassFlow, `version ${word >>> 28} is not 6`)
  const payloadLength = view.getUint16(layout.payloadLength)
  const nextHeader = view.getUint8(layout.nextHeader)
  // A jumbogram has its length in a hop-by-hop option; it ends with the bytes at hand.
  const jumbo = payloadLength === 0 && nextHeader === ipProtocol.hopByHop
  const end = jumbo ? bytes.length : layout.end + payloadLength
  const chain = walkExtensions(bytes.subarray(0, end), nextHeader)
  const header: Ipv6 = {
    trafficClass: (word >>> 20) & 0xff,
    flowLabel: word & 0xfffff,
    payloadLength,
    nextHeader,
    hopLimit: view.getUint8(layout.hopLimit),
    src: formatIpv6(bytes, layout.src),
    dst: formatIpv6(bytes, layout.dst),
    extensions: chain.extensions,
    protocol: chain.protocol,
  }
  const payload = bytes.subarray(chain.offset, end)
  if (end > bytes.length) {
    return { header, payload, problem: { offset: layout.payloadLength, reason: `truncated: ${bytes.length} of ${end} bytes` } }
  }
  return { header, payload, ...(chain.problem && { problem: chain.problem }) }
}

/** Whether the payload is a fragment other than the first, which does not begin with an upper-layer header. */
export function isLaterFragment(header: Ipv6): boolean {
  return header.extensions.some((extension) => extension.type === 'fragment' && extension.fragmentOffset > 0)
}

interface Chain {
  readonly extensions: readonly Ipv6Extension[]
  readonly protocol: number
  readonly offset: number
  readonly problem?: Problem
}

function walkExtensions(bytes: Uint8Array, nextHeader: number): Chain {
  const extensions: Ipv6Extension[] = []
  let protocol = nextHeader
  let offset: number = layout.end
  while (isIpv6Extension(protocol)) {
    const decoded = decodeIpv6Extension(protocol, bytes.subarray(offset))
    if (decoded === undefined) {
      const problem = { offset, reason: `truncated: extension header ${protocol} goes beyond the packet` }
      return { extensions, protocol, offset, problem }
    }
    extensions.push(decoded.extension)
    protocol = decoded.nextHeader
    offset += decoded.length
    if (decoded.extension.type === 'fragment' && decoded.extension.fragmentOffset > 0) break
  }
  return { extensions, protocol, offset }
}

/**
 * An IPv6 packet with its lengths and the chain of next headers.
 *
 * @throws RangeError when an address, a number or an extension is not valid, or the payload is above 65535 bytes.
 */
export function encodeIpv6(fields: Ipv6Fields, payload: Uint8Array): Uint8Array {
  const extensions = fields.extensions ?? []
  const chain = [...extensions.map(ipv6ExtensionNumber), uint(fields.protocol, 8, 'ipv6.protocol')]
  const parts = extensions.map((extension, i) => encodeIpv6Extension(extension, chain[i + 1] ?? 0))
  const rest = concatBytes(...parts, payload)
  const header = new Uint8Array(layout.end)
  const view = viewOf(header)
  const trafficClass = uint(fields.trafficClass ?? 0, 8, 'ipv6.trafficClass')
  view.setUint32(layout.versionClassFlow, ((6 << 28) | (trafficClass << 20) | uint(fields.flowLabel ?? 0, 20, 'ipv6.flowLabel')) >>> 0)
  view.setUint16(layout.payloadLength, uint(rest.length, 16, 'ipv6.payloadLength'))
  view.setUint8(layout.nextHeader, chain[0] ?? 0)
  view.setUint8(layout.hopLimit, uint(fields.hopLimit ?? 64, 8, 'ipv6.hopLimit'))
  header.set(parseIpv6(fields.src), layout.src)
  header.set(parseIpv6(fields.dst), layout.dst)
  return concatBytes(header, rest)
}
