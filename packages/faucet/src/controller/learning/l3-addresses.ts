import type { ReceivedFrame } from '../core/frame.js'
import { ipAt } from '../packet/address.js'

/** The addresses of the network layer that a packet names; the text `None` where it has none (as Faucet's events say it). */
export interface L3Addresses {
  readonly src: string
  readonly dst: string
}

/** Where the addresses are behind the tag, and how long a packet must be to have them, by Ethertype. */
const places: Readonly<Record<number, { readonly version: 4 | 6; readonly src: number; readonly dst: number; readonly length: number }>> = {
  0x0800: { version: 4, src: 12, dst: 16, length: 20 },
  0x0806: { version: 4, src: 14, dst: 24, length: 28 },
  0x86dd: { version: 6, src: 8, dst: 24, length: 40 },
}

const none: L3Addresses = { src: 'None', dst: 'None' }

/** The addresses of an IPv4, IPv6 or ARP packet with one tag. */
export function l3Addresses({ ethType, data }: ReceivedFrame): L3Addresses {
  const place = places[ethType]
  const start = 18
  if (!place || data.length < start + place.length) return none
  if (ethType !== 0x0806 && (data[start] ?? 0) >> 4 !== place.version) return none
  return { src: ipAt(data, start + place.src, place.version), dst: ipAt(data, start + place.dst, place.version) }
}
