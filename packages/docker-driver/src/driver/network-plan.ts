import { addBridge, addPorts, lowestFreeOfport, namedUuid, type VswitchOperation } from '@streambed/ovs'
import { DockerDriverError } from '../errors.js'
import type { AddedPort, Network } from '../model/network.js'
import { bridgeName, chooseDpid, formatDpid, networkAddresses, parseNetworkOptions } from '../options/index.js'
import type { CreateNetworkRequest } from '../protocol/network-driver.js'
import { formerIds, type FormerInterface } from './former-interface.js'
import { macOf } from './mac-of.js'
import { bridgeIds, key } from './state.js'

/** What a network must not take. */
export interface Surroundings {
  readonly networks: readonly Network[]
  /** Datapath ids that others have. */
  readonly dpids: ReadonlySet<bigint>
  /** Names of bridges and links of the machine. */
  readonly names: ReadonlySet<string>
  /** The links to bridges of the machine that a network is to have. Default: none. */
  readonly patchesOf?: ((network: Network, others: readonly Network[]) => Network['patches']) | undefined
}

/** How a bridge that is lost was: it is to become the same again, also where an interface of its options is not there at the moment. */
export interface Former {
  readonly name?: string | undefined
  readonly bridge?: string | undefined
  readonly dpid?: bigint | undefined
  readonly endpoints?: Network['endpoints'] | undefined
  readonly preallocated?: readonly number[] | undefined
  readonly patches?: Network['patches'] | undefined
}

/** The network that a request asks for, with everything chosen that the request leaves open. @throws DockerDriverError `invalid`, `conflict` */
export function planNetwork(request: CreateNetworkRequest, around: Surroundings, former: Former = {}): Network {
  const options = parseNetworkOptions(request.options, request)
  const bridge = options.bridgeName ?? former.bridge ?? bridgeName(request.networkId, around.names)
  const used = new Set([...around.dpids, ...around.networks.map(({ dpid }) => dpid)])
  const network: Network = {
    id: request.networkId,
    name: former.name ?? bridge,
    ...(former.name === undefined && { unnamed: true }),
    bridge,
    dpid: options.dpid ?? former.dpid ?? chooseDpid(request.networkId, used),
    options,
    addresses: networkAddresses(request),
    internal: request.internal,
    ports: numbered([...options.addPorts, ...options.addCoproPorts], options.lbPort),
    preallocated: former.preallocated ?? [],
    endpoints: former.endpoints ?? new Map(),
    foreignPorts: new Map(),
    patches: former.patches ?? new Map(),
  }
  // A link to the stack comes before the ports that are kept for containers, as in dovesnap.
  const linked = { ...network, patches: around.patchesOf?.(network, around.networks) ?? new Map() }
  return former.preallocated === undefined ? { ...linked, preallocated: preallocated(linked) } : linked
}

/** Numbers for the ports of the options: those that are asked for, the lowest free ones for the others. */
function numbered(added: readonly AddedPort[], lbPort: number): Network['ports'] {
  const next = counter([lbPort, ...added.flatMap(({ ofport }) => ofport ?? [])])
  return new Map(added.map(({ name, ofport }) => [name, ofport ?? next()]))
}

function preallocated({ options, ports, patches }: Network): readonly number[] {
  const next = counter([options.lbPort, ...ports.values(), ...[...patches.values()].map(({ ofport }) => ofport)])
  return Array.from({ length: options.preallocatePorts }, next)
}

/** Gives the lowest free numbers, one after the other. */
function counter(used: readonly number[]): () => number {
  const taken = new Set(used)
  return () => {
    const port = lowestFreeOfport(taken)
    if (port === undefined) throw new DockerDriverError('invalid', 'there are not enough OpenFlow port numbers for ovs.bridge.add_ports and ovs.bridge.preallocate_ports: give fewer')
    taken.add(port)
    return port
  }
}

