import {
  BASE_NAMESPACE,
  encodeAlternativeName,
  encodeDeleteLink,
  encodeDeleteNeighbour,
  encodeNewAddress,
  encodeNewLink,
  encodeNewRoute,
  encodeSetLink,
  NetlinkWriter,
  type NamespaceJob,
} from '@streambed/linux'
import type { PortSpec } from '@streambed/ovs'
import type { SwitchPort } from '../switch.js'
import { routesOf } from '../topology/gateways.js'
import { addressesOf, isContainer, isIpv4Only, namesakeNetwork, type HostModel, type InterfaceModel, type SwitchSite, type TestbedModel } from '../topology/model.js'
import { hostSysctls } from '../topology/sysctls.js'

/** Interface indexes inside a host start here: a fresh namespace may have tunnel devices of the kernel's own before. */
const HOST_INDEX = 100
/** In a container that exists, which may have interfaces of its own, they start here. */
const JOINED_INDEX = 0x10_0000
/** VLAN interfaces of a trunk: this many indexes for each trunk. */
const TRUNK_SPAN = 4096

/** Index of an interface inside its host. */
export function hostIndex(host: HostModel, item: InterfaceModel): number {
  return firstIndex(host) + host.interfaces.indexOf(item)
}

function firstIndex({ spec }: HostModel): number {
  return spec.container === undefined ? HOST_INDEX : JOINED_INDEX
}

/** Index of the switch's end. */
export function portIndex(site: SwitchSite, item: InterfaceModel): number {
  return site.indexBase + item.ofport
}

/** The VID of a network, as a trunk has it. */
function vidOf(model: TestbedModel, network: string): number {
  return model.networks.get(network)?.vlan ?? 0
}

function subinterfaceIndex(host: HostModel, item: InterfaceModel, vlan: number): number {
  return firstIndex(host) + host.interfaces.length + host.interfaces.indexOf(item) * TRUNK_SPAN + vlan
}

/**
 * The jobs that make a host's namespace with everything in it, and its switch ends in the switch's namespace.
 * @param process of a container, in whose namespace it is made; undefined: a namespace of the testbed's own
 */
export function hostJobs(model: TestbedModel, host: HostModel, process?: number): NamespaceJob[] {
  const writer = new NetlinkWriter()
  const where = `of host ${host.name}`
  encodeSetLink(writer, `bring the loopback interface ${where} up`, { index: 1, up: true })
  for (const item of host.interfaces) {
    encodeNewLink(writer, `create interface ${item.name} ${where}`, {
      name: item.device,
      index: hostIndex(host, item),
      mac: item.mac,
      mtu: item.mtu,
      kind: { type: 'veth', peer: { name: item.port, index: portIndex(model.site, item), mtu: item.mtu, group: model.site.group, namespace: BASE_NAMESPACE } },
    })
  }
  for (const item of host.interfaces) {
    for (const { name, device, network, mtu } of item.subinterfaces) {
      const vid = vidOf(model, network)
      encodeNewLink(writer, `create VLAN interface ${name} ${where}`, { name: device, index: subinterfaceIndex(host, item, vid), link: hostIndex(host, item), mtu, kind: { type: 'vlan', vid } })
    }
  }
  for (const item of host.interfaces) {
    // The kernel's own names have 15 bytes; a longer one becomes its second name.
    if (item.device !== item.name) encodeAlternativeName(writer, `name interface ${item.name} ${where}`, hostIndex(host, item), item.name)
    for (const { name, device, network } of item.subinterfaces) {
      if (device !== name) encodeAlternativeName(writer, `name VLAN interface ${name} ${where}`, subinterfaceIndex(host, item, vidOf(model, network)), name)
    }
  }
  encodeConfiguration(writer, model, host)
  writer.finish()
  const { general, ofInterfaces } = hostSysctls(model, host)
  const job: NamespaceJob = {
    namespace: host.namespace,
    ...(process === undefined ? { create: { hostname: host.name } } : { adopt: { process } }),
    sysctls: general,
    messages: writer.bytes,
    references: writer.references,
    labels: writer.labels,
    plainChecksums: host.interfaces.map(({ device }) => device),
  }
  return ofInterfaces.length === 0 ? [job] : [job, { namespace: host.namespace, sysctls: ofInterfaces }]
}

/**
 * The jobs that take the interfaces of a container, which was started again, from its old network namespace to the new one under the identifier `next`. The
 * cables stay plugged; addresses and routes are forgotten.
 */
export function moveJobs(model: TestbedModel, host: HostModel, next: string, process: number): NamespaceJob[] {
  const writer = new NetlinkWriter()
  for (const item of host.interfaces) {
    encodeSetLink(writer, `move interface ${item.name} of host ${host.name}`, { index: hostIndex(host, item), namespace: next })
    for (const { name, network } of item.subinterfaces) encodeSetLink(writer, `move VLAN interface ${name} of host ${host.name}`, { index: subinterfaceIndex(host, item, vidOf(model, network)), namespace: next })
  }
  writer.finish()
  return [
    { namespace: next, adopt: { process }, sysctls: hostSysctls(model, host).general },
    { namespace: host.namespace, messages: writer.bytes, references: writer.references, labels: writer.labels },
  ]
}

