import type { OvsError } from '../../errors.js'

/** What a {@link Subscription} tells its owner. */
export interface SubscriptionOwner {
  /** The consumer took a value that weighs so many bytes, or values were thrown away because it does not want more. */
  onTaken(bytes: number): void
  /** The consumer waits for a value (true), or has one (false). */
  onWaiting?(waiting: boolean): void
  /** The consumer wants no more: it left its loop, or called `return()`. */
  onReturn(): void
  /** No more values can come. */
  onFinish?(): void
}

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void
  readonly reject: (error: unknown) => void
}

/**
 * Values that arrive, for one consumer that takes them with `for await` or `next()`. Values wait in order until they are
 * taken; their owner counts them and stops reading from the network when the consumer is too slow. Nothing is dropped.
 *
 * When the connection ends, the values that had arrived are still handed out; then the loop ends, with the error of the
 * connection unless it was closed by this side. Leaving the loop ends the subscription.
 */
export class Subscription<T> implements AsyncIterableIterator<T, undefined>, AsyncDisposable {
  readonly #owner: SubscriptionOwner
  readonly #queue: { readonly value: T; readonly bytes: number }[] = []
  readonly #waiters: Waiter<T>[] = []
  #head = 0
  #end: { readonly error: OvsError | undefined } | undefined

  /** @internal */
  constructor(owner: SubscriptionOwner) {
    this.#owner = owner
  }

  /** How many values wait to be taken. */
  get backlog(): number {
    return this.#queue.length - this.#head
  }

  /** The next value, or the end. Rejects with the error of the connection when that ended it. */
  next(): Promise<IteratorResult<T, undefined>> {
    const item = this.#queue[this.#head]
    if (item) {
      this.#head++
      // Cutting off the front moves all the rest: do it seldom.
      if (this.#head === this.#queue.length || this.#head >= 1024) {
        this.#queue.splice(0, this.#head)
        this.#head = 0
      }
      this.#owner.onTaken(item.bytes)
      return Promise.resolve({ done: false, value: item.value })
    }
    if (this.#end) {
      const { error } = this.#end
      this.#end = { error: undefined }
      return error ? Promise.reject(error) : Promise.resolve({ done: true, value: undefined })
    }
    return new Promise((resolve, reject) => {
      if (this.#waiters.push({ resolve, reject }) === 1) this.#owner.onWaiting?.(true)
    })
  }

  /** Ends the subscription: values that wait are thrown away. Idempotent. */
  return(): Promise<IteratorResult<T, undefined>> {
    const bytes = this.#queue.slice(this.#head).reduce((sum, item) => sum + item.bytes, 0)
    this.#queue.length = 0
    this.#head = 0
    if (!this.#end) {
      this.finish(undefined)
      this.#owner.onReturn()
    }
    this.#end = { error: undefined }
    if (bytes > 0) this.#owner.onTaken(bytes)
    return Promise.resolve({ done: true, value: undefined })
  }

  /** The same as {@link return}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** @internal Adds a value. Returns whether it waits: then `onTaken` follows. */
  push(value: T, bytes: number): boolean {
    if (this.#end) return false
    const waiter = this.#waiters.shift()
    if (!waiter) {
      this.#queue.push({ value, bytes })
      return true
    }
    if (this.#waiters.length === 0) this.#owner.onWaiting?.(false)
    waiter.resolve({ done: false, value })
    return false
  }

  /** @internal No more values come. */
  finish(error: OvsError | undefined): void {
    if (this.#end) return
    const waiters = this.#waiters.splice(0)
    if (waiters.length > 0) this.#owner.onWaiting?.(false)
    const [first, ...others] = waiters
    // One consumer gets the error; the others, if any, the end.
    this.#end = { error: first ? undefined : error }
    this.#owner.onFinish?.()
    if (first && error) first.reject(error)
    else first?.resolve({ done: true, value: undefined })
    for (const waiter of others) waiter.resolve({ done: true, value: undefined })
  }
}
