import type { NetworkState } from '../controller/core/state.js'
import type { Counters } from './counters.js'

/** What the metrics of a controller are made from. */
export interface MetricsSource {
  readonly network: NetworkState
  readonly counters: Counters
  readonly info: ControllerInfo
}

/** What a controller knows of itself beside the state of the network. */
export interface ControllerInfo {
  /** Where the configuration came from; all empty for one that is in no file. */
  readonly configHash: ConfigHashInfo
  /** Whether the last configuration was refused. */
  readonly configLoadError: boolean
  /** How often somebody asked for the configuration to be read again, the first time included. */
  readonly configReloadRequests: number
  /** The number of the latest event; 0 before the first. */
  readonly lastEventId: number
  /** What the switches said of themselves (`OFPMP_DESC`), by name of the dataplane. */
  readonly descriptions: ReadonlyMap<string, SwitchDescription>
  /** Options of the connections by os-ken's names, such as `echo_request_interval` in seconds. */
  readonly ryuConfig?: Readonly<Record<string, number>>
}

/** The files of a configuration, as Faucet tells of them: lists with commas, in alphabetical order of the files. */
export interface ConfigHashInfo {
  readonly config_files: string
  /** SHA-256 of each file, in hexadecimal digits. */
  readonly hashes: string
  /** Why the configuration was refused; empty when it was not. */
  readonly error: string
}

/** What a switch says of itself. */
export interface SwitchDescription {
  readonly mfrDesc: string
  readonly hwDesc: string
  readonly swDesc: string
  readonly serialNum: string
  readonly dpDesc: string
}

/** Of a controller that has just begun, with a configuration from no file. */
export const freshInfo: ControllerInfo = {
  configHash: { config_files: '', hashes: '', error: '' },
  configLoadError: false,
  configReloadRequests: 0,
  lastEventId: 0,
  descriptions: new Map(),
}
