interface Entry {
  readonly at: number
  readonly expire: () => void
}

/**
 * Deadlines of many calls that nearly always come to their end long before: one timer for all, which is not set anew for
 * each. It does not keep the process alive; what the calls wait on does.
 */
export class Deadlines {
  readonly #entries = new Map<number, Entry>()
  #timer: NodeJS.Timeout | undefined
  #timerAt = Infinity

  /** Calls `expire` in so many milliseconds, unless {@link delete} comes first. */
  set(id: number, milliseconds: number, expire: () => void): void {
    const at = performance.now() + milliseconds
    this.#entries.set(id, { at, expire })
    if (at < this.#timerAt) this.#arm(at)
  }

  /** Forgets a deadline. */
  delete(id: number): void {
    this.#entries.delete(id)
    // The timer stays: it finds nothing to do, or is needed for the next call.
  }

  #arm(at: number): void {
    clearTimeout(this.#timer)
    this.#timerAt = at
    // Node.js takes at most 2^31 - 1; a longer wait is begun anew.
    const wait = Math.min(Math.max(1, Math.ceil(at - performance.now())), 0x7fffffff)
    this.#timer = setTimeout(() => this.#due(), wait)
    this.#timer.unref()
  }

  #due(): void {
    this.#timer = undefined
    this.#timerAt = Infinity
    const now = performance.now()
    let next = Infinity
    const expired: Entry[] = []
    for (const [id, entry] of this.#entries) {
      if (entry.at > now) {
        next = Math.min(next, entry.at)
        continue
      }
      this.#entries.delete(id)
      expired.push(entry)
    }
    if (next < Infinity) this.#arm(next)
    for (const { expire } of expired) expire()
  }
}
