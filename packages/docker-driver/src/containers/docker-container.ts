import { posix } from 'node:path'
import type { Readable } from 'node:stream'
import type { ExecResult, HostProcess } from '@streambed/linux'
import { DockerDriverError } from '../errors.js'
import { awaitReady, logEnd, ended } from './await-ready.js'
import type { Container, ContainerExecOptions, ContainerSpawnOptions, ContainerState, StartOptions } from './container.js'
import type { EngineApi } from './engine-api.js'
import { refusalOf } from './engine-error.js'
import type { ContainerEvent, EventHub } from './events.js'
import { execInContainer } from './exec.js'
import type { ExecTarget } from './exec-start.js'
import { archiveOf, checkPath, packFiles, putArchive, readContainerFile, readContainerFiles, type ContainerFile, type FileContent, type WriteFileOptions } from './files.js'
import { readLogs, type LogLine, type LogOptions } from './logs.js'
import { isProcessOf, maySignal } from './process-of.js'
import type { Readiness } from './readiness.js'
import { spawnInContainer } from './spawn.js'
import { stateOf, type InspectedContainer } from './state.js'

/** What the engine knows of a container that it made or joined. */
export interface ContainerOrigin {
  readonly id: string
  readonly name: string
  readonly image: string
  readonly owned: boolean
  readonly readiness: Readiness | undefined
  readonly stopTimeoutMs: number | undefined
  readonly tty: boolean
  /** Paths of file systems in memory, which Docker's copying does not see. */
  readonly tmpfs: readonly string[]
}

/** What a container needs of its engine. */
export interface ContainerSurroundings {
  readonly api: EngineApi
  readonly hub: EventHub
  /** The machine that published ports are on. */
  readonly host: string
  /** Reached by a unix socket. */
  readonly local: boolean
  readonly podman: boolean
  readonly onRemoved: (container: Container) => void
}

/** {@link Container} by Docker's API. */
export class DockerContainer implements Container {
  readonly id: string
  readonly name: string
  readonly image: string
  readonly owned: boolean
  readonly #origin: ContainerOrigin
  readonly #around: ContainerSurroundings
  readonly #where: string
  #pid: number | undefined
  #reach: 'host' | 'inside' | undefined

  constructor(origin: ContainerOrigin, around: ContainerSurroundings, pid?: number) {
    this.#origin = origin
    this.#around = around
    this.id = origin.id
    this.name = origin.name
    this.image = origin.image
    this.owned = origin.owned
    this.#where = `container "${origin.name}"`
    this.#pid = pid
  }

  get pid(): number | undefined {
    return this.#pid
  }

