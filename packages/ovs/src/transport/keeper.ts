import type { Duplex } from 'node:stream'
import { OvsError } from '../errors.js'
import { dial } from './dial.js'
import { type Listener, listen } from './listen.js'
import { Reconnect, type ReconnectStatistics } from './reconnect.js'
import { type ActiveTarget, formatTarget, isPassive, type PassiveTarget, type Target } from './target.js'
import type { TlsOptions } from './tls.js'

/** What the owner of a {@link ConnectionKeeper} makes of a stream: the protocol on it. */
export interface KeptConnection {
  /** Resolves when the connection is over and its stream destroyed. Never rejects. */
  readonly closed: Promise<unknown>
  /** Sends something that the other side must answer, such as `echo`. */
  probe(): void
  /** Ends the connection at once. */
  abort(reason: OvsError): void
  /** Ends the connection in good order. */
  close(): Promise<void>
  /** Whether it reads at the moment; silence does not count while it does not. Defaults to true. */
  isReading?(): boolean
}

/** The keeper's side of a connection. */
export interface Link {
  readonly target: Target
  /** Says that something was heard from the other side. To be called for every chunk, or every message. */
  activity(): void
  /**
   * Says that the other side is what was looked for: when the connection ends some time later, every remote is tried
   * again without a wait.
   */
  accept(): void
}

/** What a {@link ConnectionKeeper} is doing. */
export type KeeperEvent =
  | { readonly type: 'connecting'; readonly target: ActiveTarget; readonly attempt: number }
  | { readonly type: 'listening'; readonly target: PassiveTarget }
  | { readonly type: 'connected'; readonly target: Target }
  /** A connection ended, or could not be made. The next try follows in `delay` milliseconds. */
  | { readonly type: 'backoff'; readonly target: Target; readonly delay: number; readonly error: OvsError }
  /** It is over. `error` is absent after `close()`. */
  | { readonly type: 'closed'; readonly error?: OvsError }

/** Options of a {@link ConnectionKeeper}. Times are milliseconds. */
export interface ConnectionKeeperOptions {
  /** Where to connect to, tried in turn; or a single passive target, to be connected to from there. */
  readonly targets: readonly Target[]
  /** Takes each new stream. Called within the event that brings it, so that no byte is missed. */
  readonly onConnection: (stream: Duplex, link: Link) => KeptConnection
  readonly onEvent?: (event: KeeperEvent) => void
  readonly tls?: TlsOptions | undefined
  /** Whether to try the targets in random order. Defaults to false. */
  readonly shuffle?: boolean | undefined
  /** First wait after a failure of all targets. Defaults to 1000. */
  readonly minBackoff?: number | undefined
  /** Longest wait. Defaults to 8000. */
  readonly maxBackoff?: number | undefined
  /** Shortens each wait by a random part of at most this share. Defaults to 0.5. */
  readonly jitter?: number | undefined
  /** Silence after which to probe, and again as much after which to give up. 0: never. Defaults to 5000. */
  readonly probeInterval?: number | undefined
  /** Connection attempts until it gives up. Defaults to no limit. */
  readonly maxTries?: number | undefined
  /** Ends the keeper, as {@link ConnectionKeeper.abort} does. */
  readonly signal?: AbortSignal | undefined
}

/** Milliseconds between looks at a connection that does not read, and whose silence therefore does not count. */
const busyInterval = 100

/**
 * Keeps one connection to one of several targets: connects, probes on every kind of target, gives up what is silent,
 * waits with jitter, and tries the next. Every round through the targets is quick; the wait is between rounds.
 *
 * With a passive target it listens, and a new connection replaces the one that is there, as in Open vSwitch.
 */
export class ConnectionKeeper implements AsyncDisposable {
  /** Resolves when the keeper is over: with `undefined` after {@link close}, with the reason otherwise. */
  readonly closed: Promise<OvsError | undefined>
  readonly #options: ConnectionKeeperOptions
  readonly #targets: readonly Target[]
  readonly #fsm: Reconnect
  readonly #stop = new AbortController()
  readonly #minBackoff: number
  #resolveClosed!: (error: OvsError | undefined) => void
  #next = 0
  #timer: NodeJS.Timeout | undefined
  #connection: KeptConnection | undefined
  #connectedAt = 0
  #accepted = false
  #attempt: AbortController | undefined
  #listener: Listener | undefined
  #over = false

