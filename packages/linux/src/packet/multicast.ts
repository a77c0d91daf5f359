import { formatIpv6, parseIp, parseIpv6 } from './ip.js'
import { formatMac } from './mac.js'

/**
 * The solicited-node multicast address of an IPv6 address, to which a neighbour solicitation for it is sent
 * (RFC 4291 §2.7.1): `fd00::1` gives `ff02::1:ff00:1`.
 *
 * @throws RangeError when `target` is not an IPv6 address.
 */
export function solicitedNodeAddress(target: string): string {
  const group = parseIpv6('ff02::1:ff00:0')
  group.set(parseIpv6(target).subarray(13), 13)
  return formatIpv6(group)
}

/**
 * The MAC address that carries a multicast IP address: `33:33` and the last 32 bits for IPv6 (RFC 2464 §7), `01:00:5e`
 * and the last 23 bits for IPv4 (RFC 1112 §6.4).
 *
 * @throws RangeError when `address` is not an IP address.
 */
export function multicastMac(address: string): string {
  const bytes = parseIp(address)
  if (bytes.length === 16) return formatMac(Uint8Array.of(0x33, 0x33, ...bytes.subarray(12)))
  return formatMac(Uint8Array.of(0x01, 0x00, 0x5e, (bytes[1] ?? 0) & 0x7f, ...bytes.subarray(2)))
}
