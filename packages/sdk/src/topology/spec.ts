/**
 * The topology as the user writes it. Names of networks and hosts are the keys.
 */

/** A network: one VLAN of the testbed's switch. */
export interface NetworkSpec {
  /**
   * IPv4 and IPv6 subnets in CIDR form, such as `'10.1.0.0/24'` or `['10.2.0.0/24', 'fd00:2::/64']`. An empty array makes a
   * layer-2 network without addresses. Default: the next free `10.N.0.0/24` and `fd00:N::/64`.
   */
  readonly subnet?: string | readonly string[]
  /** VLAN VID, 1 to 4094. Chosen when not given. */
  readonly vlan?: number
  /** Bytes of an IP packet on every interface of the network, 576 (1280 with IPv6) to 9000. Default 1500. */
  readonly mtu?: number
  /**
   * Allow that its subnet overlaps that of another network. Such networks are told apart only by their VLAN, and no host may be
   * on both. Not needed when both networks give their `vlan`.
   */
  readonly overlap?: boolean
}

/** How a host is on a network. */
export interface AttachmentSpec {
  /** Addresses in the network's subnets, without prefix length: at most one of each subnet. Chosen when not given. */
  readonly ip?: string | readonly string[]
  /** MAC address, unicast. Chosen when not given (`02:73:62:…`). */
  readonly mac?: string
  /** Name of the interface inside the host. Default `eth0`, `eth1`, … in the order of the networks. */
  readonly interface?: string
}

/** An interface that carries several networks, each frame with the VLAN tag of its network. */
export interface TrunkSpec<Network extends string = string> {
  readonly networks: readonly Network[]
  readonly mac?: string
  /**
   * Make a VLAN interface (`name.VID`) with an address of the host for each network, which needs a kernel with 8021q. Default false: the program
   * under test sees the tags itself.
   */
  readonly addresses?: boolean
}

/** A route of a host. */
export interface RouteSpec {
  /** `10.9.0.0/16`, `fd00:9::/64` or `default`. */
  readonly to: string
  /** Address of the next hop, on one of the host's networks. */
  readonly via: string
}

/** A host: a network namespace with its own interfaces, names and processes. */
export interface HostSpec<Network extends string = string> {
  /** Networks that it is on: names, or names with details. */
  readonly networks?: readonly Network[] | { readonly [Name in Network]?: AttachmentSpec }
  /** Trunk interfaces by the name they have inside the host. */
  readonly trunks?: Readonly<Record<string, TrunkSpec<Network>>>
  readonly routes?: readonly RouteSpec[]
  /** Forward packets between its interfaces, IPv4 and IPv6. Default false. */
  readonly forwarding?: boolean
  /** Kernel settings of its network namespace: `{ 'net.ipv4.tcp_syncookies': 0 }`. Only `net.` ones exist for each host. */
  readonly sysctls?: Readonly<Record<string, string | number>>
  /** Name servers for its /etc/resolv.conf. Default: those of the topology. */
  readonly dns?: readonly string[]
  /** Variables for every process in it. */
  readonly env?: Readonly<Record<string, string>>
}

/** A whole testbed. */
export interface Topology<Network extends string = string, HostName extends string = string> {
  /** Shown in diagrams and messages. Default `testbed`. */
  readonly name?: string
  readonly networks: Readonly<Record<Network, NetworkSpec>>
  readonly hosts: Readonly<Record<HostName, HostSpec<NoInfer<Network>>>>
  /** Name servers for every host's /etc/resolv.conf. Default: none; the hosts' names are in /etc/hosts. */
  readonly dns?: readonly string[]
}
