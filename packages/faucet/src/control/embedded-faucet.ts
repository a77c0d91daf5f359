import type { Duplex } from 'node:stream'
import { Datapath, OpenFlowConnection, OvsError, type OpenFlowConnectionOptions, type PassiveTarget, type TlsOptions } from '@streambed/ovs'
import { FaucetError } from '../errors.js'
import type { FaucetConfig, ResolvedFaucetConfig } from '../config/index.js'
import type { KnownHost, LinksKnown } from '../controller/core/event.js'
import type { FaucetEvent } from '../controller/core/faucet-event.js'
import { dpById, type NetworkState } from '../controller/core/state.js'
import { wantedOf, type Wanted } from '../controller/core/wanted.js'
import { systemClock, type Clock } from '../controller/runtime/clock.js'
import { Controller, type LogRecord } from '../controller/runtime/controller.js'
import { Entrance } from '../controller/runtime/entrance.js'
import { EventFeed, type EventFeedOptions, type FaucetEvents, type FaucetFeedEvent } from '../controller/runtime/event-feed.js'
import { describeRefusal, type Refusal } from '../controller/runtime/refusal.js'
import type { SwitchSession } from '../controller/runtime/switch-session.js'
import { Counters, freshInfo, printFaucetMetrics, type ConfigHashInfo, type MetricsSource } from '../metrics/index.js'
import { loadedConfig, type LoadedConfig } from './config-source.js'
import type {
  Applied, AppliedDataplane, ConfigSource, ControlCallOptions, DataplaneStatus, FaucetControl, ReadyOptions,
} from './faucet-control.js'
import { restartsOf } from './restarts.js'
import { notesOn, refuseUnsupported } from './unsupported.js'
import { checkNames, waiting } from './waiting.js'

/** Options of {@link EmbeddedFaucet.start}. */
export interface EmbeddedFaucetOptions {
  readonly config: ConfigSource
  /**
   * Where to wait for switches: `ptcp:[PORT][:HOST]` (6653 unless given, 0 lets the system choose), `pssl:…`,
   * `punix:FILE`. Defaults to nowhere.
   */
  readonly listen?: string | readonly string[]
  /**
   * Switches that wait for a controller, to be dialled, and again whenever they are lost: `tcp:HOST[:PORT]`, `ssl:…`,
   * `unix:FILE` (the `.mgmt` socket of a bridge).
   */
  readonly connect?: string | readonly string[]
  /** Keys and certificates for `pssl:` and `ssl:`. */
  readonly tls?: TlsOptions
  /** Of each connection, such as `probeInterval`. */
  readonly connection?: OpenFlowConnectionOptions
  /** Seconds between elections of the root of a stack; 0 for none. Defaults to 10. */
  readonly stackRootUpdate?: number
  /** Gets every event, from the first one on. */
  readonly onEvent?: (event: FaucetFeedEvent) => void
  /** Gets what is to be logged. Nothing is logged otherwise. */
  readonly onLog?: (record: LogRecord) => void
  /** Defaults to the clock of the process. */
  readonly clock?: Clock
}

/** A dataplane of an {@link EmbeddedFaucet}. */
export interface EmbeddedDataplane extends DataplaneStatus {
  /** Whether the switch is connected, though perhaps without all of its flows. */
  readonly connected: boolean
  /** The ports of the switch that are up, ascending. */
  readonly portsUp: readonly number[]
  /** How many hosts are known. */
  readonly hosts: number
  /** What the switch does not have because it refused it. */
  readonly refused: readonly Refusal[]
}

/**
 * The controller of this package, in this process: does to a network what Faucet does with the same configuration.
 *
 * ```ts
 * await using faucet = await EmbeddedFaucet.start({ config: text, listen: 'ptcp:6653' })
 * await faucet.ready()
 * ```
 * A switch belongs to its controller as a whole: flows, groups and meters of others are removed when it connects, as
 * Faucet does it. Those that are as wanted are not touched, so that nothing is lost when the controller is started anew.
 */
