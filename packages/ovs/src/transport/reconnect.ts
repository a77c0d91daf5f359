/**
 * Where a connection is in its life.
 *
 * - `void`: not wanted, or given up.
 * - `listening`: waits for the other side to connect (passive mode).
 * - `backoff`: waits before it tries again.
 * - `connecting`: a connection is being made.
 * - `active`: connected, and something was heard lately.
 * - `idle`: connected, nothing was heard for the probe interval, a probe is out.
 * - `reconnect`: connected, but the connection is to be replaced.
 */
export type ReconnectState = 'void' | 'listening' | 'backoff' | 'connecting' | 'active' | 'idle' | 'reconnect'

/** What the owner of a {@link Reconnect} has to do: connect (or listen), end the connection, or send a probe. */
export type ReconnectAction = 'connect' | 'disconnect' | 'probe'

/** Settings of a {@link Reconnect}. All times are milliseconds. */
export interface ReconnectOptions {
  /** First wait after a failure. Defaults to 1000. */
  readonly minBackoff?: number
  /** Longest wait after failures, each of which doubles it. Defaults to 8000. */
  readonly maxBackoff?: number
  /** Silence after which to probe, and again as much after which to give up. 0: never. Defaults to 5000. */
  readonly probeInterval?: number
  /** Attempts until it gives up. Defaults to no limit. */
  readonly maxTries?: number
  /** Whether to listen rather than to connect. Defaults to false. */
  readonly passive?: boolean
  /** Tries before the first wait, as many as there are remotes; see {@link Reconnect.setFreeTries}. Defaults to 1. */
  readonly freeTries?: number
  /** Makes the wait from a backoff, to spread clients over time. Defaults to the backoff itself. */
  readonly spread?: (backoff: number) => number
}

/** What has happened so far. Times are those that the owner passed as `now`. */
export interface ReconnectStatistics {
  readonly createdAt: number
  readonly state: ReconnectState
  /** Milliseconds in the present state. */
  readonly stateElapsed: number
  readonly backoff: number
  readonly lastActivity: number
  /** Absent before the first connection. */
  readonly lastConnected: number | undefined
  /** Absent before the first end of a connection. */
  readonly lastDisconnected: number | undefined
  /** Milliseconds connected, over all connections. */
  readonly totalConnected: number
  readonly attempts: number
  readonly successes: number
  /** Goes up by one with each connection and each end of one. */
  readonly seqno: number
}

/**
 * Decides when to connect, to probe and to give up, by the rules of Open vSwitch (its `reconnect` library): it does no
 * I/O, has no timer and no clock; every call brings the time. The owner tells what happened, calls {@link run} at
 * {@link deadline}, and does what that says.
 *
 * Backoff doubles from `minBackoff` to `maxBackoff` with each failure. A connection resets it only when it was active
 * for longer than the present backoff, so that a server that accepts and drops is not asked more and more often.
 */
export class Reconnect {
  readonly #createdAt: number
  readonly #minBackoff: number
  readonly #maxBackoff: number
  readonly #probeInterval: number
  readonly #passive: boolean
  readonly #spread: (backoff: number) => number
  #triesLeft: number
  #freeTries: number
  #state: ReconnectState = 'void'
  #enteredAt: number
  #backoff = 0
  /** Milliseconds to stay in `backoff`. */
  #wait = 0
  #lastActivity: number
  #lastReceiveAttempt: number
  #lastConnected: number | undefined
  #lastDisconnected: number | undefined
  #totalConnected = 0
  #attempts = 0
  #successes = 0
  #seqno = 0

  constructor(now: number, options: ReconnectOptions = {}) {
    this.#createdAt = now
    this.#enteredAt = now
    this.#lastActivity = now
    this.#lastReceiveAttempt = now
    this.#minBackoff = options.minBackoff ?? 1000
    this.#maxBackoff = options.maxBackoff ?? 8000
    this.#probeInterval = options.probeInterval ?? 5000
    this.#triesLeft = options.maxTries ?? Infinity
    this.#passive = options.passive ?? false
    this.#freeTries = options.freeTries ?? 1
    this.#spread = options.spread ?? ((backoff) => backoff)
  }

  get state(): ReconnectState {
    return this.#state
  }

  /** Whether there is a connection. */
  get isConnected(): boolean {
    return this.#state === 'active' || this.#state === 'idle'
  }

  /** Milliseconds of the present or the latest backoff, before any spread. */
  get backoff(): number {
    return this.#backoff
  }

  /** Milliseconds of the present or the latest wait. */
  get wait(): number {
    return this.#wait
  }

  /** Attempts that are left. */
  get triesLeft(): number {
    return this.#triesLeft
  }

