import { addPorts, lowestFreeOfport } from '@streambed/ovs'
import { DockerDriverError } from '../errors.js'
import type { Endpoint, Network } from '../model/network.js'
import { applyMacPrefix, vethNames } from '../options/index.js'
import type { CreateEndpointReply, CreateEndpointRequest } from '../protocol/network-driver.js'
import type { DriverContext } from './context.js'
import { settled } from './settled.js'
import { expectedMac, waitingContainers } from './expect-mac.js'
import { ofNetwork } from './ledger.js'
import { aliasEndpoint, endpointAlias } from './link-alias.js'
import { macOf } from './mac-of.js'
import { endpointIds } from './state.js'

/** A network that the driver must know. @throws DockerDriverError `not-found` */
export function networkOf({ ledger }: DriverContext, id: string): Network {
  const network = ledger.networks.get(id)
  if (network === undefined) throw new DockerDriverError('not-found', `this driver has no network ${id.slice(0, 12)}: remove it with "docker network rm" and create it again`)
  return network
}

/** A change of one endpoint. */
export function ofEndpoint(networkId: string, endpointId: string, change: (endpoint: Endpoint | undefined) => Endpoint | undefined): ReturnType<typeof ofNetwork> {
  return ofNetwork(networkId, (network) => {
    const next = change(network.endpoints.get(endpointId))
    const endpoints = new Map(network.endpoints)
    if (next === undefined) endpoints.delete(endpointId)
    else endpoints.set(endpointId, next)
    return { ...network, endpoints }
  })
}

/** Makes an endpoint's veth pair, and begins to add its port: Docker does other things before the container joins. */
export async function createEndpoint(context: DriverContext, request: CreateEndpointRequest, signal?: AbortSignal): Promise<CreateEndpointReply> {
  const { ledger, links, fresh } = context
  const network = networkOf(context, request.networkId)
  const known = network.endpoints.get(request.endpointId)
  if (known !== undefined) return known.macUnclear === true ? {} : reply(request, known.mac)
  const first = request.mac ?? macFor(network, request)
  fresh.set(request.endpointId, performance.now())
  const waits = waitingContainers(context, network)
  const [waiting, expected, made] = await settled([
    waits,
    request.mac === undefined ? expectedMac(context, network, waits) : undefined,
    makeLinks(context, network, { id: request.endpointId, mac: first, ipv4: request.ipv4, ipv6: request.ipv6 }),
  ]).catch((error: unknown) => {
    fresh.delete(request.endpointId)
    throw error
  })
  const mac = expected?.type === 'known' ? prefixed(macFor(network, request, expected.containerId), expected.prefix) : first
  const endpoint: Endpoint = { ...made, mac, ...(expected?.type === 'unclear' && { macUnclear: true }) }
  try {
    if (mac !== first) await links.setMac(endpoint.containerInterface, mac)
    signal?.throwIfAborted()
  } catch (error) {
    await links.remove(endpoint.hostInterface)
    forget(context, endpoint.id)
    throw error
  }
  fresh.set(endpoint.id, performance.now())
  if (waiting !== undefined) context.waiting.set(endpoint.id, waiting)
  ledger.note(ofEndpoint(network.id, endpoint.id, () => endpoint))
  void startPort(context, network, endpoint)
  // Without an answer Docker leaves the address as it finds it when the container has joined.
  return endpoint.macUnclear === true ? {} : reply(request, mac)
}

/**
 * The MAC address of an endpoint that is not given one. By its address, where there is one: when a container is started again, its
 * neighbours still know it. Where DHCP gives addresses by the container, which then gets the same again.
 */
export function macFor({ id, options }: Network, { ipv4, ipv6, endpointId }: Pick<CreateEndpointRequest, 'ipv4' | 'ipv6' | 'endpointId'>, containerId?: string): string {
  return macOf(`${id} ${options.dhcp ? (containerId ?? endpointId) : (ipv4 ?? ipv6 ?? endpointId)}`)
}

/** A MAC address with the first bytes that a label asks for. */
export function prefixed(mac: string, prefix: string | undefined): string {
  return prefix === undefined ? mac : applyMacPrefix(mac, prefix)
}

function reply(request: CreateEndpointRequest, mac: string): CreateEndpointReply {
  return request.mac === undefined ? { mac } : {}
}

/** A veth pair with names that are free. */
async function makeLinks(context: DriverContext, network: Network, { id, mac, ipv4, ipv6 }: Pick<Endpoint, 'id' | 'mac' | 'ipv4' | 'ipv6'>): Promise<Endpoint> {
  const { ledger, links } = context
  const taken = new Set([...ledger.networks.values()].flatMap(({ endpoints }) => [...endpoints.values()]).filter((other) => other.id !== id).flatMap(({ hostInterface, containerInterface }) => [hostInterface, containerInterface]))
  for (;;) {
    const names = vethNames(id, taken)
    try {
      await links.makePair({ host: names.host, container: names.container, alias: endpointAlias(context.name, id), mac, mtu: network.options.mtu, plainChecksums: network.options.userspace })
      return { id, hostInterface: names.host, containerInterface: names.container, mac, ipv4, ipv6, joined: undefined }
    } catch (error) {
      if (!isTaken(error)) {
        await links.remove(names.host)
        throw error
      }
      // Somebody else's, or what another driver has left: theirs stays, and this one gets a longer name.
      taken.add(names.host).add(names.container)
    }
  }
}

