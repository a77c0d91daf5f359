import type { Server, Socket } from 'node:net'
import type { Socket as DgramSocket } from 'node:dgram'
import type { Agent as HttpAgent, AgentOptions } from 'node:http'
import {
  bindUdpIn,
  captureIn,
  checkPort,
  ConnectorAgent,
  connectIn,
  createFetch,
  execIn,
  LinuxError,
  listenIn,
  spawnIn,
  type Capture,
  type CaptureOptions,
  type ConnectOptions,
  type ConnectorFetch,
  type ExecOptions,
  type ExecResult,
  type HostProcess,
  type ListenOptions,
  type SpawnOptions,
  type UdpOptions,
} from '@streambed/linux'
import type { HostState, TestbedCore } from './core.js'
import { TestbedError } from './errors.js'
import { configurationJob, interfacesDownJob, linkStateJob, portsUpJob } from './plan/plan.js'
import { oneName } from './network.js'
import { withAcl, withPortAcls, withTap, type AclNames } from './topology/live.js'
import { isContainer, type HostModel, type InterfaceModel } from './topology/model.js'
import type { TapSource, TopologyAcl } from './topology/spec.js'

/** A host to be reached: a {@link Host}, its name, or an IPv4 or IPv6 address. */
export type Target = Host | string

/** An interface of a host. */
export interface HostInterface {
  /** Its name: given, or `ethN`. */
  readonly name: string
  /** Its name in the kernel, for programs inside the host: the same, unless that is longer than 15 bytes. */
  readonly device: string
  /** Network of an ordinary interface; undefined for a trunk. */
  readonly network: string | undefined
  /** Networks of a trunk; undefined otherwise. */
  readonly trunk: readonly string[] | undefined
  readonly mac: string
  /** Addresses without prefix length. */
  readonly addresses: readonly string[]
}

/** How a host is pinged. */
export interface PingOptions {
  /** Echo requests; default 1. The next one is sent when the one before is answered or its time is up. */
  readonly count?: number
  /** Milliseconds for each; default 1000. */
  readonly timeout?: number
  /** Only IPv4 or IPv6 addresses of the target. */
  readonly family?: 4 | 6
}

/** What came of a ping. */
export interface PingResult {
  /** All were answered. */
  readonly ok: boolean
  readonly address: string
  readonly sent: number
  readonly received: number
  /** Round-trip times of those that were answered, milliseconds. */
  readonly rttMs: readonly number[]
  /** Why the last unanswered one was not: `timeout`, `ENETUNREACH`, … */
  readonly reason: string | undefined
}

/** Which port to try. */
export type Port = { readonly tcp: number } | { readonly udp: number }

/**
 * A host of a running testbed: a network namespace with interfaces, names and processes of its own. Every method rejects with
 * TestbedError `closed` when the testbed has ended, and says what died.
 */
export class Host {
  /** @internal */
  protected readonly core: TestbedCore
  readonly #namespace: string
  #fetch: ConnectorFetch | undefined

  /** @internal */
  constructor(
    core: TestbedCore,
    readonly name: string,
  ) {
    this.core = core
    this.#namespace = core.host(name).namespace
  }

  /** @internal */
  protected get model(): HostModel {
    const model = this.core.host(this.name)
    if (model.namespace !== this.#namespace) throw new TestbedError('invalid', `host "${this.name}" was removed; a new one has its name`)
    return model
  }

  /** `running`, `frozen` or `stopped`. */
  get state(): HostState {
    return this.core.hostStates.get(this.name) ?? 'running'
  }

  /** Its interfaces, in order. */
  get interfaces(): readonly HostInterface[] {
    return this.model.interfaces.map(({ name, device, network, trunk, mac, addresses }) => ({ name, device, network, trunk, mac, addresses: addresses.map(({ address }) => address) }))
  }

  /** Its addresses on all networks, without prefix length. */
  get addresses(): readonly string[] {
    return this.interfaces.flatMap(({ addresses }) => addresses)
  }

  /** Its first IPv4 address; with a network's name, the one there. @throws TestbedError `invalid` when it has none */
  ip(network?: string): string {
    return this.#address(4, network)
  }

  /** Its first IPv6 address; with a network's name, the one there. @throws TestbedError `invalid` when it has none */
  ip6(network?: string): string {
    return this.#address(6, network)
  }

  #address(family: 4 | 6, network: string | undefined): string {
    const found = this.model.interfaces.flatMap(({ addresses }) => addresses).find((item) => item.family === family && (network === undefined || item.network === network))
    if (found === undefined) throw new TestbedError('invalid', `host "${this.name}" has no IPv${family} address${network === undefined ? '' : ` on network "${network}"`}`)
    return found.address
  }

