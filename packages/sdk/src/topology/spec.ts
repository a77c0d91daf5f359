import type { Acl, AclEntry } from '@streambed/faucet'
import type { ContainerOptions } from './container-spec.js'

/**
 * The topology as the user writes it. Names of networks and hosts are the keys.
 */

/** A network: one VLAN of the testbed's switch. `{}` is enough: everything that is not given is chosen. */
export interface NetworkSpec {
  /**
   * IPv4 and IPv6 subnets in CIDR form, such as `'10.1.0.0/24'` or `['10.2.0.0/24', 'fd00:2::/64']`. An empty array makes a
   * layer-2 network without addresses. Default: the next free `10.N.0.0/24` and `fd00:N::/64` (`172.16.N.0/24` … when those are used up).
   * A subnet of one family alone means that the network has no addresses of the other one.
   */
  readonly subnet?: string | readonly string[]
  /** VLAN VID, 1 to 4094. Default: the next free one from 100 on. */
  readonly vlan?: number
  /** Bytes of an IP packet on every interface of the network, 576 (1280 with IPv6) to 9000. Default 1500. A trunk has the largest of its networks'. */
  readonly mtu?: number
  /**
   * Allow that its subnet overlaps that of another network. Such networks are told apart only by their VLAN, and no host may be
   * on both. Not needed when both networks give their `vlan`. Default false.
   */
  readonly overlap?: boolean
  /** Names of ACLs for what its hosts send, in the order in which they are tried. What no rule matches is dropped. Default none: all passes. */
  readonly acl?: string | readonly string[]
  /** Names of ACLs for what its hosts receive. Default none. */
  readonly aclOut?: string | readonly string[]
  /**
   * The controller routes between this network and the others that have a gateway, and answers ARP, neighbour solicitations and pings for it.
   * `true`: the first address of each subnet. Or addresses of its own, at most one of each subnet; a link-local one (`fe80::1`) makes it send router
   * advertisements. Its hosts get a default route there, unless they have one of their own or forward packets themselves. Default false.
   */
  readonly gateway?: boolean | string | readonly string[]
  /** Routes of the gateway to what lies beyond hosts of this network. Default none. */
  readonly gatewayRoutes?: readonly RouteSpec[]
}

/** How a host is on a network. */
export interface AttachmentSpec {
  /**
   * Addresses in the network's subnets, without prefix length: at most one of each subnet. Those of the other subnets are chosen: the lowest free
   * ones from the second on, since the first (`10.1.0.1`) is commonly a gateway's. An empty array gives the interface no address, as for a DHCP client.
   */
  readonly ip?: string | readonly string[]
  /** MAC address, unicast, that no other interface of the testbed has. Chosen when not given (`02:73:62:…`). */
  readonly mac?: string
  /**
   * Name of the interface inside the host, up to 127 bytes. Default `eth0`, `eth1`, … in the order of the networks, then of the trunks. The
   * kernel itself calls an interface whose name is longer than 15 bytes by the default; this package knows it by both names.
   */
  readonly interface?: string
  /** Names of ACLs for what the host sends on this interface, before those of the network. Default none. */
  readonly acl?: string | readonly string[]
}

/** An interface that carries several networks, each frame with the VLAN tag of its network. */
export interface TrunkSpec<Network extends string = string> {
  /** Networks that it carries, at least one. */
  readonly networks: readonly Network[]
  /** As that of an {@link AttachmentSpec}; its VLAN interfaces have the same. */
  readonly mac?: string
  /**
   * Make a VLAN interface (`name.VID`) with an address of the host for each network, which needs a kernel with 8021q. Default false: the program
   * under test sees the tags itself.
   */
  readonly addresses?: boolean
  /** As that of an {@link AttachmentSpec}. */
  readonly acl?: string | readonly string[]
}

/** Whose packets a tap gets: a host's, all or those of one interface, which is named by itself or by its network. */
export type TapSource = string | { readonly host: string; readonly interface?: string }

/** A limit for packets that an ACL rule sends through it (`allow(…, { meter: 'slow' })`); what is over it is dropped. */
export type MeterSpec =
  /** Kilobits a second, with a burst of so many kilobits. */
  | { readonly kbps: number; readonly burst?: number }
  /** Packets a second, with a burst of so many packets. */
  | { readonly pps: number; readonly burst?: number }

/** A switch. */
export interface SwitchSpec {
  /** Its number (OpenFlow datapath id), 1 to 2^48. Default: 1, 2, … in the order of the switches. */
  readonly dpid?: number
}

