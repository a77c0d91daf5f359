import { accessSync, constants, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Checker } from '../config/checker.js'
import { mergeIncludes, type ConfigFile, type ReadConfigFile } from '../config/include.js'
import type { ConfigIssue } from '../config/issue.js'
import { Options } from '../config/option.js'
import { loadFaucetConfig, type ParsedFaucetConfig } from '../config/parse.js'
import { resolveFaucetConfig, validateFaucetConfig } from '../config/resolve.js'
import type { ResolvedDp } from '../config/resolved-model.js'
import { display, get, nowhere, pathKey, toData, truthy, type ConfigEntry, type ConfigMap, type ConfigValue } from '../config/value.js'
import { readYaml } from '../config/yaml.js'
import type { FaucetConfig } from '../config/model.js'
import type { GaugeConfig, GaugeDb, GaugeWatcher, LoadedGaugeConfig, WatcherType } from './gauge-config.js'
import { dbOptions, watcherOptions } from './gauge-options.js'

/** Options of {@link loadGaugeConfig}. */
export interface LoadGaugeOptions {
  /** Reads a file by name; `undefined` when there is none. Default: from the file system. */
  readonly readFile?: ReadConfigFile
  /** Whether files can be made in a directory. Default: asks the file system. */
  readonly isWritable?: (directory: string) => boolean
  /** Where Prometheus asks when a database does not say. Defaults to `0.0.0.0`. */
  readonly prometheusAddr?: string
}

const watcherTypes: readonly string[] = ['port_state', 'port_stats', 'flow_table', 'meter_stats'] satisfies WatcherType[]

/**
 * Reads a `gauge.yaml` and the configurations of Faucet that it names (`faucet_configs`, or `faucet` with a whole
 * configuration). Nothing is thrown: what is wrong is in `issues`, all of it at once.
 *
 * Refused besides what the original refuses is what makes it end later: an unknown database, no `watchers` or `dbs`, an
 * interval below a second, and a `text` database without `path` for flow tables.
 */
export function loadGaugeConfig(path: string, options: LoadGaugeOptions = {}): LoadedGaugeConfig {
  return new Loader(options).load(path)
}

class Loader {
  readonly #checker = new Checker()
  readonly #issues: ConfigIssue[] = []
  readonly #notes: string[] = []
  readonly #files: ConfigFile[] = []
  readonly #dps = new Map<string, ResolvedDp>()
  readonly #read: ReadConfigFile
  readonly #isWritable: (directory: string) => boolean
  readonly #addr: string

  constructor({ readFile = readText, isWritable = canWrite, prometheusAddr = '0.0.0.0' }: LoadGaugeOptions) {
    this.#read = readFile
    this.#isWritable = isWritable
    this.#addr = prometheusAddr
  }

