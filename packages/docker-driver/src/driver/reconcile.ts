import type { Network } from '../model/network.js'
import { applyNat } from './apply-nat.js'
import type { DriverContext } from './context.js'
import { createNetwork, deleteNetwork, removeBridges } from './create-network.js'
import { deleteEndpoint, networkOf, ofEndpoint, startPort } from './endpoint.js'
import type { Exclusion } from './exclusion.js'
import { admit, nameOperations, renamed } from './join.js'
import { ofNetwork } from './ledger.js'
import { networkAlias } from './link-alias.js'
import { addedPortOperations, controllerOperations } from './network-plan.js'
import { networkOfRepair, planReconcile, type Observed, type ObservedLink, type Repair } from './plan-reconcile.js'
import { samePorts } from './read-networks.js'
import { endpointIds, key } from './state.js'
import type { Told } from './told.js'

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
    const engine = await context.engineId()
    // Whose networks these are has to be known, before anything is concluded from them.
    if (engine === undefined) return undefined
    const { prefixes } = context
    const heard = prefixes.mark
    const [listed, containers] = await Promise.all([context.docker.networks(context.name), context.docker.containers()])
    const networks = await Promise.all(listed.map(({ id }) => context.docker.network(id)))
    prefixes.listed(containers, heard)
    return { networks: networks.filter((network) => network !== undefined), containers, engine }
  } catch (error) {
    context.log('warning', `Docker cannot be asked what there is: ${(error as Error).message}`)
    return undefined
  }
}

/**
 * Makes Docker, Open vSwitch, the kernel and the driver agree. One thing that cannot be mended does not keep others from it, and is told
 * once. While all agree no call of Docker's waits for it; else those about the networks that are mended.
 * @returns how many differences were mended
 */
export async function reconcile(context: DriverContext, exclusion: Exclusion, told: Told): Promise<number> {
  const failures = new Map<string, string>()
  let lost: readonly string[] = []
  let done = 0
  // A network that was made again has endpoints that are only seen to be lost then.
  for (let round = 0; round < 3; round++) {
    const repairs = planReconcile(await observe(context))
    lost = repairs.flatMap((repair) => (repair.type === 'lost' ? [repair.text] : []))
    const work = repairs.filter((repair) => repair.type !== 'lost' && !failures.has(describe(repair)))
    if (work.length === 0) break
    done += await mend(context, exclusion, work, failures)
  }
  const problems = [...lost.map((text) => ['warning', text] as const), ...[...failures].map(([what, why]) => ['error', `mending failed: ${what}: ${why}`] as const)]
  const news = new Set(told.news(problems.map(([, text]) => text)))
  for (const [level, text] of problems) if (news.has(text)) context.log(level, text)
  return done
}

/** Carries repairs out, each while no call about its network runs: at once where none does, the others one by one. */
async function mend(context: DriverContext, exclusion: Exclusion, work: readonly Repair[], failures: Map<string, string>): Promise<number> {
  const ids = [...new Set(work.flatMap((repair) => networkOfRepair(repair) ?? []))]
  const idle = ids.filter((id) => exclusion.isIdle(id))
  const groups = [...(idle.length > 0 ? [idle] : []), ...ids.filter((id) => !idle.includes(id)).map((id) => [id])]
  const counts = await Promise.all([
    carryOutAll(context, work.filter((repair) => networkOfRepair(repair) === undefined), failures),
    ...groups.map((group) => exclusion.alone(group, async () => {
      // What was seen may have been a call that was half done. It may still be true.
      const repairs = planReconcile(await observe(context)).filter((repair) => group.includes(networkOfRepair(repair) ?? ''))
      return carryOutAll(context, repairs, failures)
    })),
  ])
  return counts.reduce((sum, count) => sum + count, 0)
}

async function carryOutAll(context: DriverContext, repairs: readonly Repair[], failures: Map<string, string>): Promise<number> {
  let done = 0
  for (const repair of repairs) {
    const what = describe(repair)
    context.log('info', `mending: ${what}`)
    try {
      if (await carryOut(context, repair)) done++
      failures.delete(what)
    } catch (error) {
      failures.set(what, (error as Error).message)
    }
  }
  return done
}

