import { randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { existsSync } from 'node:fs'
import type { Container, ContainerEngine, isProcessOf, PullProgress } from '@streambed/docker-driver'
import { TestbedError } from '../errors.js'
import type { HostModel, NetworkModel } from '../topology/model.js'
import { DockerNetworks, type Guest, type PluginModule, type PlugEvent } from './docker-networks.js'
import { Guests, interfaceFor, type Arrival } from './guests.js'
import type { WireOption } from './privilege.js'
import { containerSpecOf, readinessOf } from './specification.js'

/** Containers that are started at the same time: more make Docker slower, not faster. */
const PARALLEL = 4
/** Milliseconds that Docker may take to notice that the first process of a container has gone. One that is elsewhere never goes. */
const NOTICE_MS = 2000

/** What is loaded of the Docker package when the first container is asked for. */
export interface ContainerModule extends PluginModule {
  readonly ContainerEngine: Pick<typeof ContainerEngine, 'connect'>
  /** Whether a process of this machine is one of a container: the numbers of an engine in a virtual machine name other processes here. */
  readonly isProcessOf: typeof isProcessOf
}

/** How the containers of a testbed are made. */
export interface ContainersOptions {
  /** Where Docker is; default as the `docker` program finds it. */
  readonly docker: string | undefined
  readonly testbed: string
  /** How they are plugged in. Default `direct`. */
  readonly wire?: WireOption
  /** Ends what is under way. */
  readonly signal: AbortSignal
  readonly onPull: (progress: PullProgress) => void
  /** Loads the Docker package, which nobody needs who has no container. */
  readonly load?: () => Promise<ContainerModule>
}

/** A container that is a host. */
interface Entry {
  readonly container: Container
  readonly host: string
  /** It came by somebody's hand. */
  readonly guest: boolean
  /** The process that it began with when the testbed last plugged it in. */
  pid?: number
  /** It has left, and comes as another one when it comes again. */
  gone?: boolean
  /** Takes one that was joined off the networks that it was put on. */
  leave?: () => Promise<void>
}

/** The containers of a testbed, by the namespaces of their hosts. Nothing of Docker is loaded or asked before the first one. */
export class Containers {
  readonly #entries = new Map<string, Entry>()
  readonly #gone = new AbortController()
  /** In the names and labels of what is made: two testbeds of one process may have the same name. */
  readonly #tag = randomBytes(3).toString('hex')
  #engine: Promise<ContainerEngine> | undefined
  #isProcessOf: typeof isProcessOf = () => false
  #count = 0
  #closing: Promise<void> | undefined
  #networks: Promise<DockerNetworks> | undefined
  /** Containers that are on their networks already. */
  readonly #guests = new Set<string>()
  /** The hosts of the testbed as they are now. */
  hosts: () => Iterable<HostModel> = () => []
  /** Is told when Docker, by somebody's hand, takes an interface of a running container off its network, or puts it on again. */
  onPlug: (event: PlugEvent, up: boolean) => Promise<void> = () => Promise.resolve()
  /** Is told when a container that somebody has put on a network of Docker runs, and when the one of a host has left. */
  onGuest: { readonly come: (arrival: Arrival) => Promise<void>; readonly go: (host: string) => Promise<void> } = { come: () => Promise.resolve(), go: () => Promise.resolve() }
  /** Is told when a container has ended without being asked to. */
  onEnd: (namespace: string, exitCode: number) => void = () => undefined

  constructor(private readonly options: ContainersOptions) {
    // Every container listens.
    setMaxListeners(0, options.signal, this.#gone.signal)
  }

  /**
   * Makes or joins the containers of hosts and starts them, four at a time.
   * @returns their process ids, in the order of the hosts
   * @throws TestbedError `missing` (no Docker here, or one that is elsewhere), `failed`
   */
  async start(hosts: readonly HostModel[]): Promise<number[]> {
    const pids: number[] = []
    const rest = hosts.entries()
    const worker = async (): Promise<void> => {
      for (const [index, host] of rest) pids[index] = await this.#start(host)
    }
    await Promise.all(Array.from({ length: Math.min(PARALLEL, hosts.length) }, worker))
    return pids
  }

  /** Makes the networks of Docker that containers are wired through; nothing when they are wired directly. @throws as {@link start} */
  async openNetworks(models: Iterable<NetworkModel>): Promise<void> {
    if (this.wire !== 'driver') return
    await (this.#networks ??= this.#openNetworks([...models]))
  }

  /** Makes the network of Docker that a new network of the testbed is, and as {@link openNetworks}. */
  async addNetwork(model: NetworkModel): Promise<void> {
    const networks = await this.#networks
    if (networks !== undefined) await named(`network "${model.name}"`, () => networks.add(model))
  }

  /** Removes it. */
  async removeNetwork(name: string): Promise<void> {
    const networks = await this.#networks
    if (networks !== undefined) await named(`network "${name}"`, () => networks.remove(name))
  }

  /** The network of Docker that a network of the testbed is; undefined when containers are wired directly. */
  async networkOf(name: string): Promise<{ readonly id: string; readonly name: string } | undefined> {
    return (await this.#networks)?.of(name)
  }

  async #openNetworks(models: readonly NetworkModel[]): Promise<DockerNetworks> {
    const { testbed, load = loadModule } = this.options
    const [engine, { serveNetworkDriver, pluginSocketPath, PLUGIN_LABEL }] = await Promise.all([this.#connect(), load()])
    if (engine.info.podman) throw new TestbedError('missing', "podman has no network drivers outside of itself: wire containers directly (wire: 'direct')")
    if (engine.info.rootless) throw new TestbedError('missing', `the rootless Docker at ${engine.info.endpoint} looks for network drivers in its own files, where a testbed has none: wire containers directly (wire: 'direct')`)
    return await named("the networks of the testbed in Docker (wire: 'driver')", async () => {
      const guests = new Guests((name) => engine.adopt(name), (arrival) => this.#arrive(arrival), (container) => this.#depart(container))
      const hand = {
        plug: async (event: PlugEvent, up: boolean) => {
          const entry = this.#entryOf(event.host)
          // One that is just being started, or has ended, is not being plugged in by anybody.
          if (entry !== undefined && this.#runs(entry)) await this.onPlug(event, up)
        },
        come: async (guest: Guest) => {
          const host = this.#hostOf(guest.container)
          if (host === undefined) guests.come(guest)
          return await Promise.resolve(host && interfaceFor(host, guest))
        },
        go: async (guest: Guest) => {
          if (!guests.go(guest)) await this.#depart(guest.container)
        },
      }
      return await DockerNetworks.open({ engine, serveNetworkDriver, pluginSocketPath, PLUGIN_LABEL, prefix: dockerName(testbed), tag: this.#tag, hosts: () => this.hosts(), hand }, models)
    })
  }

  /** Makes a guest a host. One that cannot be is taken off the networks again. */
  async #arrive(arrival: Arrival): Promise<void> {
    this.#guests.add(arrival.container)
    try {
      await this.onGuest.come(arrival)
    } catch (error) {
      const networks = await this.#networks
      const { id } = await this.#connect().then((engine) => engine.adopt(arrival.container))
      for (const name of Object.keys(arrival.spec.networks ?? {})) await networks?.expel(name, id)
      throw error
    } finally {
      this.#guests.delete(arrival.container)
    }
  }

  /** A guest is a host no more. */
  async #depart(container: string): Promise<void> {
    const entry = this.#entryOf(this.#hostOf(container)?.name)
    if (entry?.guest !== true) return
    entry.gone = true
    // Docker is just taking it off, and would wait for itself.
    delete entry.leave
    const gone = this.onGuest.go(entry.host)
    // One that ends may be waited for by what is just being done to it.
    if (this.#runs(entry)) await gone
    else gone.catch(() => undefined)
  }

  #entryOf(host: string | undefined): Entry | undefined {
    return [...this.#entries.values()].find((entry) => entry.host === host)
  }

  /** The host whose container has a name in Docker. */
  #hostOf(container: string): HostModel | undefined {
    const entry = [...this.#entries.values()].find((candidate) => candidate.container.name === container && candidate.gone !== true)
    return entry && [...this.hosts()].find(({ name }) => name === entry.host)
  }

  async #start(host: HostModel): Promise<number> {
    const { signal } = this.options
    const engine = await this.#connect()
    const networks = await this.#networks
    const attachments = networks?.attachments(host) ?? []
    return await explained(host, async () => {
      const { container: existing } = host.spec
      const container = existing === undefined ? await engine.create({ ...containerSpecOf(host), ...(attachments.length > 0 && { network: attachments }), name: this.#name(host), onPullProgress: this.options.onPull }, { signal }) : await engine.adopt(existing)
      const entry: Entry = { container, host: host.name, guest: this.#guests.has(existing ?? '') }
      this.#entries.set(host.namespace, entry)
      if (existing !== undefined) {
        const { running, status } = await container.state({ signal })
        if (!running) throw new TestbedError('invalid', `it does not run (${status}): start it first, for example with "docker start ${existing}"`)
        if (networks !== undefined) await this.#joinNetworks(networks, host, entry)
      }
      const pid = await this.#run(entry)
      this.#watch(host, entry).catch(() => undefined)
      return pid
    })
  }

  /** Puts a container that was joined on networks of Docker, and sees to it that it leaves them. */
  async #joinNetworks(networks: DockerNetworks, host: HostModel, entry: Entry): Promise<void> {
    entry.leave = () => networks.disconnect(host, entry.container.id)
    if (!entry.guest) await networks.connect(host, entry.container.id)
  }

  /** Starts the container of a host that was stopped. @returns its new process id */
  again(host: HostModel): Promise<number> {
    return explained(host, () => this.#run(this.#entry(host)))
  }

  async #run(entry: Entry): Promise<number> {
    const { container } = entry
    await container.start({ ready: false, signal: this.options.signal })
    const { pid } = container
    // It has ended already: that is what readiness is about, with the end of its log.
    if (pid === undefined) await container.ready({ readiness: {} })
    if (pid === undefined) throw new TestbedError('failed', 'Docker does not say which process it is')
    if (!this.#isProcessOf(pid, container.id)) {
      await this.#checkEnded(container, pid)
      throw new TestbedError('missing', `its process ${pid} is not to be seen on this machine: a testbed plugs cables only into containers of a Docker that runs here, not in a virtual machine or elsewhere`)
    }
    entry.pid = pid
    return pid
  }

  /** Rejects with the end of its log when a container has ended. Its process may have gone a moment before Docker says so. */
  async #checkEnded(container: Container, pid: number | undefined): Promise<void> {
    // One that has ended and was not collected yet has a control group still, but no namespaces.
    const gone = pid === undefined || !existsSync(`/proc/${pid}/ns/net`)
    if (gone) await container.wait({ signal: AbortSignal.any([this.options.signal, AbortSignal.timeout(NOTICE_MS)]) }).catch(() => undefined)
    if (!(await container.state()).running) await container.ready({ readiness: {} })
  }

  /** Tells when a container ends. By events, which come for all of them over one connection: a call that waits for each makes Docker slow. */
  async #watch(host: HostModel, { container }: Entry): Promise<void> {
    for await (const { action, exitCode = 0 } of container.events({ signal: this.#gone.signal })) {
      if (this.#entries.get(host.namespace)?.container !== container) return
      // It may be the end of a run before this one.
      if (action !== 'die') continue
      // Docker itself may be ending. What is seen here serves as well then; and when somebody has started it again, which is not what the testbed has plugged in.
      const running = this.isRunning(host) && (await container.state().then((state) => state.running, () => true))
      if (!running) this.onEnd(host.namespace, exitCode)
    }
  }

  /** How containers are plugged in. */
  get wire(): WireOption {
    return this.options.wire ?? 'direct'
  }

  /** The alias of a link by which the program knows it that removes what is left when this process dies; it is started when it does not run yet. */
  async linkAlias(): Promise<string> {
    const engine = await this.#connect()
    engine.guard()
    return engine.linkAlias
  }

  /** Waits until the containers of hosts are ready. @throws TestbedError `failed` with what was waited for and the end of the log */
  async ready(hosts: readonly HostModel[]): Promise<void> {
    await Promise.all(
      hosts.map((host) =>
        explained(host, async () => {
          const { container, pid } = this.#entry(host)
          if (host.spec.ready === undefined) {
            // Whether it still runs is seen here, and Docker need not be asked. It may not have noticed an end yet.
            if (this.isRunning(host)) return
            await this.#checkEnded(container, pid)
          }
          await container.ready({ readiness: readinessOf(host.spec.ready), signal: this.options.signal })
        }),
      ),
    )
  }

  /** Whether the process that the container of a host began with, when the testbed last plugged it in, is there. Docker is not asked. */
  isRunning(host: HostModel): boolean {
    const entry = this.#entries.get(host.namespace)
    return entry !== undefined && this.#runs(entry)
  }

  #runs({ container, pid }: Entry): boolean {
    return pid !== undefined && this.#isProcessOf(pid, container.id)
  }

  /**
   * Rejects when the container of one of these hosts has ended: why the kernel could not find its namespace.
   * @throws TestbedError `failed` with the end of its log
   */
  async assertRunning(hosts: readonly HostModel[]): Promise<void> {
    for (const host of hosts) await explained(host, async () => {
      const { container, pid } = this.#entry(host)
      await this.#checkEnded(container, pid)
    })
  }

  /** The container of a host. */
  of(host: HostModel): Container {
    return this.#entry(host).container
  }

  #entry(host: HostModel): Entry {
    const entry = this.#entries.get(host.namespace)
    if (entry === undefined) throw new TestbedError('invalid', `host "${host.name}" has no container`)
    return entry
  }

  /** Removes the container of a host, if it has one; one that was joined stays. */
  async remove(host: HostModel): Promise<void> {
    const entry = this.#entries.get(host.namespace)
    this.#entries.delete(host.namespace)
    if (entry?.container.owned === true) await entry.container.remove()
    await entry?.leave?.()
  }

  /** Removes all that were made. May be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#gone.abort()
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    const networks = await this.#networks?.catch(() => undefined)
    try {
      await Promise.all(entries.map(async ({ leave }) => leave?.().catch(() => undefined)))
      await (await this.#engine?.catch(() => undefined))?.close()
    } finally {
      // At last: while containers and networks are removed, Docker asks their driver.
      await networks?.close()
    }
  }

  #name({ name }: HostModel): string {
    return `${dockerName(this.options.testbed)}-${name}-${this.#tag}-${++this.#count}`
  }

  #connect(): Promise<ContainerEngine> {
    if (this.#closing !== undefined) return Promise.reject(new TestbedError('closed', 'the testbed is closed'))
    this.#engine ??= this.#open()
    return this.#engine
  }

  async #open(): Promise<ContainerEngine> {
    const { docker, testbed, signal, load = loadModule } = this.options
    const { ContainerEngine, isProcessOf } = await load()
    this.#isProcessOf = isProcessOf
    let engine: ContainerEngine
    try {
      engine = await ContainerEngine.connect({ ...(docker !== undefined && { socket: docker }), testbed: `${testbed}-${this.#tag}`, signal })
    } catch (error) {
      if (!isDockerError(error)) throw error
      throw new TestbedError(error.code === 'aborted' ? 'aborted' : error.code === 'invalid' ? 'invalid' : 'missing', error.message, { cause: error })
    }
    if (!engine.info.local) {
      await engine.close()
      throw new TestbedError('missing', `the Docker at ${engine.info.endpoint} is on another machine, where the testbed can plug no cable into its containers: use the Docker of this machine (docker: '/var/run/docker.sock')`)
    }
    return engine
  }
}

function loadModule(): Promise<ContainerModule> {
  return import('@streambed/docker-driver')
}

/** The name of a testbed as Docker takes it in names. */
function dockerName(testbed: string): string {
  return testbed.replace(/[^\w.-]/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'testbed'
}

/** Whether an error is one of the Docker package, of which nothing may be loaded to ask that. */
export function isDockerError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && error.name === 'DockerDriverError'
}

function explained<T>(host: HostModel, work: () => Promise<T>): Promise<T> {
  return named(`host "${host.name}" (${host.spec.image === undefined ? `container ${host.spec.container}` : `image ${host.spec.image}`})`, work)
}

async function named<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof TestbedError) throw new TestbedError(error.code, `${what}: ${error.message}`, { cause: error })
    if (!isDockerError(error)) throw error
    const code = error.code === 'aborted' || error.code === 'closed' ? error.code : 'failed'
    throw new TestbedError(code, `${what}: ${error.message}`, { cause: error })
  }
}
