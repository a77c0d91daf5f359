import { concatBytes, uint, viewOf } from './bytes.js'
import type { Decoded } from './decoded.js'
import { formatMac, parseMac } from './mac.js'
import { etherType } from './numbers.js'

/** An Ethernet header (IEEE 802.3 §3.2) without its VLAN tags. */
export interface Ethernet {
  readonly dst: string
  readonly src: string
  /**
   * The EtherType of what follows the VLAN tags; a value below 0x600 is an 802.3 length in bytes, and the payload
   * begins with an LLC header.
   */
  readonly type: number
}

/** One VLAN tag (IEEE 802.1Q §9.6). */
export interface VlanTag {
  /** 0x8100 (802.1Q), 0x88a8 (802.1ad) or 0x9100. */
  readonly tpid: number
  /** Priority code point, 0 to 7. */
  readonly pcp: number
  /** Drop eligible indicator. */
  readonly dei: boolean
  /** VLAN VID, 0 to 4095; 0 is a priority tag. */
  readonly vid: number
}

/** What {@link encodeEthernet} needs; `vlans` are outermost first. */
export interface EthernetFields extends Ethernet {
  readonly vlans?: readonly VlanTag[]
}

const layout = { dst: 0, src: 6, type: 12, end: 14 } as const
const tagLength = 4

/** Whether `type` announces a VLAN tag. */
export function isVlanTpid(type: number): boolean {
  return type === etherType.vlan || type === etherType.serviceVlan || type === etherType.legacyServiceVlan
}

/** Reads an Ethernet header; of a frame below 14 bytes the missing bytes count as zero, beside a problem. */
export function decodeEthernet(frame: Uint8Array): Decoded<Ethernet> & { readonly header: Ethernet } {
  const high = frame[layout.type] ?? 0
  const low = frame[layout.type + 1] ?? 0
  const header = { dst: formatMac(frame, layout.dst), src: formatMac(frame, layout.src), type: (high << 8) | low }
  const payload = frame.subarray(layout.end)
  if (frame.length >= layout.end) return { header, payload }
  return { header, payload, problem: { offset: 0, reason: `truncated: ${frame.length} of ${layout.end} header bytes` } }
}

/**
 * Reads the VLAN tag at the start of `bytes`, which follow the `tpid`; `type` is what comes after it. Undefined when there
 * are fewer than four bytes.
 */
export function decodeVlanTag(
  tpid: number,
  bytes: Uint8Array,
): { readonly tag: VlanTag; readonly type: number; readonly payload: Uint8Array } | undefined {
  if (bytes.length < tagLength) return undefined
  const view = viewOf(bytes)
  const tci = view.getUint16(0)
  return {
    tag: { tpid, pcp: tci >> 13, dei: (tci & 0x1000) !== 0, vid: tci & 0xfff },
    type: view.getUint16(2),
    payload: bytes.subarray(tagLength),
  }
}

/**
 * An Ethernet frame, without FCS and without padding to 60 bytes.
 *
 * @throws RangeError when an address or a number is not valid.
 */
export function encodeEthernet(fields: EthernetFields, payload: Uint8Array): Uint8Array {
  const tags = (fields.vlans ?? []).map((vlan) => {
    const tag = new Uint8Array(tagLength)
    viewOf(tag).setUint16(0, uint(vlan.tpid, 16, 'vlan.tpid'))
    viewOf(tag).setUint16(2, (uint(vlan.pcp, 3, 'vlan.pcp') << 13) | (vlan.dei ? 0x1000 : 0) | uint(vlan.vid, 12, 'vlan.vid'))
    return tag
  })
  const type = new Uint8Array(2)
  viewOf(type).setUint16(0, uint(fields.type, 16, 'ethernet.type'))
  return concatBytes(parseMac(fields.dst), parseMac(fields.src), ...tags, type, payload)
}
