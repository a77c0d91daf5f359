import { NLM_F_ACK, NLM_F_CREATE, NLM_F_REPLACE, NLM_F_REQUEST } from '../netlink/constants.js'
import { NetlinkReader, decodeAttributes } from '../netlink/reader.js'
import type { NetlinkWriter } from '../netlink/writer.js'
import { formatIpv4, formatIpv6 } from '../packet/ip.js'
import * as rt from './constants.js'
import { parseAddress } from './ip-address.js'

/** An address on an interface (RTM_NEWADDR, `struct ifaddrmsg`). */
export interface InterfaceAddress {
  /** Interface index. */
  readonly index: number
  /** IPv4 or IPv6 text without prefix. */
  readonly address: string
  readonly prefixLength: number
}

function encode(w: NetlinkWriter, { index, address, prefixLength }: InterfaceAddress): void {
  const { family, bytes } = parseAddress(address)
  w.u8(family).u8(prefixLength).u8(0).u8(rt.RT_SCOPE_UNIVERSE).u32(index)
  w.attributeBytes(rt.IFA_LOCAL, bytes).attributeBytes(rt.IFA_ADDRESS, bytes)
  if (family === rt.AF_INET6) {
    // No duplicate-address detection: the plan knows that the address is unique, and a tentative address answers nobody for a second.
    w.attributeU32(rt.IFA_FLAGS, rt.IFA_F_NODAD | rt.IFA_F_PERMANENT)
  } else if (prefixLength < 31) {
    w.attributeBytes(rt.IFA_BROADCAST, broadcast(bytes, prefixLength))
  }
}

function broadcast(address: Uint8Array, prefixLength: number): Uint8Array {
  return address.map((byte, i) => {
    const hostBits = Math.min(8, Math.max(0, (i + 1) * 8 - prefixLength))
    return byte | ((1 << hostBits) - 1)
  })
}

/** Appends the request that puts an address on an interface; IPv6 is usable at once (IFA_F_NODAD). */
export function encodeNewAddress(writer: NetlinkWriter, label: string, address: InterfaceAddress): void {
  writer.message(label, rt.RTM_NEWADDR, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK, (w) => encode(w, address))
}

/** Appends the request that takes an address off an interface. */
export function encodeDeleteAddress(writer: NetlinkWriter, label: string, address: InterfaceAddress): void {
  writer.message(label, rt.RTM_DELADDR, NLM_F_REQUEST | NLM_F_ACK, (w) => encode(w, address))
}

/** Reads the body of an RTM_NEWADDR message; undefined for families other than IPv4 and IPv6. */
export function decodeAddress(body: Uint8Array): InterfaceAddress | undefined {
  const reader = new NetlinkReader(body)
  const family = reader.u8()
  const prefixLength = reader.u8()
  reader.take(2)
  const index = reader.u32()
  let local: Uint8Array | undefined
  for (const { type, value } of decodeAttributes(reader.rest())) {
    if (type === rt.IFA_LOCAL || (type === rt.IFA_ADDRESS && local === undefined)) local = value
  }
  if (family === rt.AF_INET && local?.length === 4) return { index, address: formatIpv4(local), prefixLength }
  if (family === rt.AF_INET6 && local?.length === 16) return { index, address: formatIpv6(local), prefixLength }
  return undefined
}
