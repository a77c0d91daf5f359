import { TestbedError } from '../errors.js'
import { routesOf } from '../topology/gateways.js'
import type { AddressModel, HostModel, InterfaceModel, TestbedModel } from '../topology/model.js'
import { contains, parseCidr, parseHostAddress } from '../topology/subnet.js'

/** What kind of packet: one of `tcp`, `udp`, `sctp` with the destination port, `icmp` (an echo request, also for IPv6), or `arp`. Default `icmp`. */
export type PacketKind =
  | { readonly tcp: number; readonly source?: number }
  | { readonly udp: number; readonly source?: number }
  | { readonly sctp: number; readonly source?: number }
  | { readonly icmp?: true }
  | { readonly arp: true }

/** A packet as `ofproto/trace` takes it, and where it goes. */
export interface TracePacket {
  readonly bridge: string
  /** `in_port=3,tcp,…` */
  readonly flow: string
  /** The interface that sends it, and the one that it is for. */
  readonly sender: InterfaceModel
  readonly target: InterfaceModel
  readonly source: string
  readonly destination: string
  /** The network that it is sent on. */
  readonly network: string
  /** Who gets it first: the target itself, or a router on the way. */
  readonly next: { readonly type: 'target' } | { readonly type: 'gateway'; readonly address: string } | { readonly type: 'host'; readonly host: string; readonly port: string }
}

/** Faucet's `faucet_mac` when nothing else is configured. */
const GATEWAY_MAC = '0e:00:00:00:00:01'

/**
 * The packet by which one host would try to reach another: sender, next hop and addresses as their kernels would choose them.
 * @throws TestbedError `invalid` when there is no way for it to be sent
 */
export function tracePacket(model: TestbedModel, from: HostModel, to: HostModel, kind: PacketKind, family?: 4 | 6): TracePacket {
  const targets = to.interfaces.flatMap((item) => item.addresses.map((address) => ({ item, address }))).filter(({ address }) => family === undefined || address.family === family)
  const own = from.interfaces.flatMap((item) => item.addresses.map((address) => ({ item, address })))
  const choices = targets.flatMap((target) => own.filter(({ address }) => address.family === target.address.family).map((sender) => ({ sender, target })))
  const direct = choices.find(({ sender, target }) => sender.address.network === target.address.network)
  const routed: { readonly sender: (typeof own)[number]; readonly target: (typeof targets)[number]; readonly via?: string | undefined } | undefined = direct ?? choices.map((choice) => ({ ...choice, via: nextHop(model, from, choice.target.address) })).find(({ sender, via }) => via !== undefined && isNear(sender.address, via))
  if (routed === undefined) {
    throw new TestbedError('invalid', `host "${from.name}" has no way to send to host "${to.name}": they share no network${family === undefined ? '' : ` with IPv${family}`}, and it has no route there`)
  }
  const { sender, target } = routed
  const { via } = routed
  const next = via === undefined ? ({ type: 'target', mac: target.item.mac } as const) : routerAt(model, sender.address.network, via)
  const { network } = sender.address
  const tag = sender.item.network === undefined ? `,dl_vlan=${model.networks.get(network)?.vlan ?? 0}` : ''
  return {
    bridge: model.switches.get(sender.item.switch)?.bridge ?? '',
    flow: `in_port=${sender.item.ofport}${tag},dl_src=${sender.item.mac},dl_dst=${'arp' in kind ? 'ff:ff:ff:ff:ff:ff' : next.mac},${fieldsOf(kind, sender.address, target.address)}`,
    sender: sender.item,
    target: target.item,
    source: sender.address.address,
    destination: target.address.address,
    network,
    next,
  }
}

function isNear({ family, address, prefixLength }: AddressModel, other: string): boolean {
  const parsed = parseHostAddress(other)
  const own = parseHostAddress(address)
  if (parsed === undefined || own === undefined || parsed.family !== family) return false
  const bits = BigInt((family === 6 ? 128 : 32) - prefixLength)
  return parsed.value >> bits === own.value >> bits
}

/** The next hop of the most specific route to an address. */
function nextHop(model: TestbedModel, from: HostModel, { family, address }: AddressModel): string | undefined {
  const value = parseHostAddress(address)?.value ?? -1n
  const lengthOf = (to: string): number => {
    if (to === 'default') return 0
    const subnet = parseCidr(to.includes('/') ? to : `${to}/${family === 6 ? 128 : 32}`)
    return typeof subnet !== 'string' && contains(subnet, family, value) ? subnet.prefixLength : -1
  }
  const routes = routesOf(model, from).filter(({ via }) => via.includes(':') === (family === 6))
  const [best] = routes.map((route) => ({ route, length: lengthOf(route.to) })).filter(({ length }) => length >= 0).sort((a, b) => b.length - a.length)
  return best?.route.via
}

function routerAt(model: TestbedModel, network: string, via: string): TracePacket['next'] & { readonly mac: string } {
  if (model.networks.get(network)?.gateways.some(({ address }) => address === via) === true) return { type: 'gateway', address: via, mac: GATEWAY_MAC }
  for (const host of model.hosts.values()) {
    const found = host.interfaces.find(({ addresses }) => addresses.some((item) => item.address === via && item.network === network))
    if (found !== undefined) return { type: 'host', host: host.name, port: found.port, mac: found.mac }
  }
  throw new TestbedError('invalid', `nobody on network "${network}" has the address ${via}, which the route goes by`)
}

function fieldsOf(kind: PacketKind, source: AddressModel, destination: AddressModel): string {
  const six = source.family === 6
  const addresses = six ? `ipv6_src=${source.address},ipv6_dst=${destination.address}` : `nw_src=${source.address},nw_dst=${destination.address}`
  const ports = (name: string, port: number, from = 40_000): string => `${name}${six ? '6' : ''},${addresses},nw_ttl=64,${name}_src=${from},${name}_dst=${port}`
  if ('tcp' in kind) return ports('tcp', kind.tcp, kind.source)
  if ('udp' in kind) return ports('udp', kind.udp, kind.source)
  if ('sctp' in kind) return ports('sctp', kind.sctp, kind.source)
  if ('arp' in kind) {
    if (six) throw new TestbedError('invalid', 'ARP is for IPv4: the hosts have no IPv4 addresses in common')
    return `arp,arp_op=1,arp_spa=${source.address},arp_tpa=${destination.address}`
  }
  return six ? `icmp6,${addresses},nw_ttl=64,icmpv6_type=128,icmpv6_code=0` : `icmp,${addresses},nw_ttl=64,icmp_type=8,icmp_code=0`
}