/** The targets that a network's bridge has. */
export function controllersOf(network: Network, embedded: string | undefined, defaults: readonly string[]): readonly string[] {
  const given = network.options.controllers.length > 0 ? network.options.controllers : defaults
  return [...new Set([...(embedded === undefined ? [] : [embedded]), ...given])]
}

/** What a bridge does without its controllers: one that has some forwards nothing that they did not allow. */
export function failModeOf(controllers: readonly string[]): 'secure' | 'standalone' {
  return controllers.length > 0 ? 'secure' : 'standalone'
}

/** The operations that give a bridge these controllers, and no others; one that comes back is to be found soon. */
export function controllerOperations(bridge: string, controllers: readonly string[]): VswitchOperation[] {
  const targets = controllers.map((target, index) => ({ target, name: `controller${index}` }))
  return [
    ...targets.map(({ target, name }): VswitchOperation => ({ op: 'insert', table: 'Controller', 'uuid-name': name, row: { target, max_backoff: 1000n } })),
    { op: 'update', table: 'Bridge', where: [['name', '==', bridge]], row: { controller: targets.map(({ name }) => namedUuid(name)), fail_mode: failModeOf(controllers) } },
  ]
}

/** What a bridge is made with, beside its network. */
export interface BridgeMaking {
  readonly driver: string
  /** Docker's id of its engine, if it is known. */
  readonly engine?: string | undefined
  readonly controllers: readonly string[]
  /** How the interfaces of the options are before they are its ports. Default: that need not be remembered. */
  readonly formers?: ReadonlyMap<string, FormerInterface> | undefined
}

/** The operations that make a network's bridge with the ports of its options. */
export function bridgeOperations(network: Network, request: CreateNetworkRequest, { driver, engine, controllers, formers = new Map() }: BridgeMaking): VswitchOperation[] {
  const { bridge, options, addresses, internal, ports, preallocated } = network
  return [
    ...addBridge({
      name: bridge,
      datapath_type: options.userspace ? 'netdev' : 'system',
      datapath_id: formatDpid(network.dpid),
      fail_mode: failModeOf(controllers),
      // Always: otherwise it has the lowest address of its ports, another one whenever they change, and containers know the gateway by it.
      other_config: { hwaddr: options.ovsLocalMac ?? macOf(network.id) },
      external_ids: {
        ...bridgeIds({ driver, engine, id: network.id, name: network.unnamed === true ? undefined : network.name, pool: preallocated }, { options: request.options, addresses, internal }),
        ...formerIds(new Map([...formers].filter(([name]) => ports.has(name)))),
      },
    }),
    ...controllerOperations(bridge, controllers),
    // Without it Open vSwitch gives the bridge the smallest MTU of its ports.
    { op: 'update', table: 'Interface', where: [['name', '==', bridge]], row: { mtu_request: BigInt(options.mtu) } },
    { op: 'update', table: 'Bridge', where: [['name', '==', bridge]], row: { stp_enable: false } },
    ...addedPortOperations(network, [...ports.keys()]),
  ]
}

/** The operations that add interfaces of the machine (`ovs.bridge.add_ports`, `add_copro_ports`) to the bridge. */
export function addedPortOperations({ bridge, options, ports }: Network, names: readonly string[]): VswitchOperation[] {
  const copro = new Set(options.addCoproPorts.map(({ name }) => name))
  return addPorts(bridge, names.map((name) => {
    const ofport = ports.get(name)
    return { name, ...(ofport !== undefined && { ofport_request: ofport }), external_ids: { [key.port]: copro.has(name) ? 'copro' : 'added' } }
  }))
}

/** The addresses of the bridge itself, with prefix length: the gateways, where the network leads somewhere through it. */
export function gatewaysOf({ options, addresses }: Network): readonly string[] {
  if (options.mode === 'flat') return []
  return [addresses.ipv4?.gateway, addresses.ipv6?.gateway].filter((gateway) => gateway !== undefined)
}
