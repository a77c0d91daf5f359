/** How a network reaches what is outside: not at all by itself, through the bridge's address and masquerading, or routed. */
export type NetworkMode = 'flat' | 'nat' | 'routed'

/**
 * One item of a `/`-separated specification: a value for every network, or for the network of that name.
 * An ACL value may be a comma list, since a port can have several.
 */
export interface SpecItem<Value = string> {
  readonly network: string | undefined
  readonly value: Value
}

/** A `/`-separated specification, such as `denyall/lab:allowall`: the last item that fits a network wins. */
export type Spec<Value = string> = readonly SpecItem<Value>[]

/** An interface of the machine that becomes a port: one item of `ovs.bridge.add_ports` or `add_copro_ports`. */
export interface AddedPort {
  readonly name: string
  /** OpenFlow port number, 1 to 65279; undefined: the lowest free one. */
  readonly ofport: number | undefined
  /** As it was written, one item: `acl`, or `network:acl` for the network of that name only. See `aclsOfAddedPort` of `options/`. */
  readonly acls: readonly string[]
  /** 1 to 4094; undefined: the network's. Never given for a coprocessor port. */
  readonly vlan: number | undefined
}

/** The options of `docker network create -o ovs.bridge.…`, parsed, with their defaults. */
export interface NetworkOptions {
  /** undefined: the driver chooses a free one. */
  readonly dpid: bigint | undefined
  /** Targets such as `tcp:127.0.0.1:6653`; empty: the driver's default. */
  readonly controllers: readonly string[]
  readonly mode: NetworkMode
  /** undefined: `odsbr` and the first characters of the network's id. */
  readonly bridgeName: string | undefined
  /** 68 to 65535. Default 1500. */
  readonly mtu: number
  /** 1 to 4094. Default 100. */
  readonly vlan: number
  readonly addPorts: readonly AddedPort[]
  readonly addCoproPorts: readonly AddedPort[]
  readonly dhcp: boolean
  /** `datapath_type=netdev`. */
  readonly userspace: boolean
  /** MAC address of the bridge's own port, lower case. */
  readonly ovsLocalMac: string | undefined
  readonly natAcl: Spec
  readonly defaultAcl: Spec
  readonly vlanOutAcl: Spec
  /** How many ports are there before any container is. Default 0. */
  readonly preallocatePorts: number
  /** OpenFlow port number of the mirror or loopback patch. Default 99. */
  readonly lbPort: number
  /** Default 256 plus the VLAN. */
  readonly mirrorTunnelVid: number
  /** Accepted and kept for dovesnap's sake, which never used it. */
  readonly bindInterface: string | undefined
}

/** The addresses that Docker's IPAM gave to a network. */
export interface NetworkAddresses {
  /** `10.9.0.0/24`, `10.9.0.1/24`; undefined without IPv4 (or with `--ipam-driver null`). */
  readonly ipv4: { readonly pool: string; readonly gateway: string | undefined } | undefined
  readonly ipv6: { readonly pool: string; readonly gateway: string | undefined } | undefined
}

/** A network of the driver: what Docker said when it was made. */
export interface Network {
  /** Docker's id: 64 hex digits. */
  readonly id: string
  /** Docker's name. Docker does not tell it before the network is made: until then the bridge's name stands here. */
  readonly name: string
  /** Docker has not told the name yet: what depends on it is not known. */
  readonly unnamed?: boolean | undefined
  readonly bridge: string
  readonly dpid: bigint
  readonly options: NetworkOptions
  readonly addresses: NetworkAddresses
  readonly internal: boolean
  /** What the bridge's other ports were given: OpenFlow port number by interface name (add_ports, add_copro_ports). */
  readonly ports: ReadonlyMap<string, number>
  /** OpenFlow port numbers kept for containers to come. */
  readonly preallocated: readonly number[]
  /** By endpoint id. */
  readonly endpoints: ReadonlyMap<string, Endpoint>
  /** Ports that somebody else added to the bridge (a virtual machine's tap, a NIC by hand), by interface name. */
  readonly foreignPorts: ReadonlyMap<string, ForeignPort>
  /** Ports that lead to bridges of ours (mirror, loopback, stacking), by interface name. */
  readonly patches: ReadonlyMap<string, PatchPort>
}

/** A port mapping of `docker run -p`. */
export interface PortMapping {
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  readonly containerPort: number
  /** 0: any that is free (`-P`, `-p 80`). */
  readonly hostPort: number
  /** Last of the ports of which the first free one is to be taken (`-p 8000-8010:80`); undefined: only `hostPort`. */
  readonly hostPortEnd?: number | undefined
  /** Address of the machine on which it is to answer; undefined: on all of them, the gateway's included. */
  readonly hostAddress: string | undefined
}

/** A container's interface on a network. */
export interface Endpoint {
  /** Docker's id: 64 hex digits. */
  readonly id: string
  /** The end of the veth pair that is the bridge's port. */
  readonly hostInterface: string
  /** The other end, as it is called before Docker renames it. */
  readonly containerInterface: string
  readonly mac: string
  /** Docker was told no MAC address, since it was not known whose the endpoint is: {@link mac} is provisional until Join. */
  readonly macUnclear?: true | undefined
  /** With prefix length; from Docker's IPAM, or by DHCP. */
  readonly ipv4: string | undefined
  readonly ipv6: string | undefined
  /** Known from Join on. */
  readonly joined: JoinedEndpoint | undefined
}

/** What is known when a container is on the network. */
export interface JoinedEndpoint {
  readonly ofport: number
  readonly containerId: string
  /** Without the slash that Docker puts in front. */
  readonly containerName: string
  readonly labels: Readonly<Record<string, string>>
  /** Path of the container's network namespace, as Docker names it. */
  readonly sandboxKey: string
  /** What its port is to have: from the label, or the network's default. */
  readonly acls: readonly string[]
  readonly mirror: boolean
  readonly portMappings: readonly PortMapping[]
}

/** A port that somebody else added to one of our bridges. */
export interface ForeignPort {
  readonly name: string
  readonly ofport: number
  readonly mac: string | undefined
}

/** A port that leads to another bridge of ours. */
export interface PatchPort {
  readonly name: string
  readonly ofport: number
  readonly purpose: 'mirror' | 'loopback' | 'stack'
  readonly peer: { readonly bridge: string; readonly name: string; readonly ofport: number }
}
