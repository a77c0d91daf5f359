import type { FaucetEvent } from '../core/faucet-event.js'

/** An event with the header of Faucet's event socket. */
export type FaucetFeedEvent = FaucetEventHeader & FaucetEvent

/** What every event has. */
export interface FaucetEventHeader {
  readonly version: 1
  /** Seconds since 1970. */
  readonly time: number
  /** 0 for what concerns the whole network. */
  readonly dp_id: bigint
  /** `0` for what concerns the whole network. */
  readonly dp_name: string
  /** Counts from 1. */
  readonly event_id: number
}

/** Options of a reader. */
export interface EventFeedOptions {
  /** How many events may wait: beyond that the oldest are dropped. Defaults to 10,000. */
  readonly limit?: number
  /** Ends the feed. */
  readonly signal?: AbortSignal
}

/** Events as they happen, for one reader. Leaving the loop ends it. */
export interface FaucetEvents extends AsyncIterableIterator<FaucetFeedEvent, undefined>, AsyncDisposable {
  /** How many events were dropped because the reader was too slow. */
  readonly dropped: number
}

/** Gives every event to every reader. */
export class EventFeed {
  readonly #readers = new Set<Reader>()
  #closed = false

  /** An event, for everybody who reads now. */
  emit(event: FaucetFeedEvent): void {
    for (const reader of this.#readers) reader.push(event)
  }

  /** Every event from now on. After {@link close} there are none. */
  read({ limit = 10_000, signal }: EventFeedOptions = {}): FaucetEvents {
    const reader = new Reader(limit, () => {
      signal?.removeEventListener('abort', end)
      this.#readers.delete(reader)
    })
    const end = () => reader.end()
    if (this.#closed || signal?.aborted) reader.end()
    else {
      this.#readers.add(reader)
      signal?.addEventListener('abort', end, { once: true })
    }
    return reader
  }

  /** No more events: loops end when they have had those that wait. */
  close(): void {
    this.#closed = true
    for (const reader of [...this.#readers]) reader.end()
  }
}

type Result = IteratorResult<FaucetFeedEvent, undefined>

class Reader implements FaucetEvents {
  readonly #limit: number
  readonly #onEnd: () => void
  readonly #queue: FaucetFeedEvent[] = []
  readonly #waiters: ((result: Result) => void)[] = []
  #head = 0
  #ended = false
  dropped = 0

  constructor(limit: number, onEnd: () => void) {
    this.#limit = limit
    this.#onEnd = onEnd
  }

  push(event: FaucetFeedEvent): void {
    const waiter = this.#waiters.shift()
    if (waiter) return waiter({ done: false, value: event })
    this.#queue.push(event)
    if (this.#queue.length - this.#head > this.#limit) {
      this.#head++
      this.dropped++
    }
    this.#trim()
  }

  next(): Promise<Result> {
    const event = this.#queue[this.#head]
    if (event) {
      this.#head++
      this.#trim()
      return Promise.resolve({ done: false, value: event })
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  /** No more events come. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#onEnd()
    for (const waiter of this.#waiters.splice(0)) waiter({ done: true, value: undefined })
  }

  return(): Promise<Result> {
    this.#queue.length = 0
    this.#head = 0
    this.end()
    return Promise.resolve({ done: true, value: undefined })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Cutting off the front moves all the rest: seldom. */
  #trim(): void {
    if (this.#head < 1024 && this.#head < this.#queue.length) return
    this.#queue.splice(0, this.#head)
    this.#head = 0
  }
}
