import type { ConfigFile, ConfigIssue, ResolvedDp } from '../config/index.js'

/** What a watcher looks at. */
export type WatcherType = 'port_state' | 'port_stats' | 'flow_table' | 'meter_stats'

/** Where the readings of watchers go. */
export type GaugeDb =
  | {
      readonly type: 'prometheus'
      readonly name: string
      /** Address and TCP port where Prometheus asks. */
      readonly addr: string
      readonly port: number
    }
  | {
      readonly type: 'text'
      readonly name: string
      /** The file that lines are appended to; without it they are lost. */
      readonly file: string | undefined
      /** The directory that gets a file for each dump of flows. */
      readonly path: string | undefined
      /** Whether these files are compressed by gzip. */
      readonly compress: boolean
    }

/** A watcher: reads something of some dataplanes again and again. */
export interface GaugeWatcher {
  readonly name: string
  readonly type: WatcherType
  /** Names of dataplanes. */
  readonly dps: readonly string[]
  /** Seconds between two readings. `port_state` is told by the switch, and has none. */
  readonly interval: number
  readonly dbs: readonly GaugeDb[]
}

/** What a `gauge.yaml` says. */
export interface GaugeConfig {
  /** The dataplanes of Faucet's configurations. */
  readonly dps: readonly ResolvedDp[]
  /** In the order of the file. */
  readonly watchers: readonly GaugeWatcher[]
}

/** A `gauge.yaml` that was read. */
export interface LoadedGaugeConfig {
  /** `undefined` when there are issues. */
  readonly config: GaugeConfig | undefined
  /** What is wrong, with places. */
  readonly issues: readonly ConfigIssue[]
  /** What is passed over, in words: dataplanes that Faucet's configurations do not have. */
  readonly notes: readonly string[]
  /** Every file that was looked at, `gauge.yaml` first. */
  readonly files: readonly ConfigFile[]
}
