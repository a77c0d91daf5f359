import { uint, viewOf } from './bytes.js'
import { ipProtocol } from './numbers.js'

/** An IPv6 extension header (RFC 8200 §4). */
export type Ipv6Extension = Ipv6OpaqueExtension | Ipv6Fragment

/** An extension header whose content is not decoded. */
export interface Ipv6OpaqueExtension {
  readonly type: 'hopByHop' | 'routing' | 'destination'
  /** What follows the next header and the length, padding included: 6, 14, 22 ... bytes. */
  readonly data: Uint8Array
}

/** The fragment header (RFC 8200 §4.5). */
export interface Ipv6Fragment {
  readonly type: 'fragment'
  /** In units of 8 bytes, as in the header. */
  readonly fragmentOffset: number
  readonly moreFragments: boolean
  readonly identification: number
}

const opaqueTypes = new Map<number, Ipv6OpaqueExtension['type']>([
  [ipProtocol.hopByHop, 'hopByHop'],
  [ipProtocol.routing, 'routing'],
  [ipProtocol.destination, 'destination'],
])

/** Whether a next-header value announces an extension header that the decoder walks. */
export function isIpv6Extension(nextHeader: number): boolean {
  return nextHeader === ipProtocol.fragment || opaqueTypes.has(nextHeader)
}

/** The next-header value that announces this extension header. */
export function ipv6ExtensionNumber(extension: Ipv6Extension): number {
  return ipProtocol[extension.type]
}

/** Reads the extension header that `number` announced at the start of `bytes`; undefined when it is not all there. */
export function decodeIpv6Extension(
  number: number,
  bytes: Uint8Array,
): { readonly extension: Ipv6Extension; readonly nextHeader: number; readonly length: number } | undefined {
  if (bytes.length < 8) return undefined
  const view = viewOf(bytes)
  const nextHeader = view.getUint8(0)
  const type = opaqueTypes.get(number)
  if (type === undefined) {
    const offsetFlags = view.getUint16(2)
    const extension: Ipv6Fragment = {
      type: 'fragment',
      fragmentOffset: offsetFlags >> 3,
      moreFragments: (offsetFlags & 1) !== 0,
      identification: view.getUint32(4),
    }
    return { extension, nextHeader, length: 8 }
  }
  const length = (view.getUint8(1) + 1) * 8
  if (bytes.length < length) return undefined
  return { extension: { type, data: bytes.subarray(2, length) }, nextHeader, length }
}

/**
 * The bytes of an extension header that is followed by `nextHeader`.
 *
 * @throws RangeError when `data` does not fill a multiple of 8 bytes together with the first two.
 */
export function encodeIpv6Extension(extension: Ipv6Extension, nextHeader: number): Uint8Array {
  const length = extension.type === 'fragment' ? 8 : extension.data.length + 2
  if (length % 8 !== 0 || length === 0 || length > 2048) {
    throw new RangeError(`ipv6 ${extension.type} header of ${length} bytes; pad its data to 6, 14, 22 ... bytes`)
  }
  const bytes = new Uint8Array(length)
  const view = viewOf(bytes)
  view.setUint8(0, nextHeader)
  if (extension.type === 'fragment') {
    view.setUint16(2, (uint(extension.fragmentOffset, 13, 'ipv6.fragmentOffset') << 3) | (extension.moreFragments ? 1 : 0))
    view.setUint32(4, uint(extension.identification, 32, 'ipv6.identification'))
  } else {
    view.setUint8(1, length / 8 - 1)
    bytes.set(extension.data, 2)
  }
  return bytes
}
