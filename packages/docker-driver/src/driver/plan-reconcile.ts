import { canonicalIp } from '@streambed/linux'
import type { DockerContainer, DockerEndpoint, DockerNetwork } from '../docker/docker-engine.js'
import type { Endpoint, Network } from '../model/network.js'
import { vethOf } from '../options/index.js'
import type { CreateNetworkRequest } from '../protocol/network-driver.js'
import { macFor } from './endpoint.js'
import type { Identity } from './identify.js'
import type { Networks } from './ledger.js'
import { aliasEndpoint, aliasNetwork } from './link-alias.js'
import { controllersOf, failModeOf, gatewaysOf } from './network-plan.js'
import { addedPortNumbers, foreignPorts, sameForeignPorts, samePorts, usable } from './read-networks.js'
import { requestFromDocker } from './request-from-docker.js'
import { key } from './state.js'
import type { BridgeState } from './switch-database.js'

/** A link of the machine. */
export interface ObservedLink {
  readonly name: string
  /** Later ones have higher numbers. */
  readonly index: number
  readonly up: boolean
  /** It takes all packets, as a flag of it says. */
  readonly promiscuous?: boolean | undefined
  readonly mac: string | undefined
  /** {@link endpointAlias} of one of ours. */
  readonly alias?: string | undefined
  /** With prefix length. */
  readonly addresses: readonly string[]
}

/** Everything there is, as the three that know it say: Docker, Open vSwitch and the kernel; and what the driver believes. */
export interface Observed {
  readonly driver: string
  readonly networks: Networks
  /** What Docker asked for, by network id. */
  readonly requests: ReadonlyMap<string, CreateNetworkRequest>
  /** undefined: Docker does not answer; then nothing is concluded from its silence. */
  readonly docker: { readonly networks: readonly DockerNetwork[]; readonly containers: readonly DockerContainer[]; /** Docker's id of itself. */ readonly engine?: string | undefined } | undefined
  readonly bridges: readonly BridgeState[]
  readonly links: ReadonlyMap<string, ObservedLink>
  /** The controllers of bridges whose network names none, and this process itself, if it is one. */
  readonly controllers: { readonly embedded: string | undefined; readonly defaults: readonly string[] }
  /** Ids of networks and endpoints that were made a moment ago: Docker may not list them yet. */
  readonly fresh: ReadonlySet<string>
}

/** One thing to be done so that they agree. */
export type Repair =
  /** A bridge of ours whose network is no more, or never came to be. */
  | { readonly type: 'remove-bridge'; readonly network: string; readonly bridge: string }
  | { readonly type: 'remove-network'; readonly network: string }
  /** The bridge is gone: to be made again, the same as it was. */
  | { readonly type: 'rebuild-network'; readonly request: CreateNetworkRequest; readonly name: string; readonly former: Network | undefined }
  | { readonly type: 'rename-network'; readonly network: string; readonly name: string }
  /** It is not written down which Docker has the network, or another one is. */
  | { readonly type: 'claim-network'; readonly network: string; readonly bridge: string; readonly engine: string }
  /** The bridge's own port has lost its address, or is down: Open vSwitch was started again. */
  | { readonly type: 'bring-up'; readonly network: string; readonly bridge: string; readonly addresses: readonly string[] }
  /** An interface of the machine that the network has (`ovs.bridge.add_ports`) is down: the machine was started again. */
  | { readonly type: 'bring-up-port'; readonly network: string; readonly port: string }
  /** Such an interface is not a port any more: somebody has removed it from the bridge. */
  | { readonly type: 'restore-added-port'; readonly network: string; readonly port: string }
  /** Such an interface has got a number, or another one. */
  | { readonly type: 'number-added-ports'; readonly network: string; readonly ports: Network['ports'] }
  /** The driver was started with other controllers than the bridge was made with. */
  | { readonly type: 'set-controllers'; readonly network: string; readonly bridge: string; readonly controllers: readonly string[] }
  | { readonly type: 'remove-endpoint'; readonly network: string; readonly endpoint: string }
  /** A port of an endpoint of which nobody knows any more. */
  | { readonly type: 'remove-port'; readonly network: string; readonly port: string }
  /** A veth pair of an endpoint, or the device of a bridge, of which nobody knows any more. */
  | { readonly type: 'remove-link'; readonly link: string }
  /** The endpoint's interface is there, but its bridge has no port for it. */
  | { readonly type: 'restore-port'; readonly network: string; readonly endpoint: Endpoint }
  /** A container is on the network, and its port not in the configuration. */
  | { readonly type: 'admit'; readonly network: string; readonly endpoint: Endpoint; readonly identity: Identity; /** That Docker shows. */ readonly mac: string | undefined }
  | { readonly type: 'rename-container'; readonly network: string; readonly endpoint: string; readonly name: string }
  | { readonly type: 'renumber'; readonly network: string; readonly endpoint: string; readonly ofport: number }
  | { readonly type: 'foreign-ports'; readonly network: string; readonly ports: Network['foreignPorts'] }
  /** What cannot be mended from here. */
  | { readonly type: 'lost'; readonly text: string }