  /** Wants a connection from now on, without a wait. Does nothing when there is one, or no try is left. */
  enable(now: number): void {
    if (this.#state !== 'void' || !this.#mayTry()) return
    this.#backoff = 0
    this.#wait = 0
    this.#enter(now, 'backoff')
  }

  /** Wants no connection any more. */
  disable(now: number): void {
    if (this.#state !== 'void') this.#enter(now, 'void')
  }

  /** Wants another connection in place of this one: {@link run} will say `disconnect`. */
  forceReconnect(now: number): void {
    if (this.isConnected || this.#state === 'connecting') this.#enter(now, 'reconnect')
  }

  /** A connection is being made. */
  connecting(now: number): void {
    if (this.#state !== 'connecting') this.#enter(now, 'connecting')
  }

  /** The listening socket is there. */
  listening(now: number): void {
    if (this.#state !== 'listening') this.#enter(now, 'listening')
  }

  /** Listening failed. */
  listenError(now: number): void {
    if (this.#state === 'listening') this.disconnected(now)
  }

  /** The connection is there. */
  connected(now: number): void {
    if (this.isConnected) return
    this.connecting(now)
    this.#enter(now, 'active')
    this.#lastConnected = now
  }

  /** The connection could not be made. */
  connectFailed(now: number): void {
    this.connecting(now)
    this.disconnected(now)
  }

  /** The connection, or the attempt, is over. */
  disconnected(now: number): void {
    if (this.#state === 'backoff' || this.#state === 'void') return
    if (!this.#mayTry()) return this.#enter(now, 'void')
    if (this.#freeTries > 1) {
      this.#freeTries--
      this.#wait = 0
    } else {
      this.#backoff = this.#nextBackoff()
      this.#wait = this.#spread(this.#backoff)
    }
    this.#enter(now, 'backoff')
  }

  /** Allows so many tries from now on before the next wait: the other remotes may be fine. */
  setFreeTries(tries: number): void {
    this.#freeTries = tries
  }

  /** Something was heard from the other side. */
  activity(now: number): void {
    if (this.#state === 'idle') this.#enter(now, 'active')
    this.#lastActivity = now
  }

  /**
   * The owner has looked for input. Silence only counts up to the latest look: an owner that is too busy to read does
   * not blame the other side. `Infinity`: it always looks, as one does whose input is pushed to it.
   */
  receiveAttempted(now: number): void {
    this.#lastReceiveAttempt = now
  }

  /** When {@link run} has to be called next; `undefined`: not before something happens. May be in the past. */
  deadline(now: number): number | undefined {
    switch (this.#state) {
      case 'void':
      case 'listening':
        return undefined
      case 'backoff':
        return this.#enteredAt + this.#wait
      case 'connecting':
        return this.#enteredAt + Math.max(1000, this.#backoff)
      case 'active': {
        if (this.#probeInterval === 0) return undefined
        const due = Math.max(this.#lastActivity, this.#enteredAt) + this.#probeInterval
        return this.#looked(now, due)
      }
      case 'idle':
        return this.#probeInterval === 0 ? undefined : this.#looked(now, this.#enteredAt + this.#probeInterval)
      case 'reconnect':
        return this.#enteredAt
    }
  }

  /** What to do now, if anything. A `probe` is said once; the others until the owner tells what came of them. */
  run(now: number): ReconnectAction | undefined {
    const due = this.deadline(now)
    if (due === undefined || now < due) return undefined
    switch (this.#state) {
      case 'backoff':
        return 'connect'
      case 'active':
        this.#enter(now, 'idle')
        return 'probe'
      default:
        return 'disconnect'
    }
  }

  statistics(now: number): ReconnectStatistics {
    const open = this.isConnected && this.#lastConnected !== undefined ? now - this.#lastConnected : 0
    return {
      createdAt: this.#createdAt,
      state: this.#state,
      stateElapsed: now - this.#enteredAt,
      backoff: this.#backoff,
      lastActivity: this.#lastActivity,
      lastConnected: this.#lastConnected,
      lastDisconnected: this.#lastDisconnected,
      totalConnected: this.#totalConnected + open,
      attempts: this.#attempts,
      successes: this.#successes,
      seqno: this.#seqno,
    }
  }

  #mayTry(): boolean {
    if (this.#triesLeft <= 0) return false
    this.#triesLeft--
    return true
  }

  #nextBackoff(): number {
    if (this.isConnected && this.#provedItself()) return this.#passive ? 0 : this.#minBackoff
    if (this.#backoff < this.#minBackoff) return this.#minBackoff
    return this.#backoff < this.#maxBackoff / 2 ? this.#backoff * 2 : this.#maxBackoff
  }

  /** Whether the latest connection lasted, by what was heard, at least as long as the wait that went before it. */
  #provedItself(): boolean {
    return this.#passive || this.#lastActivity - (this.#lastConnected ?? this.#lastActivity) >= this.#backoff
  }

  /** A deadline that has passed counts only once the owner has looked for input since. */
  #looked(now: number, due: number): number {
    return this.#lastReceiveAttempt >= due ? due : Math.max(due, now + 1)
  }

  #enter(now: number, state: ReconnectState): void {
    if (this.#state === 'connecting') {
      this.#attempts++
      if (state === 'active') this.#successes++
    }
    const was = this.isConnected
    this.#state = state
    if (was !== this.isConnected) {
      if (was) {
        this.#totalConnected += now - (this.#lastConnected ?? now)
        this.#lastDisconnected = now
      }
      this.#seqno++
    }
    this.#enteredAt = now
  }
}
