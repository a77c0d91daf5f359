import { parseArgs } from 'node:util'
import { UsageError } from './usage-error.js'

/** The options of os-ken that have a meaning here, as they are written: on the command line or in `ryu.conf`. */
export interface OpenFlowOptions {
  /** Address to listen on. */
  readonly 'ofp-listen-host'?: string
  readonly 'ofp-tcp-listen-port'?: string
  readonly 'ofp-ssl-listen-port'?: string
  /** Switches to dial: `127.0.0.1:6653,[::1]:6653`. */
  readonly 'ofp-switch-address-list'?: string
  /** Files of PEM. */
  readonly 'ctl-privkey'?: string
  readonly 'ctl-cert'?: string
  readonly 'ca-certs'?: string
  readonly 'pid-file'?: string
}

/** What the command line asks for. */
export interface CommandOptions {
  /** Gauge instead of Faucet. */
  readonly gauge: boolean
  readonly verbose: boolean
  readonly version: boolean
  readonly help: boolean
  /** Whether the log goes to standard error as well. */
  readonly useStderr: boolean
  readonly openflow: OpenFlowOptions
  /** `ryu.conf`, and whether somebody asked for it. */
  readonly configFile: string
  /** Options that os-ken has and that mean nothing here. */
  readonly ignored: readonly string[]
}

/** Options of os-ken: what follows says what they are here. */
const openflow = [
  'ofp-listen-host', 'ofp-tcp-listen-port', 'ofp-ssl-listen-port', 'ofp-switch-address-list', 'ctl-privkey', 'ctl-cert', 'ca-certs', 'pid-file',
] as const satisfies readonly (keyof OpenFlowOptions)[]
const ignored = [
  'config-dir', 'default-log-level', 'log-config-file', 'log-dir', 'log-file', 'log-file-mode', 'observe-links',
  'ofp-switch-connect-interval', 'user-flags',
] as const
const valued: readonly string[] = [...openflow, ...ignored, 'config-file']

/**
 * Reads the options of `faucet`. Those of os-ken are taken as `--ryu-ofp-listen-host`, as Faucet has them, and plainly as
 * `--ofp-listen-host`.
 * @throws UsageError for an option that is not known, has no value, or cannot be followed
 */
export function parseOptions(args: readonly string[]): CommandOptions {
  const string = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const { values, positionals } = parse(args, {
    'gauge': flag,
    'verbose': { ...flag, short: 'v' },
    'version': { ...flag, short: 'V' },
    'help': { ...flag, short: 'h' },
    'use-stderr': flag,
    'use-syslog': flag,
    'ryu-app-lists': { ...string, multiple: true },
    ...Object.fromEntries(valued.flatMap((name) => [[name, string], [`ryu-${name}`, string]])),
  })
  const [unknown] = positionals
  if (unknown !== undefined) throw new UsageError(`there is no command ${unknown}: check is one, and without a command the controller is started`)
  if (values['ryu-app-lists']) throw new UsageError('--ryu-app-lists: Ryu applications cannot be loaded here')
  if (values['use-syslog']) throw new UsageError('--use-syslog: there is no syslog; FAUCET_LOG and GAUGE_LOG name a file, STDOUT or STDERR')
  const text = (name: string): string | undefined => {
    const value = values[`ryu-${name}`] ?? values[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return {
    gauge: values.gauge === true,
    verbose: values.verbose === true,
    version: values.version === true,
    help: values.help === true,
    useStderr: values['use-stderr'] === true,
    openflow: Object.fromEntries(openflow.flatMap((name) => (text(name) === undefined ? [] : [[name, text(name)]]))),
    configFile: text('config-file') ?? '/etc/faucet/ryu.conf',
    ignored: ignored.filter((name) => text(name) !== undefined),
  }
}

function parse(args: readonly string[], options: NonNullable<Parameters<typeof parseArgs>[0]>['options']) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: options ?? {} })
  } catch (error) {
    // Node's advice about positional arguments does not help here.
    throw new UsageError((error as Error).message.split('. To specify')[0] ?? '')
  }
}
