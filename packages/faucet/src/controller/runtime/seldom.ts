import type { Clock } from './clock.js'

/** Seconds between two times, at first and at most. */
const least = 1
const most = 64

/** Does something when it is asked for; again and again less and less often: twice the time passes until the next. */
export class Seldom {
  readonly #clock: Clock
  readonly #first: number
  readonly #action: () => void
  #pause: number
  #last = 0
  #lastPause = 0
  #cancel: (() => void) | undefined

  /** @param first seconds until the first time, when it was not asked for lately; 0 is at once */
  constructor(clock: Clock, first: number, action: () => void) {
    this.#clock = clock
    this.#first = first
    this.#pause = first
    this.#action = action
  }

  /** Asks for it. Returns whether nobody had before who still waits for it. */
  ask(): boolean {
    if (this.#cancel) return false
    const now = this.#clock.now()
    if (now - this.#last > 2 * Math.max(this.#lastPause, least)) this.#pause = this.#first
    const pause = this.#pause
    this.#last = now
    this.#lastPause = pause
    this.#pause = Math.min(Math.max(2 * pause, least), most)
    if (pause === 0) this.#action()
    else {
      this.#cancel = this.#clock.after(pause, () => {
        this.#cancel = undefined
        this.#action()
      })
    }
    return true
  }

  /** It is not done any more, unless it is asked for again. */
  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
