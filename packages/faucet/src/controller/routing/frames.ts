import { encodeArp } from '../packet/arp.js'
import { broadcastMac, encodeEthernet, etherType } from '../packet/ethernet.js'
import { encodeIcmp, encodeIcmpv6, icmpType, icmpv6Type, timeExceededBody, type IcmpMessage } from '../packet/icmp.js'
import { encodeIpv4, ipProtocol } from '../packet/ipv4.js'
import { encodeIpv6, solicitedNode } from '../packet/ipv6.js'
import { encodeNd } from '../packet/neighbour-discovery.js'
import type { VlanTag } from '../packet/vlan-tag.js'
import type { Vip } from './vip.js'

/** A frame, for ports with a tag and for ports without. */
export type FrameFor = (tag: VlanTag | undefined) => Uint8Array

/** An end of a packet. */
export interface Station {
  readonly mac: string
  readonly ip: string
}

/** Asks who has an IPv4 address: everybody, or a MAC address that had it. */
export function arpRequest(from: Station, ip: string, mac = broadcastMac): FrameFor {
  const payload = encodeArp({ operation: 'request', senderMac: from.mac, senderIp: from.ip, targetMac: '00:00:00:00:00:00', targetIp: ip })
  return (tag) => encodeEthernet({ dst: mac, src: from.mac, tag, type: etherType.arp, payload })
}

/** Says that an IPv4 address is ours. */
export function arpReply(from: Station, to: Station): FrameFor {
  const payload = encodeArp({ operation: 'reply', senderMac: from.mac, senderIp: from.ip, targetMac: to.mac, targetIp: to.ip })
  return (tag) => encodeEthernet({ dst: to.mac, src: from.mac, tag, type: etherType.arp, payload })
}

/** Answers a ping with what it said. */
export function echoReply(from: Station, to: Station, body: Uint8Array): FrameFor {
  return icmp(from, to, { type: icmpType.echoReply, code: 0, body })
}

/** Says that a packet went through too many routers. `packet` is the beginning of it. */
export function timeExceeded(from: Station, to: Station, packet: Uint8Array): FrameFor {
  return icmp(from, to, { type: icmpType.timeExceeded, code: 0, body: timeExceededBody(packet) })
}

/** Asks who has an IPv6 address: its group, or a MAC address that had it. */
export function neighbourSolicitation(from: Station, ip: string, mac?: string): FrameFor {
  const to = mac === undefined ? solicitedNode(ip) : { ip, mac }
  const options = [{ type: 'source_link_address', mac: from.mac }] as const
  return icmpv6(from, to, encodeNd({ type: 'neighbour_solicitation', target: ip, options }))
}

/** Says that an IPv6 address is ours. */
export function neighbourAdvertisement(from: Station, to: Station): FrameFor {
  const options = [{ type: 'target_link_address', mac: from.mac }] as const
  const message = { type: 'neighbour_advertisement', target: from.ip, router: true, solicited: true, override: true, options } as const
  return icmpv6(from, to, encodeNd(message))
}

/**
 * Says that there is a router, and which networks the link has. The times are Faucet's: a router for half an hour,
 * prefixes for a day, preferred for four hours.
 */
export function routerAdvertisement(from: Station, to: Station, prefixes: readonly Vip[]): FrameFor {
  const options = [
    ...prefixes.map(({ network, prefixLength }) => ({
      type: 'prefix' as const,
      prefix: network.split('/')[0] ?? '',
      prefixLength,
      onLink: true,
      autonomous: true,
      validLifetime: 86400,
      preferredLifetime: 14400,
    })),
    { type: 'source_link_address' as const, mac: from.mac },
  ]
  const silent = { managed: false, other: false, reachableTime: 0, retransTimer: 0 }
  return icmpv6(from, to, encodeNd({ type: 'router_advertisement', hopLimit: 64, routerLifetime: 1800, ...silent, options }))
}

/** Answers a ping with what it said, and the hop limit that it had. */
export function echoReplyV6(from: Station, to: Station, body: Uint8Array, hopLimit: number): FrameFor {
  return icmpv6(from, to, { type: icmpv6Type.echoReply, code: 0, body }, hopLimit)
}

/** Says that a packet went through too many routers. `packet` is the beginning of it. */
export function timeExceededV6(from: Station, to: Station, packet: Uint8Array): FrameFor {
  return icmpv6(from, to, { type: icmpv6Type.timeExceeded, code: 0, body: timeExceededBody(packet) })
}

function icmp(from: Station, to: Station, message: IcmpMessage): FrameFor {
  const payload = encodeIpv4({ src: from.ip, dst: to.ip, protocol: ipProtocol.icmp, payload: encodeIcmp(message) })
  return (tag) => encodeEthernet({ dst: to.mac, src: from.mac, tag, type: etherType.ipv4, payload })
}

function icmpv6(from: Station, to: Station, message: IcmpMessage, hopLimit?: number): FrameFor {
  const data = encodeIcmpv6(message, from.ip, to.ip)
  const header = { src: from.ip, dst: to.ip, nextHeader: ipProtocol.icmpv6, ...(hopLimit === undefined ? {} : { hopLimit }) }
  const payload = encodeIpv6({ ...header, payload: data })
  return (tag) => encodeEthernet({ dst: to.mac, src: from.mac, tag, type: etherType.ipv6, payload })
}
