import { DockerDriverError } from '../errors.js'
import type { Network } from '../model/network.js'
import type { CreateNetworkRequest } from '../protocol/network-driver.js'
import { applyNat, publishingNetworks } from './apply-nat.js'
import type { DriverContext } from './context.js'
import { forget } from './endpoint.js'
import { formersOf, readFormers, restoration, type FormerInterface } from './former-interface.js'
import { ofNetwork, withNetwork, withoutNetwork, type Change } from './ledger.js'
import { aliasNetwork, networkAlias } from './link-alias.js'
import { bridgeOperations, controllersOf, gatewaysOf, planNetwork, type Former } from './network-plan.js'
import type { ObservedLink } from './plan-reconcile.js'
import { settled } from './settled.js'
import { key } from './state.js'
import { undoing } from './undo.js'

/**
 * Makes a network: everything that can be wrong is found before anything is touched, and what fails later is undone.
 * @param signal when it fires, it is given up and undone
 */
export async function createNetwork(context: DriverContext, request: CreateNetworkRequest, former: Former = {}, signal?: AbortSignal): Promise<Network> {
  const { ledger, database, fresh, reserved } = context
  const id = request.networkId
  const known = ledger.networks.get(id)
  if (known !== undefined && database.bridge(known.bridge) !== undefined) return known
  // Nobody is to take for a remainder what is not complete.
  fresh.set(id, performance.now())
  try {
    await removeRemains(context, id)
    const [observed, engine] = await settled([context.links.observe(), context.engineId()])
    // From here to the reservation nothing is waited for: other networks may be made at the same time.
    const network = planned(context, request, former, observed)
    reserved.set(id, network)
    await make(context, network, { request, known, engine, formers: formersOf(observed), signal })
    context.requests.set(id, request)
    fresh.set(id, performance.now())
    context.event({ type: 'network', operation: 'create', network })
    return network
  } catch (error) {
    fresh.delete(id)
    throw error
  } finally {
    reserved.delete(id)
  }
}

/** The network, with what is left open chosen, if it can be made. Reads what is known now, and waits for nothing. */
function planned(context: DriverContext, request: CreateNetworkRequest, former: Former, observed: readonly ObservedLink[]): Network {
  const { database, ledger, machine, reserved } = context
  const id = request.networkId
  // The device that Open vSwitch left when it lost its database: the bridge takes it over.
  const own = observed.find(({ alias }) => aliasNetwork(context.name, alias) === id)?.name
  const present = observed.filter(({ name }) => name !== own && name !== former.bridge)
  const bridges = database.bridges()
  const others = [...new Map([...ledger.networks, ...reserved]).values()].filter((network) => network.id !== id)
  const network = planNetwork(request, {
    networks: others,
    dpids: new Set(bridges.flatMap(({ dpid }) => dpid ?? [])),
    names: new Set([...bridges, ...present, ...others.map(({ bridge }) => ({ name: bridge }))].map(({ name }) => name)),
    patchesOf: (one, around) => machine.patchesOf(one, around),
  }, { ...former, bridge: former.bridge ?? own })
  check(context, network, others, new Set(present.map(({ name }) => name)), former.name !== undefined)
  return network
}

interface Making {
  readonly request: CreateNetworkRequest
  /** The same network, whose bridge was lost. */
  readonly known: Network | undefined
  readonly engine: string | undefined
  readonly formers: ReadonlyMap<string, FormerInterface>
  readonly signal: AbortSignal | undefined
}

async function make(context: DriverContext, network: Network, { request, known, engine, formers, signal }: Making): Promise<void> {
  const { ledger, database, controller, links, machine } = context
  // What is undone is undone to the state of then: others have gone on meanwhile.
  const back: Change = known === undefined ? withoutNetwork(network.id) : ofNetwork(network.id, ({ endpoints }) => ({ ...known, endpoints }))
  const former = (): readonly Network[] => [...back(ledger.networks).values()]
  await undoing(context.log, async (undo) => {
    // The controller first: a switch that it does not know yet it would send away, to come back later.
    undo.add('configure the controller', () => ledger.change(back))
    await ledger.change(withNetwork(network))
    signal?.throwIfAborted()
    undo.add('add the bridge', () => removeBridges(context, [network.bridge]))
    const controllers = controllersOf(network, controller.target, context.defaultControllers)
    // One that is not there, which only a network that is made again may have, is a port as soon as it is.
    const names = [...network.ports.keys()].filter((name) => formers.has(name))
    const operations = bridgeOperations(network, request, { driver: context.name, engine, controllers, formers })
    const ofports = await database.commit(operations, { interfaces: names.filter((name) => name !== network.bridge), kernelBridge: network.options.userspace ? undefined : network.bridge })
    for (const name of names) {
      const wanted = network.ports.get(name)
      if (ofports.get(name) !== wanted) throw new DockerDriverError('switch', `Open vSwitch gave the interface ${name} port number ${ofports.get(name)} instead of ${wanted}`)
    }
    signal?.throwIfAborted()
    if (network.patches.size > 0) {
      undo.add('link the bridge to those of the machine', () => machine.apply(former()))
      await machine.apply([...ledger.networks.values()])
    }
    await settled([
      links.bringUp(network.bridge, gatewaysOf(network), networkAlias(context.name, network.id)),
      ...names.map((name) => links.bringUp(name, [])),
      controller.ready(network, signal),
    ])
    signal?.throwIfAborted()
    if (hasRules(network)) {
      undo.add('set the rules of the firewall', () => context.nat.apply(publishingNetworks(back(ledger.networks), context.admitting)))
      await applyNat(context)
    }
    signal?.throwIfAborted()
  })
}

