/**
 * The latest things that were sent, by their xid, so that an error that comes after the answer, or without one, can
 * still be told what it is about: an error for a message without reply, or that of Open vSwitch for a bundle that was
 * idle for too long. Remembers a fixed number and forgets the oldest.
 */
export class PastRequests<T> {
  readonly #capacity: number
  /** A `Map` iterates in the order of insertion: the first is the oldest. */
  readonly #items = new Map<number, T>()

  /** @param capacity how many to remember. */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Remembers what went out with an xid. */
  add(xid: number, item: T): void {
    this.#items.delete(xid)
    this.#items.set(xid, item)
    if (this.#items.size <= this.#capacity) return
    const [oldest] = this.#items.keys()
    if (oldest !== undefined) this.#items.delete(oldest)
  }

  /** What went out with an xid lately. */
  get(xid: number): T | undefined {
    return this.#items.get(xid)
  }
}
