import { isUtf8 } from 'node:buffer'
import { OvsError } from '../errors.js'

/** Limits of a {@link JsonFramer}. */
export interface JsonFramerOptions {
  /** Largest JSON text in bytes. Defaults to 256 MiB; 20,000 ports with every column take 30 MB. */
  readonly maxBytes?: number
  /**
   * Deepest nesting of arrays and objects. Defaults to 1000, the limit of Open vSwitch itself. OVSDB needs about 10.
   */
  readonly maxDepth?: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/**
 * Cuts a byte stream into JSON texts (RFC 7047 §4: JSON-RPC 1.0 over a stream). The texts follow one another with no
 * separator and arrive in chunks that are cut anywhere, also inside a UTF-8 sequence or a string escape. Each byte is
 * looked at once, whatever the chunks; text is decoded only when it is whole. Every text must be an object.
 *
 * After an error the framer is unusable: the position in the stream is lost.
 */
export class JsonFramer {
  readonly #maxBytes: number
  readonly #maxDepth: number
  /** Earlier chunks of the text that is not finished yet. */
  #parts: Uint8Array[] = []
  #partBytes = 0
  #depth = 0
  #inString = false
  #escaped = false
  #failed = false

  constructor(options: JsonFramerOptions = {}) {
    this.#maxBytes = options.maxBytes ?? 256 * 1024 * 1024
    this.#maxDepth = options.maxDepth ?? 1000
  }

  /** Bytes of an unfinished text that are held back. */
  get pendingBytes(): number {
    return this.#partBytes
  }

  /**
   * Takes the next chunk and yields the texts that it completes.
   * @throws OvsError `malformed` for bytes that cannot begin an object or that are not UTF-8, `too-large` beyond a
   * limit.
   */
  *push(chunk: Uint8Array): Generator<string, void, void> {
    if (this.#failed)
      throw new OvsError(
        'malformed',
        'the framer met an error before: the position in the stream is lost, open a new connection',
      )
    let start = 0
    for (let end = this.#scan(chunk, 0); end !== 0; end = this.#scan(chunk, end)) {
      yield this.#text(chunk.subarray(start, end))
      start = end
    }
    if (this.#depth > 0) this.#hold(chunk.subarray(start))
  }

  /** Says that the stream has ended. @throws OvsError `malformed` when it ended inside a text. */
  end(): void {
    if (this.#partBytes > 0)
      throw new OvsError('malformed', `the stream ended inside a JSON text, ${this.#partBytes} bytes into it`)
  }

  /** Scans from `from` to the end of the text and returns the position after it, or 0 when the chunk ends first. */
  #scan(chunk: Uint8Array, from: number): number {
    const length = chunk.length
    let depth = this.#depth
    let inString = this.#inString
    let escaped = this.#escaped
    let end = 0
    for (let at = from; at < length; at++) {
      const byte = chunk[at] as number
      if (inString) {
        if (escaped) escaped = false
        else if (byte === QUOTE) inString = false
        else if (byte === BACKSLASH) escaped = true
      } else if (byte === QUOTE) {
        if (depth === 0) this.#refuse(chunk, at)
        inString = true
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (depth === 0 && byte === OPEN_BRACKET) this.#refuse(chunk, at)
        if (++depth > this.#maxDepth)
          this.#fail('too-large', `the peer nests JSON deeper than ${this.#maxDepth} levels`)
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (depth === 0) this.#refuse(chunk, at)
        if (--depth === 0) {
          end = at + 1
          break
        }
      } else if (depth === 0 && byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)
        this.#refuse(chunk, at)
    }
    this.#depth = depth
    this.#inString = inString
    this.#escaped = escaped
    return end
  }

  #hold(rest: Uint8Array): void {
    this.#partBytes += rest.length
    this.#checkSize(this.#partBytes)
    this.#parts.push(rest)
  }

  #text(last: Uint8Array): string {
    this.#checkSize(this.#partBytes + last.length)
    const bytes =
      this.#parts.length === 0
        ? Buffer.from(last.buffer, last.byteOffset, last.length)
        : Buffer.concat([...this.#parts, last])
    this.#parts = []
    this.#partBytes = 0
    if (!isUtf8(bytes)) this.#fail('malformed', 'the peer sent a JSON text that is not UTF-8')
    return bytes.toString('utf8')
  }

  #checkSize(bytes: number): void {
    if (bytes > this.#maxBytes) {
      this.#fail(
        'too-large',
        `the peer sent a JSON text of more than ${this.#maxBytes} bytes: ask for less, or raise maxBytes`,
      )
    }
  }

  #refuse(chunk: Uint8Array, at: number): never {
    const excerpt = JSON.stringify(Buffer.from(chunk.subarray(at, at + 40)).toString('latin1'))
    this.#fail('malformed', `expected a JSON object and got ${excerpt}: is this an OVSDB socket?`)
  }

  #fail(code: 'malformed' | 'too-large', message: string): never {
    this.#failed = true
    this.#parts = []
    this.#partBytes = 0
    throw new OvsError(code, message)
  }
}