/** What is to be done so that Docker, Open vSwitch, the kernel and the driver agree: nothing when they do. */
export function planReconcile(observed: Observed): Repair[] {
  const { docker, networks, bridges, fresh, driver } = observed
  const known = docker && new Map(docker.networks.map((network) => [network.id, network]))
  const gone = (id: string): boolean => known !== undefined && !known.has(id) && !fresh.has(id)
  const repairs: Repair[] = []
  const own = bridges.filter(({ externalIds }) => externalIds[key.driver] === driver)
  const elsewhere = new Map(own.filter((bridge) => isElsewhere(observed, bridge)).map((bridge) => [bridge.externalIds[key.network] ?? '', bridge]))
  for (const [id, { name, externalIds }] of elsewhere) repairs.push({ type: 'lost', text: elsewhereText(id, name, externalIds[key.engine], docker?.engine) })
  for (const bridge of own) {
    const id = bridge.externalIds[key.network]
    if (id !== undefined && !networks.has(id) && !elsewhere.has(id) && gone(id)) repairs.push({ type: 'remove-bridge', network: id, bridge: bridge.name })
  }
  for (const network of networks.values()) {
    // As if Docker did not answer: the one that does has nothing to say about it.
    if (elsewhere.has(network.id)) repairs.push(...networkRepairs({ ...observed, docker: undefined }, network, undefined))
    else if (gone(network.id)) repairs.push({ type: 'remove-network', network: network.id })
    else repairs.push(...networkRepairs(observed, network, known?.get(network.id)))
  }
  for (const network of known?.values() ?? []) {
    if (!networks.has(network.id) && !fresh.has(network.id)) repairs.push({ type: 'rebuild-network', request: requestFromDocker(network, docker?.containers), name: network.name, former: undefined })
  }
  if (elsewhere.size === 0) repairs.push(...strayLinks(observed))
  return repairs
}

/** The network that a repair is about; undefined for a link of which no network is known. */
export function networkOfRepair(repair: Repair): string | undefined {
  switch (repair.type) {
    case 'rebuild-network':
      return repair.request.networkId
    case 'remove-link':
    case 'lost':
      return undefined
    default:
      return repair.network
  }
}

/** Whether a bridge is of a network that another Docker has: the driver was pointed at this one since. */
function isElsewhere({ docker }: Observed, { externalIds }: BridgeState): boolean {
  const engine = externalIds[key.engine]
  const id = externalIds[key.network]
  return engine !== undefined && id !== undefined && docker?.engine !== undefined && engine !== docker.engine && docker.networks.every((network) => network.id !== id)
}

function elsewhereText(id: string, bridge: string, engine = '', present = ''): string {
  return `network ${id.slice(0, 12)} (bridge ${bridge}) belongs to the Docker engine ${engine}, and this driver talks to ${present}: it is left alone. Start the driver with --docker for that engine; or, when that engine is no more, remove the bridge with "ovs-vsctl del-br ${bridge}" while no driver runs`
}

