import type { FaucetEvent, FaucetFeedEvent } from '@streambed/faucet'
import { TestbedError } from './errors.js'

/** What happens to a testbed after it has started. */
export type TestbedEvent =
  | { readonly type: 'network-added' | 'network-removed'; readonly network: string }
  | { readonly type: 'host-added' | 'host-removed' | 'host-stopped' | 'host-frozen' | 'host-restarted'; readonly host: string }
  | { readonly type: 'link-down' | 'link-up'; readonly host: string; readonly interface: string }
  /** A container that somebody put on a network of Docker (`wire: 'driver'`) could not become a host, and was taken off it again. */
  | { readonly type: 'guest-refused'; readonly container: string; readonly error: Error }
  | { readonly type: 'partitioned'; readonly groups: readonly (readonly string[])[] }
  | { readonly type: 'healed' }
  /** What the controller tells, in Faucet's words: a host was learned (`L2_LEARN`), a port changed, … `switch` is empty for the whole network. */
  | { readonly type: 'control'; readonly switch: string; readonly event: FaucetEvent }
  /** A part died; nothing works any more. `closed` follows. */
  | { readonly type: 'failed'; readonly error: Error }
  /** Everything is gone. The last event. */
  | { readonly type: 'closed' }

/** An event with the time at which it happened. */
export type TimedTestbedEvent = TestbedEvent & { readonly time: Date }

/** An event of the controller as one of the testbed. */
export function controlEvent({ version: _, time: __, dp_id: ___, dp_name, event_id: ____, ...event }: FaucetFeedEvent): TestbedEvent {
  return { type: 'control', switch: dp_name === '0' ? '' : dp_name, event: event as FaucetEvent }
}

/** Events that may wait for one reader; a reader that is slower gets an error, never a gap. */
const LIMIT = 10_000

type Result = IteratorResult<TimedTestbedEvent, undefined>

/** One reader's queue. */
class Reader implements AsyncIterableIterator<TimedTestbedEvent> {
  #queue: TimedTestbedEvent[] = []
  /** Calls of `next` that wait, in order; empty unless the queue is. */
  readonly #waiters: ((result: Result) => void)[] = []
  #overflow: TestbedError | undefined
  #ended = false

  constructor(private readonly leave: (reader: Reader) => void) {}

  push(event: TimedTestbedEvent): void {
    const waiter = this.#waiters.shift()
    if (waiter !== undefined) waiter({ done: false, value: event })
    else if (this.#queue.length < LIMIT) this.#queue.push(event)
    else {
      this.#overflow = new TestbedError('overflow', `${LIMIT} events were not read: this reader of testbed.events() is too slow`)
      this.leave(this)
    }
  }

  end(): void {
    this.#ended = true
    for (const waiter of this.#waiters.splice(0)) waiter({ done: true, value: undefined })
  }

  next(): Promise<Result> {
    const event = this.#queue.shift()
    if (event !== undefined) return Promise.resolve({ done: false, value: event })
    if (this.#overflow !== undefined) return Promise.reject(this.#overflow)
    if (this.#ended) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  return(): Promise<Result> {
    this.leave(this)
    this.#queue = []
    this.#overflow = undefined
    this.end()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

/** Gives every event to every reader. */
export class EventFeed {
  readonly #readers = new Set<Reader>()
  #ended = false

  emit(event: TestbedEvent): void {
    for (const reader of this.#readers) reader.push({ ...event, time: new Date() })
  }

  /** No more events. */
  end(): void {
    this.#ended = true
    for (const reader of this.#readers) reader.end()
    this.#readers.clear()
  }

  /** The events from now on. */
  read(): AsyncIterableIterator<TimedTestbedEvent> {
    const reader = new Reader((leaving) => this.#readers.delete(leaving))
    if (this.#ended) reader.end()
    else this.#readers.add(reader)
    return reader
  }
}