/** A route of a host. Routes to its own networks are there without being asked for. */
export interface RouteSpec {
  /** `10.9.0.0/16`, `fd00:9::/64`, a single address, or `default` (of the family of `via`). */
  readonly to: string
  /** Address of the next hop, on one of the host's networks. */
  readonly via: string
}

/**
 * A host: a network namespace with its own interfaces, names and processes; with `image` or `container` a container. Its name, the key, is a host name of RFC 1123 (letters, digits, `-`), told apart
 * from others without regard to case.
 */
export interface HostSpec<Network extends string = string> extends ContainerOptions {
  /** Networks that it is on: names, or names with details. A key that looks like a number comes first, as in every JavaScript object. */
  readonly networks?: readonly Network[] | { readonly [Name in Network]?: AttachmentSpec }
  /** Trunk interfaces by the name they have inside the host. They come behind the interfaces of `networks`. */
  readonly trunks?: Readonly<Record<string, TrunkSpec<Network>>>
  /**
   * Interfaces that get copies of what others send and receive, by the name they have inside the host. They come behind the trunks, have no
   * address, and what is sent from them is dropped. The others must be on the same switch. An empty list can be filled later.
   */
  readonly taps?: Readonly<Record<string, readonly TapSource[]>>
  /** The switch that it is plugged into. Default: the first one. */
  readonly switch?: string
  /** Routes beyond its own networks. Default none: hosts of different networks do not reach each other without a router between them. */
  readonly routes?: readonly RouteSpec[]
  /** Forward packets between its interfaces, IPv4 and IPv6. Default false. */
  readonly forwarding?: boolean
  /**
   * Kernel settings of its network namespace: `{ 'net.ipv4.tcp_syncookies': 0 }`. Only `net.` ones exist for each host; a container of its own also has those of
   * its IPC namespace (`kernel.shmmax`, `fs.mqueue.…`). Those of an interface are made when it is there; a dot in its name is written `/`, as for sysctl(8): `net.ipv4.conf.up0/100.rp_filter`.
   */
  readonly sysctls?: Readonly<Record<string, string | number>>
  /** Addresses of name servers for its /etc/resolv.conf. Default: those of the topology. */
  readonly dns?: readonly string[]
  /** Environment variables for every process in it, over those of this process; in a container over those of its image, for its command too. */
  readonly env?: Readonly<Record<string, string>>
}

/** What a topology has beside its hosts. */
export interface TopologyBase<Network extends string = string> {
  /** Shown in diagrams and messages. Default `testbed`. */
  readonly name?: string
  /** Networks by name: 1 to 63 letters, digits, `.`, `_` and `-`. */
  readonly networks: Readonly<Record<Network, NetworkSpec>>
  /** Addresses of name servers for every host's /etc/resolv.conf. Default: none; the hosts' names are in /etc/hosts. */
  readonly dns?: readonly string[]
  /**
   * ACLs by name, from `allow()`, `deny()` and the other builders, or as Faucet writes them: `{ 'no-telnet': [deny({ tcp: { dst: 23 } }), allow()] }`.
   * Port names in them are those of `testbed.inspect()`.
   */
  readonly acls?: Readonly<Record<string, TopologyAcl>>
  /** Meters by name, for ACL rules. */
  readonly meters?: Readonly<Record<string, MeterSpec>>
  /** Switches by name. Default: one, `s1`. With several, the networks extend over all of them. */
  readonly switches?: Readonly<Record<string, SwitchSpec>>
  /** Cables between switches: `[['s1', 's2']]`. All switches must be connected; more cables than needed stand in for those that fail. */
  readonly links?: readonly (readonly [string, string])[]
}

/** A whole testbed. */
export interface Topology<Network extends string = string, HostName extends string = string> extends TopologyBase<Network> {
  /** Hosts by name. */
  readonly hosts: Readonly<Record<HostName, HostSpec<NoInfer<Network>>>>
}

/** A topology that says which of its hosts are containers: `Kinds` has the type of `image` or `container` by the names of the hosts. */
export type TypedTopology<Network extends string, Kinds> = TopologyBase<Network> & {
  /** Hosts by name. */
  readonly hosts: { readonly [Name in keyof Kinds]: HostSpec<NoInfer<Network>> & { readonly image?: Kinds[Name]; readonly container?: Kinds[Name] } }
}

/** The names of those hosts of a topology that are containers, as far as its literal tells. */
export type ContainerNames<Kinds> = string extends keyof Kinds ? never : { [Name in keyof Kinds & string]: [Kinds[Name]] extends [string] ? Name : never }[keyof Kinds & string]

/** The rules of an ACL: what builders give (one or two rules each), single rules, or Faucet's own form. */
export type TopologyAcl = Acl | readonly (AclEntry | readonly AclEntry[])[]
