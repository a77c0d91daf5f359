import { macAt, macOctets } from './address.js'
import { joined, u16, u16At } from './octets.js'
import { decodeVlanTag, encodeVlanTag, vlanTagType, type VlanTag } from './vlan-tag.js'

/** EtherTypes of what the controller speaks. */
export const etherType = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const

/** The MAC address of everybody. */
export const broadcastMac = 'ff:ff:ff:ff:ff:ff'

/** An Ethernet frame with at most one tag that counts. */
export interface EthernetFrame {
  readonly dst: string
  readonly src: string
  readonly tag?: VlanTag | undefined
  /** The EtherType of the payload. */
  readonly type: number
  /** Padding included, when there is some. */
  readonly payload: Uint8Array
}

/** The shortest frame, without its check sequence. */
const shortest = 60

/**
 * The octets of a frame, without the check sequence, and as long as a frame must be: there may be nobody behind the
 * controller who pads it.
 * @throws FaucetError `invalid` for what is no MAC address
 */
export function encodeEthernet({ dst, src, tag, type, payload }: EthernetFrame): Uint8Array {
  const tagged = tag ? [...u16(vlanTagType), ...encodeVlanTag(tag)] : []
  const frame = joined(macOctets(dst), macOctets(src), tagged, u16(type), payload)
  return frame.length < shortest ? joined(frame, new Uint8Array(shortest - frame.length)) : frame
}

/** The frame in some octets; `undefined` when its header is not complete. */
export function decodeEthernet(data: Uint8Array): EthernetFrame | undefined {
  if (data.length < 14) return undefined
  const isTagged = u16At(data, 12) === vlanTagType
  if (isTagged && data.length < 18) return undefined
  const tag = isTagged ? decodeVlanTag(data, 14) : undefined
  const start = isTagged ? 18 : 14
  return { dst: macAt(data, 0), src: macAt(data, 6), tag, type: u16At(data, start - 2), payload: data.subarray(start) }
}
