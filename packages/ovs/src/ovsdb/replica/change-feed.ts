import { OvsError } from '../../errors.js'

/** What a {@link ChangeFeed} does with a consumer that is too slow. */
export interface FeedOptions {
  /**
   * Changes of rows that may wait for the consumer before {@link overflow} takes place; one batch always may. Defaults
   * to 1,000,000, of which each takes about 100 bytes: the rows are shared with the replica.
   */
  readonly limit?: number
  /**
   * - `fail` (the default): the feed throws an `OvsError` `too-large` after the batches that wait already. Nothing else
   *   is disturbed.
   * - `pause`: nothing more is read from the connection until the consumer has caught up, except while the replica has a
   *   transaction under way. Everything else on that connection waits as well, and a server gives up a client that does
   *   not answer its probes; the replica then reconnects and the feed goes on with the true difference.
   */
  readonly overflow?: 'fail' | 'pause'
}

interface Sized {
  readonly changes: readonly unknown[]
}

/**
 * Batches of changes, in order, for one consumer that takes them when it can. No batch is ever dropped: it is delivered,
 * or the feed fails and says so.
 */
export class ChangeFeed<Batch extends Sized> implements AsyncIterableIterator<Batch> {
  readonly #limit: number
  readonly #overflow: 'fail' | 'pause'
  readonly #onEnd: () => void
  #queue: Batch[] = []
  #queued = 0
  #waiting: { readonly resolve: (result: IteratorResult<Batch>) => void; readonly reject: (error: unknown) => void }[] = []
  #drained: (() => void)[] = []
  /** Set once. What waits in the queue is still delivered. */
  #end: { readonly error: OvsError | undefined } | undefined

  /** @param onEnd called once, when nothing more can be pushed */
  constructor({ limit = 1_000_000, overflow = 'fail' }: FeedOptions, onEnd: () => void) {
    this.#limit = limit
    this.#overflow = overflow
    this.#onEnd = onEnd
  }

  /** Adds a batch. */
  push(batch: Batch): void {
    if (this.#end) return
    const taker = this.#waiting.shift()
    if (taker) return taker.resolve({ done: false, value: batch })
    if (this.#overflow === 'fail' && this.#queue.length > 0 && this.#queued + batch.changes.length > this.#limit) {
      const message = `more than ${this.#limit} changes wait for a consumer that does not take them: take them faster, or raise limit`
      return this.end(new OvsError('too-large', message))
    }
    this.#queue.push(batch)
    this.#queued += batch.changes.length
  }

  /** A promise while the consumer is behind and wants the connection to wait for it, otherwise `undefined`. */
  drained(): Promise<void> | undefined {
    if (this.#overflow !== 'pause' || this.#queued <= this.#limit) return undefined
    return new Promise((resolve) => this.#drained.push(resolve))
  }

  /** Resolves what {@link drained} gave, whether the consumer is behind or not. */
  release(): void {
    for (const resolve of this.#drained.splice(0)) resolve()
  }

  /** Ends the feed after what waits already; with an error, the consumer gets it. Idempotent. */
  end(error?: OvsError): void {
    if (this.#end) return
    this.#end = { error }
    this.#onEnd()
    this.release()
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (error) reject(error)
      else resolve({ done: true, value: undefined })
    }
  }

  next(): Promise<IteratorResult<Batch>> {
    const batch = this.#queue.shift()
    if (batch) {
      this.#queued -= batch.changes.length
      if (this.#queued <= this.#limit / 2) this.release()
      return Promise.resolve({ done: false, value: batch })
    }
    if (!this.#end) return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
    const { error } = this.#end
    // A consumer is told once.
    this.#end = { error: undefined }
    return error ? Promise.reject(error) : Promise.resolve({ done: true, value: undefined })
  }

  /** Ends the feed from the consumer's side, as `break` in `for await` does; what waits is thrown away. */
  return(): Promise<IteratorResult<Batch>> {
    this.#queue = []
    this.#queued = 0
    this.end()
    this.#end = { error: undefined }
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
