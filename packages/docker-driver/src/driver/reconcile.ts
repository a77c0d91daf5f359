import type { Network } from '../model/network.js'
import type { DriverContext } from './context.js'
import { createNetwork, deleteNetwork } from './create-network.js'
import { deleteEndpoint, networkOf, ofEndpoint, startPort } from './endpoint.js'
import { admit, nameOperations, renamed } from './join.js'
import { ofNetwork } from './ledger.js'
import { networkAlias } from './link-alias.js'
import { controllerOperations } from './network-plan.js'
import { planReconcile, type Observed, type ObservedLink, type Repair } from './plan-reconcile.js'
import { endpointIds } from './state.js'


/** How long Docker may take to list what a call has made: it does when it has our answer. */
const FRESH_MS = 10_000

/** Looks at everything that there is. */
export async function observe(context: DriverContext): Promise<Observed> {
  const [docker, links] = await Promise.all([lookAtDocker(context), context.links.observe()])
  // What Docker lists now, and later does not, is gone.
  for (const network of docker?.networks ?? []) for (const id of [network.id, ...network.endpoints.keys()]) context.fresh.delete(id)
  for (const [id, since] of context.fresh) if (performance.now() - since > FRESH_MS) context.fresh.delete(id)
  return {
    driver: context.name,
    networks: context.ledger.networks,
    requests: context.requests,
    docker,
    bridges: context.database.bridges(),
    links: new Map(links.map((link): [string, ObservedLink] => [link.name, link])),
    controllers: { embedded: context.controller.target, defaults: context.defaultControllers },
    fresh: new Set(context.fresh.keys()),
  }
}

async function lookAtDocker(context: DriverContext): Promise<Observed['docker']> {
  if (!context.dockerAnswers()) return undefined
  try {
    const [listed, containers] = await Promise.all([context.docker.networks(context.name), context.docker.containers()])
    const networks = await Promise.all(listed.map(({ id }) => context.docker.network(id)))
    return { networks: networks.filter((network) => network !== undefined), containers }
  } catch (error) {
    context.log('warning', `Docker cannot be asked what there is: ${(error as Error).message}`)
    return undefined
  }
}

/** Makes Docker, Open vSwitch, the kernel and the driver agree. One thing that cannot be mended does not keep others from it. */
export async function reconcile(context: DriverContext): Promise<number> {
  let done = 0
  // A network that was made again has endpoints that are only seen to be lost then.
  for (let round = 0; round < 3; round++) {
    const repairs = planReconcile(await observe(context))
    const work = repairs.filter(({ type }) => type !== 'lost')
    for (const repair of repairs) {
      if (repair.type === 'lost') context.log('warning', repair.text)
      else {
        context.log('info', `mending: ${describe(repair)}`)
        await carryOut(context, repair).catch((error: unknown) => context.log('error', `mending failed: ${describe(repair)}: ${(error as Error).message}`))
      }
    }
    done += work.length
    if (work.length === 0) break
  }
  return done
}

async function carryOut(context: DriverContext, repair: Repair): Promise<void> {
  const { ledger, database, links } = context
  switch (repair.type) {
    case 'remove-bridge':
      return void (await database.commit(database.removeBridges([repair.bridge])))
    case 'remove-network':
      return deleteNetwork(context, repair.id)
    case 'rebuild-network': {
      const { former, request, name } = repair
      await createNetwork(context, request, { name, bridge: former?.bridge, dpid: former?.dpid, endpoints: former?.endpoints, preallocated: former?.preallocated, patches: former?.patches })
      return
    }
    case 'rename-network':
      return rename(context, repair.id, repair.name)
    case 'bring-up':
      return links.bringUp(repair.bridge, repair.addresses, networkAlias(context.name, repair.network))
    case 'bring-up-port':
      return links.bringUp(repair.port, [])
    case 'set-controllers':
      return void (await database.commit(controllerOperations(repair.bridge, repair.controllers)))
    case 'remove-endpoint':
      return (await deleteEndpoint(context, repair.network, repair.endpoint))()
    case 'remove-port':
      return void (await database.commit(database.removePorts([repair.port])))
    case 'remove-link':
      return links.remove(repair.link)
    case 'restore-port': {
      // It may be on its way, for Docker: it is not added twice, and who waits for it is not told that this failed.
      await context.pending.get(repair.endpoint.id)?.ofport.catch(() => undefined)
      if (database.port(repair.endpoint.hostInterface) !== undefined) return
      const network = networkOf(context, repair.network)
      ledger.note(ofEndpoint(network.id, repair.endpoint.id, (was) => was ?? repair.endpoint))
      const wanted = repair.endpoint.joined?.ofport
      const ofport = await startPort(context, network, repair.endpoint, wanted)
      context.pending.delete(repair.endpoint.id)
      if (wanted !== undefined && wanted !== ofport) await renumber(context, network.id, repair.endpoint.id, ofport)
      return
    }
    case 'admit': {
      const network = networkOf(context, repair.network)
      const told = context.unresolved.get(repair.endpoint.id)
      const ofport = database.port(repair.endpoint.hostInterface)?.ofport
      if (ofport === undefined || ofport < 1) return
      const { sandboxKey, portMappings } = told ?? (await context.docker.container(repair.identity.containerId)) ?? { sandboxKey: '', portMappings: [] }
      await admit(context, network, repair.endpoint, { identity: repair.identity, ofport, sandboxKey, portMappings, restored: true })
      return
    }
    case 'rename-container':
      return changeJoined(context, repair.network, repair.endpoint, { containerName: repair.name })
    case 'renumber':
      return renumber(context, repair.network, repair.endpoint, repair.ofport)
    case 'foreign-ports':
      return adopt(context, repair.network, repair.ports)
    case 'lost':
      return
  }
}

