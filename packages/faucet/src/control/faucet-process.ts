import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { realpath, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PassiveTcpTarget, PassiveSslTarget, TlsOptions } from '@streambed/ovs'
import { FaucetError } from '../errors.js'
import { loadFaucetConfig, type FaucetConfig, type ParsedFaucetConfig, type ResolvedFaucetConfig } from '../config/index.js'
import { EventFeed, type EventFeedOptions, type FaucetEvents } from '../controller/runtime/event-feed.js'
import { editFaucetFile, stringifyFaucetConfig } from '../write/index.js'
import { hashOf, loadedConfig, type LoadedConfig } from './config-source.js'
import { EventSocketReader } from './event-socket-reader.js'
import { FaucetChild, freePort } from './faucet-child.js'
import type {
  Applied, AppliedDataplane, ConfigSource, ControlCallOptions, DataplaneStatus, FaucetControl, ReadyOptions,
} from './faucet-control.js'
import { listenArguments, listeningAt } from './faucet-listening.js'
import { parsePrometheusText, samplesOf, valueOf, type Sample } from './prometheus-text.js'
import { vanishingFolder, type VanishingFolder } from './vanishing-folder.js'
import { checkNames, waiting } from './waiting.js'

/** Options of {@link FaucetProcess.start}. */
export interface FaucetStartOptions extends ControlCallOptions {
  readonly config: ConfigSource
  /** `ptcp:[PORT][:HOST]` or `pssl:[PORT][:HOST]`; port 0 chooses one. Defaults to `ptcp:0:127.0.0.1`. */
  readonly listen?: string
  /** Keys and certificates for `pssl:`; all three are needed to have switches checked. */
  readonly tls?: TlsOptions
  /** The program and its first arguments. Defaults to `['faucet']`, looked for in the PATH. */
  readonly command?: readonly string[]
  /** More arguments, such as `--ryu-config-file=…`. */
  readonly args?: readonly string[]
  /** More environment variables, such as `FAUCET_LOG_LEVEL`; they win. */
  readonly env?: Readonly<Record<string, string>>
  /** For its files, which stay. Defaults to a folder of its own, which goes with it. */
  readonly directory?: string
}

/** Options of {@link FaucetProcess.attach}. */
export interface FaucetAttachOptions extends ControlCallOptions {
  /** Its `faucet.yaml`. What it includes is read too; {@link FaucetControl.apply} writes this file only. */
  readonly configFile: string
  /** Gets it to read the file again: its process id, for SIGHUP, or a function, for one that is elsewhere. */
  readonly reload: number | (() => void | Promise<void>)
  /** Where its metrics are. Defaults to `http://127.0.0.1:9302`. */
  readonly prometheus?: string
  /** Its event socket, which takes one reader. Without it there are no events. */
  readonly eventSocket?: string
}

interface Parts {
  readonly configFile: string
  readonly loaded: LoadedConfig
  readonly text: string
  readonly prometheus: string
  readonly reload: () => void | Promise<void>
  readonly child?: FaucetChild
  readonly eventSocket?: string
  readonly listening?: PassiveTcpTarget | PassiveSslTarget
  /** To be removed at the end. */
  readonly folder?: VanishingFolder
}

/** Milliseconds between two looks at the metrics. */
const firstLook = 20
const lastLook = 250

/**
 * The real Faucet: a child that is started, or one that runs already. It is told by its file and SIGHUP, and asked by
 * its metrics. That it has taken a configuration is known from the hash that it reports; whether every switch has taken
 * every flow it does not say.
 *
 * ```ts
 * await using faucet = await FaucetProcess.start({ config: text, listen: 'ptcp:6653' })
 * ```
 */
export class FaucetProcess implements FaucetControl {
  readonly #parts: Parts
  readonly #feed = new EventFeed()
  readonly #events: EventSocketReader | undefined
  /** Rejects when there is no Faucet any more. */
  readonly #over: Promise<never>
  readonly #stop = new AbortController()
  #loaded: LoadedConfig
  #text: string
  #last: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined

