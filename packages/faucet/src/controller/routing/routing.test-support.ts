import type { Effect } from '../core/effect.js'
import type { PacketArrived } from '../core/event.js'
import { connectedNetwork } from '../core/network.test-support.js'
import type { NetworkState } from '../core/state.js'
import { step } from '../core/step.js'
import { encodeArp, decodeArp } from '../packet/arp.js'
import { broadcastMac, decodeEthernet, encodeEthernet, etherType } from '../packet/ethernet.js'
import { decodeIcmp, encodeIcmp, encodeIcmpv6, icmpType, icmpv6Type } from '../packet/icmp.js'
import { decodeIpv4, encodeIpv4, ipProtocol } from '../packet/ipv4.js'
import { decodeIpv6, encodeIpv6, solicitedNode } from '../packet/ipv6.js'
import { decodeNd, encodeNd, type NdMessage } from '../packet/neighbour-discovery.js'

/** Two VLANs with a router, for both versions of IP, each with a port of its own, and one port with both. */
export function twoNetworks({ vlan = '', dp = '', routers = 'routers: {r1: {vlans: [100, 200]}}', routes = '' } = {}): string {
  return `
vlans:
  100: {vid: 100, faucet_vips: ["10.0.1.254/24", "fc00::1:254/112", "fe80::1:254/64"], faucet_mac: "0e:00:00:00:10:01"${vlan}${routes}}
  200: {vid: 200, faucet_vips: ["10.0.2.254/24", "fc01::1:254/112"], faucet_mac: "0e:00:00:00:20:02"${vlan}}
${routers}
dps:
  sw1:
    dp_id: 1
    hardware: Open vSwitch
    ${dp}
    interfaces:
      1: {native_vlan: 100}
      2: {native_vlan: 200}
      3: {tagged_vlans: [100, 200]}
`
}

/** The router's MAC address in each VLAN. */
export const routerMac: Readonly<Record<number, string>> = { 100: '0e:00:00:00:10:01', 200: '0e:00:00:00:20:02' }

/** A host: where it is, and who. */
export interface Host {
  readonly port: number
  readonly vid: number
  readonly mac: string
  readonly ip: string
}

/** Hosts in the two networks. */
export const alice: Host = { port: 1, vid: 100, mac: '02:00:00:00:00:01', ip: '10.0.1.1' }
export const bob: Host = { port: 2, vid: 200, mac: '02:00:00:00:00:02', ip: '10.0.2.2' }
export const alice6: Host = { ...alice, ip: 'fc00::1:1' }

/** A controller under test: gives it packets and time, and keeps what it wants to be done. */
export class Lab {
  network: NetworkState
  now: number
  /** What came of the last event. */
  effects: readonly Effect[] = []

  constructor(yaml: string, now = 100) {
    this.now = now
    this.network = connectedNetwork(yaml, { now })
  }

  /** Lets some seconds go by, in one tick. */
  wait(seconds: number): this {
    this.now += seconds
    return this.do({ type: 'tick' })
  }

  /** A frame comes to the controller. */
  frame({ port }: Pick<Host, 'port'>, data: Uint8Array, { reason = 'action' as PacketArrived['reason'], totalLen = data.length } = {}): this {
    const cookie = [...this.network.dps.values()][0]?.dp.cookie ?? 0n
    return this.do({ type: 'packet_in', dpId: 1n, inPort: port, reason, cookie, data, totalLen })
  }

  port(portNo: number, up: boolean): this {
    return this.do({ type: 'port_status', dpId: 1n, portNo, reason: 'modify', state: up ? 4 : 1 })
  }

  /** The packets that are sent, as text, by port. */
  get packets(): readonly string[] {
    return this.effects.flatMap((effect) => (effect.type === 'packet_out' ? [`${effect.ports.join(',')}: ${toldBy(effect.data)}`] : []))
  }

  get events(): readonly unknown[] {
    return this.effects.flatMap((effect) => (effect.type === 'event' && 'L3_LEARN' in effect.event ? [effect.event.L3_LEARN] : []))
  }

  do(event: Parameters<typeof step>[1][number]): this {
    const { state, effects } = step(this.network, [event], this.now)
    this.network = state
    this.effects = effects
    return this
  }
}

const tagOf = ({ vid }: Host) => ({ vid, pcp: 0, dei: false })

