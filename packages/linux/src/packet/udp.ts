import { concatBytes, uint, viewOf } from './bytes.js'
import { type IpEndpoints, transportChecksum } from './checksum.js'
import { type Decoded, truncatedHeader } from './decoded.js'
import { ipProtocol } from './numbers.js'

/** A UDP header (RFC 768). */
export interface Udp {
  readonly srcPort: number
  readonly dstPort: number
  /** Of header and data, in bytes. */
  readonly length: number
  /** 0 when the sender computed none. */
  readonly checksum: number
}

/** What {@link encodeUdp} needs. A decoded header fits. */
export interface UdpFields {
  readonly srcPort: number
  readonly dstPort: number
  /** 0 sends none, as VXLAN over IPv4 does; otherwise, and by default, it is computed. */
  readonly checksum?: number
}

const layout = { srcPort: 0, dstPort: 2, length: 4, checksum: 6, end: 8 } as const

/**
 * Reads a UDP header; the payload ends where `length` says. With `fragment`, the datagram goes on in other packets, and a
 * length beyond the bytes is no problem. The checksum is not verified.
 */
export function decodeUdp(bytes: Uint8Array, fragment = false): Decoded<Udp> {
  if (bytes.length < layout.end) return truncatedHeader(bytes, layout.end)
  const view = viewOf(bytes)
  const length = view.getUint16(layout.length)
  const header = {
    srcPort: view.getUint16(layout.srcPort),
    dstPort: view.getUint16(layout.dstPort),
    length,
    checksum: view.getUint16(layout.checksum),
  }
  // 0 stands for a datagram beyond 65535 bytes (RFC 2675 §4).
  const end = length === 0 ? bytes.length : length
  const payload = bytes.subarray(layout.end, Math.max(end, layout.end))
  if (end < layout.end) {
    return { header, payload, problem: { offset: layout.length, reason: `length ${end} is below the header's ${layout.end}` } }
  }
  if (end > bytes.length && !fragment) {
    return { header, payload, problem: { offset: layout.length, reason: `truncated: ${bytes.length} of ${end} bytes` } }
  }
  return { header, payload }
}

/**
 * A UDP datagram with its checksum.
 *
 * @throws RangeError when an address or a port is not valid, or the datagram is above 65535 bytes.
 */
export function encodeUdp(fields: UdpFields, endpoints: IpEndpoints, payload: Uint8Array): Uint8Array {
  const header = new Uint8Array(layout.end)
  const view = viewOf(header)
  view.setUint16(layout.srcPort, uint(fields.srcPort, 16, 'udp.srcPort'))
  view.setUint16(layout.dstPort, uint(fields.dstPort, 16, 'udp.dstPort'))
  view.setUint16(layout.length, uint(layout.end + payload.length, 16, 'udp.length'))
  const datagram = concatBytes(header, payload)
  if (fields.checksum !== 0) {
    // A computed 0 is sent as its other form in one's complement, because 0 says "none".
    viewOf(datagram).setUint16(layout.checksum, transportChecksum(endpoints, ipProtocol.udp, datagram) || 0xffff)
  }
  return datagram
}