  load(path: string): LoadedGaugeConfig {
    const watchers = this.#watchers(path)
    const issues = [...this.#issues, ...this.#checker.issues]
    const config: GaugeConfig | undefined = issues.length > 0 ? undefined : { dps: [...this.#dps.values()], watchers }
    return { config, issues, notes: this.#notes, files: this.#files }
  }

  #watchers(path: string): readonly GaugeWatcher[] {
    const text = this.#read(path)
    this.#files.push({ name: path, text })
    const at: ConfigValue = { kind: 'null', place: { file: path, line: 1, column: 1 } }
    if (text === undefined) {
      this.#checker.fail([], at, `the file ${path} does not exist`, 'a readable file')
      return []
    }
    const { value, issues } = readYaml(text, path)
    this.#issues.push(...issues)
    if (!value) return []
    if (value.kind !== 'map') {
      this.#checker.fail([], value, 'the configuration is no mapping', 'faucet_configs, watchers and dbs')
      return []
    }
    this.#faucet(value)
    const dbs = new Map(this.#section(value, 'dbs').map((entry) => [display(entry.key), this.#db(entry)]))
    return this.#section(value, 'watchers').map((entry) => this.#watcher(entry, dbs))
  }

  #section(root: ConfigMap, name: 'watchers' | 'dbs'): readonly ConfigEntry[] {
    const section = get(root, name)
    if (section?.kind === 'map') return section.entries
    const message = section ? `${name} is ${display(section)}` : `${name} is missing`
    this.#checker.fail([name], section ?? root, message, 'a mapping by name')
    return []
  }

  /** The dataplanes of the configurations; of two with the same name the later one counts. */
  #faucet(root: ConfigMap): void {
    const paths = get(root, 'faucet_configs')
    if (paths && paths.kind !== 'list') this.#checker.fail(['faucet_configs'], paths, `faucet_configs is ${display(paths)}`, 'a list of files')
    for (const item of paths?.kind === 'list' ? paths.items : []) {
      this.#resolve(loadFaucetConfig(display(item), { readFile: this.#read }), [])
    }
    const inline = get(root, 'faucet')
    if (inline?.kind === 'map') {
      const { entries, issues } = mergeIncludes({ type: 'data', root: inline })
      this.#resolve({ config: toData(entries) as FaucetConfig, files: [], issues, tree: entries }, ['faucet'])
    } else if (inline) {
      this.#checker.fail(['faucet'], inline, `faucet is ${display(inline)}`, 'a configuration of Faucet')
    } else if (!truthy(paths)) {
      this.#checker.fail([], root, 'there is no configuration of Faucet', 'faucet_configs, a list of files')
    }
  }

  #resolve(parsed: ParsedFaucetConfig, path: readonly string[]): void {
    this.#files.push(...parsed.files)
    const issues = validateFaucetConfig(parsed)
    this.#issues.push(...issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] })))
    if (issues.length === 0) for (const dp of resolveFaucetConfig(parsed).dps) this.#dps.set(dp.name, dp)
  }

  #db(entry: ConfigEntry): GaugeDb | undefined {
    const name = display(entry.key)
    const path = ['dbs', pathKey(entry.key)]
    const options = new Options(this.#checker, entry.value, path, dbOptions)
    const type = options.text('type')
    if (type !== 'text' && type !== 'prometheus') {
      const at = options.get('type')
      const message = at ? `type is ${display(at)}` : 'type is missing'
      this.#checker.fail([...path, 'type'], at ?? entry.value, message, 'text or prometheus')
      return undefined
    }
    options.limits(this.#checker, 'prometheus_port')
    if (type === 'prometheus') {
      return { type, name, addr: options.text('prometheus_addr') ?? this.#addr, port: options.int('prometheus_port') }
    }
    const [file, directory] = [options.text('file'), options.text('path')]
    const writable = (folder: string) => this.#isWritable(folder)
    // A file name alone has no directory to ask for, and is refused by Faucet as well.
    if (file !== undefined && (!file.includes('/') || !writable(dirname(file)))) this.#notWritable(options, 'file', file)
    if (directory !== undefined && !writable(directory)) this.#notWritable(options, 'path', directory)
    return { type, name, file, path: directory, compress: options.bool('compress') }
  }

  #notWritable(options: Options<typeof dbOptions>, option: 'file' | 'path', value: string): void {
    const at = options.get(option) ?? { kind: 'null', place: nowhere }
    const right = option === 'file' ? 'the path of a file in a directory that can be written to' : 'a directory that can be written to'
    this.#checker.fail([...options.path, option], at, `${option} is ${value}, which is not writable`, right)
  }

  #watcher(entry: ConfigEntry, dbs: ReadonlyMap<string, GaugeDb | undefined>): GaugeWatcher {
    const path = ['watchers', pathKey(entry.key)]
    const options = new Options(this.#checker, entry.value, path, watcherOptions)
    const { text, fail } = { text: options.text('type'), fail: this.#checker.fail.bind(this.#checker) }
    options.limits(this.#checker, 'interval')
    if (text === undefined || !watcherTypes.includes(text)) {
      const message = text === undefined ? 'type is missing' : `type is ${text}`
      fail([...path, 'type'], options.get('type') ?? entry.value, message, watcherTypes.join(', '))
    }
    const type = (text ?? 'port_stats') as WatcherType
    return {
      name: display(entry.key),
      type,
      dps: this.#dpsOf(options, entry.value),
      interval: options.int('interval'),
      dbs: this.#dbsOf(options, entry.value, type, dbs),
    }
  }

  #dpsOf(options: Options<typeof watcherOptions>, at: ConfigValue): readonly string[] {
    const dps = options.get('dps')
    const all = options.truthy('all_dps')
    if (all && dps) this.#checker.fail([...options.path, 'dps'], dps, 'dps and all_dps are both there', 'one of them')
    if (all) return [...this.#dps.keys()]
    if (!dps) this.#checker.fail([...options.path, 'dps'], at, 'dps is missing', 'a list of dataplanes, or all_dps: true')
    return options.list('dps').map(display).filter((name) => {
      if (!this.#dps.has(name)) this.#notes.push(`DP ${name} in Gauge but not configured in FAUCET`)
      return this.#dps.has(name)
    })
  }

  #dbsOf(
    options: Options<typeof watcherOptions>, at: ConfigValue, type: WatcherType, dbs: ReadonlyMap<string, GaugeDb | undefined>,
  ): readonly GaugeDb[] {
    const option = options.has('dbs') ? 'dbs' : 'db'
    const named = option === 'dbs' ? options.list('dbs') : [options.get('db')].filter((one) => one !== undefined)
    if (!options.has(option)) this.#checker.fail([...options.path, 'db'], at, 'db is missing', 'the name of a database, or dbs, a list')
    return named.flatMap((value, index) => {
      const path = option === 'dbs' ? [...options.path, option, index] : [...options.path, option]
      const name = display(value)
      const db = dbs.get(name)
      if (!dbs.has(name)) this.#checker.fail(path, value, `there is no database ${name}`, `one of ${[...dbs.keys()].join(', ')}`)
      if (db?.type === 'text' && db.path === undefined && type === 'flow_table') {
        this.#checker.fail(path, value, `the database ${name} has no path`, 'a database with path, a directory for dumps of flows')
      }
      return db ? [db] : []
    })
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function canWrite(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK)
    return true
  } catch {
    return false
  }
}