/** Frames of hosts, as a switch sends them: always with a tag. */
export const frames = {
  arpRequest: (host: Host, targetIp: string, dst = broadcastMac) =>
    encodeEthernet({
      dst, src: host.mac, tag: tagOf(host), type: etherType.arp,
      payload: encodeArp({ operation: 'request', senderMac: host.mac, senderIp: host.ip, targetMac: '00:00:00:00:00:00', targetIp }),
    }),
  arpReply: (host: Host, dst = routerMac[host.vid] ?? '') =>
    encodeEthernet({
      dst, src: host.mac, tag: tagOf(host), type: etherType.arp,
      payload: encodeArp({ operation: 'reply', senderMac: host.mac, senderIp: host.ip, targetMac: dst, targetIp: '10.0.1.254' }),
    }),
  ping: (host: Host, dst: string, data = Uint8Array.of(0, 7, 0, 1, 0xaa)) =>
    ipv4(host, dst, ipProtocol.icmp, encodeIcmp({ type: icmpType.echoRequest, code: 0, body: data })),
  ping6: (host: Host, dst: string, data = Uint8Array.of(0, 7, 0, 1, 0xaa)) =>
    ipv6(host, dst, ipProtocol.icmpv6, encodeIcmpv6({ type: icmpv6Type.echoRequest, code: 0, body: data }, host.ip, dst), 64),
  udp: (host: Host, dst: string, { ttl = 64, mac = routerMac[host.vid] ?? '' } = {}) =>
    host.ip.includes(':') ? ipv6(host, dst, 17, new Uint8Array(12), ttl, mac) : ipv4(host, dst, 17, new Uint8Array(12), ttl, mac),
  discovery: (host: Host, dst: { readonly ip: string; readonly mac: string }, message: NdMessage, hopLimit = 255) =>
    ipv6(host, dst.ip, ipProtocol.icmpv6, encodeIcmpv6(encodeNd(message), host.ip, dst.ip), hopLimit, dst.mac),
  solicitation: (host: Host, target: string) =>
    frames.discovery(host, solicitedNode(target), { type: 'neighbour_solicitation', target, options: [{ type: 'source_link_address', mac: host.mac }] }),
  advertisement: (host: Host, to: string) =>
    frames.discovery(host, { ip: to, mac: routerMac[host.vid] ?? '' }, {
      type: 'neighbour_advertisement', target: host.ip, router: false, solicited: true, override: true, options: [],
    }),
}

function ipv4(host: Host, dst: string, protocol: number, payload: Uint8Array, ttl = 64, mac = routerMac[host.vid] ?? ''): Uint8Array {
  return encodeEthernet({ dst: mac, src: host.mac, tag: tagOf(host), type: etherType.ipv4, payload: encodeIpv4({ src: host.ip, dst, protocol, ttl, payload }) })
}

function ipv6(host: Host, dst: string, nextHeader: number, payload: Uint8Array, hopLimit: number, mac = routerMac[host.vid] ?? ''): Uint8Array {
  return encodeEthernet({ dst: mac, src: host.mac, tag: tagOf(host), type: etherType.ipv6, payload: encodeIpv6({ src: host.ip, dst, nextHeader, hopLimit, payload }) })
}

/** What a frame says. */
function toldBy(data: Uint8Array): string {
  const frame = decodeEthernet(data)
  if (!frame) return 'nothing'
  const head = `${frame.src} > ${frame.dst}${frame.tag ? ` vlan ${String(frame.tag.vid)}` : ''}`
  const arp = frame.type === etherType.arp ? decodeArp(frame.payload) : undefined
  if (arp) return `${head} arp ${arp.operation} ${arp.senderIp} > ${arp.targetIp}`
  const ip = frame.type === etherType.ipv4 ? decodeIpv4(frame.payload) : decodeIpv6(frame.payload)
  const icmp = ip && decodeIcmp(ip.payload)
  if (!ip || !icmp) return head
  const nd = frame.type === etherType.ipv6 ? decodeNd(icmp) : undefined
  const what = nd ? `${nd.type}${'target' in nd ? ` ${nd.target}` : ''}` : `icmp ${String(icmp.type)} ${Buffer.from(icmp.body).toString('hex')}`
  return `${head} ${ip.src} > ${ip.dst} ${what}`
}