/**
 * Veth pairs of endpoints that neither Docker knows nor the driver: it was killed when it had just made them, or could not remove them.
 * And devices of bridges that are in no database: Open vSwitch was killed, and its database lost.
 */
function strayLinks({ docker, driver, networks, bridges, fresh, links }: Observed): Repair[] {
  if (docker === undefined) return []
  const known = new Set([...docker.networks, ...networks.values()].flatMap(({ id, endpoints }) => [id, ...endpoints.keys()]))
  return [...links.values()].flatMap(({ name, alias }): Repair[] => {
    const id = aliasEndpoint(driver, alias) ?? aliasNetwork(driver, alias)
    return id === undefined || known.has(id) || fresh.has(id) || bridges.some((bridge) => bridge.name === name) ? [] : [{ type: 'remove-link', link: name }]
  })
}

function networkRepairs(observed: Observed, network: Network, docker: DockerNetwork | undefined): Repair[] {
  const { bridges, links, fresh } = observed
  const bridge = bridges.find(({ name }) => name === network.bridge)
  const repairs: Repair[] = []
  if (bridge === undefined) {
    const request = observed.requests.get(network.id) ?? (docker && requestFromDocker(docker, observed.docker?.containers))
    return request === undefined ? [] : [{ type: 'rebuild-network', request, name: docker?.name ?? network.name, former: network }]
  }
  if (docker !== undefined && (docker.name !== network.name || network.unnamed === true)) repairs.push({ type: 'rename-network', network: network.id, name: docker.name })
  const engine = docker && observed.docker?.engine
  if (engine !== undefined && bridge.externalIds[key.engine] !== engine) repairs.push({ type: 'claim-network', network: network.id, bridge: bridge.name, engine })
  const local = links.get(network.bridge)
  const missing = gatewaysOf(network).filter((address) => !local?.addresses.some((one) => sameAddress(one, address)))
  if (local !== undefined && (!local.up || missing.length > 0)) repairs.push({ type: 'bring-up', network: network.id, bridge: network.bridge, addresses: missing })
  repairs.push(...addedPortRepairs(observed, network, bridge))
  const controllers = controllersOf(network, observed.controllers.embedded, observed.controllers.defaults)
  if (!sameSet(bridge.controllers, controllers) || (bridge.failMode ?? 'standalone') !== failModeOf(controllers)) repairs.push({ type: 'set-controllers', network: network.id, bridge: bridge.name, controllers })
  for (const endpoint of network.endpoints.values()) repairs.push(...endpointRepairs(observed, network, bridge, endpoint, docker))
  for (const port of bridge.ports) {
    const id = port.externalIds[key.endpoint]
    // Docker may know it: then its record was damaged, and it is added again as Docker says.
    if (id !== undefined && !network.endpoints.has(id) && !fresh.has(id) && docker !== undefined) repairs.push({ type: 'remove-port', network: network.id, port: port.name })
  }
  const unknown = [...(docker?.endpoints.values() ?? [])].filter(({ id }) => !network.endpoints.has(id) && !fresh.has(id))
  // In the order in which they were made, so that they get the numbers that they had, if nobody left meanwhile.
  repairs.push(...unknown.flatMap((endpoint) => unknownEndpoint(observed, network, bridge, endpoint)).sort((a, b) => indexOf(observed, a) - indexOf(observed, b)))
  const foreign = foreignPorts(bridge, network)
  if (!sameForeignPorts(foreign, network.foreignPorts)) repairs.push({ type: 'foreign-ports', network: network.id, ports: foreign })
  return repairs
}

