import { setTimeout as sleep } from 'node:timers/promises'
import { applyNat } from './apply-nat.js'
import type { DriverContext } from './context.js'
import type { Exclusion } from './exclusion.js'
import type { Leases } from './leases.js'
import { reconcile } from './reconcile.js'
import { Told } from './told.js'

/** What a comparison of everything has found, or what it failed with. */
export interface Comparison {
  readonly seconds: number
  /** Differences that were mended. */
  readonly repairs?: number
  readonly cause?: unknown
}

/** What a {@link Reconciler} is made with. */
export interface ReconcilerParts {
  readonly context: DriverContext
  readonly exclusion: Exclusion
  readonly leases: Leases
  /** Milliseconds between two comparisons. */
  readonly interval: number
  readonly onCompared: (comparison: Comparison) => void
}

/** After this, Docker lists what was made a moment before a comparison, or never will. */
const LATER_MS = 10_500

/** A comparison this old is as good as a new one, for who asks for the status. */
const RECENT_MS = 1000

/** How long who asks for the status waits for a comparison. */
const LOOK_MS = 2000

/** Compares everything again and again, and whenever it is asked to; one comparison at a time. */
export class Reconciler implements AsyncDisposable {
  readonly #parts: ReconcilerParts
  readonly #told = new Told()
  readonly #natTold = new Told()
  readonly #stop = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #soon: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #again = false
  #comparedAt = -Infinity

  constructor(parts: ReconcilerParts) {
    this.#parts = parts
  }

  /** Begins, with a first comparison. */
  start(): void {
    this.#timer = setInterval(() => void this.run(), this.#parts.interval).unref()
    void this.run()
  }

  /** Resolves when everything was compared, and what differs mended. Never fails: what goes wrong is logged. */
  run(): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.resolve()
    // One that is asked for meanwhile follows.
    if (this.#running) this.#again = true
    this.#running ??= this.#work().finally(() => (this.#running = undefined))
    return this.#running
  }

  /** Somebody asks for the status: it is to be true, though not at any price. */
  async look(): Promise<void> {
    if (performance.now() - this.#comparedAt > RECENT_MS) await Promise.race([this.run(), sleep(LOOK_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined)])
  }

  /** Ends it, when the comparison that runs is over. Idempotent. */
  async close(): Promise<void> {
    this.#stop.abort()
    clearInterval(this.#timer)
    clearTimeout(this.#soon)
    await this.#running
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #work(): Promise<void> {
    const { context, leases } = this.#parts
    const { signal } = this.#stop
    do {
      this.#again = false
      await this.#compare()
      // Of what was made a moment ago nothing was concluded.
      if (context.fresh.size > 0) this.#later()
      if (!signal.aborted) await Promise.all([applyNat(context).then(() => this.#natTold.news([]), (error: Error) => this.#natTold.news([error.message]).forEach((text) => context.log('error', text))), context.dockerAnswers() ? leases.begin() : undefined])
    } while (this.#again && !signal.aborted)
  }

  async #compare(): Promise<void> {
    const { context, exclusion, onCompared } = this.#parts
    const { log, database, ledger, machine } = context
    if (!database.synchronised) return
    const began = performance.now()
    const seconds = (): number => (performance.now() - began) / 1000
    try {
      const repairs = (await machine.apply([...ledger.networks.values()])) + (await reconcile(context, exclusion, this.#told))
      this.#comparedAt = performance.now()
      onCompared({ seconds: seconds(), repairs })
      if (repairs > 0) log('info', `${repairs} differences between Docker, Open vSwitch and the driver were mended`)
    } catch (error) {
      onCompared({ seconds: seconds(), cause: error })
      log('error', `comparing failed: ${(error as Error).message}`)
    }
  }

  #later(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined
      void this.run()
    }, LATER_MS).unref()
  }
}
