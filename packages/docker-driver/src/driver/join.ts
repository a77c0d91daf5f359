import { setImmediate as nextTurn } from 'node:timers/promises'
import { changeMac } from '../dhcp/index.js'
import { DockerDriverError } from '../errors.js'
import type { Endpoint, JoinedEndpoint, Network, PortMapping } from '../model/network.js'
import { checkMappings, choosePort, fulfils, portRange, probePort } from '../nat/index.js'
import { parseLabels, portSettings } from '../options/index.js'
import type { JoinReply, JoinRequest } from '../protocol/network-driver.js'
import { applyNat, publishingNetworks } from './apply-nat.js'
import type { DriverContext } from './context.js'
import { dismiss, forget, macFor, networkOf, nothingLeft, ofEndpoint, prefixed, removePort, startPort, type Rest } from './endpoint.js'
import { identify, type Identity } from './identify.js'
import { ofNetwork, type Change } from './ledger.js'
import { usable } from './read-networks.js'
import { netnsOf } from './netns-of.js'
import { settled } from './settled.js'
import { endpointIds, key } from './state.js'
import { undoing } from './undo.js'

/**
 * Puts a container on a network: when Docker has the answer, the controller and the firewall let its packets through.
 * @param signal when it fires, it is given up and undone
 */
export async function join(context: DriverContext, request: JoinRequest, signal?: AbortSignal): Promise<JoinReply> {
  const network = networkOf(context, request.networkId)
  const endpoint = network.endpoints.get(request.endpointId)
  if (endpoint === undefined) throw new DockerDriverError('not-found', `network ${network.name} has no endpoint ${request.endpointId.slice(0, 12)}: start the container again`)
  const { sandboxKey, portMappings } = request
  const [identity, ofport] = await Promise.all([
    identify(context, network.id, endpoint.id),
    context.pending.get(endpoint.id)?.ofport ?? portNumber(context, endpoint) ?? startPort(context, network, endpoint),
  ])
  signal?.throwIfAborted()
  if (identity === undefined) {
    // Nothing is let through until Docker says whose it is: it may have an ACL.
    context.unresolved.set(endpoint.id, { sandboxKey, portMappings })
    context.log('info', `endpoint ${endpoint.id.slice(0, 12)} of ${network.name} joins before Docker can say whose it is; its traffic waits until then`)
  } else await admit(context, network, endpoint, { identity, ofport, sandboxKey, portMappings, signal })
  return replyOf(network, endpoint)
}

/** The number of a port that an earlier process has added. */
function portNumber({ database }: DriverContext, { hostInterface }: Endpoint): number | undefined {
  const port = database.port(hostInterface)
  return port && usable(port)
}

/** Everything that is known of a container that joins. */
export interface Admission {
  readonly identity: Identity
  readonly ofport: number
  readonly sandboxKey: string
  readonly portMappings: readonly PortMapping[]
  /** It runs already, and this is the MAC address that Docker shows for it, if it does. */
  readonly restored?: { readonly mac: string | undefined } | undefined
  /** Nobody waits for it any more: it is to be undone. */
  readonly signal?: AbortSignal | undefined
}

/** How long ports of the machine wait for those of other containers. */
const PUBLISH_MS = 15_000

/** Lets a container's packets through, as its labels say. @throws DockerDriverError `invalid` about a label, `switch` */
export async function admit(context: DriverContext, before: Network, endpoint: Endpoint, admission: Admission): Promise<void> {
  const work = (): Promise<void> => admitNow(context, before, endpoint, admission)
  const publishes = before.options.mode !== 'flat' && admission.portMappings.length > 0
  await (publishes ? context.publishing.run('ports of the machine', work, PUBLISH_MS) : work())
}

