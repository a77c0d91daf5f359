import { concatBytes, uint, viewOf } from './bytes.js'
import { internetChecksum } from './checksum.js'
import { type Decoded, truncatedHeader } from './decoded.js'
import { decodeEmbedded, type EmbeddedPacket } from './embedded.js'
import { formatIpv4, parseIpv4 } from './ip.js'

/** An ICMP message (RFC 792). */
export interface Icmp {
  readonly type: number
  readonly code: number
  readonly checksum: number
  /** Bytes 4 to 7; what they mean depends on the type. */
  readonly restOfHeader: number
  /** Of an echo request or reply. */
  readonly id?: number
  /** Of an echo request or reply. */
  readonly seq?: number
  /** The next hop's MTU in bytes, of "fragmentation needed" (RFC 1191 §4). */
  readonly mtu?: number
  /** Of a redirect. */
  readonly gateway?: string
  /** The packet that an error or a redirect is about; its bytes are the payload. */
  readonly embedded?: EmbeddedPacket
}

/** What {@link encodeIcmp} needs. A decoded header fits: the checksum is computed anew. */
export interface IcmpFields {
  readonly type: number
  /** Default 0. */
  readonly code?: number
  /** Bytes 4 to 7, default 0; the fields below replace the part that is theirs. */
  readonly restOfHeader?: number
  readonly id?: number
  readonly seq?: number
  readonly mtu?: number
  readonly gateway?: string
}

/** ICMP types (IANA ICMP parameters) that the codec knows. */
export const icmpType = {
  echoReply: 0,
  destinationUnreachable: 3,
  redirect: 5,
  echoRequest: 8,
  timeExceeded: 11,
  parameterProblem: 12,
} as const

const layout = { type: 0, code: 1, checksum: 2, rest: 4, id: 4, seq: 6, mtu: 6, end: 8 } as const
const fragmentationNeeded = 4
const withEmbedded: readonly number[] = [
  icmpType.destinationUnreachable,
  icmpType.redirect,
  icmpType.timeExceeded,
  icmpType.parameterProblem,
]

/** Reads the 8 bytes of an ICMP header; echo data or the embedded packet is the payload. The checksum is not verified. */
export function decodeIcmp(bytes: Uint8Array): Decoded<Icmp> {
  if (bytes.length < layout.end) return truncatedHeader(bytes, layout.end)
  const view = viewOf(bytes)
  const type = view.getUint8(layout.type)
  const code = view.getUint8(layout.code)
  const payload = bytes.subarray(layout.end)
  const embedded = withEmbedded.includes(type) ? decodeEmbedded(payload) : undefined
  const header: Icmp = {
    type,
    code,
    checksum: view.getUint16(layout.checksum),
    restOfHeader: view.getUint32(layout.rest),
    ...((type === icmpType.echoRequest || type === icmpType.echoReply) && {
      id: view.getUint16(layout.id),
      seq: view.getUint16(layout.seq),
    }),
    ...(type === icmpType.destinationUnreachable && code === fragmentationNeeded && { mtu: view.getUint16(layout.mtu) }),
    ...(type === icmpType.redirect && { gateway: formatIpv4(bytes, layout.rest) }),
    ...(embedded && { embedded }),
  }
  return { header, payload }
}

/**
 * An ICMP message with its checksum.
 *
 * @throws RangeError when a number or the gateway is not valid.
 */
export function encodeIcmp(fields: IcmpFields, payload: Uint8Array): Uint8Array {
  const header = new Uint8Array(layout.end)
  const view = viewOf(header)
  view.setUint8(layout.type, uint(fields.type, 8, 'icmp.type'))
  view.setUint8(layout.code, uint(fields.code ?? 0, 8, 'icmp.code'))
  view.setUint32(layout.rest, uint(fields.restOfHeader ?? 0, 32, 'icmp.restOfHeader'))
  if (fields.id !== undefined) view.setUint16(layout.id, uint(fields.id, 16, 'icmp.id'))
  if (fields.seq !== undefined) view.setUint16(layout.seq, uint(fields.seq, 16, 'icmp.seq'))
  if (fields.mtu !== undefined) view.setUint16(layout.mtu, uint(fields.mtu, 16, 'icmp.mtu'))
  if (fields.gateway !== undefined) header.set(parseIpv4(fields.gateway), layout.rest)
  view.setUint16(layout.checksum, internetChecksum(header, payload))
  return concatBytes(header, payload)
}

/** An echo request, or with `reply` the answer to one; for ICMP and ICMPv6. */
export interface Echo {
  readonly id: number
  readonly seq: number
  readonly reply?: boolean
}

/**
 * An ICMP echo request or reply with its checksum.
 *
 * @throws RangeError when `id` or `seq` is not a 16-bit number.
 */
export function encodeIcmpEcho(echo: Echo, payload: Uint8Array): Uint8Array {
  return encodeIcmp({ type: echo.reply ? icmpType.echoReply : icmpType.echoRequest, id: echo.id, seq: echo.seq }, payload)
}
