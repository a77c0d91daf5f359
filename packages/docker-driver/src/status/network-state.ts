import type { NetworkMode } from '../model/network.js'

/*
 * What `GET /networks` tells, as dovesnap spells it (ovs/driver.go, `NetworkState`). What dovesnap does not have is marked "Ours": it is added, and takes
 * nothing away from programs that read dovesnap's.
 */

/** By Docker's id of the network. */
export type NetworkStates = Readonly<Record<string, NetworkState>>

/** A network. */
export interface NetworkState {
  readonly NetworkName: string
  readonly BridgeName: string
  /** `0x` and hexadecimal digits. */
  readonly BridgeDpid: string
  /** The same as a number, of up to 64 bits; all digits are written. */
  readonly BridgeDpidUint: bigint
  readonly BridgeVLAN: number
  readonly MTU: number
  readonly PreAllocatePorts: number
  readonly Mode: NetworkMode
  /** As in the option: `eth1/7/denyall/20`. */
  readonly AddPorts: string
  readonly AddCoproPorts: string
  /** IPv4 if there is one, else IPv6; empty without. */
  readonly Gateway: string
  /** Its prefix length. */
  readonly GatewayMask: string
  readonly FlatBindInterface: string
  readonly UseDHCP: boolean
  readonly Userspace: boolean
  readonly NATAcl: string
  readonly VLANOutAcl: string
  readonly DefaultAcl: string
  readonly OvsLocalMac: string
  /** Comma list; the daemon's default when the network has none of its own. */
  readonly Controller: string
  /** Ours. With prefix length, as all that follow. */
  readonly GatewayIPv6: string
  /** Ours. */
  readonly Subnet: string
  /** Ours. */
  readonly SubnetIPv6: string
  /** Ours. */
  readonly Internal: boolean
  readonly DynamicNetworkStates: DynamicNetworkState
}

/** What is on a network. */
export interface DynamicNetworkState {
  readonly ShortEngineId: string
  /** By endpoint id. */
  readonly Containers: Readonly<Record<string, ContainerState>>
  /** By interface: added ports, those that somebody else added, and the bridge itself where it is the gateway. */
  readonly ExternalPorts: Readonly<Record<string, ExternalPortState>>
  /** By interface. */
  readonly OtherBridgePorts: Readonly<Record<string, OtherBridgePortState>>
  /** Ours: the bridges that these ports lead to, by name. */
  readonly OtherBridges: Readonly<Record<string, OtherBridgeState>>
}

/** A container. */
export interface ContainerState {
  /** With Docker's slash in front. */
  readonly Name: string
  readonly Id: string
  readonly OFPort: number
  readonly MacAddress: string
  /** IPv4, without prefix length; empty without. */
  readonly HostIP: string
  readonly Labels: Readonly<Record<string, string>>
  /** In the container; empty when it is not known. */
  readonly IfName: string
  /** Ours. */
  readonly HostIPv6: string
  /** Ours: what its port has, whether from the label or the network's default. */
  readonly Acls: readonly string[]
  /** Ours. */
  readonly Mirror: boolean
  /** Ours: as in `docker ps`, such as `0.0.0.0:8080->80/tcp`. */
  readonly PortMappings: readonly string[]
}

/** A port that is no container's. */
export interface ExternalPortState {
  readonly Name: string
  readonly OFPort: number
  /** Empty when it is not known. */
  readonly MacAddress: string
}

/** A port that leads to another bridge. */
export interface OtherBridgePortState {
  readonly Name: string
  readonly PeerName: string
  readonly OFPort: number
  readonly PeerOFPort: number
  readonly PeerBridgeName: string
}

/** A bridge of the daemon's own. */
export interface OtherBridgeState {
  readonly Kind: 'mirror' | 'loopback' | 'stack'
  /** By interface. */
  readonly Interfaces: Readonly<Record<string, OtherBridgeInterfaceState>>
  /** Where what a loopback bridge reflects goes through the stack. */
  readonly MirrorTo?: { readonly Dp: string; readonly Port: number } | undefined
  /** The dataplane that is the root of the stack, when it is given. */
  readonly StackPriority1?: string | undefined
}

/** An interface of the machine on such a bridge. */
export interface OtherBridgeInterfaceState {
  readonly OFPort?: number | undefined
  /** Of the mirror bridge: what comes from another one, and where everything goes. */
  readonly Direction?: 'in' | 'out' | undefined
  /** Of the stacking bridge: the other end of the cable. */
  readonly RemoteDp?: string | undefined
  readonly RemotePort?: number | undefined
}