/** Docker has told a network's name, or another one. */
export async function rename(context: DriverContext, id: string, name: string): Promise<void> {
  const network = context.ledger.networks.get(id)
  if (network === undefined || network.name === name) return
  await context.ledger.change(renamed(id, name))
  await context.database.commit(nameOperations(context, { ...network, name }), { carriedOut: false })
  context.event({ type: 'network', operation: 'rename', network: { ...network, name } })
}

/** Ports that somebody else added to a bridge, or took away. */
export async function adopt(context: DriverContext, id: string, ports: Network['foreignPorts']): Promise<void> {
  const before = context.ledger.networks.get(id)
  await context.ledger.change(ofNetwork(id, (network) => ({ ...network, foreignPorts: ports })))
  if (before === undefined) return
  if (before.options.userspace) await context.nat.apply([...context.ledger.networks.values()])
  for (const { name, ofport } of ports.values()) if (before.foreignPorts.get(name)?.ofport !== ofport) context.event({ type: 'port', operation: 'add', network: before, name, ofport })
  for (const { name, ofport } of before.foreignPorts.values()) if (!ports.has(name)) context.event({ type: 'port', operation: 'remove', network: before, name, ofport })
}

/** Something about a container on a network has changed. */
export async function changeJoined(context: DriverContext, networkId: string, endpointId: string, change: { readonly containerName?: string; readonly ofport?: number }): Promise<void> {
  const { ledger, database } = context
  await ledger.change(ofEndpoint(networkId, endpointId, (endpoint) => endpoint && { ...endpoint, joined: endpoint.joined && { ...endpoint.joined, ...change } }))
  const endpoint = ledger.networks.get(networkId)?.endpoints.get(endpointId)
  if (endpoint !== undefined) await database.commit(database.setIds('Interface', endpoint.hostInterface, endpointIds(endpoint)), { carriedOut: false })
}

function renumber(context: DriverContext, networkId: string, endpointId: string, ofport: number): Promise<void> {
  return changeJoined(context, networkId, endpointId, { ofport })
}

function describe(repair: Repair): string {
  switch (repair.type) {
    case 'rebuild-network':
      return `bridge of network ${repair.name} is made again`
    case 'remove-bridge':
      return `bridge ${repair.bridge} belongs to no network, and is removed`
    case 'remove-port':
      return `port ${repair.port} belongs to no container, and is removed`
    case 'remove-link':
      return `interface ${repair.link} belongs to no container, and is removed`
    case 'bring-up':
      return `bridge ${repair.bridge} gets ${repair.addresses.join(', ') || 'up'} again`
    case 'bring-up-port':
      return `interface ${repair.port} is brought up again`
    case 'set-controllers':
      return `bridge ${repair.bridge} gets ${repair.controllers.join(', ') || 'no one'} as its controllers`
    case 'remove-network':
      return `network ${repair.id.slice(0, 12)} is no more in Docker, and is removed`
    case 'restore-port':
    case 'admit':
      return `${repair.type} ${repair.endpoint.hostInterface}`
    case 'lost':
      return repair.text
    default:
      return repair.type
  }
}
