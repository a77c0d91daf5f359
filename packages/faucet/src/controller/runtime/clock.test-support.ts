import type { Clock } from './clock.js'

interface Timer {
  at: number
  readonly every: number | undefined
  readonly action: () => void
}

/** A clock that a test moves. */
export class TestClock implements Clock {
  #now = 1000
  readonly #timers = new Set<Timer>()

  now(): number {
    return this.#now
  }

  wall(): number {
    return this.#now
  }

  every(seconds: number, action: () => void): () => void {
    return this.#add({ at: this.#now + seconds, every: seconds, action })
  }

  after(seconds: number, action: () => void): () => void {
    return this.#add({ at: this.#now + seconds, every: undefined, action })
  }

  /** How many timers run. */
  get timers(): number {
    return this.#timers.size
  }

  /** Lets time go by. */
  advance(seconds: number): void {
    const end = this.#now + seconds
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (!next) break
      this.#now = next.at
      if (next.every === undefined) this.#timers.delete(next)
      else next.at += next.every
      next.action()
    }
    this.#now = end
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }
}