  private constructor(parts: Parts) {
    this.#parts = parts
    this.#loaded = parts.loaded
    this.#text = parts.text
    this.#over = new Promise((_, reject) => {
      this.#stop.signal.addEventListener('abort', () => reject(this.#stop.signal.reason as FaucetError), { once: true })
    })
    this.#over.catch(() => {})
    void parts.child?.ended.then((error) => this.#end(error))
    if (parts.eventSocket !== undefined) this.#events = new EventSocketReader(parts.eventSocket, (event) => this.#feed.emit(event))
  }

  /**
   * Starts a Faucet, and resolves when it listens and has the configuration.
   * @throws FaucetError `config` with every issue, `process` with what it said when it ends, `invalid`, `timeout`, `aborted`
   */
  static async start(options: FaucetStartOptions): Promise<FaucetProcess> {
    const loaded = loadedConfig(options.config)
    const text = textOf(options.config, loaded)
    const folder = options.directory === undefined ? await vanishingFolder('faucet-') : { path: options.directory, remove: () => Promise.resolve() }
    const directory = folder.path
    let child: FaucetChild | undefined
    let faucet: FaucetProcess | undefined
    try {
      const configFile = join(directory, 'faucet.yaml')
      const eventSocket = join(directory, 'events.sock')
      // What a Unix socket's name may have (unix(7)).
      if (Buffer.byteLength(eventSocket) > 107) throw new FaucetError('invalid', `directory ${directory} is too long a name for a socket in it`)
      await writeFile(configFile, text)
      const listening = await listeningAt(options.listen ?? 'ptcp:0:127.0.0.1')
      const port = await freePort('127.0.0.1')
      const logs = ['faucet.log', 'exception.log'].map((name) => join(directory, name))
      const env = {
        FAUCET_CONFIG: configFile,
        FAUCET_LOG: logs[0] ?? '',
        FAUCET_EXCEPTION_LOG: logs[1] ?? '',
        FAUCET_EVENT_SOCK: eventSocket,
        FAUCET_PROMETHEUS_ADDR: '127.0.0.1',
        FAUCET_PROMETHEUS_PORT: String(port),
        PYTHONDONTWRITEBYTECODE: '1',
        ...options.env,
      }
      const args = [...(await listenArguments(listening, options.tls, directory)), ...(options.args ?? [])]
      const started = new FaucetChild({ command: options.command ?? ['faucet'], args, env, logs: [join(directory, 'exception.log')] })
      child = started
      const prometheus = `http://127.0.0.1:${String(port)}`
      const reload = () => started.signal('SIGHUP')
      faucet = new FaucetProcess({
        configFile, loaded, text, prometheus, reload, child, eventSocket, listening, folder,
      })
      await faucet.#waitUntil((samples) => hasHash(samples, hashOf(text)), () => 'Faucet did not start', options)
      return faucet
    } catch (error) {
      if (faucet) await faucet.close()
      else {
        await child?.close()
        await folder.remove()
      }
      throw error
    }
  }

  /**
   * Takes part in a Faucet that runs already. {@link close} lets it run on.
   * @throws FaucetError `config` when its file is not valid, `io` when it does not answer, `timeout`, `aborted`
   */
  static async attach(options: FaucetAttachOptions): Promise<FaucetProcess> {
    const { configFile, reload, prometheus = 'http://127.0.0.1:9302', eventSocket } = options
    const loaded = loadedConfig(loadFaucetConfig(configFile))
    const faucet = new FaucetProcess({
      configFile,
      loaded,
      text: readFileSync(configFile, 'utf8'),
      prometheus,
      reload: typeof reload === 'number' ? () => void process.kill(reload, 'SIGHUP') : reload,
      ...(eventSocket === undefined ? {} : { eventSocket }),
    })
    try {
      await waiting(faucet.#scrape(), () => `no answer of ${prometheus}`, options)
      return faucet
    } catch (error) {
      await faucet.close()
      throw error
    }
  }

  /** Where it listens for switches; `undefined` for one that was not started here. */
  get listening(): PassiveTcpTarget | PassiveSslTarget | undefined {
    return this.#parts.listening
  }

  /** Its process; `undefined` for one that was not started here. */
  get pid(): number | undefined {
    return this.#parts.child?.pid
  }

  /**
   * @throws FaucetError `config` with every issue, or with Faucet's own words when it refuses what we think valid;
   *   `process` when it has ended
   */
  apply(config: ConfigSource, options: ControlCallOptions = {}): Promise<Applied> {
    return this.#inTurn(() => {
      const loaded = loadedConfig(config)
      return this.#apply(loaded, textOf(config, loaded), options)
    })
  }

  /** As {@link FaucetControl.edit}; comments and style of the file stay. What it includes is not edited. */
  edit(change: (config: FaucetConfig) => FaucetConfig, options: ControlCallOptions = {}): Promise<Applied> {
    return this.#inTurn(async () => {
      const text = editFaucetFile(this.#text, change)
      const { configFile } = this.#parts
      const parsed = loadFaucetConfig(configFile, { readFile: (name) => (name === configFile ? text : readOrNothing(name)) })
      return this.#apply(loadedConfig(parsed), text, options)
    })
  }

  config(): FaucetConfig {
    return this.#loaded.parsed.config
  }

  resolved(): ResolvedFaucetConfig {
    return this.#loaded.resolved
  }

  /** As {@link FaucetControl.events}. Faucet drops events beyond 120 that nobody reads. */
  events(options: EventFeedOptions = {}): FaucetEvents {
    return this.#feed.read(options)
  }

  async ready({ dps, ...options }: ReadyOptions = {}): Promise<void> {
    const known = this.resolved().dps.map(({ name }) => name)
    checkNames(dps, known)
    let missing: readonly string[] = dps ?? known
    const isReady = (samples: readonly Sample[]) => {
      missing = (dps ?? known).filter((name) => valueOf(samples, 'dp_status', name) !== 1)
      return missing.length === 0
    }
    await this.#waitUntil(isReady, () => `not connected: ${missing.join(', ')}`, options)
  }

  async dataplanes(): Promise<readonly DataplaneStatus[]> {
    const samples = await this.#scrape()
    return this.resolved().dps.map(({ name, dp_id: dpId }) => ({ name, dpId, up: valueOf(samples, 'dp_status', name) === 1 }))
  }

  async metrics(): Promise<string> {
    return this.#fetch()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    this.#end(new FaucetError('closed', 'this Faucet was closed: start another one'))
    await this.#parts.child?.close()
    await this.#parts.folder?.remove()
  }

  /** There is no Faucet any more: what waits is rejected. */
  #end(error: FaucetError): void {
    this.#stop.abort(error)
    void this.#events?.close()
    this.#feed.close()
  }

  /** One change after the other. */
  #inTurn<T>(action: () => Promise<T> | T): Promise<T> {
    const result = this.#last.then(() => {
      this.#stop.signal.throwIfAborted()
      return action()
    })
    this.#last = result.catch(() => {})
    return result
  }

  async #apply(loaded: LoadedConfig, text: string, options: ControlCallOptions): Promise<Applied> {
    const before = await this.#scrape()
    const old = this.#loaded.resolved
    if (text === this.#text) return { dataplanes: old.dps.map((dp) => applied(dp, 'none', before, before)) }
    await this.#write(text)
    await this.#parts.reload()
    const hash = hashOf(text)
    const requests = valueOf(before, 'faucet_config_reload_requests_total') ?? 0
    let refusal: string | undefined
    // It counts at the very end of reading a configuration.
    const isRead = (samples: readonly Sample[]) => {
      if ((valueOf(samples, 'faucet_config_reload_requests_total') ?? 0) <= requests) return false
      refusal = valueOf(samples, 'faucet_config_load_error') === 1 ? errorIn(samples) : undefined
      return refusal !== undefined || hasHash(samples, hash)
    }
    let after = await this.#waitUntil(isRead, () => 'Faucet did not read the configuration', options)
    if (refusal !== undefined) {
      await this.#write(this.#text)
      await this.#parts.reload()
      throw new FaucetError('config', `Faucet refuses the configuration: ${refusal}`)
    }
    this.#loaded = loaded
    this.#text = text
    // Those that it makes anew are connected anew.
    const cold = loaded.resolved.dps.filter(({ name }) => risen(before, after, 'faucet_config_reload_cold_total', name))
    const isBack = (samples: readonly Sample[]) =>
      cold.every(({ name }) => valueOf(before, 'dp_status', name) !== 1 ||
        (risen(before, samples, 'of_dp_connections_total', name) && valueOf(samples, 'dp_status', name) === 1))
    after = await this.#waitUntil(isBack, () => 'switches did not come back', options)
    const known = new Set(old.dps.map(({ dp_id }) => dp_id))
    const dataplanes = loaded.resolved.dps.map((dp) => {
      const restart = !known.delete(dp.dp_id) ? 'new' : cold.includes(dp) ? 'cold' : risen(before, after, 'faucet_config_reload_warm_total', dp.name) ? 'warm' : 'none'
      return applied(dp, restart, before, after)
    })
    const removed = old.dps.filter(({ dp_id }) => known.has(dp_id))
    return { dataplanes: [...dataplanes, ...removed.map((dp) => applied(dp, 'removed', before, after))] }
  }

  /** At once: nobody ever reads a half. */
  async #write(text: string): Promise<void> {
    const { configFile } = this.#parts
    try {
      const target = await realpath(configFile)
      const temporary = `${target}.${randomUUID()}`
      await writeFile(temporary, text)
      await rename(temporary, target)
    } catch (cause) {
      throw new FaucetError('io', `cannot write ${configFile}: ${(cause as Error).message}`, { cause })
    }
  }

  /** Looks at the metrics until they are as they should be, and gives them. */
  async #waitUntil(
    isRight: (samples: readonly Sample[]) => boolean,
    what: () => string,
    { signal, timeout }: ControlCallOptions,
  ): Promise<readonly Sample[]> {
    const given = new AbortController()
    const look = async (): Promise<readonly Sample[]> => {
      for (let pause = firstLook; ; pause = Math.min(pause * 1.5, lastLook)) {
        // One that has just been started does not answer yet.
        const samples = await this.#scrape().catch(() => [])
        this.#stop.signal.throwIfAborted()
        if (isRight(samples)) return samples
        await sleep(pause, undefined, { signal: given.signal })
      }
    }
    try {
      return await waiting(Promise.race([look(), this.#over]), what, { ...(signal ? { signal } : {}), ...(timeout === undefined ? {} : { timeout }) })
    } finally {
      given.abort()
    }
  }

  async #scrape(): Promise<readonly Sample[]> {
    return parsePrometheusText(await this.#fetch())
  }

  async #fetch(): Promise<string> {
    this.#stop.signal.throwIfAborted()
    try {
      const response = await fetch(this.#parts.prometheus, { signal: this.#stop.signal })
      return await response.text()
    } catch (cause) {
      this.#stop.signal.throwIfAborted()
      throw new FaucetError('io', `no metrics from ${this.#parts.prometheus}: ${(cause as Error).message}`, { cause })
    }
  }
}

function applied(
  { name, dp_id: dpId }: { readonly name: string; readonly dp_id: bigint },
  restart: AppliedDataplane['restart'],
  before: readonly Sample[],
  after: readonly Sample[],
): AppliedDataplane {
  const sent = (samples: readonly Sample[]) => valueOf(samples, 'of_flowmsgs_sent_total', name) ?? 0
  const changes = restart === 'warm' || restart === 'cold' ? sent(after) - sent(before) : restart === 'none' ? 0 : undefined
  return { name, dpId, restart, confirmed: restart !== 'removed' && valueOf(after, 'dp_status', name) === 1, changes }
}

function risen(before: readonly Sample[], after: readonly Sample[], metric: string, dpName: string): boolean {
  return (valueOf(after, metric, dpName) ?? 0) > (valueOf(before, metric, dpName) ?? 0)
}

function hasHash(samples: readonly Sample[], hash: string): boolean {
  return samplesOf(samples, 'faucet_config_hash_info').some(({ labels, value }) => value === 1 && labels.hashes?.split(',').includes(hash))
}

function errorIn(samples: readonly Sample[]): string {
  return samplesOf(samples, 'faucet_config_hash_info').find(({ labels, value }) => value === 1 && labels.error)?.labels.error ?? 'no reason given'
}

/** The text of a configuration: as it was given, where it was given as one. */
function textOf(source: ConfigSource, { parsed: { config } }: LoadedConfig): string {
  if (typeof source === 'string') return source
  const [file, ...others] = 'files' in source ? (source as ParsedFaucetConfig).files : []
  return others.length === 0 && file?.text !== undefined ? file.text : stringifyFaucetConfig(config)
}

function readOrNothing(name: string): string | undefined {
  try {
    return readFileSync(name, 'utf8')
  } catch {
    return undefined
  }
}