/** The interfaces of the machine that a network has by its options are to be its ports, and up. */
function addedPortRepairs({ bridges, links }: Observed, network: Network, bridge: BridgeState): Repair[] {
  const { options } = network
  const repairs = [...options.addPorts, ...options.addCoproPorts].flatMap(({ name }): Repair[] => {
    if (bridge.ports.some((port) => port.name === name)) return links.get(name)?.up === false ? [{ type: 'bring-up-port', network: network.id, port: name }] : []
    const other = bridges.find(({ ports }) => ports.some((port) => port.name === name))
    if (other === undefined) return [{ type: 'restore-added-port', network: network.id, port: name }]
    return [{ type: 'lost', text: `interface ${name} of network ${network.name} (ovs.bridge.add_ports) is a port of bridge ${other.name} now: remove it there ("ovs-vsctl del-port ${name}")` }]
  })
  const numbers = addedPortNumbers(bridge, network)
  return samePorts(numbers, network.ports) ? repairs : [...repairs, { type: 'number-added-ports', network: network.id, ports: numbers }]
}

function endpointRepairs(observed: Observed, network: Network, bridge: BridgeState, endpoint: Endpoint, docker: DockerNetwork | undefined): Repair[] {
  const { links, fresh } = observed
  if (docker !== undefined && !docker.endpoints.has(endpoint.id) && !fresh.has(endpoint.id)) return [{ type: 'remove-endpoint', network: network.id, endpoint: endpoint.id }]
  const row = bridge.ports.find(({ name }) => name === endpoint.hostInterface)
  if (row === undefined) {
    if (links.has(endpoint.hostInterface)) return [{ type: 'restore-port', network: network.id, endpoint }]
    return [{ type: 'lost', text: `the interface ${endpoint.hostInterface} of ${endpoint.joined?.containerName ?? 'an endpoint'} on ${network.name} was deleted by somebody: connect the container anew` }]
  }
  const ofport = usable(row)
  const container = containerOf(observed, endpoint.id)
  if (endpoint.joined === undefined) {
    const identity = container && identityOf(container, docker)
    if (identity === undefined || container === undefined) return []
    return [{ type: 'admit', network: network.id, endpoint, identity, mac: docker?.endpoints.get(endpoint.id)?.mac }]
  }
  const repairs: Repair[] = []
  if (ofport !== undefined && ofport !== endpoint.joined.ofport) repairs.push({ type: 'renumber', network: network.id, endpoint: endpoint.id, ofport })
  if (container !== undefined && container.name !== endpoint.joined.containerName) repairs.push({ type: 'rename-container', network: network.id, endpoint: endpoint.id, name: container.name })
  return repairs
}

/** An endpoint that Docker knows and the driver does not: the database was lost, while its interface is still there. */
function unknownEndpoint(observed: Observed, network: Network, bridge: BridgeState, known: DockerEndpoint): Extract<Repair, { type: 'restore-port' }>[] {
  const link = [...observed.links.values()].find(({ alias }) => aliasEndpoint(observed.driver, alias) === known.id)
  if (link === undefined || bridge.ports.some(({ name }) => name === link.name)) return []
  const names = vethOf(link.name)
  const { id, ipv4, ipv6, containerId } = known
  // Docker does not tell the one that was chosen when the container was known.
  const mac = known.mac ?? macFor(network, { ipv4, ipv6, endpointId: id }, containerId)
  return [{ type: 'restore-port', network: network.id, endpoint: { id, hostInterface: names.host, containerInterface: names.container, mac, ipv4, ipv6, joined: undefined } }]
}

function indexOf({ links }: Observed, { endpoint }: Extract<Repair, { type: 'restore-port' }>): number {
  return links.get(endpoint.hostInterface)?.index ?? 0
}

function containerOf({ docker }: Observed, endpointId: string): DockerContainer | undefined {
  return docker?.containers.find(({ networks, state }) => (state === 'running' || state === 'paused') && [...networks.values()].some((network) => network.endpointId === endpointId))
}

function identityOf(container: DockerContainer, docker: DockerNetwork | undefined): Identity | undefined {
  return docker && { networkName: docker.name, containerId: container.id, containerName: container.name, labels: container.labels }
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item))
}

/** Whether two texts are one address with its length: IPv6 has several spellings. */
function sameAddress(a: string, b: string): boolean {
  const canonical = (text: string): string => {
    const [address = '', length] = text.split('/')
    return `${canonicalIp(address)}/${length}`
  }
  return canonical(a) === canonical(b)
}
