import { UsageError } from './usage-error.js'

/** Levels of the log, from all to nothing. */
export const logLevels = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const

/** One of {@link logLevels}. */
export type LogLevelName = (typeof logLevels)[number]

/** What both programs take from the environment. */
export interface CommonSettings {
  /** The configuration file: of a list with colons the first that exists, or else the first. */
  readonly config: string
  /** Whether the files are looked at every few seconds. */
  readonly statReload: boolean
  /** A file, `STDOUT` or `STDERR`. */
  readonly log: string
  readonly exceptionLog: string
  readonly logLevel: LogLevelName
}

/** The settings of Faucet. */
export interface FaucetSettings extends CommonSettings {
  /** Whether a bad configuration is written over with the last good one. */
  readonly autoRevert: boolean
  /** Path of the event socket; `undefined` for none. */
  readonly eventSocket: string | undefined
  /** Seconds between heartbeats on the event socket; 0 for none. */
  readonly eventHeartbeat: number
  readonly prometheus: { readonly addr: string; readonly port: number }
  /** Seconds between elections of the root of a stack; 0 for none. */
  readonly stackRootUpdate: number
}

/** The settings of Gauge. */
export interface GaugeSettings extends CommonSettings {
  /** Where databases tell Prometheus that do not say it themselves. */
  readonly prometheusAddr: string
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The settings of Faucet from its environment variables, with its defaults.
 * @param exists whether there is a file of a name
 * @throws UsageError naming the variable
 */
export function faucetSettings(env: Environment, exists: (file: string) => boolean): FaucetSettings {
  return {
    ...common('FAUCET', env, exists),
    autoRevert: isSet(env.FAUCET_CONFIG_AUTO_REVERT),
    eventSocket: eventSocket(env.FAUCET_EVENT_SOCK ?? ''),
    eventHeartbeat: number(env, 'FAUCET_EVENT_SOCK_HEARTBEAT', 0, Number.MAX_SAFE_INTEGER),
    prometheus: { addr: env.FAUCET_PROMETHEUS_ADDR ?? '0.0.0.0', port: number(env, 'FAUCET_PROMETHEUS_PORT', 9302, 65535) },
    stackRootUpdate: number(env, 'FAUCET_STACK_ROOT_STATE_UPDATE_TIME', 10, Number.MAX_SAFE_INTEGER),
  }
}

/** The settings of Gauge. See {@link faucetSettings}. */
export function gaugeSettings(env: Environment, exists: (file: string) => boolean): GaugeSettings {
  return { ...common('GAUGE', env, exists), prometheusAddr: env.GAUGE_PROMETHEUS_ADDR ?? '0.0.0.0' }
}

function common(name: 'FAUCET' | 'GAUGE', env: Environment, exists: (file: string) => boolean): CommonSettings {
  const lower = name.toLowerCase()
  const files = (env[`${name}_CONFIG`] ?? `/etc/faucet/${lower}.yaml:/etc/ryu/faucet/${lower}.yaml`).split(':')
  const level = env[`${name}_LOG_LEVEL`] ?? 'INFO'
  const logLevel = logLevels.find((one) => one === level)
  if (!logLevel) throw new UsageError(`${name}_LOG_LEVEL is ${level}: it is one of ${logLevels.join(', ')}`)
  return {
    config: files.find(exists) ?? files[0] ?? '',
    statReload: isSet(env[`${name}_CONFIG_STAT_RELOAD`]),
    log: env[`${name}_LOG`] ?? `/var/log/faucet/${lower}.log`,
    exceptionLog: env[`${name}_EXCEPTION_LOG`] ?? `/var/log/faucet/${lower}_exception.log`,
    logLevel,
  }
}

/** Nothing and 0 are none, another number is the usual place, and all else is a path. */
function eventSocket(value: string): string | undefined {
  if (value === '' || value === '0') return undefined
  return isSet(value) ? '/var/run/faucet/faucet.sock' : value
}

/** Whether a variable is a whole number other than 0, as Faucet asks it. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && /^\s*[+-]?\d+\s*$/.test(value) && Number(value) !== 0
}

function number(env: Environment, name: string, standard: number, most: number): number {
  const text = env[name]
  if (text === undefined || text === '') return standard
  const value = Number(text)
  if (/^\s*\d+\s*$/.test(text) && value <= most) return value
  throw new UsageError(`${name} is ${text}: it is a whole number${most === 65535 ? ' from 0 to 65535' : ', 0 or more'}`)
}