const EEXIST = 17

function isTaken(error: unknown): boolean {
  const cause = error instanceof DockerDriverError ? (error.cause as { errno?: unknown; message?: string } | undefined) : undefined
  return cause?.errno === EEXIST || /exists/i.test(cause?.message ?? '')
}

/** Adds the endpoint's port to the bridge; nobody waits for it yet. */
export function startPort(context: DriverContext, network: Network, endpoint: Endpoint, wanted?: number): Promise<number> {
  const { database, pending } = context
  const requested = wanted ?? freeOfport(context, network)
  const work = async (): Promise<number> => {
    const ofports = await database.commit(
      addPorts(network.bridge, [{ name: endpoint.hostInterface, ofport_request: requested, external_ids: endpointIds(endpoint) }]),
      { interfaces: [endpoint.hostInterface] },
    )
    return ofports.get(endpoint.hostInterface) ?? requested
  }
  const ofport = work()
  ofport.catch(() => undefined)
  pending.set(endpoint.id, { network: network.id, requested, ofport })
  return ofport
}

/** The number that the next container's port gets: the lowest preallocated one that is free, or the lowest free one. */
function freeOfport({ database, pending }: DriverContext, network: Network): number {
  const { options, ports, endpoints, foreignPorts, patches, preallocated } = network
  const used = new Set([
    ...ports.values(),
    ...[...endpoints.values()].flatMap(({ joined }) => joined?.ofport ?? []),
    ...[...foreignPorts.values()].map(({ ofport }) => ofport),
    ...[...patches.values()].map(({ ofport }) => ofport),
    ...[...pending.values()].filter((one) => one.network === network.id).map(({ requested }) => requested),
    ...(database.bridge(network.bridge)?.ports ?? []).flatMap(({ ofport }) => (ofport !== undefined && ofport > 0 ? [ofport] : [])),
  ])
  const free = preallocated.find((ofport) => !used.has(ofport)) ?? lowestFreeOfport(new Set([...used, options.lbPort]))
  if (free === undefined) throw new DockerDriverError('conflict', `network ${network.name} has no free OpenFlow port number`)
  return free
}

/** Forgets what is known of an endpoint beside the networks. */
export function forget({ pending, unresolved, fresh, waiting, admitting }: DriverContext, endpointId: string): void {
  for (const one of [pending, unresolved, fresh, waiting, admitting]) one.delete(endpointId)
}

/** What is still to be done when Docker has its answer. It never fails: what goes wrong is logged, and mended when everything is compared. */
export type Rest = () => Promise<void>

/** There is nothing left to be done. */
export const nothingLeft: Rest = () => Promise.resolve()

/**
 * Makes an endpoint disappear; what is gone already is no failure. What is left to be done is the deletion of its interfaces, for which
 * the kernel takes as long as for everything else together.
 */
export async function deleteEndpoint(context: DriverContext, networkId: string, endpointId: string): Promise<Rest> {
  const { ledger, links, pending } = context
  await pending.get(endpointId)?.ofport.catch(() => undefined)
  forget(context, endpointId)
  const endpoint = ledger.networks.get(networkId)?.endpoints.get(endpointId)
  if (endpoint === undefined) {
    // An earlier process may have made it, and was killed before it wrote that down.
    for (const { name, alias } of await links.observe()) if (aliasEndpoint(context.name, alias) === endpointId) await links.remove(name)
    return nothingLeft
  }
  // Leave did that, if Docker has called it.
  await context.leases.end(endpointId)
  await dismiss(context, networkId, endpoint)
  await removePort(context, endpoint)
  ledger.note(ofEndpoint(networkId, endpointId, () => undefined))
  return () => links.remove(endpoint.hostInterface).catch((error: unknown) => context.log('warning', `${endpoint.hostInterface} is still to be deleted: ${(error as Error).message}`))
}

/**
 * Takes an endpoint's port out of the configuration. A container that stops is not kept by a controller or a switch that does not
 * answer: what is left is taken away when they do.
 */
export async function dismiss({ ledger, log }: DriverContext, networkId: string, { id, hostInterface, joined }: Endpoint): Promise<void> {
  if (joined === undefined) return
  const change = ofEndpoint(networkId, id, (was) => was && { ...was, joined: undefined })
  await ledger.change(change).catch((error: unknown) => {
    log('warning', `the controller is still to be told that ${hostInterface} is gone: ${(error as Error).message}`)
    ledger.note(change)
  })
}

/** How long Open vSwitch is waited for where something goes away. */
const REMOVAL_MS = 5000

/** Takes an endpoint's port out of the bridge. After {@link dismiss}: ovs-vswitchd confirms no flows while it takes a port out. */
export async function removePort({ database, log }: DriverContext, { hostInterface }: Endpoint): Promise<void> {
  await database
    .commit(database.removePorts([hostInterface]), { carriedOut: false, timeout: REMOVAL_MS })
    .catch((error: unknown) => log('warning', `Open vSwitch is still to be told that ${hostInterface} is gone: ${(error as Error).message}`))
}
