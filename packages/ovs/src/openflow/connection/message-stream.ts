import type { Duplex } from 'node:stream'
import { OvsError } from '../../errors.js'
import { OpenFlowFramer } from '../framer.js'

/** What a {@link MessageStream} tells its owner. */
export interface MessageStreamOwner {
  /** One whole message. What it throws ends the stream. */
  onMessage(bytes: Uint8Array): void
  /** The stream is over: ended by the other side, broken, or not OpenFlow. Called once, not after `destroy` or `end`. */
  onOver(error: OvsError): void
}

/** Milliseconds that {@link MessageStream.end} waits for the other side to take what was written. */
const flushTimeout = 1000

/** A duplex stream as a sequence of messages that can be held up at any message. */
export class MessageStream {
  /** Resolves when the stream is destroyed. */
  readonly closed: Promise<void>
  readonly #stream: Duplex
  readonly #owner: MessageStreamOwner
  readonly #framer = new OpenFlowFramer()
  /** Messages that were framed when the reading was held up. */
  #rest: Iterator<Uint8Array, unknown, void> | undefined
  /** Bytes that have come. */
  #seen = 0
  #held = false
  #ended = false
  #over = false

  constructor(stream: Duplex, owner: MessageStreamOwner) {
    this.#stream = stream
    this.#owner = owner
    this.closed = new Promise((resolve) => {
      const onClose = () => {
        this.#finish(new OvsError('closed', 'the connection was closed'))
        resolve()
      }
      if (stream.closed) queueMicrotask(onClose)
      else stream.once('close', onClose)
    })
    stream.on('error', (cause: Error) => {
      this.#finish(new OvsError('closed', `the connection ended: ${cause.message}`, { cause }))
      stream.destroy()
    })
    stream.on('data', (chunk: Uint8Array) => {
      if (!this.#over) this.#drain(this.#messagesOf(chunk))
    })
    stream.once('end', () => {
      this.#ended = true
      if (!this.#rest) this.#finishReading()
    })
  }

  /** Reads no further: the stream then holds the other side back. */
  hold(): void {
    this.#held = true
    this.#stream.pause()
  }

  /** Reads on. */
  release(): void {
    this.#held = false
    const rest = this.#rest
    this.#rest = undefined
    if (rest) this.#drain(rest)
    if (!this.#held && !this.#over) this.#stream.resume()
  }

  /** Sends what was written, for a second at most, and destroys the stream. */
  end(): void {
    if (this.#over) return
    this.#over = true
    // The other side may have stopped reading.
    const timer = setTimeout(() => this.#stream.destroy(), flushTimeout)
    void this.closed.then(() => clearTimeout(timer))
    // It may have been held, and would never see the end of the other side.
    this.#stream.resume()
    this.#stream.end(() => this.#stream.destroy())
  }

  /** Destroys the stream at once. */
  destroy(): void {
    this.#over = true
    this.#stream.destroy()
  }

  /** Handles messages until there are no more, or until reading must wait. */
  #drain(messages: Iterator<Uint8Array, unknown, void>): void {
    try {
      for (let next = messages.next(); !next.done; next = messages.next()) {
        this.#owner.onMessage(next.value)
        if (this.#over) return
        if (this.#held) {
          this.#rest = messages
          return
        }
      }
      if (this.#ended) this.#finishReading()
    } catch (error) {
      this.#finish(error instanceof OvsError ? error : new OvsError('closed', `the connection ended: ${(error as Error).message}`, { cause: error }))
      this.#stream.destroy()
    }
  }

  /** A stream that does not begin like OpenFlow would otherwise be a message that never becomes whole. */
  *#messagesOf(chunk: Uint8Array): Generator<Uint8Array, void, void> {
    const type = this.#seen < 2 ? chunk[1 - this.#seen] : undefined
    this.#seen += chunk.length
    // OFPT_HELLO, OFPT_ERROR.
    if (type !== undefined && type > 1) {
      throw new OvsError('malformed', `the first message has type ${type}, and not hello: the other side does not speak OpenFlow`)
    }
    yield* this.#framer.push(chunk)
  }

  #finishReading(): void {
    this.#finish(new OvsError('closed', 'the other side closed the connection'))
    this.#stream.destroy()
  }

  #finish(error: OvsError): void {
    if (this.#over) return
    this.#over = true
    this.#owner.onOver(error)
  }
}
