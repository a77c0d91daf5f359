/** What waits for somebody to take it; when it is full the oldest goes. */
export class EventQueue<T> {
  readonly #limit: number
  readonly #items: T[] = []
  #dropped = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** How many went without being taken. */
  get dropped(): number {
    return this.#dropped
  }

  get size(): number {
    return this.#items.length
  }

  push(item: T): void {
    this.#items.push(item)
    if (this.#items.length <= this.#limit) return
    this.#items.shift()
    this.#dropped++
  }

  /** Puts back what was taken and could not be used; when there is no room it is the oldest, and goes. */
  putBack(item: T): void {
    if (this.#items.length < this.#limit) this.#items.unshift(item)
    else this.#dropped++
  }

  /** The oldest; `undefined` when there is none. */
  take(): T | undefined {
    return this.#items.shift()
  }
}
