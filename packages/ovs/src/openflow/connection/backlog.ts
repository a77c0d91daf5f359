import { OvsError } from '../../errors.js'

/** Limits of a {@link Backlog} and what is done at them. */
export interface BacklogOptions {
  /** Bytes that may be unfinished before reading stops. It goes on at half of them. */
  readonly limit: number
  /** Bytes that may be unfinished at all. */
  readonly hardLimit: number
  /** Bytes of answers of ours that may wait to be sent before reading stops. */
  readonly replyLimit: number
  /** Stop reading. */
  readonly onHold: () => void
  /** Read on. Called in a microtask of its own, never from within a call of {@link Backlog}. */
  readonly onRelease: () => void
  /** `hardLimit` is exceeded. */
  readonly onOverflow: (error: OvsError) => void
}

/**
 * Decides when a connection reads. It stops while too much of what was read is unfinished, unless somebody waits for
 * what is still to be read: a consumer that makes a request while it deals with a message would otherwise wait for ever.
 */
export class Backlog {
  readonly #options: BacklogOptions
  #bytes = 0
  #replyBytes = 0
  #needs = 0
  #pauses = 0
  #held = false
  #scheduled = false

  constructor(options: BacklogOptions) {
    this.#options = options
  }

  /** Whether reading has stopped. */
  get held(): boolean {
    return this.#held
  }

  /** More (or, negative, less) is unfinished. */
  add(bytes: number): void {
    this.#bytes += bytes
    this.#update()
    if (bytes > 0 && this.#bytes > this.#options.hardLimit) {
      const hint = 'take messages faster, or subscribe to fewer'
      this.#options.onOverflow(
        new OvsError('too-large', `${this.#bytes} bytes of messages wait to be dealt with, more than ${this.#options.hardLimit}: ${hint}`),
      )
    }
  }

  /** More (or less) of our answers waits to be sent. */
  addReply(bytes: number): void {
    this.#replyBytes += bytes
    this.#update()
  }

  /** One more (1), or one less (-1), waits for what is still to be read. */
  need(change: 1 | -1): void {
    this.#needs += change
    this.#update()
  }

  /** Stops reading (1), whatever else, until it is taken back (-1). */
  pause(change: 1 | -1): void {
    this.#pauses += change
    this.#update()
  }

  #update(): void {
    if (!this.#held) {
      if (!this.#must(1)) return
      this.#held = true
      this.#options.onHold()
    } else if (!this.#must(0.5) && !this.#scheduled) {
      this.#scheduled = true
      queueMicrotask(() => {
        this.#scheduled = false
        if (this.#must(0.5)) return
        this.#held = false
        this.#options.onRelease()
      })
    }
  }

  #must(share: number): boolean {
    const { limit, replyLimit } = this.#options
    if (this.#pauses > 0 || this.#replyBytes > replyLimit * share) return true
    return this.#needs === 0 && this.#bytes > limit * share
  }
}
