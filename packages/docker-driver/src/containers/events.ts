import type { Readable } from 'node:stream'
import { DockerDriverError } from '../errors.js'
import { hasFired, type EngineApi } from './engine-api.js'

/** What happened to a container. */
export interface ContainerEvent {
  /**
   * Docker's word: `create`, `start`, `die`, `kill`, `oom`, `pause`, `unpause`, `stop`, `restart`, `destroy`, `health_status`, `exec_die`, … podman
   * says `start`, `die`, `destroy` and `exec_die` as Docker does; the others it has in part, and some of its own (`init`, `cleanup`).
   */
  readonly action: string
  readonly containerId: string
  readonly containerName: string
  /** For `die` and `exec_die`. */
  readonly exitCode: number | undefined
  /** For `health_status`. */
  readonly health: 'healthy' | 'unhealthy' | 'starting' | undefined
  /** For `exec_die`. */
  readonly execId: string | undefined
  readonly time: Date
}

interface DockerMessage {
  readonly Action?: string
  readonly status?: string
  readonly id?: string
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> }
  readonly timeNano?: number
  readonly time?: number
}

type Listener = (event: ContainerEvent) => void

/** One connection to the engine's events for everything that waits for some; it is made when the first one does, and made again when Docker was restarted. */
export class EventHub {
  readonly #listeners = new Set<Listener>()
  /** What wakes the iterations that wait. */
  readonly #wakers = new Set<() => void>()
  #connected: Promise<void> | undefined
  #stream: Readable | undefined
  #last = ''
  #closed = false

  constructor(private readonly api: EngineApi) {}

  /** Resolves when the listener misses nothing any more. @returns what ends it */
  async subscribe(listener: Listener): Promise<() => void> {
    this.#listeners.add(listener)
    // What happens before the connection is there comes too, where the engine has our clock.
    if (this.#last === '' && this.api.endpoint.type === 'unix') this.#last = (Date.now() / 1000).toFixed(3)
    try {
      await (this.#connected ??= this.#connect())
    } catch (error) {
      this.#listeners.delete(listener)
      this.#connected = undefined
      throw error
    }
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Events that `test` accepts, from this call on, until the signal fires or the engine is closed. */
  events(test: (event: ContainerEvent) => boolean, signal?: AbortSignal): AsyncGenerator<ContainerEvent> {
    const waiting: ContainerEvent[] = []
    const wait = { wake: (): void => undefined }
    const subscribed = this.subscribe((event) => {
      if (!test(event)) return
      waiting.push(event)
      wait.wake()
    })
    // Told to whoever iterates.
    subscribed.catch(() => undefined)
    return this.#iterate(waiting, wait, subscribed, signal)
  }

  async *#iterate(waiting: ContainerEvent[], wait: { wake: () => void }, subscribed: Promise<() => void>, signal: AbortSignal | undefined): AsyncGenerator<ContainerEvent> {
    const unsubscribe = await subscribed
    const onAbort = (): void => wait.wake()
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#wakers.add(onAbort)
    try {
      for (;;) {
        const event = waiting.shift()
        if (event !== undefined) yield event
        else if (hasFired(signal) || this.#closed) return
        else await new Promise<void>((resolve) => (wait.wake = resolve))
      }
    } finally {
      unsubscribe()
      this.#wakers.delete(onAbort)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  close(): void {
    this.#closed = true
    this.#stream?.destroy()
    for (const wake of this.#wakers) wake()
  }

  async #connect(): Promise<void> {
    if (this.#closed) throw new DockerDriverError('closed', 'the engine was closed')
    const since = this.#last === '' ? undefined : this.#last
    const stream = await this.api.stream({ path: '/events', query: { filters: { type: ['container'] }, since }, what: 'listen to events' })
    this.#stream = stream
    let rest = ''
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.trim() !== '') this.#tell(line)
    })
    stream.on('error', () => undefined)
    stream.once('close', () => this.#again())
  }

  /** Docker was restarted, or is gone: what happened meanwhile comes by `since`. */
  #again(): void {
    if (this.#closed) return
    const attempt = async (): Promise<void> => {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 250).unref())
        if (this.#closed) return
        try {
          return await this.#connect()
        } catch {
          // Not yet there.
        }
      }
    }
    this.#connected = attempt()
    this.#connected.catch(() => undefined)
  }

  #tell(line: string): void {
    const event = eventOf(line)
    if (event === undefined) return
    const { nanoseconds } = event
    // `since` is inclusive.
    if (nanoseconds !== '' && nanoseconds === this.#last) return
    this.#last = nanoseconds
    for (const listener of [...this.#listeners]) listener(event)
  }
}

/** What podman calls otherwise. */
const PODMANS_WORDS: Readonly<Record<string, string>> = { died: 'die', exec_died: 'exec_die', remove: 'destroy' }

/** A line of `GET /events`; `nanoseconds` is Docker's time for `since`. Undefined for what is none. */
export function eventOf(line: string): (ContainerEvent & { readonly nanoseconds: string }) | undefined {
  let message: DockerMessage
  try {
    message = JSON.parse(line) as DockerMessage
  } catch {
    return undefined
  }
  const { Actor = {}, timeNano, time = 0 } = message
  const attributes = Actor.Attributes ?? {}
  // `exec_create: sh -c …` and `health_status: healthy` carry more than the word.
  const [action = '', ...detail] = (message.Action ?? message.status ?? '').split(': ')
  const code = attributes['exitCode'] ?? attributes['containerExitCode']
  // Nanoseconds are more than a double holds exactly: they are taken from the text.
  const digits = /"timeNano":(\d+)/.exec(line)?.[1] ?? ''
  const health = detail.join(': ')
  return {
    action: PODMANS_WORDS[action] ?? action,
    containerId: Actor.ID ?? message.id ?? '',
    containerName: attributes['name'] ?? '',
    exitCode: code === undefined ? undefined : Number(code),
    health: action === 'health_status' && (health === 'healthy' || health === 'unhealthy' || health === 'starting') ? health : undefined,
    execId: attributes['execID'],
    time: new Date(timeNano === undefined ? time * 1000 : timeNano / 1e6),
    nanoseconds: digits === '' ? '' : `${digits.slice(0, -9)}.${digits.slice(-9)}`,
  }
}
