import { setTimeout as sleep } from 'node:timers/promises'
import type { FaucetConfig, FaucetControl } from '@streambed/faucet'
import { hostname } from 'node:os'
import { existsSync } from 'node:fs'
import { checkNetwork } from '../config/index.js'
import { DockerEngine, type DockerEvent } from '../docker/docker-engine.js'
import { DockerDriverError } from '../errors.js'
import { findEngine, MachineBridges, parseMachineOptions, planMachine, readFormerContext, withPatches, type MachineFlags } from '../machine/index.js'
import type { Network, PortMapping } from '../model/network.js'
import { NatTable } from '../nat/index.js'
import type { CreateEndpointReply, CreateEndpointRequest, CreateNetworkRequest, JoinReply, JoinRequest, NetworkDriver } from '../protocol/network-driver.js'
import { shortEngineId } from '../options/index.js'
import { pluginSocketPath } from '../protocol/plugin-name.js'
import { serveNetworkDriver, type CallLog, type NetworkDriverServer } from '../protocol/serve.js'
import type { DriverContext, DriverEvent, DriverLog, Nat } from './context.js'
import { DriverController, type ControlOption } from './controller.js'
import { createNetwork, deleteNetwork } from './create-network.js'
import { createEndpoint, deleteEndpoint, networkOf, type Rest } from './endpoint.js'
import { Exclusion } from './exclusion.js'
import { forwardPorts, join, leave } from './join.js'
import { Leases } from './leases.js'
import { Ledger } from './ledger.js'
import { networkAlias } from './link-alias.js'
import { MachineLinks } from './machine-links.js'
import { gatewaysOf } from './network-plan.js'
import { foreignPorts, readNetworks, requestOf, sameForeignPorts } from './read-networks.js'
import { adopt, changeJoined, reconcile, rename } from './reconcile.js'
import { Serial } from './serial.js'
import { readBridgeIds } from './state.js'
import { serveDriverStatus, type StatusOptions } from './status.js'
import { databasePath, runDirectory } from './run-directory.js'
import { SwitchDatabase } from './switch-database.js'
import { DriverMetrics, type StatusContext, type StatusServer } from '../status/index.js'

/** How a driver is started. Everything has a default. */
export interface DockerNetworkDriverOptions {
  /** As in `docker network create -d`. Its socket is `/run/docker/plugins/<name>.sock`. Default `dovesnap`. */
  readonly name?: string | undefined
  /** Where Docker is: path of its socket, `unix://…` or `tcp://host:port`. Default: the environment's `DOCKER_HOST`, then `/var/run/docker.sock`. */
  readonly docker?: string | undefined
  /** The database of Open vSwitch. Default `unix:/run/openvswitch/db.sock`. */
  readonly ovs?: string | undefined
  /** Who controls the bridges. Default `embedded`: this process. */
  readonly control?: ControlOption | undefined
  /** Targets on which the embedded controller listens beside its own socket, such as `ptcp:6653`. */
  readonly listen?: readonly string[] | undefined
  /** The Faucet configuration that the networks are added to, with the ACLs that they name: the path or text of a `faucet.yaml`, or the parsed one. Default: an empty one. */
  readonly config?: string | FaucetConfig | undefined
  /** Controllers of networks without `ovs.bridge.controller`, such as `tcp:127.0.0.1:6653`. */
  readonly defaultControllers?: readonly string[] | undefined
  /** How this machine is joined to other switches, and where mirrored packets go: dovesnap's flags. Default: not at all. */
  readonly machine?: MachineFlags | undefined
  /** Rules of the firewall; default: nftables, in a table with the driver's name. */
  readonly nat?: Nat | undefined
  /** A status server; default: none. */
  readonly status?: StatusOptions | undefined
  /** Path of the socket that Docker calls. Default: by the name. */
  readonly socket?: string | undefined
  /** Milliseconds that Open vSwitch may take to answer at the start. Default 30,000. */
  readonly timeout?: number | undefined
  /** Milliseconds between two comparisons of everything. Default 30,000. */
  readonly reconcileInterval?: number | undefined
  /** Gets what happens to networks and containers. */
  readonly onEvent?: ((event: DriverEvent) => void) | undefined
  /** Gets what is to be logged. */
  readonly onLog?: ((record: DriverLog) => void) | undefined
  /** Gets what every comparison of everything has found, and what it failed with. */
  readonly onReconcile?: ((comparison: { readonly seconds: number; readonly repairs?: number; readonly cause?: unknown }) => void) | undefined
  /** Gets every call of Docker's, with how long it took. */
  readonly onCall?: ((call: CallLog) => void) | undefined
}

