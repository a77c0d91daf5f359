import { uint, viewOf } from './bytes.js'
import { type Decoded, truncatedHeader } from './decoded.js'
import { formatIpv4, parseIpv4 } from './ip.js'
import { formatMac, parseMac } from './mac.js'
import { etherType } from './numbers.js'

/** An ARP message for IPv4 over Ethernet (RFC 826). */
export interface Arp {
  /** 1 request, 2 reply; other values are kept. */
  readonly op: number
  /** Sender hardware address. */
  readonly sha: string
  /** Sender protocol address. */
  readonly spa: string
  /** Target hardware address. */
  readonly tha: string
  /** Target protocol address. */
  readonly tpa: string
}

/** ARP operation codes (IANA ARP parameters). */
export const arpOp = { request: 1, reply: 2 } as const

const layout = { htype: 0, ptype: 2, hlen: 4, plen: 5, op: 6, sha: 8, spa: 14, tha: 18, tpa: 24, end: 28 } as const
const ethernetHardware = 1

/** Reads an ARP message; one that is not for IPv4 over Ethernet has no header and no problem. */
export function decodeArp(bytes: Uint8Array): Decoded<Arp> {
  if (bytes.length < layout.sha) return truncatedHeader(bytes, layout.end)
  const view = viewOf(bytes)
  const known =
    view.getUint16(layout.htype) === ethernetHardware &&
    view.getUint16(layout.ptype) === etherType.ipv4 &&
    view.getUint8(layout.hlen) === 6 &&
    view.getUint8(layout.plen) === 4
  if (!known) return { payload: bytes }
  if (bytes.length < layout.end) return truncatedHeader(bytes, layout.end)
  return {
    header: {
      op: view.getUint16(layout.op),
      sha: formatMac(bytes, layout.sha),
      spa: formatIpv4(bytes, layout.spa),
      tha: formatMac(bytes, layout.tha),
      tpa: formatIpv4(bytes, layout.tpa),
    },
    payload: bytes.subarray(layout.end, layout.end),
  }
}

/**
 * The 28 bytes of an ARP message.
 *
 * @throws RangeError when an address or `op` is not valid.
 */
export function encodeArp(arp: Arp): Uint8Array {
  const bytes = new Uint8Array(layout.end)
  const view = viewOf(bytes)
  view.setUint16(layout.htype, ethernetHardware)
  view.setUint16(layout.ptype, etherType.ipv4)
  view.setUint8(layout.hlen, 6)
  view.setUint8(layout.plen, 4)
  view.setUint16(layout.op, uint(arp.op, 16, 'arp.op'))
  bytes.set(parseMac(arp.sha), layout.sha)
  bytes.set(parseIpv4(arp.spa), layout.spa)
  bytes.set(parseMac(arp.tha), layout.tha)
  bytes.set(parseIpv4(arp.tpa), layout.tpa)
  return bytes
}
