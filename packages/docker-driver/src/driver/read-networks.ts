import { HIGHEST_OFPORT } from '@streambed/ovs'
import type { Endpoint, ForeignPort, Network } from '../model/network.js'
import { networkAddresses, parseNetworkOptions } from '../options/index.js'
import type { CreateNetworkRequest } from '../protocol/network-driver.js'
import { key, readBridgeIds, readEndpoint } from './state.js'
import type { BridgePort, BridgeState } from './switch-database.js'

/**
 * The networks of a driver as the database of Open vSwitch has them: what a new process knows of those that were made before. One that
 * cannot be read is left out: Docker may know enough to make it again.
 * @param onUnreadable gets what is wrong with such a one, or with an endpoint of one, in words
 */
export function readNetworks(bridges: readonly BridgeState[], driver: string, onUnreadable: (text: string) => void): Network[] {
  return bridges.flatMap((bridge) => {
    const id = bridge.externalIds[key.network]
    if (id === undefined || bridge.externalIds[key.driver] !== driver) return []
    try {
      const network = readNetwork(bridge, driver, onUnreadable)
      if (network !== undefined) return [network]
      onUnreadable(`the record of network ${id.slice(0, 12)} on bridge ${bridge.name} is damaged: external_ids:${key.request} must be what this driver wrote`)
    } catch (error) {
      onUnreadable(`the record of network ${id.slice(0, 12)} on bridge ${bridge.name} cannot be read: ${(error as Error).message}`)
    }
    return []
  })
}

function readNetwork(bridge: BridgeState, driver: string, onUnreadable: (text: string) => void): Network | undefined {
  const ids = readBridgeIds(bridge.externalIds, driver)
  if (ids === undefined) return undefined
  const request = requestOf(ids.id, ids.record)
  const endpoints = bridge.ports.flatMap((port): [string, Endpoint][] => {
    const endpoint = readEndpoint(port.externalIds, port.name, usable(port))
    const id = port.externalIds[key.endpoint]
    if (id !== undefined && endpoint === undefined) onUnreadable(`the record of endpoint ${id.slice(0, 12)} on port ${port.name} of bridge ${bridge.name} is damaged: external_ids:${key.state} must be what this driver wrote`)
    return endpoint === undefined ? [] : [[endpoint.id, endpoint]]
  })
  const ports = bridge.ports.flatMap((port): [string, number][] => {
    // One whose interface is not there at the moment has the number that it will have.
    const ofport = usable(port) ?? port.requested
    return port.externalIds[key.port] === undefined || ofport === undefined ? [] : [[port.name, ofport]]
  })
  const network: Network = {
    id: ids.id,
    name: ids.name ?? bridge.name,
    ...(ids.name === undefined && { unnamed: true }),
    bridge: bridge.name,
    dpid: bridge.dpid ?? 0n,
    options: parseNetworkOptions(ids.record.options, request),
    addresses: networkAddresses(request),
    internal: ids.record.internal,
    ports: new Map(ports),
    preallocated: ids.pool,
    endpoints: new Map(endpoints),
    foreignPorts: new Map(),
    patches: new Map(),
  }
  return { ...network, foreignPorts: foreignPorts(bridge, network) }
}

/** What Docker asked for when the network was made. */
export function requestOf(networkId: string, record: NonNullable<ReturnType<typeof readBridgeIds>>['record']): CreateNetworkRequest {
  const { options, addresses, internal } = record
  const ipam = (family: Network['addresses']['ipv4']): CreateNetworkRequest['ipv4'] => (family === undefined ? [] : [{ AddressSpace: '', Pool: family.pool, Gateway: family.gateway }])
  return { networkId, options, internal, enableIpv6: addresses.ipv6 !== undefined, ipv4: ipam(addresses.ipv4), ipv6: ipam(addresses.ipv6) }
}

/** Ports that neither the driver made nor the bridge is: a virtual machine's tap, a NIC added by hand. */
export function foreignPorts(bridge: BridgeState, { ports, endpoints, patches }: Network): ReadonlyMap<string, ForeignPort> {
  const own = new Set([bridge.name, ...ports.keys(), ...patches.keys(), ...[...endpoints.values()].map(({ hostInterface }) => hostInterface)])
  const found = bridge.ports.flatMap((port): [string, ForeignPort][] => {
    const ofport = usable(port)
    const isOurs = own.has(port.name) || Object.keys(port.externalIds).some((id) => id.startsWith('streambed-'))
    return isOurs || ofport === undefined ? [] : [[port.name, { name: port.name, ofport, mac: port.mac }]]
  })
  return new Map(found)
}

/** The numbers of the interfaces that a network has by its options: those that they have now, and else those that they had. */
export function addedPortNumbers(bridge: BridgeState, { options, ports }: Network): Network['ports'] {
  const present = new Map(bridge.ports.map((port) => [port.name, usable(port) ?? port.requested]))
  return new Map([...options.addPorts, ...options.addCoproPorts].flatMap(({ name }): [string, number][] => {
    const ofport = present.get(name) ?? ports.get(name)
    return ofport === undefined ? [] : [[name, ofport]]
  }))
}

/** Whether two maps of ports have the same numbers. */
export function samePorts(a: Network['ports'], b: Network['ports']): boolean {
  return a.size === b.size && [...a].every(([name, ofport]) => b.get(name) === ofport)
}

/** Whether two maps of foreign ports say the same. */
export function sameForeignPorts(a: Network['foreignPorts'], b: Network['foreignPorts']): boolean {
  return a.size === b.size && [...a].every(([name, { ofport }]) => b.get(name)?.ofport === ofport)
}

/** The number of a port; undefined while it has none, or could not be added, and for the bridge's own. */
export function usable({ ofport }: BridgePort): number | undefined {
  return ofport !== undefined && ofport > 0 && ofport <= HIGHEST_OFPORT ? ofport : undefined
}