/** @returns whether something was done */
async function carryOut(context: DriverContext, repair: Repair): Promise<boolean> {
  const { ledger, database, links } = context
  switch (repair.type) {
    case 'lost':
      return false
    case 'admit':
      return admitRunning(context, repair)
    case 'remove-bridge':
      await removeBridges(context, [repair.bridge])
      break
    case 'remove-network':
      await deleteNetwork(context, repair.network)
      break
    case 'rebuild-network': {
      const { former, request, name } = repair
      await createNetwork(context, request, { name, bridge: former?.bridge, dpid: former?.dpid, endpoints: former?.endpoints, preallocated: former?.preallocated, patches: former?.patches })
      break
    }
    case 'rename-network':
      await rename(context, repair.network, repair.name)
      break
    case 'claim-network':
      await database.commit(database.setIds('Bridge', repair.bridge, { [key.engine]: repair.engine }), { carriedOut: false })
      break
    case 'bring-up':
      await links.bringUp(repair.bridge, repair.addresses, networkAlias(context.name, repair.network))
      break
    case 'bring-up-port':
      await links.bringUp(repair.port, [])
      break
    case 'restore-added-port':
      await restoreAddedPort(context, repair.network, repair.port)
      break
    case 'number-added-ports':
      await numberAddedPorts(context, repair.network, repair.ports)
      break
    case 'set-controllers':
      await database.commit(controllerOperations(repair.bridge, repair.controllers))
      break
    case 'remove-endpoint':
      await (await deleteEndpoint(context, repair.network, repair.endpoint))()
      break
    case 'remove-port':
      await database.commit(database.removePorts([repair.port]))
      break
    case 'remove-link':
      await links.remove(repair.link)
      break
    case 'restore-port': {
      // It may be on its way, for Docker: it is not added twice, and who waits for it is not told that this failed.
      await context.pending.get(repair.endpoint.id)?.ofport.catch(() => undefined)
      if (database.port(repair.endpoint.hostInterface) !== undefined) return false
      const network = networkOf(context, repair.network)
      ledger.note(ofEndpoint(network.id, repair.endpoint.id, (was) => was ?? repair.endpoint))
      const wanted = repair.endpoint.joined?.ofport
      const ofport = await startPort(context, network, repair.endpoint, wanted)
      context.pending.delete(repair.endpoint.id)
      if (wanted !== undefined && wanted !== ofport) await renumber(context, network.id, repair.endpoint.id, ofport)
      break
    }
    case 'rename-container':
      await changeJoined(context, repair.network, repair.endpoint, { containerName: repair.name })
      break
    case 'renumber':
      await renumber(context, repair.network, repair.endpoint, repair.ofport)
      break
    case 'foreign-ports':
      await adopt(context, repair.network, repair.ports)
  }
  return true
}

async function admitRunning(context: DriverContext, { network, endpoint, identity, mac }: Extract<Repair, { type: 'admit' }>): Promise<boolean> {
  const told = context.unresolved.get(endpoint.id)
  const ofport = context.database.port(endpoint.hostInterface)?.ofport
  if (ofport === undefined || ofport < 1) return false
  const { sandboxKey, portMappings } = told ?? (await context.docker.container(identity.containerId)) ?? { sandboxKey: '', portMappings: [] }
  await admit(context, networkOf(context, network), endpoint, { identity, ofport, sandboxKey, portMappings, restored: { mac } })
  return true
}

/** Somebody has removed an interface of the options from the bridge; when it is not there, it becomes a port as soon as it is. */
async function restoreAddedPort(context: DriverContext, id: string, port: string): Promise<void> {
  const { database, links } = context
  const network = networkOf(context, id)
  const observed = await links.observe()
  const isThere = observed.some(({ name }) => name === port)
  await database.commit(addedPortOperations(network, [port]), { carriedOut: isThere })
  if (isThere) await links.bringUp(port, [])
}

/** The interface of a port is another one of the same name. */
export async function renewAddedPort(context: DriverContext, id: string, port: string): Promise<void> {
  const { database, links, ledger } = context
  const network = ledger.networks.get(id)
  const row = network && database.bridge(network.bridge)?.ports.find(({ name }) => name === port)
  if (network === undefined || row === undefined) return
  // In two steps: of a port that goes and comes in one, Open vSwitch sees nothing.
  await database.commit(database.removePorts([port]))
  await database.commit(addedPortOperations(network, [port]), { interfaces: [port] })
  await links.bringUp(port, [])
}

/** The interfaces of a network's options have other numbers than before. */
export async function numberAddedPorts({ ledger }: DriverContext, id: string, ports: Network['ports']): Promise<void> {
  const network = ledger.networks.get(id)
  if (network === undefined || samePorts(network.ports, ports)) return
  await ledger.change(ofNetwork(id, (was) => ({ ...was, ports })))
}

/** Docker has told a network's name, or another one. */
export async function rename(context: DriverContext, id: string, name: string): Promise<void> {
  const network = context.ledger.networks.get(id)
  if (network === undefined || (network.name === name && network.unnamed !== true)) return
  await context.ledger.change(renamed(id, name))
  await context.database.commit(nameOperations(context, { ...network, name }), { carriedOut: false })
  context.event({ type: 'network', operation: 'rename', network: { ...network, name, unnamed: undefined } })
}

/** Ports that somebody else added to a bridge, or took away. */
export async function adopt(context: DriverContext, id: string, ports: Network['foreignPorts']): Promise<void> {
  const before = context.ledger.networks.get(id)
  await context.ledger.change(ofNetwork(id, (network) => ({ ...network, foreignPorts: ports })))
  if (before === undefined) return
  if (before.options.userspace) await applyNat(context)
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
    case 'restore-added-port':
      return `interface ${repair.port} becomes a port of its network again`
    case 'number-added-ports':
      return `${[...repair.ports].map(([name, ofport]) => `${name} is port ${ofport}`).join(', ')} now`
    case 'claim-network':
      return `bridge ${repair.bridge} remembers its Docker engine`
    case 'set-controllers':
      return `bridge ${repair.bridge} gets ${repair.controllers.join(', ') || 'no one'} as its controllers`
    case 'remove-network':
      return `network ${repair.network.slice(0, 12)} is no more in Docker, and is removed`
    case 'rename-network':
      return `network ${repair.network.slice(0, 12)} is called ${repair.name}`
    case 'restore-port':
    case 'admit':
      return `${repair.type} ${repair.endpoint.hostInterface}`
    case 'lost':
      return repair.text
    case 'foreign-ports':
      return `foreign ports of ${repair.network.slice(0, 12)} are ${[...repair.ports.keys()].join(', ') || 'none'}`
    case 'remove-endpoint':
    case 'rename-container':
    case 'renumber':
      return `${repair.type} ${repair.endpoint.slice(0, 12)}`
  }
}