/** The jobs that configure interfaces which {@link moveJobs} has moved. */
export function movedJobs(model: TestbedModel, host: HostModel): NamespaceJob[] {
  const { ofInterfaces } = hostSysctls(model, host)
  return [configurationJob(model, host), ...(ofInterfaces.length === 0 ? [] : [{ namespace: host.namespace, sysctls: ofInterfaces }])]
}

/** How the files of containers are made to know the hosts: their own ones are written anew, those of others get some lines. */
export function adoptedFiles(model: TestbedModel): Readonly<Record<string, 'whole' | 'block'>> {
  return Object.fromEntries([...model.hosts.values()].filter(isContainer).map(({ namespace, spec }) => [namespace, spec.image === undefined ? 'block' : 'whole']))
}

/** Addresses, routes and the up state of a host's interfaces: what the kernel forgets when an interface goes down. */
export function configurationJob(model: TestbedModel, host: HostModel): NamespaceJob {
  const writer = new NetlinkWriter()
  encodeConfiguration(writer, model, host)
  writer.finish()
  return { namespace: host.namespace, messages: writer.bytes, labels: writer.labels }
}

function encodeConfiguration(writer: NetlinkWriter, model: TestbedModel, host: HostModel): void {
  const where = `of host ${host.name}`
  for (const item of host.interfaces) {
    const index = hostIndex(host, item)
    if (item.network !== undefined) encodeAddresses(writer, item.addresses, index, `${item.name} ${where}`)
    encodeSetLink(writer, `bring interface ${item.name} ${where} up`, { index, up: true, ...(isIpv4Only(model, item) && { linkLocal: false }) })
    for (const { name, network } of item.subinterfaces) {
      const sub = subinterfaceIndex(host, item, vidOf(model, network))
      encodeAddresses(writer, item.addresses.filter((address) => address.network === network), sub, `${name} ${where}`)
      encodeSetLink(writer, `bring VLAN interface ${name} ${where} up`, { index: sub, up: true })
    }
  }
  for (const route of routesOf(model, host)) encodeNewRoute(writer, `add the route to ${route.to} via ${route.via} ${where}`, { destination: route.to, via: route.via })
}

function encodeAddresses(writer: NetlinkWriter, addresses: InterfaceModel['addresses'], index: number, where: string): void {
  for (const { address, prefixLength } of addresses) encodeNewAddress(writer, `put address ${address}/${prefixLength} on ${where}`, { index, address, prefixLength })
}

/** The job that makes the switch's own namespace silent: its ends of the cables have no IPv6 of their own. */
export function switchPreparationJob(site: SwitchSite): NamespaceJob {
  // In a namespace that others use too, each switch end is silenced by itself.
  if (!site.own) return { namespace: BASE_NAMESPACE }
  return { namespace: BASE_NAMESPACE, sysctls: [['net/ipv6/conf/default/disable_ipv6', '1']] }
}

/** The job that brings the switch ends of interfaces up; with one request when they are all that there are. */
export function portsUpJob(site: SwitchSite, interfaces: readonly InterfaceModel[], all = false): NamespaceJob {
  if (site.own) return linkStateJob(site, all ? undefined : interfaces, true)
  const writer = new NetlinkWriter()
  for (const item of interfaces) encodeSetLink(writer, `silence the switch end ${item.port}`, { index: portIndex(site, item), linkLocal: false })
  for (const item of interfaces) encodeSetLink(writer, `bring the switch end ${item.port} up`, { index: portIndex(site, item), up: true })
  return { namespace: BASE_NAMESPACE, messages: writer.finish().bytes, labels: writer.labels }
}

/** The job that sets the switch ends of cables up or down, as if they were plugged or pulled. */
export function linkStateJob(site: SwitchSite, interfaces: readonly InterfaceModel[] | undefined, up: boolean): NamespaceJob {
  const writer = new NetlinkWriter()
  const verb = up ? 'up' : 'down'
  if (interfaces === undefined) encodeSetLink(writer, `bring the switch ends ${verb}`, { group: site.group, up })
  for (const item of interfaces ?? []) encodeSetLink(writer, `bring the switch end ${item.port} ${verb}`, { index: portIndex(site, item), up })
  writer.finish()
  return { namespace: BASE_NAMESPACE, messages: writer.bytes, labels: writer.labels }
}

/** The job that puts a note on the switch ends of cables: whose they are. */
export function aliasJob(site: SwitchSite, interfaces: readonly InterfaceModel[], alias: string): NamespaceJob {
  const writer = new NetlinkWriter()
  for (const item of interfaces) encodeSetLink(writer, `mark the switch end ${item.port}`, { index: portIndex(site, item), alias })
  writer.finish()
  return { namespace: BASE_NAMESPACE, messages: writer.bytes, labels: writer.labels }
}

