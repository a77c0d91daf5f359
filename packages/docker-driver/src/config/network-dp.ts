import { parseName, type Dp, type FaucetConfig, type Interface, type NameOrNumber } from '@streambed/faucet'
import { OFPP } from '@streambed/ovs'
import type { AddedPort, Network } from '../model/network.js'
import { aclsFor, aclsOfAddedPort } from '../options/index.js'
import { isWithheld } from './withheld.js'

/**
 * The names of the networks' dataplanes, by network id: the networks' own. Where the operator has a dataplane of that name with another
 * datapath id, or an earlier one of the networks has the name (Docker allows that), the bridge's, since both cannot be one.
 */
export function dpNames(networks: readonly Pick<Network, 'id' | 'name' | 'bridge' | 'dpid'>[], base: FaucetConfig): ReadonlyMap<string, string> {
  const dps = base.dps ?? {}
  const names = new Map<string, string>()
  const taken = new Set<string>()
  for (const { id, name, bridge, dpid } of networks) {
    const other = Object.hasOwn(dps, name) ? dps[name]?.dp_id : undefined
    const own = !taken.has(name) && (other == null || BigInt(other) === dpid) ? name : bridge
    names.set(id, own)
    taken.add(own)
  }
  return names
}

/**
 * The dataplane of a network, as dovesnap and FaucetConfRPC have it in the end. Only a loopback port is not here, whose ACL stands
 * outside of the dataplane.
 *
 * Faucet refuses a dataplane without ports, where dovesnap then had none to add a container to. A network without any has its own
 * port here as one that only sends, and to which nothing is sent.
 */
export function networkDp(network: Network): Dp {
  const interfaces = interfacesOf(network)
  const empty = Object.keys(interfaces).length === 0
  return {
    description: bridgeDescription(network.bridge),
    dp_id: exact(network.dpid),
    egress_pipeline: aclsFor(network.options.vlanOutAcl, network.name).length > 0,
    hardware: 'Open vSwitch',
    interfaces: empty ? { [OFPP.LOCAL]: { description: 'no port yet', output_only: true } } : interfaces,
  }
}

/** By this the dataplane of a bridge is known again. */
export function bridgeDescription(bridge: string): string {
  return `OVS Bridge ${bridge}`
}

/** A datapath id as Faucet's model has it: a number where that is exact. */
export function exact(dpid: bigint): number | bigint {
  return dpid <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(dpid) : dpid
}

/** The numbers of the ports whose packets are mirrored, ascending. */
export function mirroredPorts(network: Network): readonly number[] {
  const joined = [...network.endpoints.values()].flatMap((endpoint) => endpoint.joined ?? [])
  return joined.filter(({ mirror }) => mirror).map(({ ofport }) => ofport).sort((a, b) => a - b)
}

/** The OpenFlow number of an added port: what the bridge gave it, or else what was asked for. */
export function addedPortNumber(network: Pick<Network, 'ports'>, port: AddedPort): number | undefined {
  return network.ports.get(port.name) ?? port.ofport
}

/** ACLs as YAML reads their names: digits are a number. */
export function aclRefs(acls: readonly string[]): readonly NameOrNumber[] {
  return acls.map(parseName)
}

function interfacesOf(network: Network): Readonly<Record<string, Interface>> {
  const { options, name } = network
  const ports: Record<string, Interface> = {}
  const inVlan = (description: string, acls: readonly string[], vlan = options.vlan): Interface => ({
    acls_in: aclRefs(acls),
    description,
    native_vlan: vlan,
  })
  // In this order: a container has taken the place of a preallocated port.
  for (const ofport of network.preallocated) ports[ofport] = inVlan('preallocated port', aclsFor(options.defaultAcl, name))
  for (const port of isWithheld(network) ? [] : network.foreignPorts.values()) ports[port.ofport] = inVlan(`Physical interface ${port.name}`, [])
  for (const port of options.addPorts) {
    const ofport = addedPortNumber(network, port)
    if (ofport !== undefined && !isWithheld(network, port)) ports[ofport] = inVlan(`Physical interface ${port.name}`, aclsOfAddedPort(port, name), port.vlan)
  }
  for (const port of options.addCoproPorts) {
    const ofport = addedPortNumber(network, port)
    if (ofport !== undefined && !isWithheld(network, port)) ports[ofport] = coprocessor(port, aclsOfAddedPort(port, name))
  }
  for (const { joined } of network.endpoints.values()) {
    if (joined) ports[joined.ofport] = inVlan(`/${joined.containerName} ${joined.containerId.slice(0, 5)}`, joined.acls)
  }
  if (options.mode !== 'flat' && !isWithheld(network, 'gateway')) {
    ports[OFPP.LOCAL] = { ...inVlan('OVS Port default gateway', aclsFor(options.natAcl, name)), opstatus_reconf: false }
  }
  for (const patch of network.patches.values()) {
    if (patch.purpose === 'mirror') ports[patch.ofport] = mirrorPort(mirroredPorts(network))
    else if (patch.purpose === 'stack') ports[patch.ofport] = stackPort(patch.peer.bridge, patch.peer.ofport)
  }
  return ports
}

/** One end of a stack link. */
export function stackPort(dp: string, port: number): Interface {
  return { description: `stack link to ${dp}`, stack: { dp, port } }
}

function mirrorPort(mirrored: readonly number[]): Interface {
  return { description: 'mirror', ...(mirrored.length === 0 ? {} : { mirror: mirrored }), output_only: true }
}

function coprocessor(port: AddedPort, acls: readonly string[]): Interface {
  const description = `Physical interface ${port.name}`
  return { ...(acls.length === 0 ? {} : { acls_in: aclRefs(acls) }), coprocessor: { strategy: 'vlan_vid' }, description }
}
