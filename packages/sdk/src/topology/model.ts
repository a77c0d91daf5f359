import type { AclEntry, MeterEntry } from '@streambed/faucet'
import type { Subnet } from './subnet.js'
import type { HostSpec, NetworkSpec } from './spec.js'

/** A network with everything decided. */
export interface NetworkModel {
  readonly name: string
  readonly vlan: number
  readonly subnets: readonly Subnet[]
  readonly mtu: number | undefined
  /** Names of the ACLs for what its hosts send, and for what they receive. */
  readonly acls: readonly string[]
  readonly aclsOut: readonly string[]
  /** Addresses of the controller, at most one of each subnet, and link-local ones. */
  readonly gateways: readonly GatewayModel[]
  readonly spec: NetworkSpec
}

/** An address of the controller on a network. */
export interface GatewayModel {
  readonly family: 4 | 6
  readonly address: string
  readonly prefixLength: number
}

/** An address of an interface, with the network that it belongs to. */
export interface AddressModel {
  readonly network: string
  readonly family: 4 | 6
  /** Canonical text. */
  readonly address: string
  readonly prefixLength: number
}

/** A VLAN interface on a trunk. */
export interface SubinterfaceModel {
  /** The name that the user knows: `trunk.VID`. */
  readonly name: string
  /** The name that the kernel has. */
  readonly device: string
  readonly network: string
  readonly mtu: number | undefined
}

/** An interface of a host with everything decided. */
export interface InterfaceModel {
  /** The name that the user knows: given, or `ethN`. */
  readonly name: string
  /** The name that the kernel has: the same, unless the kernel cannot have it (longer than 15 bytes). */
  readonly device: string
  /** The network of an access port; undefined for a trunk. */
  readonly network: string | undefined
  /** The networks of a trunk, in order. */
  readonly trunk: readonly string[] | undefined
  /** VLAN interfaces of a trunk that has addresses, in the order of its networks; empty otherwise. */
  readonly subinterfaces: readonly SubinterfaceModel[]
  readonly mac: string
  readonly addresses: readonly AddressModel[]
  readonly mtu: number | undefined
  /** Names of the ACLs for what the host sends here. */
  readonly acls: readonly string[]
  /** OVS ports whose packets are copied to this one; undefined for what is no tap. */
  readonly tapOf: readonly string[] | undefined
  /** The switch that it is plugged into. */
  readonly switch: string
  /** Name of the switch's end and of its OVS port. */
  readonly port: string
  readonly ofport: number
}

/** A host with everything decided. */
export interface HostModel {
  readonly name: string
  /** Identifier of its namespace: never used again for a later host of the same name. */
  readonly namespace: string
  readonly interfaces: readonly InterfaceModel[]
  readonly spec: HostSpec
}

/** Whether a host is a container, made for it or joined; otherwise it is a namespace. */
export function isContainer({ spec }: Pick<HostModel, 'spec'>): boolean {
  return spec.image !== undefined || spec.container !== undefined
}

/** Where the switch ends of cables live, and how they are told apart from everything else there. */
export interface SwitchSite {
  /** Name of the bridge. */
  readonly bridge: string
  /** Name of every switch end is this and its OpenFlow port number; undefined: readable names (`web-eth0`), for a namespace of the testbed's own. */
  readonly portPrefix: string | undefined
  /** Interface group of the switch ends: one request brings them up, one deletes them. */
  readonly group: number
  /** Interface indexes of switch ends begin behind this one. */
  readonly indexBase: number
  /** The namespace is the testbed's own: its settings may be changed. */
  readonly own: boolean
  /** Number (dpid) of the first switch of which the user gives none; the next ones follow. */
  readonly firstDpid: bigint
}

/** The switch of a testbed of its own. */
export const PRIVATE_SITE: SwitchSite = { bridge: 's1', portPrefix: undefined, group: 0x7362, indexBase: 10_000, own: true, firstDpid: 1n }

/** A switch with everything decided. */
export interface SwitchModel {
  readonly name: string
  /** Name of the bridge. */
  readonly bridge: string
  readonly dpid: bigint
}

/** One end of a cable between switches. */
export interface LinkEnd {
  readonly switch: string
  /** Name of the OVS patch port. */
  readonly port: string
  readonly ofport: number
}

/** A cable between two switches. */
export interface LinkModel {
  readonly ends: readonly [LinkEnd, LinkEnd]
}

/** A whole testbed with everything decided; what is added later is decided from what is there. */
export interface TestbedModel {
  readonly site: SwitchSite
  readonly name: string
  readonly dns: readonly string[]
  readonly networks: ReadonlyMap<string, NetworkModel>
  readonly hosts: ReadonlyMap<string, HostModel>
  /** At least one; the first one is where a host is that does not say. */
  readonly switches: ReadonlyMap<string, SwitchModel>
  readonly links: readonly LinkModel[]
  readonly acls: ReadonlyMap<string, readonly AclEntry[]>
  readonly meters: ReadonlyMap<string, MeterEntry>
  /** The next OpenFlow port number; numbers are not used again. */
  readonly nextOfport: number
  /** Counts the hosts that there ever were: part of the identifiers of their namespaces. */
  readonly nextHost: number
}

/** The addresses that names stand for, those on networks in common with `viewer` first. */
export function addressesOf(model: TestbedModel, host: string, viewer?: string): AddressModel[] {
  const addresses = (model.hosts.get(host)?.interfaces ?? []).flatMap((item) => item.addresses)
  if (viewer === undefined) return addresses
  const shared = networksOf(model, viewer)
  return [...addresses.filter(({ network }) => shared.has(network)), ...addresses.filter(({ network }) => !shared.has(network))]
}

/** The networks on which a host has an address. */
export function networksOf(model: TestbedModel, host: string): Set<string> {
  return new Set((model.hosts.get(host)?.interfaces ?? []).flatMap(({ addresses }) => addresses.map(({ network }) => network)))
}

/**
 * The network on which `viewer` would find somebody else with an address of another network, or undefined. Networks with the same
 * subnet may have equal addresses: a packet to such an address goes to the namesake next door, and never to the other network.
 */
export function namesakeNetwork(model: TestbedModel, viewer: string, { network, address }: AddressModel): string | undefined {
  const nearby = networksOf(model, viewer)
  if (nearby.has(network)) return undefined
  for (const host of model.hosts.values()) {
    for (const item of host.interfaces) {
      const found = item.addresses.find((other) => other.address === address && other.network !== network && nearby.has(other.network))
      if (found !== undefined) return found.network
    }
  }
  return undefined
}

/**
 * Whether the interface's network has IPv4 subnets and no other: then it gets no IPv6 link-local address, and the host does not speak IPv6
 * there by itself. With 200 hosts, what link-local addresses make them say to everybody doubles the time until the first ping is answered.
 */
export function isIpv4Only(model: Pick<TestbedModel, 'networks'>, { network }: InterfaceModel): boolean {
  const subnets = network === undefined ? [] : (model.networks.get(network)?.subnets ?? [])
  return subnets.length > 0 && subnets.every(({ family }) => family === 4)
}
