import type { Duplex } from 'node:stream'
import { OvsError } from '../../errors.js'

/** The sending half of a stream: gathers what is written in one turn, and knows when there is room for more. */
export class Outbox {
  readonly #stream: Duplex
  readonly #maxBytes: number
  #corked = false
  #room: Promise<void> | undefined
  #over: OvsError | undefined
  #onOver: ((error: OvsError) => void) | undefined

  /** @param maxBytes how much may wait to be sent */
  constructor(stream: Duplex, maxBytes: number) {
    this.#stream = stream
    this.#maxBytes = maxBytes
  }

  /** Whether whoever has more to send should wait for {@link room} first. */
  get full(): boolean {
    return this.#stream.writableNeedDrain && !this.#over
  }

  /**
   * Sends bytes, together with everything else of this turn of the event loop.
   * @throws OvsError `too-large` when the other side has stopped reading
   */
  write(bytes: Uint8Array, onSent?: () => void): void {
    const waiting = this.#stream.writableLength
    if (waiting > this.#maxBytes) {
      throw new OvsError('too-large', `${waiting} bytes wait already to be sent because the other side does not read`)
    }
    if (!this.#corked) {
      this.#corked = true
      this.#stream.cork()
      process.nextTick(() => {
        this.#corked = false
        this.#stream.uncork()
      })
    }
    this.#stream.write(bytes, onSent)
  }

  /** Resolves when there is room again. @throws OvsError with which {@link finish} was called. */
  room(): Promise<void> {
    if (!this.full) return Promise.resolve()
    this.#room ??= new Promise((resolve, reject) => {
      this.#onOver = reject
      this.#stream.once('drain', () => {
        this.#room = undefined
        this.#onOver = undefined
        resolve()
      })
    })
    return this.#room
  }

  /** Nothing will be sent any more. */
  finish(error: OvsError): void {
    this.#over ??= error
    this.#onOver?.(error)
  }
}
