import { formatConfigIssue } from '../config/issue.js'
import { Entrance } from '../controller/runtime/entrance.js'
import { FaucetError } from '../errors.js'
import { Gauge } from '../gauge/gauge.js'
import type { GaugeConfig } from '../gauge/gauge-config.js'
import { loadGaugeConfig } from '../gauge/load-gauge-config.js'
import { MetricsServer } from '../metrics/metrics-server.js'
import { processFamilies } from '../metrics/process-metrics.js'
import { version } from '../metrics/version.js'
import { ConfigWatch } from './config-watch.js'
import type { EntranceSettings } from './entrance-options.js'
import { Service } from './service.js'
import type { Log } from './log.js'
import type { GaugeSettings, LogLevelName } from './settings.js'

/** What `streambed-faucet --gauge` runs: Gauge, which is a controller of the switches of its own, with files and metrics. */
export class GaugeService extends Service {
  readonly #settings: GaugeSettings
  readonly #log: Log
  readonly #watch = new ConfigWatch()
  readonly #gauge: Gauge
  /** By address and port. */
  readonly #servers = new Map<string, MetricsServer>()
  #entrance: Entrance | undefined
  #timer: NodeJS.Timeout | undefined

  private constructor(settings: GaugeSettings, log: Log) {
    super()
    this.#settings = settings
    this.#log = log
    this.#gauge = new Gauge({ dps: [], watchers: [] }, {
      onLog: (level, logger, text) => this.#write(level === 'info' ? 'INFO' : 'ERROR', text, logger === '' ? 'gauge' : `gauge.${logger}`),
    })
  }

  /** Starts everything. @throws FaucetError `io` for a port that cannot be used */
  static async start(settings: GaugeSettings, entrance: EntranceSettings, log: Log): Promise<GaugeService> {
    const service = new GaugeService(settings, log)
    await service.begin(() => service.#start(entrance))
    return service
  }

  async #start({ listen, connect, tls, connection }: EntranceSettings): Promise<void> {
    const { statReload } = this.#settings
    this.#write('INFO', `version ${version}`)
    if (statReload) this.#write('INFO', 'will automatically reload new config on changes')
    await this.load()
    const onSwitch = (datapath: Parameters<Gauge['serve']>[0]) => void this.#gauge.serve(datapath)
    const onProblem = (text: string) => this.#write('WARNING', text)
    try {
      this.#entrance = await Entrance.open({ listen, connect, tls, connection, onSwitch, onProblem })
    } catch (cause) {
      throw new FaucetError('io', (cause as Error).message, { cause })
    }
    if (statReload) this.#timer = setInterval(() => this.#watch.touched() && void this.reload(), 3000)
  }

  protected override async end(): Promise<void> {
    clearInterval(this.#timer)
    await this.#entrance?.close()
    await this.#gauge.close()
    await Promise.all([...this.#servers.values()].map((server) => server.close()))
  }

  protected override async load(): Promise<void> {
    this.#write('INFO', 'Reloading configuration')
    const { config: file, prometheusAddr } = this.#settings
    const { config, issues, notes, files } = loadGaugeConfig(file, { prometheusAddr })
    this.#watch.loaded(files)
    for (const note of notes) this.#write('ERROR', note)
    if (!config) {
      for (const issue of issues) this.#write('ERROR', `invalid config: ${formatConfigIssue(issue)}`)
      return
    }
    await this.#listen(config)
    this.#gauge.configure(config)
    for (const { name } of files.slice(1)) this.#write('INFO', `watching FAUCET config ${name}`)
    this.#write('INFO', 'config complete')
  }

  /** Prometheus is told everything at each place that a database names. */
  async #listen({ watchers }: GaugeConfig): Promise<void> {
    const dbs = watchers.flatMap((watcher) => watcher.dbs).filter((db) => db.type === 'prometheus')
    const wanted = new Map(dbs.map(({ addr, port }) => [`${addr} ${String(port)}`, { host: addr, port }]))
    for (const [place, server] of this.#servers) {
      if (wanted.has(place)) continue
      this.#servers.delete(place)
      await server.close()
    }
    const collect = () => [...processFamilies(), ...this.#gauge.families()]
    for (const [place, where] of wanted) {
      if (!this.#servers.has(place)) this.#servers.set(place, await MetricsServer.listen({ ...where, collect }))
    }
  }

  protected override logError(text: string): void {
    this.#write('ERROR', text)
  }

  #write(level: LogLevelName, text: string, name = 'gauge'): void {
    this.#log.write(name, level, text)
  }
}