  /**
   * Starts at once; the first attempt is made in a later turn of the event loop.
   * @throws OvsError `invalid` for no target, and for a passive target among others.
   */
  constructor(options: ConnectionKeeperOptions) {
    const { targets, jitter = 0.5, probeInterval, maxTries } = options
    const passive = targets.find(isPassive)
    if (targets.length === 0) throw new OvsError('invalid', 'there is no target to connect to')
    if (passive && targets.length > 1)
      throw new OvsError('invalid', `${formatTarget(passive)} is to be listened on and must be the only target`)
    this.#options = options
    this.#targets = options.shuffle ? shuffled(targets) : targets
    this.#minBackoff = options.minBackoff ?? 1000
    this.#fsm = new Reconnect(performance.now(), {
      minBackoff: this.#minBackoff,
      maxBackoff: options.maxBackoff ?? 8000,
      probeInterval: probeInterval ?? 5000,
      passive: passive !== undefined,
      freeTries: targets.length,
      ...(maxTries === undefined ? {} : { maxTries }),
      spread: (backoff) => backoff * (1 - Math.random() * jitter),
    })
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve))
    const { signal } = options
    const onAbort = () =>
      this.#end(new OvsError('aborted', 'the connection was aborted by its signal', { cause: signal?.reason }))
    signal?.addEventListener('abort', onAbort, { once: true })
    void this.closed.then(() => signal?.removeEventListener('abort', onAbort))
    this.#fsm.enable(performance.now())
    if (signal?.aborted) queueMicrotask(onAbort)
    else this.#schedule()
  }

  /** What has happened so far. */
  get statistics(): ReconnectStatistics {
    return this.#fsm.statistics(performance.now())
  }

  /** The target that is connected to, or tried, or comes next; for a passive one with the port that was chosen. */
  get target(): Target {
    return this.#listener?.target ?? (this.#targets[this.#next % this.#targets.length] as Target)
  }

  /** Ends the present connection, if any, and tries the next target at once. */
  reconnect(reason: OvsError): void {
    if (this.#over || !this.#connection) return
    this.#fsm.setFreeTries(this.#targets.length + 1)
    this.#lost(reason)
  }

  /** Ends the connection in good order and stops. Idempotent. */
  async close(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    this.#finish(undefined)
    await connection?.close()
    await this.closed
  }

  /** Ends the connection at once and stops. Idempotent. */
  abort(reason?: unknown): void {
    this.#end(new OvsError('aborted', `the connection was given up${because(reason)}`, { cause: reason }))
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    if (this.#over) return
    const now = performance.now()
    const deadline = this.#fsm.deadline(now)
    if (deadline === undefined) return
    const soonest = this.#isReading() ? 0 : busyInterval
    // Input that came while this process was busy is read first: silence is only what is left after that.
    this.#timer = setTimeout(() => setImmediate(() => this.#wake()), Math.max(soonest, Math.ceil(deadline - now)))
  }

  #isReading(): boolean {
    return this.#connection?.isReading?.() ?? true
  }

  #wake(): void {
    if (this.#over) return
    const now = performance.now()
    if (this.#isReading()) this.#fsm.receiveAttempted(now)
    switch (this.#fsm.run(now)) {
      case 'connect':
        this.#connect(now)
        break
      case 'probe':
        this.#connection?.probe()
        break
      case 'disconnect':
        this.#giveUp(now)
        break
      case undefined:
    }
    this.#schedule()
  }

  /** The time for what is going on is over. */
  #giveUp(now: number): void {
    const { target } = this
    const elapsed = Math.round(this.#fsm.statistics(now).stateElapsed)
    const name = formatTarget(target)
    if (this.#attempt) this.#failed(new OvsError('timeout', `no connection to ${name} within ${elapsed} ms`))
    else this.#lost(new OvsError('timeout', `${name} is silent: no answer to a probe within ${elapsed} ms`))
  }

  #connect(now: number): void {
    // A round of its own begins after each wait.
    if (this.#fsm.wait > 0) this.#fsm.setFreeTries(this.#targets.length)
    const { target } = this
    if (isPassive(target)) return void this.#listen(target, now)
    this.#fsm.connecting(now)
    this.#options.onEvent?.({ type: 'connecting', target, attempt: this.#fsm.statistics(now).attempts + 1 })
    const attempt = new AbortController()
    this.#attempt = attempt
    dial(target, { tls: this.#options.tls, signal: attempt.signal }).then(
      (stream) => {
        if (attempt.signal.aborted) return void stream.destroy()
        this.#attempt = undefined
        this.#connected(stream, target)
      },
      (error: OvsError) => {
        if (!attempt.signal.aborted) this.#failed(error)
      },
    )
  }

  async #listen(target: PassiveTarget, now: number): Promise<void> {
    if (this.#listener) {
      this.#fsm.listening(now)
      return this.#options.onEvent?.({ type: 'listening', target: this.#listener.target })
    }
    this.#fsm.listening(now)
    try {
      const listener = await listen(target, {
        tls: this.#options.tls,
        signal: this.#stop.signal,
        onConnection: (stream) => this.#connectedFrom(stream, target),
      })
      if (this.#over) return await listener.close()
      this.#listener = listener
      this.#options.onEvent?.({ type: 'listening', target: listener.target })
    } catch (error) {
      if (!this.#over) this.#failed(error as OvsError)
    }
  }

  #connectedFrom(stream: Duplex, target: PassiveTarget): void {
    if (this.#connection) this.#lost(new OvsError('closed', 'a new connection replaced the one that was there'))
    this.#connected(stream, this.#listener?.target ?? target)
  }

  #connected(stream: Duplex, target: Target): void {
    if (this.#over) return void stream.destroy()
    const now = performance.now()
    this.#fsm.connected(now)
    this.#connectedAt = now
    this.#accepted = false
    let current = true
    const ifCurrent = (action: () => void) => () => {
      if (current) action()
    }
    const connection = this.#options.onConnection(stream, {
      target,
      // The timer is left as it is: when it comes it finds that there is more time.
      activity: ifCurrent(() => this.#heard()),
      accept: ifCurrent(() => (this.#accepted = true)),
    })
    this.#connection = connection
    this.#options.onEvent?.({ type: 'connected', target })
    void connection.closed.then((reason) => {
      current = false
      if (this.#connection === connection) this.#lost(asError(reason))
    })
    this.#schedule()
  }

  #heard(): void {
    const wasIdle = this.#fsm.state === 'idle'
    this.#fsm.activity(performance.now())
    if (wasIdle) this.#schedule()
  }

  /** The connection is over, or is to be. */
  #lost(error: OvsError): void {
    const connection = this.#connection
    if (!connection || this.#over) return
    this.#connection = undefined
    if (this.#accepted && performance.now() - this.#connectedAt >= this.#minBackoff)
      this.#fsm.setFreeTries(this.#targets.length + 1)
    connection.abort(error)
    this.#backOff(error)
  }

  /** A connection, or a listening socket, could not be made. */
  #failed(error: OvsError): void {
    this.#attempt?.abort()
    this.#attempt = undefined
    this.#backOff(error)
  }

  #backOff(error: OvsError): void {
    const { target } = this
    this.#fsm.disconnected(performance.now())
    this.#next++
    if (this.#fsm.state === 'void') return this.#end(error)
    this.#options.onEvent?.({ type: 'backoff', target, delay: this.#fsm.wait, error })
    this.#schedule()
  }

  #end(error: OvsError): void {
    const connection = this.#connection
    this.#connection = undefined
    connection?.abort(error)
    this.#finish(error)
  }

  #finish(error: OvsError | undefined): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#timer)
    this.#attempt?.abort()
    this.#stop.abort()
    this.#fsm.disable(performance.now())
    this.#options.onEvent?.({ type: 'closed', ...(error ? { error } : {}) })
    void Promise.resolve(this.#listener?.close()).then(() => this.#resolveClosed(error))
  }
}

function asError(reason: unknown): OvsError {
  return reason instanceof OvsError ? reason : new OvsError('closed', 'the connection was closed')
}

function because(reason: unknown): string {
  if (reason === undefined) return ''
  return `: ${reason instanceof Error ? reason.message : String(reason)}`
}

function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items]
  for (let at = result.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1))
    ;[result[at], result[other]] = [result[other] as T, result[at] as T]
  }
  return result
}