  /**
   * Runs a program to its end.
   * @param argv the program and its arguments; no shell is involved
   * @throws ExecError `exit` (another exit code than 0, or a signal; not with `check: false`), `timeout`, `aborted`, `max-buffer`;
   * LinuxError `not-found`, `invalid`
   */
  exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return this.core.guard(() => execIn(this.core.sandbox, this.namespace(), `host "${this.name}"`, argv, { ...options, env: { ...this.model.spec.env, ...options.env } }))
  }

  /** Starts a program and returns it running, with its streams. Its process group ends with the testbed at the latest. */
  spawn(argv: readonly string[], options: SpawnOptions = {}): Promise<HostProcess> {
    return this.core.guard(() => spawnIn(this.core.sandbox, this.namespace(), argv, { ...options, env: { ...this.model.spec.env, ...options.env } }))
  }

  /**
   * Opens a listening TCP socket in the host and hands it to this process: an ordinary `net.Server`, also for
   * `http.createServer(handler).listen(await host.listen(80))`. Any port may be used, also below 1024.
   * @param port default 0: a free one, which `server.address()` tells
   * @throws LinuxError `invalid` when the port is in use
   */
  listen(port = 0, options: ListenOptions = {}): Promise<Server> {
    return this.core.guard(() => listenIn(this.core.sandbox, this.namespace(), port, options))
  }

  /**
   * Connects from the host: an ordinary connected `net.Socket`. A name is tried with all its addresses, those on networks
   * in common first.
   * @throws LinuxError `unreachable` (refused, no route), `timeout`, `aborted`
   */
  connect(target: Target, port: number, options: ConnectOptions = {}): Promise<Socket> {
    return this.core.guard(() => this.#connect(target, port, options))
  }

  /** Opens a bound UDP socket in the host: an ordinary `dgram.Socket`. Send to addresses, not to names. */
  createSocket(type: 'udp4' | 'udp6', options: UdpOptions = {}): Promise<DgramSocket> {
    return this.core.guard(() => bindUdpIn(this.core.sandbox, this.namespace(), type, options))
  }

  /** `fetch` of the web standard, from this host. Names of hosts are known. */
  fetch: typeof globalThis.fetch = (input, init) =>
    this.core.guard(async () => {
      this.namespace()
      if (this.#fetch === undefined) {
        const created = createFetch((host, port) => this.#connect(host, port, {}))
        this.#fetch = created
        this.core.sandbox.owned.add({ end: () => created.close() }, this.#namespace)
      }
      return await this.#fetch.fetch(input, init)
    })

  /** An `http.Agent` whose connections come from this host: `http.request({ agent: host.httpAgent(), host: 'web' })`. */
  httpAgent(options?: AgentOptions): HttpAgent {
    const agent = new ConnectorAgent((host, port) => this.connect(host, port), options)
    this.core.sandbox.owned.add({ end: () => agent.destroy() }, this.#namespace)
    return agent
  }

  /** Sends echo requests, from a raw socket without a process. Does not reject when nobody answers. */
  ping(target: Target, options: PingOptions = {}): Promise<PingResult> {
    return this.core.guard(async () => {
      const { count = 1, timeout = 1000, family } = options
      if (!Number.isInteger(count) || count < 1) throw new TestbedError('invalid', `count must be a whole number from 1 (got ${count})`)
      const known = this.#resolve(target)
      const address = known.find((text) => family === undefined || text.includes(':') === (family === 6))
      if (address === undefined) {
        if (known.length > 0) throw new TestbedError('invalid', `${describe(target)} has no IPv${family} address`)
        return { ok: false, address: '', sent: 0, received: 0, rttMs: [], reason: SHADOWED }
      }
      const rttMs: number[] = []
      let reason: string | undefined
      for (let sent = 0; sent < count; sent++) {
        const [result] = await this.core.sandbox.call('probe', { probes: [{ namespace: this.namespace(), address }], timeoutMs: timeout })
        if (result?.ok === true) rttMs.push(result.rttMs)
        else reason = result?.reason
      }
      return { ok: rttMs.length === count, address, sent: count, received: rttMs.length, rttMs, reason }
    })
  }

  /**
   * Whether a connection can be made.
   *
   * TCP: a connection is opened and closed. UDP: a datagram of 16 random bytes is sent; true when it arrives at the target, behind the
   * target's own firewall, and the target does not answer that the port is unreachable; for a target outside the testbed, when anything answers.
   * @param options.timeout milliseconds for each address, default 1000
   */
  canConnect(target: Target, port: Port, options: { readonly timeout?: number } = {}): Promise<boolean> {
    return this.core.guard(async () => {
      const number = 'tcp' in port ? port.tcp : port.udp
      checkPort(number)
      const { addresses, host } = this.core.resolve(typeof target === 'string' ? target : target.name, this.name)
      const timeoutMs = options.timeout ?? 1000
      const to = host === undefined ? undefined : this.core.host(host).namespace
      const attempts = addresses.map(async (address) => {
        if ('udp' in port) return (await this.core.sandbox.call('probeUdp', { from: this.namespace(), to, address, port: number, timeoutMs })).ok
        try {
          const socket = await connectIn(this.core.sandbox, this.namespace(), address, number, { timeout: timeoutMs })
          socket.destroy()
          return true
        } catch (error) {
          if (error instanceof LinuxError && error.code !== 'closed') return false
          throw error
        }
      })
      return (await Promise.all(attempts)).some(Boolean)
    })
  }

  /**
   * Captures what passes an interface, both ways. Ready when it resolves: every later frame is in it.
   * @param options.interface interface or network; default the first one
   */
  capture(options: CaptureOptions & { readonly interface?: string } = {}): Promise<Capture> {
    return this.core.guard(() => {
      const { interface: name, ...rest } = options
      const item = this.core.interface(this.model, name)
      return captureIn(this.core.sandbox, this.namespace(), item.device, rest, item.name)
    })
  }

  /**
   * Changes the ACLs for what the host sends, as `Network.setAcl` does for a network; they come before those of the network.
   * @param options.interface interface or network; default the first one
   */
  setAcl(names: AclNames, rules?: TopologyAcl, options: { readonly interface?: string } = {}): Promise<void> {
    return this.core.change(async () => {
      const item = this.core.interface(this.model, options.interface)
      const base = rules === undefined ? this.core.model : withAcl(this.core.model, oneName(names), rules)
      await this.core.remodel(withPortAcls(base, this.model, item, names))
    })
  }

  /**
   * Changes whose packets a tap of the host gets copies of. Resolves when the copies come.
   * @param tap its name, from `taps` in the topology
   * @throws TestbedError `invalid`
   */
  setTap(tap: string, sources: readonly TapSource[]): Promise<void> {
    return this.core.change(async () => {
      await this.core.remodel(withTap(this.core.model, this.model, this.core.interface(this.model, tap), sources))
    })
  }

  /** Pulls the cable of an interface: carrier is lost, addresses stay. @param which interface or network; default all */
  linkDown(which?: string): Promise<void> {
    return this.#setLinks(which, false)
  }

  /** Plugs the cable of an interface in again. @param which interface or network; default all */
  linkUp(which?: string): Promise<void> {
    return this.#setLinks(which, true)
  }

  #setLinks(which: string | undefined, up: boolean): Promise<void> {
    return this.core.change(async () => {
      const items = which === undefined ? this.model.interfaces : [this.core.interface(this.model, which)]
      if (this.state !== 'stopped') await this.core.apply([linkStateJob(this.core.model.site, items, up)])
      for (const item of items) {
        if (up) this.core.downPorts.delete(item.port)
        else this.core.downPorts.add(item.port)
        if (up && this.state !== 'stopped') {
          await this.core.portsUp([item])
          await this.core.settle(this.model)
        }
        this.core.events.emit({ type: up ? 'link-up' : 'link-down', host: this.name, interface: item.name })
      }
    })
  }

  /**
   * Stops the host.
   *
   * `kill` (the default) is a power failure: its interfaces go down, every process in it is killed and its sockets are closed, those in this
   * process too. The other end of a connection notices when it next sends. `freeze` stops its processes as they are; its kernel still answers pings.
   */
  stop(options: { readonly mode?: 'kill' | 'freeze' } = {}): Promise<void> {
    const { mode = 'kill' } = options
    return this.core.change(async () => {
      const model = this.model
      if (mode === 'freeze') {
        await this.freeze(model)
        this.core.hostStates.set(this.name, 'frozen')
        this.core.events.emit({ type: 'host-frozen', host: this.name })
        return
      }
      await this.cutOff(model, () => this.halt(model), `host "${this.name}" was stopped`)
    })
  }

  /** Makes a host stopped: its interfaces go down, `halt` ends what runs in it, and what this process has of it ends. @internal */
  protected async cutOff(model: HostModel, halt: () => Promise<void>, reason: string): Promise<void> {
    const { sandbox } = this.core
    this.core.hostStates.set(this.name, 'stopped')
    await this.core.apply([linkStateJob(this.core.model.site, model.interfaces, false), interfacesDownJob(model)])
    await halt()
    await sandbox.owned.closeNamespace(model.namespace, new TestbedError('closed', reason))
    this.#fetch = undefined
    if (!isContainer(model)) await sandbox.call('destroySockets', { namespace: model.namespace })
    this.core.events.emit({ type: 'host-stopped', host: this.name })
  }

  /** Stops its processes as they are. @internal */
  protected async freeze(model: HostModel): Promise<void> {
    await this.core.sandbox.call('signalAll', { namespace: model.namespace, signal: 'SIGSTOP' })
  }

  /** Lets them go on. @internal */
  protected async thaw(model: HostModel): Promise<void> {
    await this.core.sandbox.call('signalAll', { namespace: model.namespace, signal: 'SIGCONT' })
  }

  /** Kills its processes. @internal */
  protected async halt(model: HostModel): Promise<void> {
    await this.core.sandbox.call('signalAll', { namespace: model.namespace, signal: 'SIGKILL' })
  }

  /** The interfaces of a stopped host as they were, still without a cable. @internal */
  protected async boot(model: HostModel): Promise<void> {
    await this.core.apply([configurationJob(this.core.model, model)])
  }

  /** What is still to be done when a stopped host is on its networks again. @internal */
  protected async booted(_model: HostModel): Promise<void> {
    // A namespace has nothing that starts by itself.
  }

  /** Starts a stopped host again, with its interfaces, addresses and routes, or lets a frozen one go on. Programs are not started again. */
  restart(): Promise<void> {
    return this.core.change(async () => {
      const model = this.model
      if (this.state === 'frozen') await this.thaw(model)
      if (this.state === 'stopped') {
        const up = model.interfaces.filter((item: InterfaceModel) => !this.core.downPorts.has(item.port))
        await this.boot(model)
        await this.core.apply([portsUpJob(this.core.model.site, up)])
        await this.core.portsUp(up)
        await this.core.settle(model)
        await this.booted(model)
      }
      this.core.hostStates.delete(this.name)
      this.core.events.emit({ type: 'host-restarted', host: this.name })
    })
  }

  /** The namespace to work in. @throws TestbedError `invalid` when the host is stopped @internal */
  protected namespace(): string {
    const { namespace } = this.model
    if (this.state === 'stopped') throw new TestbedError('invalid', `host "${this.name}" is stopped: restart() it first`)
    return namespace
  }

  #resolve(target: Target): readonly string[] {
    return this.core.resolve(typeof target === 'string' ? target : target.name, this.name).addresses
  }

  async #connect(target: Target, port: number, options: ConnectOptions): Promise<Socket> {
    const failures: Error[] = []
    for (const address of this.#resolve(target)) {
      try {
        return await connectIn(this.core.sandbox, this.namespace(), address, port, options)
      } catch (error) {
        if (!(error instanceof LinuxError) || !['unreachable', 'timeout'].includes(error.code)) throw error
        failures.push(error)
      }
    }
    if (failures.length === 0) throw new LinuxError('unreachable', `host "${this.name}" cannot connect to ${describe(target)}: ${SHADOWED}`)
    const [first] = failures
    if (failures.length === 1 && first !== undefined) throw first
    throw new LinuxError('unreachable', `host "${this.name}" cannot connect to ${describe(target)} port ${port}: ${failures.map(({ message }) => message).join('; ')}`, { cause: new AggregateError(failures) })
  }
}

/** Why a host is not even tried. */
const SHADOWED = 'somebody on a network of this host has the same address'

function describe(target: Target): string {
  return typeof target === 'string' ? `"${target}"` : `host "${target.name}"`
}
