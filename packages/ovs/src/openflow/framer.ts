import { OvsError } from '../errors.js'
import { OFP_HEADER_LENGTH } from './header.js'

/** Limits of an {@link OpenFlowFramer}. */
export interface OpenFlowFramerOptions {
  /** Longest message in bytes. Defaults to 65,535, the longest that a header can announce. */
  readonly maxBytes?: number
}

/**
 * Cuts a byte stream into OpenFlow messages, by the lengths in their headers (OpenFlow 1.3.5 §7.1.1). Chunks may be
 * cut anywhere; each byte is copied once at most.
 *
 * After an error the framer is unusable: the position in the stream is lost.
 */
export class OpenFlowFramer {
  readonly #maxBytes: number
  readonly #header = new Uint8Array(OFP_HEADER_LENGTH)
  /** The message that is not whole yet, as long as its header says; `undefined` until the header is whole. */
  #message: Uint8Array | undefined
  /** Bytes that are there of the message, or of its header. */
  #fill = 0
  #failed = false

  constructor(options: OpenFlowFramerOptions = {}) {
    this.#maxBytes = options.maxBytes ?? 0xffff
  }

  /** Bytes of an unfinished message that are held back. */
  get pendingBytes(): number {
    return this.#fill
  }

  /**
   * Takes the next chunk and yields the messages that it completes, each with its header. A message may share memory
   * with the chunk. All of them must have been taken before the next chunk is pushed.
   *
   * @throws OvsError `malformed` for a header that is not one of OpenFlow, `too-large` for a message beyond the limit.
   */
  *push(chunk: Uint8Array): Generator<Uint8Array, void, void> {
    if (this.#failed) {
      throw new OvsError(
        'malformed',
        'the framer met an error before: the position in the stream is lost, open a new connection',
      )
    }
    let at = 0
    while (this.#fill > 0 && at < chunk.length) {
      at = this.#complete(chunk, at)
      if (this.#message !== undefined && this.#fill === this.#message.length) {
        const message = this.#message
        this.#message = undefined
        this.#fill = 0
        yield message
      }
    }
    while (chunk.length - at >= OFP_HEADER_LENGTH) {
      const end = at + this.#lengthIn(chunk, at)
      if (end > chunk.length) break
      const start = at
      at = end
      yield chunk.subarray(start, end)
    }
    if (at < chunk.length) this.#begin(chunk, at)
  }

  /** Says that the stream has ended. @throws OvsError `malformed` when it ended inside a message. */
  end(): void {
    if (this.#fill > 0) {
      throw new OvsError('malformed', `the stream ended inside an OpenFlow message, ${this.#fill} bytes into it`)
    }
  }

  /** Keeps the beginning of a message. */
  #begin(chunk: Uint8Array, at: number): void {
    const rest = chunk.subarray(at)
    if (rest.length < OFP_HEADER_LENGTH) {
      this.#header.set(rest)
    } else {
      this.#message = new Uint8Array(this.#lengthIn(chunk, at))
      this.#message.set(rest)
    }
    this.#fill = rest.length
  }

  /** Takes what is missing of the header, or of the message; returns the position behind it. */
  #complete(chunk: Uint8Array, at: number): number {
    const target = this.#message ?? this.#header
    const end = Math.min(chunk.length, at + target.length - this.#fill)
    target.set(chunk.subarray(at, end), this.#fill)
    this.#fill += end - at
    if (this.#message === undefined && this.#fill === OFP_HEADER_LENGTH) {
      this.#message = new Uint8Array(this.#lengthIn(this.#header, 0))
      this.#message.set(this.#header)
    }
    return end
  }

  /** The length in a header. */
  #lengthIn(bytes: Uint8Array, at: number): number {
    const length = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)
    if (length < OFP_HEADER_LENGTH || bytes[at] === 0) {
      const version = bytes[at] as number
      this.#fail('malformed', `a header says version ${version}, length ${length}: the peer does not speak OpenFlow`)
    }
    if (length > this.#maxBytes) {
      this.#fail('too-large', `the peer sends a message of ${length} bytes, more than the ${this.#maxBytes} allowed`)
    }
    return length
  }

  #fail(code: 'malformed' | 'too-large', message: string): never {
    this.#failed = true
    throw new OvsError(code, message)
  }
}