/** Makes a network disappear; what is gone already is no failure. */
export async function deleteNetwork(context: DriverContext, id: string): Promise<void> {
  const { ledger, links } = context
  const network = ledger.networks.get(id)
  context.fresh.delete(id)
  if (network === undefined) return removeRemains(context, id)
  // While they still have ports to give their addresses back through.
  await Promise.all([...network.endpoints.keys()].map((endpoint) => context.leases.end(endpoint)))
  // First the controller, which is not to take it for somebody else's doing that the flows go. Docker forgets the network whatever we answer: what fails here is done by the next comparison.
  await ledger.change(withoutNetwork(id))
  context.requests.delete(id)
  await removeBridges(context, [network.bridge])
  await removeRemains(context, id)
  for (const endpoint of network.endpoints.values()) {
    forget(context, endpoint.id)
    await links.remove(endpoint.hostInterface)
  }
  if (network.patches.size > 0) await context.machine.apply([...ledger.networks.values()])
  if (hasRules(network)) await applyNat(context)
  context.event({ type: 'network', operation: 'delete', network })
}

/** Takes bridges away, and makes the interfaces of the machine that were their ports as they were before. */
export async function removeBridges({ database, links, log }: DriverContext, names: readonly string[]): Promise<void> {
  const formers = names.flatMap((name) => [...readFormers(database.bridge(name)?.externalIds ?? {})])
  await database.commit(database.removeBridges(names))
  if (formers.length === 0) return
  const present = new Map((await links.observe()).map((link) => [link.name, link]))
  await Promise.all(formers.map(async ([name, former]) => {
    const link = present.get(name)
    const change = link && restoration(link, former)
    if (change !== undefined) await links.clearFlags(name, change).catch((error: unknown) => log('warning', `interface ${name} is not as it was before: ${(error as Error).message}`))
  }))
}

/** Whether the firewall has rules because of a network: to forward for it, or to keep the kernel quiet on its cards. */
function hasRules({ options, ports, foreignPorts }: Network): boolean {
  return options.mode !== 'flat' || (options.userspace && ports.size + foreignPorts.size > 0)
}

/** The bridge of a network of which this driver knows nothing more: from a call that was cut short, or a process that died. */
async function removeRemains(context: DriverContext, id: string): Promise<void> {
  const remains = context.database.bridges().filter(({ externalIds }) => externalIds[key.network] === id && externalIds[key.driver] === context.name)
  if (remains.length > 0) await removeBridges(context, remains.map((bridge) => bridge.name))
}

/** Everything that can be known to be wrong before anything is touched. */
function check(context: DriverContext, network: Network, others: readonly Network[], links: ReadonlySet<string>, isRebuilt: boolean): void {
  const { database, controller } = context
  const { bridge, dpid, options, ports } = network
  if (database.bridge(bridge) !== undefined || links.has(bridge)) {
    throw new DockerDriverError('conflict', `ovs.bridge.name: there is a bridge or interface ${bridge} already; give another name, or remove it`)
  }
  const foreign = database.bridges().find((one) => one.dpid === dpid)
  if (foreign !== undefined && !others.some((other) => other.bridge === foreign.name)) {
    throw new DockerDriverError('conflict', `ovs.bridge.dpid: bridge ${foreign.name} has 0x${dpid.toString(16)} already; give another one, or none`)
  }
  context.checkNetwork(network, others, controller.present())
  for (const name of ports.keys()) {
    const option = options.addPorts.some((port) => port.name === name) ? 'ovs.bridge.add_ports' : 'ovs.bridge.add_copro_ports'
    const port = database.port(name)
    if (port !== undefined) throw new DockerDriverError('conflict', `${option}: interface ${name} is a port of bridge ${port.bridge} already; remove it there first ("ovs-vsctl del-port ${name}")`)
    if (!links.has(name) && !isRebuilt) throw new DockerDriverError('not-found', `${option}: there is no interface ${name} on this machine ("ip link" shows those that there are)`)
  }
}
