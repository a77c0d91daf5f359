import { readFileSync, writeFileSync } from 'node:fs'
import { loadFaucetConfig, formatConfigIssue, type ParsedFaucetConfig } from '../config/index.js'
import { EmbeddedFaucet } from '../control/embedded-faucet.js'
import type { FaucetEvent } from '../controller/core/faucet-event.js'
import type { LogRecord } from '../controller/runtime/controller.js'
import type { FaucetFeedEvent } from '../controller/runtime/event-feed.js'
import { noStack } from '../controller/stack/state.js'
import { FaucetError } from '../errors.js'
import { EventSocket } from '../event-socket/event-socket.js'
import { Counters } from '../metrics/counters.js'
import type { MetricFamily } from '../metrics/family.js'
import { faucetMetrics } from '../metrics/faucet-metrics.js'
import { MetricsServer } from '../metrics/metrics-server.js'
import { processFamilies } from '../metrics/process-metrics.js'
import { freshInfo, type ConfigHashInfo } from '../metrics/source.js'
import { version } from '../metrics/version.js'
import { collectGarbage } from './collect-garbage.js'
import { compileEarly } from './compile-early.js'
import { ConfigWatch } from './config-watch.js'
import type { EntranceSettings } from './entrance-options.js'
import { Service } from './service.js'
import type { Log } from './log.js'
import type { FaucetSettings, LogLevelName } from './settings.js'

const levels: Readonly<Record<LogRecord['level'], LogLevelName>> = { debug: 'DEBUG', info: 'INFO', warning: 'WARNING', error: 'ERROR' }
const noNetwork = { config: { dps: [] }, dps: new Map(), stack: noStack }

/**
 * What `streambed-faucet` runs: the controller, with its configuration in files, its log, its event socket and its
 * metrics. With a bad configuration from the start there is no controller, but everything else, until there is a good one.
 */
export class FaucetService extends Service {
  readonly #settings: FaucetSettings
  readonly #entrance: EntranceSettings
  readonly #log: Log
  readonly #watch = new ConfigWatch()
  #faucet: EmbeddedFaucet | undefined
  #events: EventSocket | undefined
  #metrics: MetricsServer | undefined
  #lastEventId = 0
  #reloads = 0
  #failed: ConfigHashInfo | undefined
  /** The texts of the last good configuration, by file. */
  #good = new Map<string, string>()
  readonly #timers: NodeJS.Timeout[] = []

  private constructor(settings: FaucetSettings, entrance: EntranceSettings, log: Log) {
    super()
    this.#settings = settings
    this.#entrance = entrance
    this.#log = log
  }

  /** Starts everything. @throws FaucetError `io` for a port, a socket or a file that cannot be used */
  static async start(settings: FaucetSettings, entrance: EntranceSettings, log: Log): Promise<FaucetService> {
    const service = new FaucetService(settings, entrance, log)
    await service.begin(() => service.#start())
    return service
  }

  async #start(): Promise<void> {
    const { prometheus, eventSocket, eventHeartbeat, statReload } = this.#settings
    this.#write('INFO', `version ${version}`)
    this.#metrics = await MetricsServer.listen({ host: prometheus.addr, port: prometheus.port, collect: () => this.#families() })
    if (eventSocket !== undefined) this.#events = await EventSocket.open(eventSocket, { onLog: (text) => this.#write('INFO', text) })
    if (statReload) this.#write('INFO', 'will automatically reload new config on changes')
    await this.load()
    if (statReload) this.#every(3, () => this.#watch.touched() && void this.reload())
    if (eventHeartbeat > 0) this.#every(eventHeartbeat, () => this.#tell({ EVENT_SOCK_HEARTBEAT: null }))
  }

