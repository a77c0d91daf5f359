import { ipAt, ipOctets, macAt } from './address.js'
import { joined, u16, u16At } from './octets.js'

/** The address of all nodes of a link, and the group of it in Ethernet (RFC 4291 2.7.1, RFC 2464 7). */
export const allNodes = { ip: 'ff02::1', mac: '33:33:00:00:00:01' } as const

/** The group of all routers of a link in Ethernet. */
export const allRoutersMac = '33:33:00:00:00:02'

/** An IPv6 packet (RFC 8200). */
export interface Ipv6Packet {
  readonly src: string
  readonly dst: string
  /** What the payload is: an upper protocol, or the first extension header. */
  readonly nextHeader: number
  readonly hopLimit: number
  /** What is there of the data; less than the header says when the packet is cut. */
  readonly payload: Uint8Array
}

/** What is sent. */
export type Ipv6PacketInput = Omit<Ipv6Packet, 'hopLimit'> & { readonly hopLimit?: number }

/** The octets of a packet. The hop limit defaults to 255. @throws FaucetError `invalid` for what is no address */
export function encodeIpv6({ src, dst, nextHeader, payload, hopLimit = 255 }: Ipv6PacketInput): Uint8Array {
  return joined([0x60, 0, 0, 0], u16(payload.length), [nextHeader, hopLimit], ipOctets(src), ipOctets(dst), payload)
}

/** The packet in some octets (padding after it is left out); `undefined` when its header is cut or makes no sense. */
export function decodeIpv6(data: Uint8Array): Ipv6Packet | undefined {
  if (data.length < 40 || (data[0] ?? 0) >> 4 !== 6) return undefined
  return {
    src: ipAt(data, 8, 6),
    dst: ipAt(data, 24, 6),
    nextHeader: data[6] ?? 0,
    hopLimit: data[7] ?? 0,
    payload: data.subarray(40, 40 + u16At(data, 4)),
  }
}

/** Where a node is asked for by its address (RFC 4291 2.7.1): the group, and that group in Ethernet. */
export function solicitedNode(address: string): { readonly ip: string; readonly mac: string } {
  const group = joined(ipOctets('ff02::1:ff00:0').subarray(0, 13), ipOctets(address).subarray(13))
  return { ip: ipAt(group, 0, 6), mac: macAt(joined([0x33, 0x33], group.subarray(12)), 0) }
}
