import { endianness } from 'node:os'
import { formatIpv4, formatIpv6 } from '../packet/ip.js'
import { parseAddress } from '../rtnetlink/ip-address.js'
import { AF_INET } from './libc.js'

const littleEndian = endianness() === 'LE'

/** `struct sockaddr_in` or `sockaddr_in6` (ip(7), ipv6(7)). */
export function encodeSocketAddress(address: string, port: number): Uint8Array {
  const { family, bytes } = parseAddress(address)
  const out = new Uint8Array(family === AF_INET ? 16 : 28)
  const view = new DataView(out.buffer)
  view.setUint16(0, family, littleEndian)
  view.setUint16(2, port, false)
  out.set(bytes, family === AF_INET ? 4 : 8)
  return out
}

/** The address and port that the kernel wrote. */
export function decodeSocketAddress(bytes: Uint8Array): { readonly address: string; readonly port: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const family = view.getUint16(0, littleEndian)
  const port = view.getUint16(2, false)
  return { address: family === AF_INET ? formatIpv4(bytes, 4) : formatIpv6(bytes, 8), port }
}