  #every(seconds: number, action: () => void): void {
    this.#timers.push(setInterval(action, seconds * 1000))
  }

  protected override async end(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await this.#faucet?.close()
    await Promise.all([this.#events?.close(), this.#metrics?.close()])
  }

  protected override async load(): Promise<void> {
    const { config: file } = this.#settings
    this.#reloads++
    this.#write('INFO', 'Reloading configuration')
    // A bad one is looked at again, as the original does.
    if (!this.#failed && !this.#watch.contentChanged()) {
      this.#write('INFO', 'configuration is unchanged, not reloading')
      return
    }
    this.#failed = undefined
    this.#write('INFO', `configuration ${file} changed, analyzing differences`)
    const parsed = loadFaucetConfig(file)
    this.#watch.loaded(parsed.files)
    try {
      await this.#use(parsed)
    } catch (error) {
      if (!(error instanceof FaucetError) || error.code === 'io') throw error
      const refused = error.code === 'config' || error.code === 'unsupported'
      if (refused) return this.#reject(file, error)
      // It is the present configuration; a switch did not take a part of it, or not yet.
      this.#write('ERROR', error.message)
    }
    this.#good = new Map(parsed.files.flatMap(({ name, text }) => (text === undefined ? [] : [[name, text]])))
  }

  async #use(parsed: ParsedFaucetConfig): Promise<void> {
    const { listen, connect, tls, connection } = this.#entrance
    if (this.#faucet) {
      const { dataplanes } = await this.#faucet.apply(parsed)
      for (const { name, restart } of dataplanes) this.#write('INFO', `${name}: ${restart}`)
      return
    }
    this.#faucet = await EmbeddedFaucet.start({
      config: parsed, listen, connect, connection,
      ...(tls ? { tls } : {}),
      stackRootUpdate: this.#settings.stackRootUpdate,
      onEvent: (event) => this.#heard(event),
      onLog: (record) => this.#logged(record),
    })
    void this.#settleDown(this.#faucet)
  }

  /** What is for the time after the first flows: until then most that is called is called once, and much is kept only for a while. */
  async #settleDown(faucet: EmbeddedFaucet): Promise<void> {
    const up = faucet.resolved().dps.map(({ name }) => faucet.ready({ dps: [name], timeout: 0 }))
    const isUp = await Promise.any(up).then(() => true, () => false)
    // None comes any more: it is closed.
    if (!isUp) return
    compileEarly()
    collectGarbage()
  }

  #reject(file: string, error: FaucetError): void {
    const [first, ...more] = error.detail?.issues ?? []
    this.#write('ERROR', `New config bad (${first ? formatConfigIssue(first) : error.message}) - rejecting`)
    for (const issue of more) this.#write('ERROR', `New config bad (${formatConfigIssue(issue)})`)
    this.#failed = { config_files: file, hashes: '', error: error.message }
    // A controller that runs has told it.
    if (!this.#faucet) this.#tell({ CONFIG_CHANGE: { success: false, config_hash_info: { ...this.#failed } } })
    if (this.#settings.autoRevert) this.#revert()
  }

  #revert(): void {
    for (const [file, text] of this.#good) {
      this.#write('INFO', `attempting to revert to last good config: ${file}`)
      try {
        if (readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
      } catch (error) {
        return this.#write('ERROR', `could not revert ${file}: ${(error as Error).message}`)
      }
    }
    this.#write('INFO', 'successfully reverted to last good config')
  }

  #families(): readonly MetricFamily[] {
    const source = this.#faucet?.metricsSource
    const none = { ...freshInfo, configLoadError: this.#failed !== undefined, ...(this.#failed ? { configHash: this.#failed } : {}) }
    const info = {
      ...(source?.info ?? none),
      configReloadRequests: this.#reloads,
      lastEventId: this.#lastEventId,
      ryuConfig: this.#entrance.ryuConfig,
    }
    const { network, counters } = source ?? { network: noNetwork, counters: new Counters() }
    return [...processFamilies(), ...faucetMetrics(network, counters, info)]
  }

  #tell(event: FaucetEvent): void {
    this.#heard({ version: 1, time: Date.now() / 1000, dp_id: 0n, dp_name: '0', event_id: 0, ...event })
  }

  /** Events are numbered here, since some do not come from the controller. */
  #heard(event: FaucetFeedEvent): void {
    this.#events?.send({ ...event, event_id: ++this.#lastEventId })
  }

  #logged({ level, dpName, text }: LogRecord): void {
    const dp = this.#faucet?.network.dps.get(dpName)?.dp
    const name = dp ? `DPID ${String(dp.dp_id)} (0x${dp.dp_id.toString(16)}) ${dpName}` : dpName
    this.#log.write(dpName === '' ? 'faucet' : 'faucet.valve', levels[level], name === '' ? text : `${name} ${text}`)
  }

  protected override logError(text: string): void {
    this.#write('ERROR', text)
  }

  #write(level: LogLevelName, text: string): void {
    this.#log.write('faucet', level, text)
  }
}
