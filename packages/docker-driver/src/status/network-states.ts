import { OFPP } from '@streambed/ovs'
import { formatSpec } from '../options/index.js'
import type { AddedPort, Endpoint, JoinedEndpoint, Network, PortMapping } from '../model/network.js'
import type { ContainerState, ExternalPortState, NetworkState, NetworkStates, OtherBridgePortState, OtherBridgeState } from './network-state.js'

/** What is told beside the networks themselves. */
export interface StatusContext {
  /** Six hexadecimal digits: `shortEngineId`. */
  readonly shortEngineId: string
  /** What networks have that name no controllers. */
  readonly defaultControllers?: readonly string[] | undefined
  /** The MAC address of an interface of the machine. */
  readonly macOf?: ((interfaceName: string) => string | undefined) | undefined
  /** What Docker called the interface in the container. */
  readonly interfaceOf?: ((endpoint: Endpoint) => string | undefined) | undefined
  /** The daemon's mirror, loopback and stacking bridges, by name. */
  readonly otherBridges?: Readonly<Record<string, OtherBridgeState>> | undefined
}

/** The state of networks as `GET /networks` tells it. Pure. */
export function networkStates(networks: readonly Network[], context: StatusContext): NetworkStates {
  return Object.fromEntries(networks.map((network) => [network.id, networkState(network, context)]))
}

/** The body of the answer to `GET /networks`: JSON, in which datapath ids have all of their digits. */
export function networksJson(networks: readonly Network[], context: StatusContext): string {
  return printJson(networkStates(networks, context))
}

/** One network of it. */
export function networkJson(network: Network, context: StatusContext): string {
  return printJson(networkState(network, context))
}

function networkState(network: Network, context: StatusContext): NetworkState {
  const { options, addresses } = network
  const gateway = addresses.ipv4?.gateway ?? addresses.ipv6?.gateway ?? ''
  const controllers = options.controllers.length > 0 ? options.controllers : (context.defaultControllers ?? [])
  return {
    NetworkName: network.name,
    BridgeName: network.bridge,
    BridgeDpid: `0x${network.dpid.toString(16)}`,
    BridgeDpidUint: network.dpid,
    BridgeVLAN: options.vlan,
    MTU: options.mtu,
    PreAllocatePorts: options.preallocatePorts,
    Mode: options.mode,
    AddPorts: options.addPorts.map(addedPortText).join(','),
    AddCoproPorts: options.addCoproPorts.map(addedPortText).join(','),
    Gateway: addressOf(gateway),
    GatewayMask: gateway.split('/')[1] ?? '',
    FlatBindInterface: options.bindInterface ?? '',
    UseDHCP: options.dhcp,
    Userspace: options.userspace,
    NATAcl: formatSpec(options.natAcl),
    VLANOutAcl: formatSpec(options.vlanOutAcl),
    DefaultAcl: formatSpec(options.defaultAcl),
    OvsLocalMac: options.ovsLocalMac ?? '',
    Controller: controllers.join(','),
    GatewayIPv6: addresses.ipv6?.gateway ?? '',
    Subnet: addresses.ipv4?.pool ?? '',
    SubnetIPv6: addresses.ipv6?.pool ?? '',
    Internal: network.internal,
    DynamicNetworkStates: {
      ShortEngineId: context.shortEngineId,
      Containers: Object.fromEntries([...network.endpoints.values()].flatMap((endpoint) => (endpoint.joined === undefined ? [] : [[endpoint.id, containerState(endpoint, endpoint.joined, context)]]))),
      ExternalPorts: externalPorts(network, context),
      OtherBridgePorts: Object.fromEntries([...network.patches.values()].map(({ name, ofport, peer }): [string, OtherBridgePortState] => [
        name,
        { Name: name, PeerName: peer.name, OFPort: ofport, PeerOFPort: peer.ofport, PeerBridgeName: peer.bridge },
      ])),
      OtherBridges: otherBridges(network, context),
    },
  }
}

function containerState(endpoint: Endpoint, joined: JoinedEndpoint, { interfaceOf }: StatusContext): ContainerState {
  return {
    Name: `/${joined.containerName}`,
    Id: joined.containerId,
    OFPort: joined.ofport,
    MacAddress: endpoint.mac,
    HostIP: addressOf(endpoint.ipv4 ?? ''),
    Labels: joined.labels,
    IfName: interfaceOf?.(endpoint) ?? '',
    HostIPv6: addressOf(endpoint.ipv6 ?? ''),
    Acls: joined.acls,
    Mirror: joined.mirror,
    PortMappings: joined.portMappings.map(portMappingText),
  }
}

function externalPorts({ bridge, options, ports, foreignPorts }: Network, { macOf }: StatusContext): Readonly<Record<string, ExternalPortState>> {
  const port = (name: string, ofport: number, mac?: string): [string, ExternalPortState] => [name, { Name: name, OFPort: ofport, MacAddress: mac ?? macOf?.(name) ?? '' }]
  return Object.fromEntries([
    ...[...ports].map(([name, ofport]) => port(name, ofport)),
    ...(options.mode === 'flat' ? [] : [port(bridge, OFPP.LOCAL, options.ovsLocalMac)]),
    ...[...foreignPorts.values()].map(({ name, ofport, mac }) => port(name, ofport, mac)),
  ])
}

/** Those that the network has a port to; a loopback bridge belongs to its stack. */
function otherBridges({ patches }: Network, { otherBridges: all = {} }: StatusContext): Readonly<Record<string, OtherBridgeState>> {
  const near = new Set([...patches.values()].map(({ peer }) => peer.bridge))
  return Object.fromEntries(Object.entries(all).filter(([name]) => near.has(name)))
}

/** `name[/ofport[/acl[/vlan]]]`, no longer than it has to be. */
function addedPortText({ name, ofport, acls, vlan }: AddedPort): string {
  return [name, ofport ?? '', acls.join(','), vlan ?? ''].join('/').replace(/\/+$/, '')
}

/** As `docker ps` shows it. */
function portMappingText({ protocol, containerPort, hostPort, hostPortEnd, hostAddress = '0.0.0.0' }: PortMapping): string {
  const range = hostPortEnd === undefined || hostPortEnd === hostPort ? hostPort : `${hostPort}-${hostPortEnd}`
  return `${hostAddress.includes(':') ? `[${hostAddress}]` : hostAddress}:${range}->${containerPort}/${protocol}`
}

function addressOf(cidr: string): string {
  return cidr.split('/')[0] ?? ''
}

/** `JSON.stringify`, which does not take a bigint. */
function printJson(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return `[${value.map(printJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value).flatMap(([name, item]) => (item === undefined ? [] : [`${JSON.stringify(name)}:${printJson(item)}`])).join(',')}}`
}
