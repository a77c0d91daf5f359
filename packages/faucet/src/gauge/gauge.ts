import { OFPC_FRAG, portReason, type Datapath } from '@streambed/ovs/openflow'
import { layoutOf, type Layout } from '../controller/core/layout.js'
import { systemClock, type Clock } from '../controller/runtime/clock.js'
import { isReachedByTunnel } from '../controller/stack/tunnel.js'
import type { ResolvedDp } from '../config/index.js'
import type { MetricFamily } from '../metrics/family.js'
import type { GaugeConfig } from './gauge-config.js'
import { gaugeFamilies } from './readings.js'
import type { StatsSource } from './stats-source.js'
import { SwitchWatch, type GaugeLog } from './switch-watch.js'

/** Options of {@link Gauge}. */
export interface GaugeOptions {
  /** Gets lines for the log. */
  readonly onLog?: GaugeLog
  /** Defaults to the clock of the process. */
  readonly clock?: Clock
}

/**
 * Reads counters and states of switches, for Prometheus and into files, as Faucet's Gauge does. Switches are brought to
 * it: by {@link serve} those that have Gauge as a controller of their own, by {@link watch} others.
 */
export class Gauge implements AsyncDisposable {
  readonly #log: GaugeLog
  readonly #clock: Clock
  readonly #sources = new Map<bigint, StatsSource>()
  readonly #watches = new Map<bigint, SwitchWatch>()
  readonly #datapaths = new Set<Datapath>()
  #config: GaugeConfig
  #closed = false

  constructor(config: GaugeConfig, { onLog = () => undefined, clock = systemClock }: GaugeOptions = {}) {
    this.#config = config
    this.#log = onLog
    this.#clock = clock
  }

  /** Another configuration: all watchers begin anew. */
  configure(config: GaugeConfig): void {
    for (const watch of this.#watches.values()) watch.stop()
    this.#watches.clear()
    this.#config = config
    for (const [dpId, source] of this.#sources) void this.#start(dpId, source)
  }

  /**
   * Takes care of a switch that has Gauge as a controller, for as long as it is connected: it is told to send no packets.
   * One that is not in the configuration is sent away. Never rejects.
   */
  async serve(datapath: Datapath): Promise<void> {
    const { id, connection } = datapath
    if (this.#closed || !this.#dp(id)) {
      this.#log('error', '', `unknown datapath DPID ${String(id)} (0x${id.toString(16)})`)
      return datapath.close()
    }
    this.#datapaths.add(datapath)
    const name = `DPID ${String(id)} (0x${id.toString(16)})`
    this.#log('info', '', `${name} up`)
    const ports = (['add', 'delete', 'modify'] as const).reduce((mask, reason) => mask | (1 << portReason.encode(reason)), 0)
    const quiet = { packetInMask: [0, 0], portStatusMask: [ports, ports], flowRemovedMask: [0, 0] } as const
    for (const message of [{ type: 'set_config', flags: OFPC_FRAG.NORMAL, missSendLen: 0 }, { type: 'set_async', ...quiet }] as const) {
      connection.send(message).catch(() => undefined)
    }
    const stop = this.watch(id, datapath)
    await connection.closed
    this.#datapaths.delete(datapath)
    stop()
    this.#log('info', '', `${name} down`)
  }

  /** Watches a switch that somebody else is connected to. A newer source of the same switch takes its place. @returns what ends that */
  watch(dpId: bigint, source: StatsSource): () => void {
    this.#watches.get(dpId)?.stop()
    this.#sources.set(dpId, source)
    void this.#start(dpId, source)
    return () => {
      if (this.#sources.get(dpId) !== source) return
      this.#sources.delete(dpId)
      this.#watches.get(dpId)?.stop()
      this.#watches.delete(dpId)
    }
  }

  /** The metrics, from what was read last. */
  families(): readonly MetricFamily[] {
    const watched = new Set(this.#config.watchers.flatMap(({ dps }) => dps))
    const none = { connected: false, ports: undefined, portStats: undefined, flows: undefined, meters: undefined }
    const dps = this.#config.dps.filter(({ name }) => watched.has(name))
    return gaugeFamilies(dps.map((dp) => this.#watches.get(dp.dp_id)?.readings ?? { dp, layout: this.#layout(dp), ...none }))
  }

  /** The metrics as they are now: asks all switches that are connected. What cannot be read is in the log. */
  async collect(): Promise<readonly MetricFamily[]> {
    await Promise.all([...this.#watches.values()].map((watch) => watch.read()))
    return this.families()
  }

  /** Ends all watchers, and the connections of the switches that were served. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    for (const watch of this.#watches.values()) watch.stop()
    this.#watches.clear()
    this.#sources.clear()
    await Promise.all([...this.#datapaths].map((datapath) => datapath.close()))
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #start(dpId: bigint, source: StatsSource): Promise<void> {
    const dp = this.#dp(dpId)
    if (!dp || this.#closed) return
    const watchers = this.#config.watchers.filter(({ dps }) => dps.includes(dp.name))
    const watch = new SwitchWatch(dp, this.#layout(dp), source, watchers, this.#clock, this.#log)
    this.#watches.set(dpId, watch)
    await watch.start()
  }

  #dp(dpId: bigint): ResolvedDp | undefined {
    return this.#config.dps.find((dp) => dp.dp_id === dpId)
  }

  #layout(dp: ResolvedDp): Layout {
    return layoutOf(dp, isReachedByTunnel({ dps: this.#config.dps }, dp.name))
  }
}