async function admitNow(context: DriverContext, before: Network, endpoint: Endpoint, admission: Admission): Promise<void> {
  const { ledger, database, links, admitting } = context
  const { identity, ofport, sandboxKey } = admission
  const network: Network = { ...before, name: identity.networkName, unnamed: undefined }
  const { acls, mirror, macPrefix } = portSettings(parseLabels(identity.labels), network.options, network.name)
  const wanted = wantedMac(network, endpoint, admission, macPrefix)
  // Docker started it before it could say whose endpoint it is: the interface is in the container by now.
  const mac = admission.restored === undefined ? wanted : await changeMacInside(context, endpoint, wanted, admission)
  if (macPrefix !== undefined && !mac.startsWith(macPrefix)) {
    context.log('warning', `container ${identity.containerName} has the MAC address ${mac} on network ${network.name}, as Docker was asked or told, and not the prefix ${macPrefix} of its label`)
  }
  const joined: JoinedEndpoint = {
    ofport,
    containerId: identity.containerId,
    containerName: identity.containerName,
    labels: identity.labels,
    sandboxKey,
    acls,
    mirror,
    portMappings: await mappingsOf(context, network, endpoint, admission),
  }
  if (mirror && !context.machine.mirroring) {
    context.log('warning', `container ${identity.containerName} is to be mirrored on network ${network.name}, but mirrored packets have nowhere to go: start the driver with --mirror_bridge_out, or with --stacking_interfaces and --stack_mirror_interface`)
  }
  const after: Endpoint = { ...endpoint, mac, macUnclear: undefined, joined }
  context.checkNetwork({ ...network, endpoints: new Map(network.endpoints).set(after.id, after) }, [...ledger.networks.values()], context.controller.present())
  const publishes = joined.portMappings.length > 0
  const back = ofEndpoint(network.id, endpoint.id, (was) => was && { ...was, mac: endpoint.mac, macUnclear: endpoint.macUnclear, joined: undefined })
  await undoing(context.log, async (undo) => {
    undo.add('admit the port', () => ledger.change(back))
    undo.add('write the container down', () => database.commit(database.setIds('Interface', endpoint.hostInterface, endpointIds({ ...endpoint, joined: undefined })), { carriedOut: false }))
    if (publishes) {
      undo.add('forward ports', () => context.nat.apply(publishingNetworks(back(ledger.networks), admitting), 'endpoints'))
      admitting.set(endpoint.id, after)
    }
    await settled([
      mac === endpoint.mac || admission.restored !== undefined ? undefined : links.setMac(endpoint.containerInterface, mac),
      ledger.change(chained(renamed(network.id, network.name), ofEndpoint(network.id, endpoint.id, () => after))),
      // The flows are on their way then: ovs-vswitchd confirms none while it looks at what has changed in its database.
      nextTurn().then(() =>
        database.commit(
          [...database.setIds('Interface', endpoint.hostInterface, endpointIds(after)), ...(before.name === network.name && before.unnamed !== true ? [] : nameOperations(context, network))],
          { carriedOut: false },
        ),
      ),
      // Its rules need not wait for the controller: until that lets the packets through, they lead nowhere.
      publishes ? applyNat(context, 'endpoints') : undefined,
    ]).finally(() => admitting.delete(endpoint.id))
    admission.signal?.throwIfAborted()
  })
  forget(context, endpoint.id)
  context.event({ type: 'container', operation: 'join', network: ledger.networks.get(network.id) ?? network, endpoint: after })
}

/**
 * What Docker was told it gives to the interface, and shows: that stays, whatever a label says. Where it was told nothing, it takes the
 * address that the interface has.
 */
function wantedMac(network: Network, endpoint: Endpoint, { identity, restored }: Admission, prefix: string | undefined): string {
  const shown = restored === undefined ? (endpoint.macUnclear === true ? undefined : endpoint.mac) : restored.mac
  return shown ?? prefixed(macFor(network, { ...endpoint, endpointId: endpoint.id }, identity.containerId), prefix)
}

/** Gives the interface of a container that runs another MAC address, and answers the one that it has then. */
async function changeMacInside({ docker, log }: DriverContext, endpoint: Endpoint, mac: string, { identity, sandboxKey }: Admission): Promise<string> {
  if (mac === endpoint.mac) return mac
  try {
    const netns = await netnsOf({ docker }, { sandboxKey, containerId: identity.containerId })
    if (netns === undefined) throw new DockerDriverError('not-found', 'it does not run')
    await changeMac(netns, endpoint.mac, mac)
    return mac
  } catch (error) {
    log('warning', `container ${identity.containerName} keeps the MAC address ${endpoint.mac} instead of ${mac}: ${(error as Error).message}`)
    return endpoint.mac
  }
}

/** The operations that write a network's name down. */
export function nameOperations({ database }: DriverContext, network: Network): ReturnType<DriverContext['database']['setIds']> {
  return database.setIds('Bridge', network.bridge, { [key.name]: network.name })
}

/** A change of a network's name. */
export function renamed(id: string, name: string): Change {
  return ofNetwork(id, (network) => (network.name === name && network.unnamed !== true ? network : { ...network, name, unnamed: undefined }))
}

function chained(...changes: readonly Change[]): Change {
  return (networks) => changes.reduce((before, change) => change(before), networks)
}

/**
 * The port mappings that this endpoint can have: Docker gives those of a container to each of its networks, but a port of the machine
 * can lead to one place only. Where none is asked for, one is chosen.
 */
