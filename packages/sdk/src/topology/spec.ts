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
}

/** A route of a host. Routes to its own networks are there without being asked for. */
export interface RouteSpec {
  /** `10.9.0.0/16`, `fd00:9::/64`, a single address, or `default` (of the family of `via`). */
  readonly to: string
  /** Address of the next hop, on one of the host's networks. */
  readonly via: string
}

/**
 * A host: a network namespace with its own interfaces, names and processes. Its name, the key, is a host name of RFC 1123 (letters, digits, `-`), told apart
 * from others without regard to case.
 */
export interface HostSpec<Network extends string = string> {
  /** Networks that it is on: names, or names with details. A key that looks like a number comes first, as in every JavaScript object. */
  readonly networks?: readonly Network[] | { readonly [Name in Network]?: AttachmentSpec }
  /** Trunk interfaces by the name they have inside the host. They come behind the interfaces of `networks`. */
  readonly trunks?: Readonly<Record<string, TrunkSpec<Network>>>
  /** Routes beyond its own networks. Default none: hosts of different networks do not reach each other without a router between them. */
  readonly routes?: readonly RouteSpec[]
  /** Forward packets between its interfaces, IPv4 and IPv6. Default false. */
  readonly forwarding?: boolean
  /**
   * Kernel settings of its network namespace: `{ 'net.ipv4.tcp_syncookies': 0 }`. Only `net.` ones exist for each host. Those of an interface are made
   * when it is there; a dot in its name is written `/`, as for sysctl(8): `net.ipv4.conf.up0/100.rp_filter`.
   */
  readonly sysctls?: Readonly<Record<string, string | number>>
  /** Addresses of name servers for its /etc/resolv.conf. Default: those of the topology. */
  readonly dns?: readonly string[]
  /** Environment variables for every process in it, over those of this process. */
  readonly env?: Readonly<Record<string, string>>
}

/** A whole testbed. */
export interface Topology<Network extends string = string, HostName extends string = string> {
  /** Shown in diagrams and messages. Default `testbed`. */
  readonly name?: string
  /** Networks by name: 1 to 63 letters, digits, `.`, `_` and `-`. */
  readonly networks: Readonly<Record<Network, NetworkSpec>>
  /** Hosts by name. */
  readonly hosts: Readonly<Record<HostName, HostSpec<NoInfer<Network>>>>
  /** Addresses of name servers for every host's /etc/resolv.conf. Default: none; the hosts' names are in /etc/hosts. */
  readonly dns?: readonly string[]
}