export class EmbeddedFaucet implements FaucetControl {
  readonly #controller: Controller
  readonly #clock: Clock
  readonly #options: EmbeddedFaucetOptions
  readonly #feed = new EventFeed()
  readonly #counters = new Counters()
  /** Told whenever a switch is up, and at the end. */
  readonly #watchers = new Set<() => void>()
  #entrance: Entrance | undefined
  #loaded: LoadedConfig
  #loadError: ConfigHashInfo | undefined
  #reloads = 1
  #lastEventId = 0
  #last: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined

  private constructor(loaded: LoadedConfig, options: EmbeddedFaucetOptions) {
    this.#options = options
    this.#loaded = loaded
    this.#clock = options.clock ?? systemClock
    this.#controller = new Controller(loaded.resolved, this.#clock, {
      event: (dpId, dpName, event) => this.#event(dpId, dpName, event),
      count: (count) => this.#counters.add(count),
      log: (record) => options.onLog?.(record),
      up: () => this.#wake(),
      observed: (observation) => this.#counters.observe(observation),
    }, options.stackRootUpdate === undefined ? {} : { stackRootUpdate: options.stackRootUpdate })
    for (const { name, dp_id } of loaded.resolved.dps) this.#event(dp_id, name, { CONFIG_CHANGE: { restart_type: 'new' } })
    this.#configTold(true)
  }

  /**
   * Starts a controller, and resolves when it listens.
   * @throws FaucetError `config` with every issue, `unsupported`, `io` when it cannot listen where it should, `invalid` for
   *   what is no target
   */
  static async start(options: EmbeddedFaucetOptions): Promise<EmbeddedFaucet> {
    const loaded = loadedConfig(options.config)
    refuseUnsupported(loaded.resolved)
    const faucet = new EmbeddedFaucet(loaded, options)
    faucet.#note()
    try {
      faucet.#entrance = await Entrance.open({
        listen: listOf(options.listen),
        connect: listOf(options.connect),
        tls: options.tls,
        connection: options.connection,
        onSwitch: (datapath) => void faucet.#controller.serve(datapath),
        onProblem: (text) => faucet.#log('warning', text),
      })
      return faucet
    } catch (cause) {
      await faucet.close()
      const code = cause instanceof OvsError && cause.code === 'invalid' ? 'invalid' : 'io'
      throw new FaucetError(code, (cause as Error).message, { cause })
    }
  }

  /** Where it listens, with the ports that the system chose, in the order of the options. */
  get listening(): readonly PassiveTarget[] {
    return this.#entrance?.targets ?? []
  }

  /** What the controller knows of the network. It is never changed: ask again for what is new. */
  get network(): NetworkState {
    return this.#controller.network
  }

  /** What has been counted. */
  get counters(): Counters {
    return this.#counters
  }

  /** What the metrics are made from. */
  get metricsSource(): MetricsSource {
    const descriptions = [...this.network.dps.keys()].flatMap((name) => {
      const description = this.#controller.session(name)?.description
      return description ? [[name, description] as const] : []
    })
    return {
      network: this.network,
      counters: this.#counters,
      info: {
        ...freshInfo,
        configHash: this.#loadError ?? this.#loaded.hash,
        configLoadError: this.#loadError !== undefined,
        configReloadRequests: this.#reloads,
        lastEventId: this.#lastEventId,
        descriptions: new Map(descriptions),
      },
    }
  }

  apply(config: ConfigSource, options: ControlCallOptions = {}): Promise<Applied> {
    return this.#inTurn(() => this.#apply(config, options))
  }

  edit(change: (config: FaucetConfig) => FaucetConfig, options: ControlCallOptions = {}): Promise<Applied> {
    return this.#inTurn(() => this.#apply(change(this.#loaded.parsed.config), options))
  }

  config(): FaucetConfig {
    return this.#loaded.parsed.config
  }

  resolved(): ResolvedFaucetConfig {
    return this.#loaded.resolved
  }

  events(options: EventFeedOptions = {}): FaucetEvents {
    return this.#feed.read(options)
  }

  async ready({ dps, ...options }: ReadyOptions = {}): Promise<void> {
    checkNames(dps, [...this.network.dps.keys()])
    const missing = () => (dps ?? [...this.network.dps.keys()]).filter((name) => !this.#isUp(name))
    await this.#until(() => missing().length === 0, () => `not connected: ${missing().join(', ')}`, options)
  }

  /** Waits until something is so; it is looked at again whenever something happened. */
  async #until(isSo: () => boolean, what: () => string, options: ControlCallOptions): Promise<void> {
    if (this.#closing) throw closed()
    let watcher = () => {}
    const so = new Promise<void>((resolve, reject) => {
      watcher = () => {
        if (this.#closing) reject(closed())
        else if (isSo()) resolve()
      }
      this.#watchers.add(watcher)
      watcher()
    })
    try {
      await waiting(so, what, options)
    } finally {
      this.#watchers.delete(watcher)
    }
  }

  async dataplanes(): Promise<readonly EmbeddedDataplane[]> {
    return [...this.network.dps.values()].map(({ dp, connected, ports, learning }) => ({
      name: dp.name,
      dpId: dp.dp_id,
      connected,
      up: this.#isUp(dp.name),
      portsUp: [...ports].flatMap(([number, { up }]) => (up ? [number] : [])).sort((a, b) => a - b),
      hosts: learning.hosts.size,
      refused: this.#controller.session(dp.name)?.refused ?? [],
    }))
  }

  async metrics(): Promise<string> {
    return printFaucetMetrics(this.metricsSource)
  }

  /**
   * Takes care of a switch at the other end of a stream that is connected already, such as the `.mgmt` socket of a bridge
   * that is in another namespace. Resolves when the switch has its flows, or the connection is over.
   * @throws OvsError `closed`, `timeout`: it is no switch
   */
  async attach(stream: Duplex): Promise<void> {
    if (this.#closing) throw closed()
    const connection = await OpenFlowConnection.open(stream, this.#options.connection)
    try {
      await this.#controller.serve(await Datapath.open(connection, { service: true }))
    } catch (error) {
      connection.abort(error)
      throw error
    }
  }

  /**
   * Resolves when these ports are up, and the switches have confirmed the flows that follow from it.
   * @throws FaucetError `timeout`, naming the ports
   */
  async portsUp(ports: readonly { readonly dpId: bigint; readonly port: number }[], options: ControlCallOptions = {}): Promise<void> {
    const isUp = ({ dpId, port }: { readonly dpId: bigint; readonly port: number }): boolean => {
      const state = dpById(this.network, dpId)
      return state?.connected === true && state.ports.get(port)?.up === true
    }
    const missing = () => ports.filter((port) => !isUp(port)).map(({ dpId, port }) => `0x${dpId.toString(16)}:${String(port)}`)
    await this.#until(() => missing().length === 0, () => `not up: ${missing().join(', ')}`, options)
    const names = new Set(ports.flatMap(({ dpId }) => dpById(this.network, dpId)?.dp.name ?? []))
    const sessions = [...names].flatMap((name) => this.#controller.session(name) ?? [])
    await waiting(Promise.all(sessions.map((session) => session.settled())), () => 'the flows were not confirmed', options)
  }

  /** Hosts whose place is known from elsewhere: they count as learned, until they are seen in another one. */
  knowHosts(hosts: readonly KnownHost[]): void {
    this.#controller.post({ type: 'hosts', hosts })
    this.#controller.flush()
  }

  /** Links of a stack that are known from elsewhere: they carry packets at once. What beacons say later counts for more. */
  knowLinks(links: LinksKnown['links']): void {
    this.#controller.post({ type: 'links', links })
    this.#controller.flush()
  }

  /** What a dataplane is to have in the present state. @throws FaucetError `not-found` */
  flows(dpName: string): Wanted {
    const state = this.network.dps.get(dpName)
    if (!state) throw new FaucetError('not-found', `no dataplane ${dpName}: there are ${[...this.network.dps.keys()].join(', ')}`)
    return wantedOf({ network: this.network, state })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    await Promise.resolve()
    this.#wake()
    await Promise.all([this.#entrance?.close(), this.#controller.close()])
    this.#feed.close()
  }

  #isUp(name: string): boolean {
    return this.#controller.session(name)?.isUp ?? false
  }

  /** One change after the other. */
  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    if (this.#closing) return Promise.reject(closed())
    const result = this.#last.then(action)
    this.#last = result.catch(() => {})
    return result
  }

  async #apply(source: ConfigSource, options: ControlCallOptions): Promise<Applied> {
    if (this.#closing) throw closed()
    this.#reloads++
    const before = this.#loaded.resolved
    this.#load(source)
    const { resolved } = this.#loaded
    const sessions = new Map(before.dps.map(({ name }) => [name, this.#controller.session(name)]))
    const sent = new Map([...sessions].map(([name, session]) => [name, session?.changes ?? 0]))
    const refused = new Set([...sessions.values()].flatMap((session) => session?.refused ?? []))
    this.#controller.configure(resolved)
    const restarts = restartsOf(before, resolved)
    for (const { dp, restart } of restarts) {
      if (restart === 'removed') continue
      this.#event(dp.dp_id, dp.name, { CONFIG_CHANGE: { restart_type: restart === 'none' ? null : restart } })
      if (restart === 'warm') this.#counters.add({ metric: 'faucet_config_reload_warm', dpName: dp.name })
    }
    this.#configTold(true)
    const settled = restarts.map(async ({ dp, restart }): Promise<AppliedDataplane> => {
      const session = restart === 'removed' ? undefined : this.#controller.session(dp.name)
      const confirmed = session ? await settle(session) : false
      const changes = session ? session.changes - (sent.get(dp.name) ?? 0) : 0
      return { name: dp.name, dpId: dp.dp_id, restart, confirmed, changes }
    })
    const dataplanes = await waiting(Promise.all(settled), () => 'the configuration was not confirmed', options)
    this.#refuseRefused(resolved, refused)
    return { dataplanes }
  }

  /** Makes a configuration the present one, if it is possible. */
  #load(source: ConfigSource): void {
    try {
      const loaded = loadedConfig(source, this.#loaded)
      refuseUnsupported(loaded.resolved)
      this.#loaded = loaded
      this.#loadError = undefined
      this.#note()
    } catch (error) {
      this.#loadError = { config_files: this.#loaded.hash.config_files, hashes: '', error: (error as Error).message }
      this.#configTold(false)
      throw error
    }
  }

  #refuseRefused(config: ResolvedFaucetConfig, before: ReadonlySet<Refusal>): void {
    const refused = config.dps.flatMap(({ name }) => {
      const now = this.#controller.session(name)?.refused ?? []
      return now.filter((refusal) => !before.has(refusal)).map((refusal) => `${name}: ${describeRefusal(refusal)}`)
    })
    const [first] = refused
    if (first === undefined) return
    const more = refused.length > 1 ? ` (and ${String(refused.length - 1)} more)` : ''
    throw new FaucetError('switch', `a switch refused a part of the configuration, the rest is in effect: ${first}${more}`)
  }

  #configTold(success: boolean): void {
    const config_hash_info = { ...(this.#loadError ?? this.#loaded.hash) }
    this.#event(0n, '0', { CONFIG_CHANGE: { success, config_hash_info } })
  }

  #note(): void {
    for (const note of notesOn(this.#loaded.resolved)) this.#log('info', note)
  }

  #event(dp_id: bigint, dp_name: string, event: FaucetEvent): void {
    const told: FaucetFeedEvent = { version: 1, time: this.#clock.wall(), dp_id, dp_name, event_id: ++this.#lastEventId, ...event }
    this.#options.onEvent?.(told)
    this.#feed.emit(told)
    this.#wake()
  }

  #log(level: LogRecord['level'], text: string): void {
    this.#options.onLog?.({ level, dpName: '', text })
  }

  #wake(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }
}

function listOf(targets: string | readonly string[] = []): readonly string[] {
  return typeof targets === 'string' ? [targets] : targets
}

function closed(): FaucetError {
  return new FaucetError('closed', 'this Faucet was closed: start another one')
}

/** Whether a switch has confirmed everything. */
async function settle(session: SwitchSession): Promise<boolean> {
  try {
    await session.settled()
    return true
  } catch {
    // It is gone, and will get what is wanted when it comes back.
    return false
  }
}
