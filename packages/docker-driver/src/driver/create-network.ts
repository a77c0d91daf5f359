import { DockerDriverError } from '../errors.js'
import type { Network } from '../model/network.js'
import type { CreateNetworkRequest } from '../protocol/network-driver.js'
import type { DriverContext } from './context.js'
import { withNetwork, withoutNetwork } from './ledger.js'
import { aliasNetwork, networkAlias } from './link-alias.js'
import { bridgeOperations, controllersOf, gatewaysOf, planNetwork, type Former } from './network-plan.js'
import { key } from './state.js'
import { undoing } from './undo.js'

/** Makes a network: everything that can be wrong is found before anything is touched, and what fails later is undone. */
export async function createNetwork(context: DriverContext, request: CreateNetworkRequest, former: Former = {}): Promise<Network> {
  const { ledger, database, controller, links, machine } = context
  const known = ledger.networks.get(request.networkId)
  if (known !== undefined && database.bridge(known.bridge) !== undefined) return known
  await removeRemains(context, request.networkId)
  const observed = await links.observe()
  // The device that Open vSwitch left when it lost its database: the bridge takes it over.
  const own = observed.find(({ alias }) => aliasNetwork(context.name, alias) === request.networkId)?.name
  const present = observed.filter(({ name }) => name !== own && name !== former.bridge)
  const bridges = database.bridges()
  const others = [...ledger.networks.values()].filter(({ id }) => id !== request.networkId)
  const network = planNetwork(request, {
    networks: others,
    dpids: new Set(bridges.flatMap(({ dpid }) => dpid ?? [])),
    names: new Set([...bridges.map(({ name }) => name), ...present.map(({ name }) => name)]),
    patchesOf: (planned, around) => machine.patchesOf(planned, around),
  }, { ...former, bridge: former.bridge ?? own })
  check(context, network, others, new Set(present.map(({ name }) => name)))
  await undoing(context.log, async (undo) => {
    // The controller first: a switch that it does not know yet it would send away, to come back later.
    undo.add('configure the controller', () => ledger.change(known === undefined ? withoutNetwork(network.id) : withNetwork(known)))
    await ledger.change(withNetwork(network))
    undo.add('add the bridge', () => database.commit(database.removeBridges([network.bridge])))
    const targets = controllersOf(network, controller.target, context.defaultControllers)
    const ofports = await database.commit(bridgeOperations(network, request, context.name, targets), { interfaces: [...network.ports.keys()].filter((name) => name !== network.bridge), kernelBridge: network.options.userspace ? undefined : network.bridge })
    for (const [name, wanted] of network.ports) {
      if (ofports.get(name) !== wanted) throw new DockerDriverError('switch', `Open vSwitch gave the interface ${name} port number ${ofports.get(name)} instead of ${wanted}`)
    }
    if (network.patches.size > 0) {
      undo.add('link the bridge to those of the machine', () => machine.apply(others))
      await machine.apply([...ledger.networks.values()])
    }
    await Promise.all([
      links.bringUp(network.bridge, gatewaysOf(network), networkAlias(context.name, network.id)),
      ...[...network.ports.keys()].map((name) => links.bringUp(name, [])),
      controller.ready(network),
    ])
    if (hasRules(network)) {
      undo.add('set the rules of the firewall', () => context.nat.apply(others))
      await context.nat.apply([...ledger.networks.values()])
    }
  })
  context.requests.set(network.id, request)
  context.fresh.set(network.id, performance.now())
  context.event({ type: 'network', operation: 'create', network })
  return network
}

/** Makes a network disappear; what is gone already is no failure. */
export async function deleteNetwork(context: DriverContext, id: string): Promise<void> {
  const { ledger, database, links } = context
  const network = ledger.networks.get(id)
  await removeRemains(context, id)
  context.fresh.delete(id)
  context.requests.delete(id)
  if (network === undefined) return
  // While they still have ports to give their addresses back through.
  await Promise.all([...network.endpoints.keys()].map((endpoint) => context.leases.end(endpoint)))
  await database.commit(database.removeBridges([network.bridge]))
  await ledger.change(withoutNetwork(id))
  for (const endpoint of network.endpoints.values()) {
    context.pending.delete(endpoint.id)
    context.waiting.delete(endpoint.id)
    await links.remove(endpoint.hostInterface)
  }
  if (network.patches.size > 0) await context.machine.apply([...ledger.networks.values()])
  if (hasRules(network)) await context.nat.apply([...ledger.networks.values()])
  context.event({ type: 'network', operation: 'delete', network })
}

/** Whether the firewall has rules because of a network: to forward for it, or to keep the kernel quiet on its cards. */
function hasRules({ options, ports, foreignPorts }: Network): boolean {
  return options.mode !== 'flat' || (options.userspace && ports.size + foreignPorts.size > 0)
}

/** The bridge of a network of which this driver knows nothing more: from a call that was cut short, or a process that died. */
async function removeRemains({ database, name }: DriverContext, id: string): Promise<void> {
  const remains = database.bridges().filter(({ externalIds }) => externalIds[key.network] === id && externalIds[key.driver] === name)
  if (remains.length > 0) await database.commit(database.removeBridges(remains.map((bridge) => bridge.name)))
}

/** Everything that can be known to be wrong before anything is touched. */
function check(context: DriverContext, network: Network, others: readonly Network[], links: ReadonlySet<string>): void {
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
    if (!links.has(name)) throw new DockerDriverError('not-found', `${option}: there is no interface ${name} on this machine ("ip link" shows those that there are)`)
  }
}
