import { concatBytes, uint, viewOf } from './bytes.js'
import { decodePacket } from './decode.js'
import type { Packet } from './packet.js'

/** A VXLAN header (RFC 7348 §5) and the frame inside. */
export interface Vxlan {
  /** The flag byte; 0x08 says that the VNI is valid. */
  readonly flags: number
  /** VXLAN network identifier, 24 bits. */
  readonly vni: number
  readonly inner: Packet
}

/** The UDP port of VXLAN (RFC 7348 §5). */
export const vxlanPort = 4789

const layout = { flags: 0, vni: 4, end: 8 } as const
const vniValid = 0x08

/**
 * The VXLAN content of a packet that is sent to UDP port `port`; undefined when it is not, or is too short. Offsets in
 * the inner packet count from the inner frame.
 */
export function decodeVxlan(packet: Packet, port = vxlanPort): Vxlan | undefined {
  if (packet.udp?.dstPort !== port || packet.payload.length < layout.end) return undefined
  const view = viewOf(packet.payload)
  return {
    flags: view.getUint8(layout.flags),
    vni: view.getUint32(layout.vni) >>> 8,
    inner: decodePacket(packet.payload.subarray(layout.end)),
  }
}

/**
 * The UDP payload that carries `frame` in the VXLAN segment `vni`.
 *
 * @throws RangeError when `vni` is not a 24-bit number.
 */
export function encodeVxlan(vni: number, frame: Uint8Array): Uint8Array {
  const header = new Uint8Array(layout.end)
  header[layout.flags] = vniValid
  viewOf(header).setUint32(layout.vni, uint(vni, 24, 'vxlan.vni') * 256)
  return concatBytes(header, frame)
}
