import type { FaucetConfig, ParsedFaucetConfig, ResolvedFaucetConfig } from '../config/index.js'
import type { EventFeedOptions, FaucetEvents } from '../controller/runtime/event-feed.js'

/** A configuration: the text of a `faucet.yaml`, what was parsed, or what a program built. */
export type ConfigSource = string | ParsedFaucetConfig | FaucetConfig

/** Options of a call that takes time. */
export interface ControlCallOptions {
  /** Gives up: rejects with `aborted`. What was begun goes on. */
  readonly signal?: AbortSignal
  /** Milliseconds. Defaults to 30,000; 0 is for ever. */
  readonly timeout?: number
}

/** Options of {@link FaucetControl.ready}. */
export interface ReadyOptions extends ControlCallOptions {
  /** Names of the dataplanes to wait for. Defaults to all of the configuration. */
  readonly dps?: readonly string[]
}

/** What another configuration meant for a dataplane. */
export interface AppliedDataplane {
  readonly name: string
  readonly dpId: bigint
  /**
   * In Faucet's words: `new` was not in the configuration before, `removed` is not any more, `none` is the same, `warm`
   * was changed while packets went on, `cold` was made anew from nothing (which the embedded controller never does).
   */
  readonly restart: 'new' | 'removed' | 'none' | 'warm' | 'cold'
  /** Whether the switch is connected and has confirmed its flows. One that is not gets them when it connects. */
  readonly confirmed: boolean
  /** How many flows, groups and meters were added, changed or removed; `undefined` where that is not known. */
  readonly changes: number | undefined
}

/** What {@link FaucetControl.apply} did. */
export interface Applied {
  /** In the order of the configuration; those that were removed come last. */
  readonly dataplanes: readonly AppliedDataplane[]
}

/** A dataplane of the configuration as it is now. */
export interface DataplaneStatus {
  readonly name: string
  readonly dpId: bigint
  /** Whether its switch is connected and has its flows. */
  readonly up: boolean
}

/**
 * A Faucet, whichever it is: the one in this process ({@link EmbeddedFaucet}), or the real one ({@link FaucetProcess}).
 * Changes of the configuration are carried out one after the other, in the order of the calls.
 *
 * Every method may throw or reject with a {@link FaucetError} `closed`; those with {@link ControlCallOptions} with
 * `timeout` and `aborted`.
 */
export interface FaucetControl extends AsyncDisposable {
  /**
   * Makes a configuration the present one, and resolves when every switch that is connected has confirmed it.
   * @throws FaucetError `config` with every issue and nothing changed; `unsupported` likewise, with the path of what is
   *   not supported; `switch` when a switch refused a part: the rest is in effect
   */
  apply(config: ConfigSource, options?: ControlCallOptions): Promise<Applied>
  /**
   * Changes the present configuration by a pure function, such as `(config) => setPortVlan(config, 'sw1', 1, 100)`.
   * @throws FaucetError as {@link apply} does, and whatever the function throws
   */
  edit(change: (config: FaucetConfig) => FaucetConfig, options?: ControlCallOptions): Promise<Applied>
  /** The present configuration as it is written, includes merged. */
  config(): FaucetConfig
  /** The present configuration with its defaults, and its references followed. */
  resolved(): ResolvedFaucetConfig
  /** What happens from now on, for one reader; there may be several. */
  events(options?: EventFeedOptions): FaucetEvents
  /** Resolves when switches are connected and have their flows. @throws FaucetError `not-found` for an unknown name */
  ready(options?: ReadyOptions): Promise<void>
  /** How the dataplanes are, in the order of the configuration. */
  dataplanes(): Promise<readonly DataplaneStatus[]>
  /** What Prometheus is to get. */
  metrics(): Promise<string>
  /** Ends the controller. The switches go on forwarding as they are. Idempotent. */
  close(): Promise<void>
}