/** The job that deletes a cable, at its switch end. */
export function deletePortJob(site: SwitchSite, item: InterfaceModel): NamespaceJob {
  const writer = new NetlinkWriter()
  encodeDeleteLink(writer, `delete the switch end ${item.port}`, { index: portIndex(site, item) })
  writer.finish()
  return { namespace: BASE_NAMESPACE, messages: writer.bytes, labels: writer.labels, lenient: true }
}

/** The jobs by which hosts forget the MACs of a host that was removed: its addresses may be given to another one. */
export function forgetNeighbourJobs(model: TestbedModel, removed: HostModel): NamespaceJob[] {
  return [...model.hosts.values()].flatMap((host) => {
    const writer = new NetlinkWriter()
    for (const item of host.interfaces) {
      for (const gone of removed.interfaces) {
        for (const { address, network } of gone.addresses.filter((other) => item.addresses.some((own) => own.network === other.network))) {
          const index = item.network === undefined ? subinterfaceIndex(host, item, vidOf(model, network)) : hostIndex(host, item)
          encodeDeleteNeighbour(writer, `forget ${address}`, { index, address, mac: gone.mac })
        }
      }
    }
    return writer.labels.length === 0 ? [] : [{ namespace: host.namespace, messages: writer.finish().bytes, labels: writer.labels, lenient: true }]
  })
}

/** The job that takes the interfaces of a host itself down. */
export function interfacesDownJob(host: HostModel): NamespaceJob {
  const writer = new NetlinkWriter()
  for (const item of host.interfaces) encodeSetLink(writer, `bring interface ${item.name} of host ${host.name} down`, { index: hostIndex(host, item), up: false })
  writer.finish()
  return { namespace: host.namespace, messages: writer.bytes, labels: writer.labels }
}

/**
 * The OVS ports of hosts. `vlanOf` tells the VID that a host's access port has on a network now; undefined: the controller knows, and the port
 * passes everything on.
 */
export function hostPorts(model: TestbedModel, hosts: Iterable<HostModel>, vlanOf: ((network: string, host: string) => number) | undefined): SwitchPort[] {
  const ports: SwitchPort[] = []
  for (const host of hosts) {
    for (const item of host.interfaces) {
      ports.push({
        bridge: bridgeOf(model, item.switch),
        name: item.port,
        ofport_request: item.ofport,
        external_ids: { 'streambed-host': host.name, 'streambed-interface': item.name },
        ...(vlanOf && portVlans(model, host.name, item, vlanOf)),
      })
    }
  }
  return ports
}

/** The bridge of a switch. */
export function bridgeOf(model: TestbedModel, name: string): string {
  return model.switches.get(name)?.bridge ?? name
}

/** The patch ports of the cables between switches. */
export function linkPorts(model: TestbedModel): SwitchPort[] {
  return model.links.flatMap(({ ends }) =>
    [ends, [ends[1], ends[0]] as const].map(([own, peer]) => ({
      bridge: bridgeOf(model, own.switch),
      name: own.port,
      type: 'patch',
      options: { peer: peer.port },
      ofport_request: own.ofport,
      external_ids: { 'streambed-link': peer.switch },
    })),
  )
}

/** The VLAN columns of an interface's OVS port. */
export function portVlans(model: TestbedModel, host: string, item: InterfaceModel, vlanOf: (network: string, host: string) => number): Pick<PortSpec, 'tag' | 'trunks' | 'vlan_mode'> {
  if (item.network !== undefined) return { vlan_mode: 'access', tag: vlanOf(item.network, host) }
  return { vlan_mode: 'trunk', trunks: (item.trunk ?? []).map((network) => vidOf(model, network)) }
}

/** The text of a host's /etc/hosts: every address with the name of its host, but those that somebody nearer to `viewer` has too. */
export function hostsFile(model: TestbedModel, viewer?: string): string {
  const lines = ['127.0.0.1 localhost', '::1 localhost ip6-localhost ip6-loopback']
  for (const name of model.hosts.keys()) {
    for (const item of addressesOf(model, name)) {
      if (viewer === undefined || namesakeNetwork(model, viewer, item) === undefined) lines.push(`${item.address} ${name}`)
    }
  }
  return `${lines.join('\n')}\n`
}

/** Whether addresses exist twice, on networks that are told apart by their VLAN only: then hosts do not all see the same names. */
export function hasNamesakes(model: TestbedModel): boolean {
  const seen = new Set<string>()
  for (const name of model.hosts.keys()) {
    for (const { address } of addressesOf(model, name)) {
      if (seen.has(address)) return true
      seen.add(address)
    }
  }
  return false
}

/** The text of a host's /etc/resolv.conf. */
export function resolvFile(model: TestbedModel, host: HostModel): string {
  const servers = host.spec.dns ?? model.dns
  return servers.length === 0 ? '# Names of hosts are in /etc/hosts; no name server was given.\n' : servers.map((server) => `nameserver ${server}\n`).join('')
}
