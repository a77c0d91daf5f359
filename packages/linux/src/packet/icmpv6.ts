import { concatBytes, uint, viewOf } from './bytes.js'
import { type IpEndpoints, transportChecksum } from './checksum.js'
import { type Decoded, truncatedHeader } from './decoded.js'
import { decodeEmbedded, type EmbeddedPacket } from './embedded.js'
import type { Echo } from './icmp.js'
import {
  decodeNeighborDiscovery,
  encodeNeighborDiscovery,
  isNeighborDiscovery,
  type NeighborDiscovery,
  neighborDiscoveryType,
} from './neighbor-discovery.js'
import { ipProtocol } from './numbers.js'

/** An ICMPv6 message (RFC 4443). */
export interface Icmpv6 {
  readonly type: number
  readonly code: number
  readonly checksum: number
  /** Of an echo request or reply. */
  readonly id?: number
  /** Of an echo request or reply. */
  readonly seq?: number
  /** Of "packet too big", in bytes. */
  readonly mtu?: number
  /** Of "parameter problem": the offset of the wrong byte in the embedded packet. */
  readonly pointer?: number
  /** The packet that an error is about; its bytes are the payload. */
  readonly embedded?: EmbeddedPacket
  /** The content of a neighbour discovery message. */
  readonly nd?: NeighborDiscovery
}

/** What {@link encodeIcmpv6} needs. A decoded header fits: the checksum is computed anew. */
export interface Icmpv6Fields {
  readonly type: number
  /** Default 0. */
  readonly code?: number
  readonly id?: number
  readonly seq?: number
  readonly mtu?: number
  readonly pointer?: number
  /** When given, it is the whole body and decides the type. */
  readonly nd?: NeighborDiscovery
}

/** ICMPv6 types (IANA ICMPv6 parameters) that the codec knows, beside those of neighbour discovery. */
export const icmpv6Type = {
  destinationUnreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  parameterProblem: 4,
  echoRequest: 128,
  echoReply: 129,
} as const

const layout = { type: 0, code: 1, checksum: 2, body: 4, id: 4, seq: 6, mtu: 4, pointer: 4, end: 8 } as const

/**
 * Reads an ICMPv6 header. The payload begins after 8 bytes for echoes and errors, after 4 for types that the codec does
 * not know, and is empty for neighbour discovery. The checksum is not verified.
 */
export function decodeIcmpv6(bytes: Uint8Array): Decoded<Icmpv6> {
  if (bytes.length < layout.body) return truncatedHeader(bytes, layout.body)
  const view = viewOf(bytes)
  const type = view.getUint8(layout.type)
  const base = { type, code: view.getUint8(layout.code), checksum: view.getUint16(layout.checksum) }
  if (isNeighborDiscovery(type)) {
    const { nd, problem } = decodeNeighborDiscovery(type, bytes)
    return {
      header: { ...base, ...(nd && { nd }) },
      payload: nd ? bytes.subarray(bytes.length) : bytes.subarray(layout.body),
      ...(problem && { problem }),
    }
  }
  const echo = type === icmpv6Type.echoRequest || type === icmpv6Type.echoReply
  const error = type >= icmpv6Type.destinationUnreachable && type <= icmpv6Type.parameterProblem
  if (!echo && !error) return { header: base, payload: bytes.subarray(layout.body) }
  if (bytes.length < layout.end) return truncatedHeader(bytes, layout.end)
  const payload = bytes.subarray(layout.end)
  if (echo) return { header: { ...base, id: view.getUint16(layout.id), seq: view.getUint16(layout.seq) }, payload }
  const embedded = decodeEmbedded(payload)
  const header: Icmpv6 = {
    ...base,
    ...(type === icmpv6Type.packetTooBig && { mtu: view.getUint32(layout.mtu) }),
    ...(type === icmpv6Type.parameterProblem && { pointer: view.getUint32(layout.pointer) }),
    ...(embedded && { embedded }),
  }
  return { header, payload }
}

/**
 * An ICMPv6 message with its checksum.
 *
 * @throws RangeError when an address or a number is not valid.
 */
export function encodeIcmpv6(fields: Icmpv6Fields, endpoints: IpEndpoints, payload: Uint8Array): Uint8Array {
  const type = fields.nd ? neighborDiscoveryType(fields.nd) : fields.type
  const header = new Uint8Array(layout.body)
  header[layout.type] = uint(type, 8, 'icmpv6.type')
  header[layout.code] = uint(fields.code ?? 0, 8, 'icmpv6.code')
  const message = concatBytes(header, fields.nd ? encodeNeighborDiscovery(fields.nd) : secondWord(fields), payload)
  viewOf(message).setUint16(layout.checksum, transportChecksum(endpoints, ipProtocol.icmpv6, message))
  return message
}

/** Bytes 4 to 7 of the types that have them, none for the others. */
function secondWord(fields: Icmpv6Fields): Uint8Array {
  const word = new Uint8Array(4)
  const view = viewOf(word)
  switch (fields.type) {
    case icmpv6Type.destinationUnreachable:
    case icmpv6Type.timeExceeded:
      return word
    case icmpv6Type.packetTooBig:
      view.setUint32(0, uint(fields.mtu ?? 0, 32, 'icmpv6.mtu'))
      return word
    case icmpv6Type.parameterProblem:
      view.setUint32(0, uint(fields.pointer ?? 0, 32, 'icmpv6.pointer'))
      return word
    case icmpv6Type.echoRequest:
    case icmpv6Type.echoReply:
      view.setUint16(0, uint(fields.id ?? 0, 16, 'icmpv6.id'))
      view.setUint16(2, uint(fields.seq ?? 0, 16, 'icmpv6.seq'))
      return word
    default:
      return new Uint8Array()
  }
}

/**
 * An ICMPv6 echo request or reply with its checksum.
 *
 * @throws RangeError when an address, `id` or `seq` is not valid.
 */
export function encodeIcmpv6Echo(echo: Echo, endpoints: IpEndpoints, payload: Uint8Array): Uint8Array {
  const type = echo.reply ? icmpv6Type.echoReply : icmpv6Type.echoRequest
  return encodeIcmpv6({ type, id: echo.id, seq: echo.seq }, endpoints, payload)
}