  async state(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<ContainerState> {
    const state = stateOf(await this.#around.api.json<InspectedContainer>({ path: `/containers/${this.id}/json`, signal: options.signal, what: `inspect ${this.#where}` }))
    if (state.pid !== this.#pid) this.#reach = undefined
    this.#pid = state.pid
    return state
  }

  async start(options: StartOptions = {}): Promise<void> {
    await this.#post('start', 'start', {}, options.signal)
    await this.#started(options)
  }

  async ready(options: { readonly readiness?: Readiness | undefined; readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const { hub, host } = this.#around
    await awaitReady({ container: this, hub, where: this.#where, engineHost: host }, options.readiness ?? this.#origin.readiness ?? {}, options.signal)
  }

  async stop(options: { readonly timeoutMs?: number | undefined } = {}): Promise<void> {
    const { timeoutMs = this.#origin.stopTimeoutMs } = options
    await this.#post('stop', 'stop', { t: timeoutMs === undefined ? undefined : Math.ceil(timeoutMs / 1000) })
    this.#pid = undefined
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.#post('kill', `send ${signal} to`, { signal })
  }

  pause(): Promise<void> {
    return this.#post('pause', 'pause')
  }

  unpause(): Promise<void> {
    return this.#post('unpause', 'unpause')
  }

  async restart(options: StartOptions & { readonly timeoutMs?: number | undefined } = {}): Promise<void> {
    const { timeoutMs = this.#origin.stopTimeoutMs } = options
    await this.#post('restart', 'restart', { t: timeoutMs === undefined ? undefined : Math.ceil(timeoutMs / 1000) }, options.signal)
    await this.#started(options)
  }

  async remove(): Promise<void> {
    // It would wait for the stop signal to have an effect, whatever it is told.
    if (this.#around.podman) await this.kill().catch(() => undefined)
    try {
      await this.#around.api.json({
        method: 'DELETE',
        path: `/containers/${this.id}`,
        query: { force: true, v: true },
        what: `remove ${this.#where}`,
      })
    } catch (error) {
      const refusal = refusalOf(error)
      // Somebody else is removing it: it is gone when that is done.
      if (refusal?.statusCode === 409 && /removal.*in progress/i.test(refusal.message)) await this.#wait('removed').catch(() => undefined)
      else if (refusal?.statusCode !== 404) throw error
    }
    this.#pid = undefined
    this.#around.onRemoved(this)
  }

  wait(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<number> {
    return this.#wait('not-running', options.signal)
  }

  async #wait(condition: string, signal?: AbortSignal): Promise<number> {
    const { StatusCode } = await this.#around.api.json<{ StatusCode: number }>({ method: 'POST', path: `/containers/${this.id}/wait`, query: { condition }, signal, what: `wait for ${this.#where}` })
    return StatusCode
  }

  exec(argv: readonly string[], options: ContainerExecOptions = {}): Promise<ExecResult> {
    return execInContainer(this.#target(), argv, options)
  }

  spawn(argv: readonly string[], options: ContainerSpawnOptions = {}): Promise<HostProcess> {
    return spawnInContainer(this.#target(), argv, options)
  }

  logs(options: LogOptions = {}): AsyncIterable<LogLine> {
    return readLogs(this.#around.api, this.id, this.#where, this.#origin.tty, options)
  }

  async readFile(path: string): Promise<Buffer> {
    if (this.#inMemory(path)) return Buffer.from((await this.#program(['cat', '--', path], `read ${path}`)).stdoutBytes)
    return await readContainerFile(this.#files, path)
  }

  async writeFile(path: string, content: string | Uint8Array, options: WriteFileOptions = {}): Promise<void> {
    checkPath(path)
    if (this.#inMemory(path)) {
      const { mode = 0o644, uid = 0, gid = 0 } = options
      const script = 'mkdir -p -- "${1%/*}/" && cat > "$1" && chmod "$2" "$1" && chown "$3" "$1"'
      await this.#program(['sh', '-c', script, 'sh', path, mode.toString(8), `${uid}:${gid}`], `write ${path}`, content)
      return
    }
    await putArchive(this.#files, posix.dirname(path), () => packFiles({ [posix.basename(path)]: { content, ...options } }))
  }

  async putFiles(folder: string, files: Readonly<Record<string, FileContent>> | Readable): Promise<void> {
    this.#refuseMemory(folder)
    // Also the streams of tar-stream, which are not Node's.
    await putArchive(this.#files, folder, isStream(files) ? files : () => packFiles(files))
  }

  async *getFiles(path: string): AsyncGenerator<ContainerFile> {
    this.#refuseMemory(path)
    yield* readContainerFiles(this.#files, path)
  }

  async getArchive(path: string): Promise<Readable> {
    this.#refuseMemory(path)
    return await archiveOf(this.#files, path)
  }

  events(options: { readonly signal?: AbortSignal | undefined } = {}): AsyncIterable<ContainerEvent> {
    return this.#around.hub.events(({ containerId }) => containerId === this.id, options.signal)
  }

  /** Removes it when it is ours. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.owned) await this.remove()
  }

  get #files(): { readonly api: EngineApi; readonly id: string; readonly where: string } {
    return { api: this.#around.api, id: this.id, where: this.#where }
  }

  #target(): ExecTarget {
    const { api, hub } = this.#around
    return { api, hub, id: this.id, where: this.#where, reach: () => this.#findReach(), explain: (error) => this.#explain(error) }
  }

  /** Known from the first process, which is always there; asked once for each start. */
  async #findReach(): Promise<'host' | 'inside'> {
    if (!this.#around.local) return 'inside'
    if (this.#reach !== undefined) return this.#reach
    const pid = this.#pid ?? (await this.state()).pid
    // It does not run: the next call says so.
    if (pid === undefined) return 'host'
    return (this.#reach = isProcessOf(pid, this.id) && maySignal(pid) ? 'host' : 'inside')
  }

  #inMemory(path: string): boolean {
    const normal = checkPath(path)
    return this.#origin.tmpfs.some((folder) => normal === folder || normal.startsWith(`${folder}/`))
  }

  #refuseMemory(path: string): void {
    if (this.#inMemory(path)) throw new DockerDriverError('invalid', `${path} of ${this.#where} is on a tmpfs, which Docker's copying does not see: use readFile, writeFile or exec`)
  }

  async #program(argv: readonly string[], what: string, input?: string | Uint8Array): Promise<ExecResult> {
    try {
      return await this.exec(argv, { user: '0', ...(input === undefined ? {} : { input }) })
    } catch (cause) {
      if (cause instanceof DockerDriverError) throw cause
      const code = /no such file/i.test((cause as Error).message) ? 'not-found' : 'docker'
      throw new DockerDriverError(code, `cannot ${what} of ${this.#where}, which is on a tmpfs: ${(cause as Error).message}`, { cause })
    }
  }

  async #started(options: StartOptions): Promise<void> {
    const { readiness } = this.#origin
    const state = await this.state(options.signal === undefined ? {} : { signal: options.signal })
    if (readiness === undefined || options.ready === false) return
    if (!state.running) throw await ended({ container: this, where: this.#where }, state)
    await this.ready({ signal: options.signal })
  }

  async #post(call: string, words: string, query: Readonly<Record<string, string | number | undefined>> = {}, signal?: AbortSignal): Promise<void> {
    try {
      await this.#around.api.json({ method: 'POST', path: `/containers/${this.id}/${call}`, query, signal, what: `${words} ${this.#where}` })
    } catch (error) {
      const refusal = refusalOf(error)
      if (call === 'start' && refusal !== undefined && /executable file not found|no such file or directory/i.test(refusal.message)) {
        throw new DockerDriverError('not-found', `cannot start ${this.#where}: its image "${this.image}" has no such program (${refusal.message})`, { cause: error })
      }
      throw await this.#explain(error)
    }
  }

  /** Docker only says that it does not run: since when, why, and what it wrote last is what one wants to know. */
  async #explain(error: unknown): Promise<unknown> {
    const refusal = refusalOf(error)
    if (refusal === undefined || !/is not running|running containers|state improper/i.test(refusal.message)) return error
    const state = await this.state().catch(() => undefined)
    if (state === undefined || state.running) return error
    const how = state.startedAt === undefined ? 'it was not started' : `it ended with exit code ${state.exitCode ?? '?'}`
    return new DockerDriverError('conflict', `${(error as Error).message.replace(/: .*$/s, '')}: ${how}.${state.startedAt === undefined ? '' : await logEnd(this)}`, { cause: error })
  }
}

function isStream(files: Readable | Readonly<Record<string, FileContent>>): files is Readable {
  return typeof (files as { pipe?: unknown }).pipe === 'function'
}
