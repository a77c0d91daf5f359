import type { Dp, FaucetConfig, Interface, Vlan } from '@streambed/faucet'
import { OFPP } from '@streambed/ovs'
import { destinationOf } from '../topology/gateways.js'
import type { HostModel, InterfaceModel, NetworkModel, SwitchModel, TestbedModel } from '../topology/model.js'

/** The VID that a host's access port has on a network now: a partition gives it another one. */
export type VlanOf = (network: string, host: string) => number

/** The router that joins all networks with a gateway. */
const ROUTER = 'gateways'

/**
 * The Faucet configuration of a testbed: each network a VLAN, each switch a dataplane, each interface a port. Pure.
 *
 * VLANs have the names of their networks, ports those of the OVS ports, ACLs and meters those of the topology. The number of hosts is not limited
 * (`max_hosts: 0`): a testbed says itself who is there.
 */
export function faucetConfigOf(model: TestbedModel, vlanOf: VlanOf): FaucetConfig {
  const networks = [...model.networks.values()]
  const hosts = [...model.hosts.values()]
  const routed = networks.filter(({ gateways }) => gateways.length > 0)
  const vlans: Record<string, Vlan> = Object.fromEntries(networks.map((network) => [vlanName(network), vlanOfNetwork(network)]))
  // The parts of a network that a partition cuts off: the same rules, and no gateway.
  for (const host of hosts) {
    for (const { network: name } of host.interfaces) {
      const network = name === undefined ? undefined : model.networks.get(name)
      if (network === undefined) continue
      const vid = vlanOf(network.name, host.name)
      if (vid !== network.vlan) vlans[partName(network, vid)] = { vid, ...rulesOf(network), description: `part of ${network.name}` }
    }
  }
  const meters = [...model.meters].map(([name, entry], index) => [name, { meter_id: index + 1, entry }] as const)
  return {
    vlans,
    ...(model.acls.size > 0 && { acls: Object.fromEntries(model.acls) }),
    ...(meters.length > 0 && { meters: Object.fromEntries(meters) }),
    ...(routed.length > 0 && { routers: { [ROUTER]: { vlans: routed.map(vlanName) } } }),
    dps: Object.fromEntries([...model.switches.values()].map((item, index) => [item.name, dpOf(model, item, index, vlanOf)])),
  }
}

function dpOf(model: TestbedModel, item: SwitchModel, index: number, vlanOf: VlanOf): Dp {
  const interfaces: Record<string, Interface> = {}
  for (const host of model.hosts.values()) {
    for (const port of host.interfaces) if (port.switch === item.name) interfaces[port.ofport] = portOf(model, host, port, vlanOf)
  }
  for (const { ends } of model.links) {
    for (const [own, other] of [ends, [ends[1], ends[0]] as const]) {
      if (own.switch === item.name) interfaces[own.ofport] = { name: own.port, stack: { dp: other.switch, port: other.ofport } }
    }
  }
  // A dataplane without ports is no configuration: the bridge's own, to which nothing is sent then.
  if (Object.keys(interfaces).length === 0) interfaces[OFPP.LOCAL] = { description: 'no port is there yet', output_only: true }
  return {
    dp_id: item.dpid,
    hardware: 'Open vSwitch',
    interfaces,
    // Who is where is known from the plan; what is learned beyond that is forgotten as Faucet does it.
    ...(model.links.length > 0 && { stack: { priority: index + 1 }, lldp_beacon: { send_interval: 5, max_per_interval: 100 } }),
  }
}

function portOf(model: TestbedModel, host: HostModel, port: InterfaceModel, vlanOf: VlanOf): Interface {
  const common: Interface = { name: port.port, description: `${host.name} ${port.name}` }
  if (port.tapOf !== undefined) {
    const sources = port.tapOf.filter((source) => isThere(model, source, port.switch))
    return { ...common, output_only: true, ...(sources.length > 0 && { mirror: sources }) }
  }
  const acls: Interface = port.acls.length > 0 ? { acls_in: port.acls } : {}
  const network = port.network === undefined ? undefined : model.networks.get(port.network)
  if (network !== undefined) {
    const vid = vlanOf(network.name, host.name)
    return { ...common, ...acls, max_hosts: 0, native_vlan: vid === network.vlan ? vlanName(network) : partName(network, vid) }
  }
  const carried = (port.trunk ?? []).flatMap((name) => model.networks.get(name) ?? [])
  return { ...common, ...acls, max_hosts: 0, tagged_vlans: carried.map(vlanName) }
}

function isThere(model: TestbedModel, port: string, where: string): boolean {
  return [...model.hosts.values()].some(({ interfaces }) => interfaces.some((item) => item.port === port && item.switch === where))
}

function vlanOfNetwork(network: NetworkModel): Vlan {
  const { vlan: vid, gateways, spec } = network
  const routes = (spec.gatewayRoutes ?? []).map((route) => ({ route: { ip_dst: destinationOf(route), ip_gw: route.via } }))
  return {
    vid,
    ...rulesOf(network),
    ...(gateways.length > 0 && { faucet_vips: gateways.map(({ address, prefixLength }) => `${address}/${prefixLength}`) }),
    ...(routes.length > 0 && { routes }),
  }
}

function rulesOf({ acls, aclsOut }: NetworkModel): Vlan {
  return { max_hosts: 0, ...(acls.length > 0 && { acls_in: acls }), ...(aclsOut.length > 0 && { acls_out: aclsOut }) }
}

/** A name that is all digits would be read as a VID. */
function vlanName({ name }: NetworkModel): string {
  return /^\d+$/.test(name) ? `network-${name}` : name
}

/** No network has a name with a `~`. */
function partName(network: NetworkModel, vid: number): string {
  return `${vlanName(network)}~${vid}`
}

/** Every interface that can send, for the controller: who is where. */
export function knownHosts(model: TestbedModel, vlanOf: VlanOf): { readonly dpId: bigint; readonly port: number; readonly vid: number; readonly mac: string; readonly addresses: readonly string[] }[] {
  return [...model.hosts.values()].flatMap((host) =>
    host.interfaces.flatMap((item) => {
      const dpId = model.switches.get(item.switch)?.dpid
      if (dpId === undefined || item.tapOf !== undefined) return []
      const names = item.network === undefined ? (item.trunk ?? []) : [item.network]
      return names.flatMap((name) => {
        const vid = item.network === undefined ? model.networks.get(name)?.vlan : vlanOf(name, host.name)
        const addresses = item.addresses.filter(({ network }) => network === name).map(({ address }) => address)
        return vid === undefined ? [] : [{ dpId, port: item.ofport, vid, mac: item.mac, addresses }]
      })
    }),
  )
}
