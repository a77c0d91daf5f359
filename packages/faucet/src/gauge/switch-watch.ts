import type { FlowStats, MeterStats, PortStats } from '@streambed/ovs/openflow'
import type { ResolvedDp } from '../config/index.js'
import type { Layout } from '../controller/core/layout.js'
import type { Clock } from '../controller/runtime/clock.js'
import type { GaugeDb, GaugeWatcher } from './gauge-config.js'
import { localTime } from './local-time.js'
import { meterStatsLines } from './meter-stats.js'
import { portStateText, type PortReading } from './port-state.js'
import { portStatsLines } from './port-stats.js'
import type { Readings } from './readings.js'
import type { StatsSource } from './stats-source.js'
import { appendLines, writeFlowTable } from './text-db.js'

/** Gets a line for the log. `logger` is the kind of watcher, empty for none. */
export type GaugeLog = (level: 'info' | 'error', logger: string, text: string) => void

/** The watchers of one switch that is connected. They begin at once, and read again after each interval. */
export class SwitchWatch {
  readonly dp: ResolvedDp
  readonly #layout: Layout
  readonly #source: StatsSource
  readonly #watchers: readonly GaugeWatcher[]
  readonly #clock: Clock
  readonly #log: GaugeLog
  readonly #stops: (() => void)[] = []
  readonly #reading = new Map<GaugeWatcher, Promise<void>>()
  #stopped = false
  #ports: Map<number, PortReading> | undefined
  #portStats: readonly PortStats[] | undefined
  #flows: readonly FlowStats[] | undefined
  #meters: readonly MeterStats[] | undefined

  constructor(dp: ResolvedDp, layout: Layout, source: StatsSource, watchers: readonly GaugeWatcher[], clock: Clock, log: GaugeLog) {
    this.dp = dp
    this.#layout = layout
    this.#source = source
    this.#watchers = watchers
    this.#clock = clock
    this.#log = log
  }

  /** What was read last. */
  get readings(): Readings {
    const { dp } = this
    return {
      dp, layout: this.#layout, connected: true,
      ports: this.#ports, portStats: this.#portStats, flows: this.#flows, meters: this.#meters,
    }
  }

  /** Begins. Resolves after the first reading of each watcher. Never rejects. */
  async start(): Promise<void> {
    for (const watcher of this.#watchers) {
      this.#log('info', watcher.type, 'starting')
      if (watcher.type === 'port_state') continue
      this.#stops.push(this.#clock.every(watcher.interval, () => this.#isDue(watcher)))
    }
    await Promise.all([this.#followPorts(), this.read()])
  }

  /** Reads everything now, beside the intervals. Never rejects. */
  async read(): Promise<void> {
    await Promise.all(this.#watchers.filter(({ type }) => type !== 'port_state').map((watcher) => this.#read(watcher)))
  }

  /** Ends all of it. */
  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    for (const stop of this.#stops.splice(0)) stop()
    for (const { type } of this.#watchers) this.#log('info', type, 'stopping')
  }

  /** At the end of an interval: when the switch has not answered by now, it is not asked again yet. */
  #isDue(watcher: GaugeWatcher): void {
    if (!this.#reading.has(watcher)) return void this.#read(watcher)
    this.#log('info', watcher.type, `${this.#id} no response to ${watcher.type} within ${String(watcher.interval)} s`)
  }

  /** Reads once; whoever asks while that lasts gets the same. */
  #read(watcher: GaugeWatcher): Promise<void> {
    const reading = this.#reading.get(watcher) ?? this.#readOnce(watcher).catch((error: Error) => {
      if (!this.#stopped) this.#log('error', watcher.type, `${this.#id} ${watcher.type}: ${error.message}`)
    }).finally(() => this.#reading.delete(watcher))
    this.#reading.set(watcher, reading)
    return reading
  }

  async #readOnce(watcher: GaugeWatcher): Promise<void> {
    const { dp } = this
    const forPrometheus = watcher.dbs.some(({ type }) => type === 'prometheus')
    const time = () => localTime(this.#clock.wall())
    if (watcher.type === 'port_stats') {
      const stats = await this.#source.portStats()
      if (forPrometheus) this.#portStats = stats
      await this.#append(watcher, portStatsLines(time(), dp, stats))
    } else if (watcher.type === 'meter_stats') {
      const stats = await this.#source.meters.stats()
      if (forPrometheus) this.#meters = stats
      await this.#append(watcher, meterStatsLines(time(), dp, stats))
    } else {
      const flows: FlowStats[] = []
      for await (const flow of this.#source.flows()) flows.push(flow)
      if (forPrometheus) this.#flows = flows
      for (const db of textDbs(watcher)) if (!this.#stopped) await writeFlowTable(db, dp.name, this.#clock.wall(), flows)
    }
  }

  get #id(): string {
    return `DPID ${String(this.dp.dp_id)} (0x${this.dp.dp_id.toString(16)})`
  }

  async #append(watcher: GaugeWatcher, lines: string): Promise<void> {
    for (const db of textDbs(watcher)) if (!this.#stopped) await appendLines(db, lines)
  }

  /** The ports as they are, as if each had just been added, and every change. */
  async #followPorts(): Promise<void> {
    const watchers = this.#watchers.filter(({ type }) => type === 'port_state')
    if (watchers.length === 0) return
    try {
      const ports = await this.#source.ports()
      if (this.#stopped) return
      this.#stops.push(ports.onChange(({ reason, port }) => void this.#portChanged(watchers, [{ reason, port }])))
      await this.#portChanged(watchers, [...ports].map((port) => ({ reason: 'add' as const, port })))
    } catch (error) {
      if (!this.#stopped) this.#log('error', 'port_state', `${this.#id} ${(error as Error).message}`)
    }
  }

  async #portChanged(watchers: readonly GaugeWatcher[], changes: readonly PortReading[]): Promise<void> {
    if (watchers.some(({ dbs }) => dbs.some(({ type }) => type === 'prometheus'))) {
      this.#ports ??= new Map()
      for (const change of changes) this.#ports.set(change.port.portNo, change)
    }
    const texts = changes.map((change) => portStateText(this.dp, change))
    for (const text of texts) this.#log('info', 'port_state', text)
    const time = localTime(this.#clock.wall())
    try {
      for (const watcher of watchers) await this.#append(watcher, texts.map((text) => `${time}\t${text}\n`).join(''))
    } catch (error) {
      this.#log('error', 'port_state', (error as Error).message)
    }
  }
}

function textDbs({ dbs }: GaugeWatcher): readonly Extract<GaugeDb, { readonly type: 'text' }>[] {
  return dbs.filter((db) => db.type === 'text')
}
