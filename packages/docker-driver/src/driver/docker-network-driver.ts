import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import type { FaucetControl } from '@streambed/faucet'
import { checkNetwork } from '../config/index.js'
import { DockerEngine, type DockerEvent } from '../docker/docker-engine.js'
import { DockerDriverError } from '../errors.js'
import { findEngine, MachineBridges, parseMachineOptions, planMachine, readFormerContext, withPatches } from '../machine/index.js'
import type { Network, PortMapping } from '../model/network.js'
import { NatTable } from '../nat/index.js'
import { shortEngineId } from '../options/index.js'
import type { CallContext, CreateEndpointReply, CreateEndpointRequest, CreateNetworkRequest, JoinReply, JoinRequest, NetworkDriver } from '../protocol/network-driver.js'
import { pluginSocketPath } from '../protocol/plugin-name.js'
import type { EndpointRequest } from '../protocol/requests.js'
import { serveNetworkDriver, type CallLog, type NetworkDriverServer } from '../protocol/serve.js'
import { DriverMetrics, type StatusContext, type StatusServer } from '../status/index.js'
import { BridgeWatch } from './bridge-watch.js'
import type { DriverContext, Nat } from './context.js'
import { DriverController } from './controller.js'
import { createNetwork, deleteNetwork } from './create-network.js'
import { DockerWatch } from './docker-watch.js'
import type { DockerNetworkDriverOptions } from './driver-options.js'
import { createEndpoint, deleteEndpoint, networkOf, type Rest } from './endpoint.js'
import { Exclusion } from './exclusion.js'
import { MacPrefixes } from './mac-prefixes.js'
import { InterfaceNames, interfaceInside } from './interface-names.js'
import { forwardPorts, join, leave } from './join.js'
import { Leases } from './leases.js'
import { Ledger } from './ledger.js'
import { MachineLinks } from './machine-links.js'
import { readNetworks, requestOf } from './read-networks.js'
import { changeJoined, rename } from './reconcile.js'
import { Reconciler } from './reconciler.js'
import { Serial } from './serial.js'
import { readBridgeIds } from './state.js'
import { serveDriverStatus } from './status.js'
import { databasePath, runDirectory } from './run-directory.js'
import { SwitchDatabase, type BridgeState } from './switch-database.js'

/** How long a step waits for an earlier one on the same thing. */
const TURN_MS = 20_000

/** How long Docker may take to say which engine it is, at the first start with flags about the machine. */
const ENGINE_MS = 10_000
const RECONCILE_MS = 30_000

/** What is there when a driver begins. */
type Parts = Pick<DriverContext, 'name' | 'database' | 'links' | 'machine' | 'docker' | 'controller' | 'ledger' | 'nat' | 'requests' | 'defaultControllers'>

/**
 * A network driver for Docker on Open vSwitch and Faucet: serves libnetwork's remote driver protocol until it is closed.
 *
 * ```ts
 * await using driver = await DockerNetworkDriver.start({ name: 'dovesnap' })
 * ```
 * It remembers nothing outside of Open vSwitch's database and Docker: another process that starts takes over what is there. Closing
 * leaves networks and containers as they are, and running.
 */
export class DockerNetworkDriver implements NetworkDriver, AsyncDisposable {
  readonly #context: DriverContext
  readonly #options: DockerNetworkDriverOptions
  readonly #exclusion = new Exclusion()
  readonly #serial = new Serial()
  /** Calls about endpoints that are not over, though Docker may have its answer; with their networks. */
  readonly #unfinished = new Map<Promise<void>, string>()
  readonly #leases: Leases
  readonly #interfaces: InterfaceNames
  readonly #metrics = new DriverMetrics()
  readonly #watch: DockerWatch
  readonly #reconciler: Reconciler
  #server: NetworkDriverServer | undefined
  #status: StatusServer | undefined
  #bridges: BridgeWatch | undefined
  #closing: Promise<void> | undefined

