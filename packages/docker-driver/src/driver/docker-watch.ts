import { setTimeout as sleep } from 'node:timers/promises'
import type { DockerEngine, DockerEvent } from '../docker/docker-engine.js'
import type { DriverLog } from './context.js'

/** What a {@link DockerWatch} is made with. */
export interface DockerWatchParts {
  readonly docker: DockerEngine
  readonly log: (level: DriverLog['level'], text: string) => void
  /** Docker is about to count as one that answers: what happened before nobody has told. */
  readonly onOpen: () => void
  /** Docker answers, or answers again. */
  readonly onAnswer: () => void
  /** Every event, at once. */
  readonly onHeard: (event: DockerEvent) => void
  /** Every event, when that of the one before has resolved. */
  readonly onEvent: (event: DockerEvent) => Promise<void>
}

const RECONNECT_MS = 500

/** How long Docker may take to say which engine it is, when somebody waits for it. */
const ENGINE_MS = 3000

/** Follows what Docker tells, over as many connections as it takes. */
export class DockerWatch implements AsyncDisposable {
  readonly #parts: DockerWatchParts
  readonly #stop = new AbortController()
  #answers = false
  #answered = false
  #engine: string | undefined
  #watching: Promise<void> | undefined

  constructor(parts: DockerWatchParts) {
    this.#parts = parts
  }

  /** Whether Docker answers now. It does not while it restores its networks, and then waits for us. */
  get answers(): boolean {
    return this.#answers
  }

  /** Whether it has answered since the start, at least once: dockerd is done with its own rules of the firewall then. */
  get answered(): boolean {
    return this.#answered
  }

  /** Docker's id of its engine, as far as it is known: of the one that answered last. */
  get engine(): string | undefined {
    return this.#engine
  }

  /** Docker's id of the engine that answers now; undefined when none does. */
  async engineId(): Promise<string | undefined> {
    if (!this.#answers) return undefined
    if (this.#engine !== undefined) return this.#engine
    const id = await this.#parts.docker.engineId(ENGINE_MS).catch(() => '')
    if (id === '' || !this.#answers) return undefined
    return (this.#engine = id)
  }

  /** Begins. */
  start(): void {
    this.#watching ??= this.#watch()
  }

  /** Ends it. Idempotent. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#watching
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stop
    const { docker, log, onOpen, onAnswer, onHeard } = this.#parts
    let said = false
    let told = Promise.resolve()
    while (!signal.aborted) {
      try {
        const events = await docker.events(signal)
        // It may be another engine than before.
        this.#engine = undefined
        onOpen()
        this.#answers = this.#answered = true
        said = false
        await this.engineId()
        onAnswer()
        for await (const event of events) {
          onHeard(event)
          told = told.then(() => this.#tell(event))
        }
      } catch (error) {
        if (!said && !signal.aborted) log('warning', (error as Error).message)
        said = true
      }
      this.#answers = false
      if (!signal.aborted) await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined)
    }
    await told
  }

  async #tell(event: DockerEvent): Promise<void> {
    const { log, onEvent } = this.#parts
    await onEvent(event).catch((error: unknown) => log('error', `after Docker's event ${event.type} ${event.action}: ${(error as Error).message}`))
  }
}
