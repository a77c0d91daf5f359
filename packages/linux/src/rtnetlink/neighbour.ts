import { NLM_F_ACK, NLM_F_CREATE, NLM_F_REPLACE, NLM_F_REQUEST } from '../netlink/constants.js'
import { NetlinkReader, decodeAttributes } from '../netlink/reader.js'
import type { NetlinkWriter } from '../netlink/writer.js'
import { formatIpv4, formatIpv6 } from '../packet/ip.js'
import { formatMac, parseMac } from '../packet/mac.js'
import * as rt from './constants.js'
import { parseAddress } from './ip-address.js'

/** An entry of the ARP or neighbour-discovery cache (RTM_NEWNEIGH, `struct ndmsg`). */
export interface Neighbour {
  readonly index: number
  readonly address: string
  readonly mac: string
  /** Default `permanent`. */
  readonly state?: keyof typeof rt.NUD_STATES | undefined
}

function encode(w: NetlinkWriter, neighbour: Neighbour): void {
  const { family, bytes } = parseAddress(neighbour.address)
  w.u8(family).u8(0).u16(0).i32(neighbour.index)
  w.u16(rt.NUD_STATES[neighbour.state ?? 'permanent']).u8(0).u8(0)
  w.attributeBytes(rt.NDA_DST, bytes).attributeBytes(rt.NDA_LLADDR, parseMac(neighbour.mac))
}

/** Appends the request that adds or replaces a neighbour entry. */
export function encodeNewNeighbour(writer: NetlinkWriter, label: string, neighbour: Neighbour): void {
  writer.message(label, rt.RTM_NEWNEIGH, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK, (w) => encode(w, neighbour))
}

/** Appends the request that removes a neighbour entry. */
export function encodeDeleteNeighbour(writer: NetlinkWriter, label: string, neighbour: Neighbour): void {
  writer.message(label, rt.RTM_DELNEIGH, NLM_F_REQUEST | NLM_F_ACK, (w) => encode(w, neighbour))
}

/** Reads the body of an RTM_NEWNEIGH message; undefined when it holds no address with a MAC. */
export function decodeNeighbour(body: Uint8Array): Neighbour | undefined {
  const reader = new NetlinkReader(body)
  const family = reader.u8()
  reader.take(3)
  const index = reader.i32()
  const stateBits = reader.u16()
  reader.take(2)
  let address: string | undefined
  let mac: string | undefined
  for (const { type, value } of decodeAttributes(reader.rest())) {
    if (type === rt.NDA_DST && family === rt.AF_INET) address = formatIpv4(value)
    if (type === rt.NDA_DST && family === rt.AF_INET6) address = formatIpv6(value)
    if (type === rt.NDA_LLADDR && value.length === 6) mac = formatMac(value)
  }
  if (address === undefined || mac === undefined) return undefined
  const entry = Object.entries(rt.NUD_STATES).find(([, bits]) => bits === stateBits)
  return { index, address, mac, state: (entry?.[0] ?? 'stale') as keyof typeof rt.NUD_STATES }
}