  private constructor(options: DockerNetworkDriverOptions, parts: Parts) {
    this.#options = options
    const { machine, docker } = parts
    const log: DriverContext['log'] = (level, text) => options.onLog?.({ level, text })
    this.#leases = new Leases(() => this.#context)
    this.#interfaces = new InterfaceNames((endpoint) => interfaceInside(parts, endpoint))
    this.#watch = new DockerWatch({ docker, log, onOpen: () => this.#context.prefixes.forget(), onAnswer: () => void this.#reconciler.run(), onHeard: (event) => this.#context.prefixes.heard(event), onEvent: (event) => this.#dockerEvent(event) })
    this.#context = {
      ...parts,
      leases: this.#leases,
      pending: new Map(),
      waiting: new Map(),
      unresolved: new Map(),
      prefixes: new MacPrefixes(),
      reserved: new Map(),
      admitting: new Map(),
      publishing: new Serial(),
      unpublished: new Set(),
      fresh: new Map(),
      dockerAnswers: () => this.#watch.answers,
      engineId: () => this.#watch.engineId(),
      checkNetwork: (network, others, base) => checkNetwork(network, others, base, { ...machine.plan?.config, mirroring: machine.mirroring, bridges: machine.names }),
      log,
      event: (event) => options.onEvent?.(event),
    }
    this.#reconciler = new Reconciler({
      context: this.#context, exclusion: this.#exclusion, leases: this.#leases, interval: options.reconcileInterval ?? RECONCILE_MS,
      onCompared: (comparison) => {
        this.#metrics.reconciliation(comparison)
        options.onReconcile?.(comparison)
      },
    })
  }

  /**
   * Starts a driver, and resolves when Docker can call it. Networks and containers that are there are taken over; what Docker has to
   * say about them is waited for in the background, since Docker may be waiting for us.
   * @throws DockerDriverError `missing` (no Open vSwitch), `conflict` (another driver of this name runs), `invalid`, `switch`, `aborted`
   */
  static async start(options: DockerNetworkDriverOptions = {}): Promise<DockerNetworkDriver> {
    const { name = 'dovesnap', ovs = 'unix:/run/openvswitch/db.sock', timeout = 30_000, defaultControllers = [], signal } = options
    const wanted = parseMachineOptions(options.machine ?? {}, { embedded: (options.control ?? 'embedded') === 'embedded', defaultControllers })
    const socket = options.socket ?? pluginSocketPath(name)
    databasePath(ovs)
    const log: DriverContext['log'] = (level, text) => options.onLog?.({ level, text })
    const opened: AsyncDisposable[] = []
    const use = <T extends AsyncDisposable>(part: T): T => {
      opened.push(part)
      if (signal?.aborted === true) throw startAborted(signal)
      return part
    }
    try {
      const links = use(new MachineLinks())
      links.warmUp()
      const docker = new DockerEngine(options.docker)
      log('debug', `looking for Open vSwitch at ${ovs}`)
      const database = use(await SwitchDatabase.open(ovs, timeout, signal))
      const bridges = database.bridges()
      const folder = await runDirectory(ovs, { bridges: bridges.map((bridge) => bridge.name), externalIds: database.externalIds })
      const plan = wanted.mirror === undefined && wanted.stack === undefined ? undefined : planMachine(wanted, { engine: await findEngine(bridges, name, () => docker.engineId(), ENGINE_MS, signal), host: hostname(), bridges })
      const networks = withPatches(readNetworks(bridges, name, (text) => log('error', text)), plan, bridges)
      const controller = use(
        await DriverController.start({
          control: options.control ?? 'embedded',
          config: options.config ?? '',
          listen: options.listen ?? [],
          socket: `${folder}/streambed-${name}.sock`,
          context: plan?.config ?? {},
          former: readFormerContext(bridges, name),
          networks,
          onLog: ({ level, dpName, text }) => log(level, dpName === '' ? text : `${dpName}: ${text}`),
        }),
      )
      const machine = use(new MachineBridges(plan, {
        driver: name, database, links, log,
        runDirectory: folder,
        controllers: [...new Set([...(controller.target === undefined ? [] : [controller.target]), ...defaultControllers])],
        // A userspace datapath where the kernel has none.
        userspace: !existsSync('/sys/module/openvswitch'),
      }))
      const nat: Nat = options.nat ?? new NatTable({
        table: `streambed-${name}`.toLowerCase().replace(/[^a-z0-9_-]/g, '-').slice(0, 28),
        onWarning: (text) => log('warning', text),
        mayForward: () => driver.#watch.answered,
      })
      const ledger = new Ledger(new Map(networks.map((network) => [network.id, network])), (all) => controller.write(all))
      const requests = readRequests(bridges, name, networks)
      const driver = new DockerNetworkDriver(options, { name, database, links, machine, docker, controller, ledger, nat, requests, defaultControllers })
      driver.#server = use(await serveNetworkDriver({ socket, descriptor: options.socketDescriptor, driver, onLog: (call) => driver.#called(call) }))
      // Now that no other process of this name does the same.
      await machine.apply(networks, { strict: true })
      if (options.status !== undefined) driver.#status = use(await serveDriverStatus(driver.#context, options.status, driver.#metrics, () => driver.statusContext, () => driver.#looked()))
      if (signal?.aborted === true) throw startAborted(signal)
      driver.#begin()
      return driver
    } catch (error) {
      for (const part of opened.reverse()) await part[Symbol.asyncDispose]()
      throw error
    }
  }

  /** The networks as they are now. */
  networks(): readonly Network[] {
    return [...this.#context.ledger.networks.values()]
  }

  /** Who controls the bridges. */
  get control(): FaucetControl {
    return this.#context.controller.control
  }

  /** Path of the socket that Docker calls. */
  get socket(): string {
    return this.#server?.socket ?? ''
  }

  /** What `networksJson` needs beside the networks. */
  get statusContext(): StatusContext {
    const { database, defaultControllers, machine } = this.#context
    const { engine } = this.#watch
    return {
      // As it stands in names; until Docker has told its id, zeros.
      shortEngineId: engine === undefined ? '000000' : shortEngineId(engine),
      defaultControllers,
      macOf: (name) => database.port(name)?.mac,
      interfaceOf: (endpoint) => this.#interfaces.nameOf(endpoint),
      otherBridges: machine.status(),
    }
  }

  /** The TCP port of the status server, if there is one. */
  get statusPort(): number | undefined {
    return this.#status?.port
  }

  /** Resolves when Docker, Open vSwitch, the kernel and the driver were compared and agree. */
  async reconcile(): Promise<void> {
    await this.#reconciler.run()
  }

  async createNetwork(request: CreateNetworkRequest, { signal }: Partial<CallContext> = {}): Promise<void> {
    const { networkId } = request
    await this.#run(networkId, networkId, () => createNetwork(this.#context, request, {}, signal), signal)
  }

  async deleteNetwork({ networkId }: { readonly networkId: string }): Promise<void> {
    // Nothing of its endpoints is left then.
    await Promise.allSettled([...this.#unfinished].flatMap(([work, network]) => (network === networkId ? [work] : [])))
    await this.#run(networkId, networkId, () => deleteNetwork(this.#context, networkId))
  }

  createEndpoint(request: CreateEndpointRequest, { signal }: Partial<CallContext> = {}): Promise<CreateEndpointReply> {
    return this.#run(request.networkId, request.endpointId, () => createEndpoint(this.#context, request, signal), signal)
  }

  async deleteEndpoint({ networkId, endpointId }: EndpointRequest): Promise<void> {
    await this.#runAhead(networkId, endpointId, () => deleteEndpoint(this.#context, networkId, endpointId))
  }

  async endpointInfo({ networkId, endpointId }: EndpointRequest): Promise<Readonly<Record<string, string>>> {
    const network = networkOf(this.#context, networkId)
    const endpoint = network.endpoints.get(endpointId)
    if (endpoint === undefined) return {}
    const { mac, hostInterface, joined } = endpoint
    return { mac, bridge: network.bridge, interface: hostInterface, ...(joined !== undefined && { ofport: String(joined.ofport) }) }
  }

  join(request: JoinRequest, { signal }: Partial<CallContext> = {}): Promise<JoinReply> {
    return this.#run(request.networkId, request.endpointId, () => join(this.#context, request, signal), signal)
  }

  async leave({ networkId, endpointId }: EndpointRequest): Promise<void> {
    await this.#runAhead(networkId, endpointId, () => leave(this.#context, networkId, endpointId))
  }

  async programExternalConnectivity({ networkId, endpointId, portMappings }: EndpointRequest & { readonly portMappings: readonly PortMapping[] }): Promise<void> {
    await this.#run(networkId, endpointId, () => forwardPorts(this.#context, networkId, endpointId, portMappings))
  }

  async revokeExternalConnectivity({ networkId, endpointId }: EndpointRequest): Promise<void> {
    // Docker never gives it back to an internal network, as it has none in Docker's eyes; in ours it has.
    if (this.#context.ledger.networks.get(networkId)?.internal !== false) return
    await this.#run(networkId, endpointId, () => forwardPorts(this.#context, networkId, endpointId, []))
  }

  /** Stops. Networks, containers and their traffic go on; another driver can take them over. Idempotent. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** From the outside to the inside: who asks for something, who begins something by itself, and what they work with. */
  async #close(): Promise<void> {
    const { controller, database, links, machine, nat } = this.#context
    const watching = this.#watch.close()
    this.#bridges?.[Symbol.dispose]()
    await Promise.all([this.#server?.close(), this.#status?.close()])
    await this.#serial.idle()
    await this.#reconciler.close()
    await watching
    await this.#leases.close()
    await this.#leaveNothing()
    await machine.close()
    await Promise.all([controller.close(), nat.close(), links.close()])
    await database.close()
  }

  /** What is there for networks, when there are none. */
  async #leaveNothing(): Promise<void> {
    const { controller, database, ledger, machine, log } = this.#context
    if (ledger.networks.size > 0 || !database.synchronised) return
    await machine.remove().catch((error: unknown) => log('warning', `the bridges of the machine could not be removed: ${(error as Error).message}`))
    if (machine.plan?.config.stack !== undefined) await controller.withdraw().catch((error: unknown) => log('warning', (error as Error).message))
  }

  /**
   * One operation of Docker's: one after the other on the same thing, and none while its network is mended. What nobody waits for any more
   * when its turn comes is not begun.
   */
  #run<T>(network: string, thing: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#closing) return Promise.reject(new DockerDriverError('closed', 'the driver is being closed'))
    return this.#serial.run(thing, () => this.#exclusion.shared(network, () => {
      signal?.throwIfAborted()
      return work()
    }), TURN_MS)
  }

  /** As {@link #run}, but what is left to be done is not waited for, unless by the next call on the same endpoint, and by comparisons. */
  #runAhead(networkId: string, endpointId: string, work: () => Promise<Rest>): Promise<void> {
    return new Promise((resolve, reject) => {
      const whole = this.#run(networkId, endpointId, async () => {
        const rest = await work()
        resolve()
        await rest()
      })
      this.#unfinished.set(whole, networkId)
      whole.catch(reject).finally(() => this.#unfinished.delete(whole))
    })
  }

  #called(call: CallLog): void {
    this.#options.onCall?.(call)
    this.#metrics.call(call)
    const ms = (call.seconds * 1000).toFixed(1)
    this.#context.log(call.error === undefined ? 'debug' : 'error', `${call.call} ${ms} ms${call.error === undefined ? '' : `: ${call.error}`}`)
  }

  #begin(): void {
    this.#bridges = new BridgeWatch({
      context: this.#context,
      run: (network, name, work) => this.#run(network, `${name} ports of ${network.slice(0, 12)}`, work),
      isQuiet: (network) => this.#exclusion.isIdle(network),
      onLoss: () => void this.#reconciler.run(),
    })
    this.#watch.start()
    this.#reconciler.start()
  }

  async #dockerEvent({ type, action, id, attributes }: DockerEvent): Promise<void> {
    const context = this.#context
    if (type === 'network' && action === 'create' && attributes['type'] === context.name) {
      await this.#run(id, id, () => rename(context, id, attributes['name'] ?? ''))
    } else if (type === 'container' && action === 'start') {
      // Not waited for: events that come after may be needed for it.
      void this.#leases.begin(id)
    } else if (type === 'network' && action === 'connect' && context.ledger.networks.has(id)) {
      void this.#leases.begin(attributes['container'])
    } else if (type === 'container' && action === 'rename') {
      const containerName = (attributes['name'] ?? '').replace(/^\//, '')
      for (const network of this.networks()) {
        for (const endpoint of network.endpoints.values()) {
          if (endpoint.joined?.containerId === id && endpoint.joined.containerName !== containerName) await this.#run(network.id, endpoint.id, () => changeJoined(context, network.id, endpoint.id, { containerName }))
        }
      }
    }
  }

  /** Somebody asks for the status: it is to be true. */
  async #looked(): Promise<void> {
    await this.#reconciler.look()
    await this.#interfaces.look(this.networks().flatMap(({ endpoints }) => [...endpoints.values()]))
  }
}

/** What Docker asked for when it made the networks. */
function readRequests(bridges: readonly BridgeState[], driver: string, networks: readonly Network[]): Map<string, CreateNetworkRequest> {
  return new Map(bridges.flatMap(({ externalIds }) => {
    const ids = readBridgeIds(externalIds, driver)
    return ids === undefined || !networks.some(({ id }) => id === ids.id) ? [] : [[ids.id, requestOf(ids.id, ids.record)] as const]
  }))
}

function startAborted(signal: AbortSignal): DockerDriverError {
  return new DockerDriverError('aborted', 'the start of the driver was given up', { cause: signal.reason })
}