/** How long a step waits for an earlier one on the same thing. */
const TURN_MS = 20_000
const RECONNECT_MS = 500

/** How long Docker may take to say which engine it is, at the first start with flags about the machine. */
const ENGINE_MS = 10_000
const LATER_MS = 10_500

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
  readonly #stop = new AbortController()
  readonly #indexes = new Map<string, number>()
  /** Calls about endpoints that are not over, though Docker may have its answer; with their networks. */
  readonly #unfinished = new Map<Promise<void>, string>()
  readonly #leases: Leases
  readonly #metrics = new DriverMetrics()
  #server: NetworkDriverServer | undefined
  #status: StatusServer | undefined
  #dockerAnswers = false
  /** Since the start, at least once: dockerd is done with its own rules. */
  #dockerAnswered = false
  #timer: NodeJS.Timeout | undefined
  /** As it stands in names; until Docker has told its id, zeros. */
  #engine = '000000'
  #soon: NodeJS.Timeout | undefined
  #reconciling: Promise<void> | undefined
  #again = false
  #comparedAt = -Infinity
  #watching: Promise<void> | undefined
  #closing: Promise<void> | undefined

  private constructor(options: DockerNetworkDriverOptions, parts: Omit<DriverContext, 'log' | 'event' | 'dockerAnswers' | 'leases' | 'checkNetwork' | 'fresh' | 'pending' | 'waiting' | 'unresolved' | 'unclearMacs' | 'publishing' | 'unpublished'>) {
    this.#options = options
    this.#leases = new Leases(() => this.#context)
    this.#context = {
      ...parts,
      leases: this.#leases,
      pending: new Map(),
      waiting: new Map(),
      unresolved: new Map(),
      unclearMacs: new Set(),
      publishing: new Serial(),
      unpublished: new Set(),
      fresh: new Map(),
      dockerAnswers: () => this.#dockerAnswers,
      checkNetwork: (network, others, base) => checkNetwork(network, others, base, { ...parts.machine.plan?.config, mirroring: parts.machine.mirroring, bridges: parts.machine.names }),
      log: (level, text) => options.onLog?.({ level, text }),
      event: (event) => options.onEvent?.(event),
    }
  }

  /**
   * Starts a driver, and resolves when Docker can call it. Networks and containers that are there are taken over; what Docker has to
   * say about them is waited for in the background, since Docker may be waiting for us.
   * @throws DockerDriverError `missing` (no Open vSwitch), `conflict` (another driver of this name runs), `invalid`, `switch`
   */
  static async start(options: DockerNetworkDriverOptions = {}): Promise<DockerNetworkDriver> {
    const { name = 'dovesnap', ovs = 'unix:/run/openvswitch/db.sock', timeout = 30_000, defaultControllers = [] } = options
    const wanted = parseMachineOptions(options.machine ?? {}, { embedded: (options.control ?? 'embedded') === 'embedded', defaultControllers })
    const socket = options.socket ?? pluginSocketPath(name)
    databasePath(ovs)
    const log: DriverContext['log'] = (level, text) => options.onLog?.({ level, text })
    const opened: AsyncDisposable[] = []
    const use = <T extends AsyncDisposable>(part: T): T => {
      opened.push(part)
      return part
    }
    try {
      const links = use(new MachineLinks())
      links.warmUp()
      const docker = new DockerEngine(options.docker)
      const database = use(await SwitchDatabase.open(ovs, timeout))
      const bridges = database.bridges()
      const folder = await runDirectory(ovs, { bridges: bridges.map((bridge) => bridge.name), externalIds: database.externalIds })
      const plan = wanted.mirror === undefined && wanted.stack === undefined ? undefined : planMachine(wanted, { engine: await findEngine(bridges, name, () => docker.engineId(), ENGINE_MS), host: hostname(), bridges })
      const networks = withPatches(readNetworks(bridges, name, (text) => log('error', text)), plan, bridges)
      const readable = new Set(networks.map(({ id }) => id))
      const requests = new Map(bridges.flatMap(({ externalIds }) => {
        const ids = readBridgeIds(externalIds, name)
        return ids === undefined || !readable.has(ids.id) ? [] : [[ids.id, requestOf(ids.id, ids.record)] as const]
      }))
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
        mayForward: () => driver.#dockerAnswered,
      })
      const ledger = new Ledger(new Map(networks.map((network) => [network.id, network])), (all) => controller.write(all))
      const driver = new DockerNetworkDriver(options, { name, database, links, machine, docker, controller, ledger, nat, requests, defaultControllers })
      driver.#server = await serveNetworkDriver({ socket, driver, onLog: (call) => driver.#called(call) })
      opened.push(driver.#server)
      // Now that no other process of this name does the same.
      await machine.apply(networks, { strict: true })
      if (options.status !== undefined) driver.#status = await serveDriverStatus(driver.#context, options.status, driver.#metrics, () => driver.statusContext, () => driver.#looked())
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
    const { database, defaultControllers } = this.#context
    return { shortEngineId: this.#engine, defaultControllers, macOf: (name) => database.port(name)?.mac, otherBridges: this.#context.machine.status() }
  }

  /** The TCP port of the status server, if there is one. */
  get statusPort(): number | undefined {
    return this.#status?.port
  }

  /** Resolves when Docker, Open vSwitch, the kernel and the driver were compared and agree. */
  async reconcile(): Promise<void> {
    await this.#reconcile()
  }

  async createNetwork(request: CreateNetworkRequest): Promise<void> {
    await this.#run('networks', () => createNetwork(this.#context, request))
  }

  async deleteNetwork({ networkId }: { readonly networkId: string }): Promise<void> {
    // Nothing of its endpoints is left then.
    await Promise.allSettled([...this.#unfinished].flatMap(([work, network]) => (network === networkId ? [work] : [])))
    await this.#run('networks', () => deleteNetwork(this.#context, networkId))
  }

  createEndpoint(request: CreateEndpointRequest): Promise<CreateEndpointReply> {
    return this.#run(request.endpointId, () => createEndpoint(this.#context, request))
  }

  async deleteEndpoint({ networkId, endpointId }: { readonly networkId: string; readonly endpointId: string }): Promise<void> {
    await this.#runAhead(networkId, endpointId, () => deleteEndpoint(this.#context, networkId, endpointId))
  }

  async endpointInfo({ networkId, endpointId }: { readonly networkId: string; readonly endpointId: string }): Promise<Readonly<Record<string, string>>> {
    const network = networkOf(this.#context, networkId)
    const endpoint = network.endpoints.get(endpointId)
    if (endpoint === undefined) return {}
    const { mac, hostInterface, joined } = endpoint
    return { mac, bridge: network.bridge, interface: hostInterface, ...(joined !== undefined && { ofport: String(joined.ofport) }) }
  }

  join(request: JoinRequest): Promise<JoinReply> {
    return this.#run(request.endpointId, () => join(this.#context, request))
  }

  async leave({ networkId, endpointId }: { readonly networkId: string; readonly endpointId: string }): Promise<void> {
    await this.#runAhead(networkId, endpointId, () => leave(this.#context, networkId, endpointId))
  }

  async programExternalConnectivity({ networkId, endpointId, portMappings }: { readonly networkId: string; readonly endpointId: string; readonly portMappings: readonly PortMapping[] }): Promise<void> {
    await this.#run(endpointId, () => forwardPorts(this.#context, networkId, endpointId, portMappings))
  }

  async revokeExternalConnectivity({ networkId, endpointId }: { readonly networkId: string; readonly endpointId: string }): Promise<void> {
    // Docker never gives it back to an internal network, as it has none in Docker's eyes; in ours it has.
    if (this.#context.ledger.networks.get(networkId)?.internal !== false) return
    await this.#run(endpointId, () => forwardPorts(this.#context, networkId, endpointId, []))
  }

  /** Stops. Networks, containers and their traffic go on; another driver can take them over. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    this.#stop.abort()
    clearInterval(this.#timer)
    clearTimeout(this.#soon)
    await Promise.all([this.#server?.close(), this.#status?.close()])
    await this.#serial.idle()
    await this.#reconciling?.catch(() => undefined)
    await this.#watching
    await this.#leases.close()
    const { controller, database, links, ledger, machine, nat, log } = this.#context
    if (ledger.networks.size === 0 && database.synchronised) {
      // Nobody needs them now, and nothing is to be left behind.
      await machine.remove().catch((error: unknown) => log('warning', `the bridges of the machine could not be removed: ${(error as Error).message}`))
      if (machine.plan?.config.stack !== undefined) await controller.withdraw().catch((error: unknown) => log('warning', (error as Error).message))
    }
    await machine.close()
    await Promise.all([controller.close(), nat.close(), links.close()])
    await database.close()
  }

  /** One operation of Docker's: one after the other on the same thing, and none while everything is compared. */
  #run<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (this.#closing) return Promise.reject(new DockerDriverError('closed', 'the driver is being closed'))
    return this.#serial.run(key, () => this.#exclusion.shared(work), TURN_MS)
  }

  /** As {@link #run}, but what is left to be done is not waited for, unless by the next call on the same endpoint, and by comparisons. */
  #runAhead(networkId: string, endpointId: string, work: () => Promise<Rest>): Promise<void> {
    return new Promise((resolve, reject) => {
      const whole = this.#run(endpointId, async () => {
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
    const { database } = this.#context
    for (const { name, ports } of database.bridges()) this.#noteIndex(name, ports.find((port) => port.name === name)?.ifindex)
    database.onChange((resynchronised) => this.#databaseChanged(resynchronised))
    this.#watching = this.#watchDocker()
    this.#timer = setInterval(() => void this.#reconcile().catch(() => undefined), this.#options.reconcileInterval ?? 30_000)
    this.#timer.unref()
    void this.#reconcile().catch(() => undefined)
  }

  /** Follows Docker's events, and compares everything whenever it answers again. */
  async #watchDocker(): Promise<void> {
    const { signal } = this.#stop
    const { docker, log } = this.#context
    let said = false
    while (!signal.aborted) {
      try {
        const events = await docker.events(signal)
        this.#dockerAnswers = true
        this.#dockerAnswered = true
        said = false
        this.#engine = await docker.engineId().then(shortEngineId, () => this.#engine)
        void this.#reconcile().catch(() => undefined)
        for await (const event of events) await this.#dockerEvent(event).catch((error: unknown) => log('error', `after Docker's event ${event.type} ${event.action}: ${(error as Error).message}`))
      } catch (error) {
        if (!said && !signal.aborted) log('warning', (error as Error).message)
        said = true
      }
      this.#dockerAnswers = false
      if (!signal.aborted) await pause(RECONNECT_MS, signal)
    }
  }

  async #dockerEvent({ type, action, id, attributes }: DockerEvent): Promise<void> {
    const context = this.#context
    if (type === 'network' && action === 'create' && attributes['type'] === context.name) {
      await this.#run('networks', () => rename(context, id, attributes['name'] ?? ''))
    } else if (type === 'container' && action === 'start') {
      // Not waited for: events that come after may be needed for it.
      void this.#leases.begin(id)
    } else if (type === 'network' && action === 'connect' && this.#context.ledger.networks.has(id)) {
      void this.#leases.begin(attributes['container'])
    } else if (type === 'container' && action === 'rename') {
      const containerName = (attributes['name'] ?? '').replace(/^\//, '')
      for (const network of this.networks()) {
        for (const endpoint of network.endpoints.values()) {
          if (endpoint.joined?.containerId === id && endpoint.joined.containerName !== containerName) await this.#run(endpoint.id, () => changeJoined(context, network.id, endpoint.id, { containerName }))
        }
      }
    }
  }

  /** What others did to our bridges: seen at once, without asking anybody. */
  #databaseChanged(resynchronised: boolean): void {
    if (this.#closing) return
    const { database, ledger, links, log, machine } = this.#context
    let lost = resynchronised || [...machine.names].some((name) => database.bridge(name) === undefined)
    for (const network of ledger.networks.values()) {
      const bridge = database.bridge(network.bridge)
      if (bridge === undefined) {
        lost ||= this.#serial.quiet('networks')
        continue
      }
      const local = bridge.ports.find(({ name }) => name === bridge.name)
      if (this.#noteIndex(bridge.name, local?.ifindex)) {
        // Open vSwitch has made the device anew: it has no address, and is down.
        void links.bringUp(network.bridge, gatewaysOf(network), networkAlias(this.#context.name, network.id)).catch((error: unknown) => log('error', (error as Error).message))
      }
      const foreign = foreignPorts(bridge, network)
      if (!sameForeignPorts(foreign, network.foreignPorts)) {
        void this.#run(`foreign ${network.id}`, () => this.#adoptForeign(network.id)).catch((error: unknown) => log('error', `a foreign port of ${network.name}: ${(error as Error).message}`))
      }
    }
    if (lost) void this.#reconcile().catch(() => undefined)
  }

  async #adoptForeign(id: string): Promise<void> {
    const { ledger, database } = this.#context
    const network = ledger.networks.get(id)
    const bridge = network && database.bridge(network.bridge)
    if (network === undefined || bridge === undefined) return
    const foreign = foreignPorts(bridge, network)
    if (!sameForeignPorts(foreign, network.foreignPorts)) await adopt(this.#context, id, foreign)
  }

  /** Somebody asks for the status: it is to be true, though not at any price. */
  async #looked(): Promise<void> {
    if (performance.now() - this.#comparedAt > 1000) await Promise.race([this.#reconcile().catch(() => undefined), pause(2000, this.#stop.signal)])
  }

  /** Whether the device of a bridge is another one than before. */
  #noteIndex(bridge: string, index: number | undefined): boolean {
    const before = this.#indexes.get(bridge)
    if (index === undefined || index === before) return false
    this.#indexes.set(bridge, index)
    return before !== undefined
  }

  /** One comparison at a time; one that is asked for meanwhile follows. */
  #reconcile(): Promise<void> {
    if (this.#closing) return Promise.resolve()
    if (this.#reconciling) {
      this.#again = true
      return this.#reconciling
    }
    const work = async (): Promise<void> => {
      do {
        this.#again = false
        await this.#exclusion.alone(() => this.#compare())
        // Of what was made a moment ago nothing was concluded.
        if (this.#context.fresh.size > 0) this.#later()
        if (!this.#closing) await Promise.all([this.#context.nat.apply(this.networks()).catch((error: unknown) => this.#context.log('error', (error as Error).message)), this.#dockerAnswers ? this.#leases.begin() : undefined])
      } while (this.#again && !this.#closing)
    }
    this.#reconciling = work().finally(() => (this.#reconciling = undefined))
    return this.#reconciling
  }

  #compared(comparison: Parameters<DriverMetrics['reconciliation']>[0]): void {
    this.#metrics.reconciliation(comparison)
    this.#options.onReconcile?.(comparison)
  }

  #later(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined
      void this.#reconcile().catch(() => undefined)
    }, LATER_MS).unref()
  }

  async #compare(): Promise<void> {
    const { log, database } = this.#context
    if (!database.synchronised) return
    const began = performance.now()
    try {
      const mended = (await this.#context.machine.apply(this.networks())) + (await reconcile(this.#context))
      this.#comparedAt = performance.now()
      this.#compared({ seconds: (performance.now() - began) / 1000, repairs: mended })
      if (mended > 0) log('info', `${mended} differences between Docker, Open vSwitch and the driver were mended`)
    } catch (error) {
      this.#compared({ seconds: (performance.now() - began) / 1000, cause: error })
      log('error', `comparing failed: ${(error as Error).message}`)
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => undefined)
}