async function mappingsOf(context: DriverContext, network: Network, endpoint: Endpoint, { identity, portMappings, restored }: Admission): Promise<readonly PortMapping[]> {
  if (portMappings.length === 0) return []
  if (network.options.mode === 'flat') {
    warnUnpublished(context, network, identity)
    return []
  }
  const { ledger } = context
  const networks = [...ledger.networks.values()]
  const twins = networks.flatMap(({ endpoints }) => [...endpoints.values()]).filter(({ id, joined }) => id !== endpoint.id && joined?.containerId === identity.containerId)
  const held = twins.flatMap(({ joined }) => joined?.portMappings ?? [])
  const own = portMappings.filter((mapping) => !held.some((other) => fulfils(other, mapping)))
  const fixed = own.filter((mapping) => portRange(mapping) === undefined)
  // One that runs has its ports, unless Docker does not know which.
  if (restored === undefined) checkMappings(networks, endpoint, fixed)
  const chosen: PortMapping[] = []
  for (const mapping of own) {
    const range = portRange(mapping)
    if (range === undefined && restored === undefined) await probePort(mapping)
    const { hostPortEnd: _, ...rest } = mapping
    chosen.push({ ...rest, hostPort: range === undefined ? mapping.hostPort : await choosePort(networks, rest, range, [...fixed, ...chosen]) })
  }
  return chosen
}

/** Once for a container, on however many networks and however often it starts. */
function warnUnpublished({ unpublished, log }: DriverContext, network: Network, { containerId, containerName }: Identity): void {
  if (unpublished.has(containerId)) return
  unpublished.add(containerId)
  log('warning', `container ${containerName} publishes ports, but not on network ${network.name}: it is flat, and the machine has no address there; create it with -o ovs.bridge.mode=nat, or reach the container at its own address`)
}

/** Another endpoint of a container becomes, or is no more, the one by which it is reached from outside. */
export async function forwardPorts(context: DriverContext, networkId: string, endpointId: string, portMappings: readonly PortMapping[]): Promise<void> {
  const { ledger, database } = context
  const network = ledger.networks.get(networkId)
  const endpoint = network?.endpoints.get(endpointId)
  if (network === undefined || endpoint?.joined === undefined) return
  const { joined } = endpoint
  // Join was told them already.
  if (portMappings.length > 0 ? joined.portMappings.length > 0 : joined.portMappings.length === 0) return
  const identity = { networkName: network.name, containerId: joined.containerId, containerName: joined.containerName, labels: joined.labels }
  const after = await context.publishing.run('ports of the machine', async (): Promise<Endpoint> => {
    const mappings = await mappingsOf(context, network, endpoint, { identity, ofport: joined.ofport, sandboxKey: joined.sandboxKey, portMappings })
    const published: Endpoint = { ...endpoint, joined: { ...joined, portMappings: mappings } }
    ledger.note(ofEndpoint(networkId, endpointId, (was) => was && published))
    return published
  }, PUBLISH_MS)
  if (network.options.mode === 'flat') return
  await settled([applyNat(context, 'endpoints'), database.commit(database.setIds('Interface', endpoint.hostInterface, endpointIds(after)), { carriedOut: false })])
}

/** How Docker takes the interface over. */
function replyOf({ options, addresses }: Network, { containerInterface }: Endpoint): JoinReply {
  const withoutLength = (gateway: string | undefined): string | undefined => gateway?.split('/')[0]
  const [gateway, gatewayIpv6] = options.dhcp ? [] : [withoutLength(addresses.ipv4?.gateway), withoutLength(addresses.ipv6?.gateway)]
  return {
    srcName: containerInterface,
    dstPrefix: 'eth',
    // Also of a flat network: a router behind one of its ports may have that address.
    ...(gateway !== undefined && { gateway }),
    ...(gatewayIpv6 !== undefined && { gatewayIpv6 }),
    disableGatewayService: true,
  }
}

/**
 * Takes a container off a network; its interface stays until the endpoint is deleted. What is gone already is no failure. No packet gets
 * through any more when Docker has the answer; what is left to be done is to take the port out of the bridge.
 */
export async function leave(context: DriverContext, networkId: string, endpointId: string): Promise<Rest> {
  const { ledger, pending } = context
  await pending.get(endpointId)?.ofport.catch(() => undefined)
  pending.delete(endpointId)
  context.unresolved.delete(endpointId)
  const network = ledger.networks.get(networkId)
  const endpoint = network?.endpoints.get(endpointId)
  if (network === undefined || endpoint === undefined) return nothingLeft
  const { joined } = endpoint
  // While it still has a port to give its address back through.
  await context.leases.end(endpointId)
  await dismiss(context, networkId, endpoint)
  if (joined !== undefined) {
    if (joined.portMappings.length > 0) await applyNat(context, 'endpoints')
    context.event({ type: 'container', operation: 'leave', network, endpoint })
  }
  return () => removePort(context, endpoint)
}
