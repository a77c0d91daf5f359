/** A value that changes over time, with listeners and iterators that see every change in order. */
export class StatusFeed<T> {
  readonly #listeners = new Set<(value: T) => void>()
  readonly #enders = new Set<() => void>()
  #value: T
  #ended = false

  constructor(value: T) {
    this.#value = value
  }

  get value(): T {
    return this.#value
  }

  /** Changes the value. Does nothing after {@link end}. */
  set(value: T): void {
    if (this.#ended) return
    this.#value = value
    for (const listener of [...this.#listeners]) listener(value)
  }

  /** Changes the value for the last time: iterators end after it. */
  end(value: T): void {
    this.set(value)
    this.#ended = true
    for (const end of [...this.#enders]) end()
    this.#listeners.clear()
  }

  /** Calls back after every change from now on. Returns the function that ends it. */
  onChange(listener: (value: T) => void): () => void {
    const added = (value: T) => listener(value)
    this.#listeners.add(added)
    return () => void this.#listeners.delete(added)
  }

  /** The value of now and every later one, until the feed ends or the loop is left. */
  async *changes(): AsyncGenerator<T, void, void> {
    const queue: T[] = [this.#value]
    let wake: (() => void) | undefined
    const end = () => wake?.()
    const stop = this.onChange((value) => {
      queue.push(value)
      wake?.()
    })
    this.#enders.add(end)
    try {
      for (;;) {
        while (queue.length > 0) yield queue.shift() as T
        if (this.#ended) return
        await new Promise<void>((resolve) => (wake = resolve))
        wake = undefined
      }
    } finally {
      stop()
      this.#enders.delete(end)
    }
  }
}
