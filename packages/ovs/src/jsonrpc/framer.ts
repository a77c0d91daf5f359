import { isAscii, isUtf8 } from 'node:buffer'
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

/** What a byte outside strings does to the depth. */
const depthSteps = new Int8Array(256)
for (const open of '{[') depthSteps[open.charCodeAt(0)] = 1
for (const close of '}]') depthSteps[close.charCodeAt(0)] = -1

/** All ones for a digit: keeps the count of a run going. */
const digitMasks = new Uint8Array(256).fill(0xff, 0x30, 0x3a)

/** Set in the count of a run of digits when it comes by 16, beyond which an integer may exceed ±(2^53 − 1). */
const longRun = 16

/** Chunks smaller than this are copied together, so that one-byte chunks do not take hundreds of bytes each. */
const smallChunk = 16 * 1024

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
  /** Where small chunks are copied to: a block that is the last of the parts, up to its fill. */
  #block: Buffer | undefined
  #blockFill = 0
  #depth = 0
  #inString = false
  #escaped = false
  /** Digits at the end of the previous chunk. */
  #digits = 0
  /** Has the bit {@link longRun} when the text has had a long run of digits. */
  #longDigits = 0
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
   * Whether the text that was yielded last has a run of 16 digits outside its strings, and so perhaps an integer that
   * `JSON.parse` would round: what `parseJson` wants to know. Holds until the next text is asked for.
   */
  get hasLongIntegers(): boolean {
    return this.#longDigits !== 0
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
      this.#longDigits = 0
      start = end
    }
    if (this.#depth > 0) this.#hold(chunk.subarray(start))
  }

  /** Says that the stream has ended. @throws OvsError `malformed` when it ended inside a text. */
  end(): void {
    if (this.#partBytes > 0)
      throw new OvsError('malformed', `the stream ended inside a JSON text, ${this.#partBytes} bytes into it`)
  }

  /**
   * Scans from `from` to the end of the text and returns the position after it, or 0 when the chunk ends first. Every
   * byte of a database goes through here: the loops have one branch for what is unlikely and none for the rest.
   */
  #scan(chunk: Uint8Array, from: number): number {
    const length = chunk.length
    const maxDepth = this.#maxDepth
    const steps = depthSteps
    const masks = digitMasks
    let at = this.#depth === 0 ? this.#begin(chunk, from) : from
    if (this.#depth === 0) return 0
    let depth = this.#depth
    let digits = this.#digits
    let long = this.#longDigits
    let inString = this.#inString
    if (this.#escaped && at < length) {
      this.#escaped = false
      at++
    }
    for (;;) {
      let byte: number
      if (!inString) {
        while (at < length && (byte = chunk[at] as number) !== QUOTE) {
          at++
          depth += steps[byte] as number
          digits = (digits + 1) & (masks[byte] as number)
          long |= digits & longRun
          // One comparison for both: depth is 0, or beyond the limit.
          if ((depth - 1) >>> 0 >= maxDepth) {
            this.#leave(depth, digits, long, false)
            if (depth === 0) return at
            this.#fail('too-large', `the peer nests JSON deeper than ${maxDepth} levels`)
          }
        }
        if (at >= length) break
        at++
        digits = 0
      }
      inString = true
      while (at < length && (byte = chunk[at] as number) !== QUOTE) at += byte === BACKSLASH ? 2 : 1
      if (at >= length) {
        // A backslash as the last byte skips the first of the next chunk.
        this.#escaped = at > length
        break
      }
      at++
      inString = false
    }
    this.#leave(depth, digits, long, inString)
    return 0
  }

  #leave(depth: number, digits: number, long: number, inString: boolean): void {
    this.#depth = depth
    this.#digits = digits
    this.#longDigits = long
    this.#inString = inString
  }

  /** Skips white space between texts and returns the position of the first byte inside the next text. */
  #begin(chunk: Uint8Array, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at]
      if (byte === OPEN_BRACE) {
        this.#depth = 1
        return at + 1
      }
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) this.#refuse(chunk, at)
    }
    return 0
  }

  #hold(rest: Uint8Array): void {
    this.#partBytes += rest.length
    this.#checkSize(this.#partBytes)
    if (rest.length >= smallChunk) {
      this.#sealBlock()
      this.#parts.push(rest)
      return
    }
    if (this.#block && this.#block.length - this.#blockFill < rest.length) this.#sealBlock()
    this.#block ??= Buffer.allocUnsafeSlow(4 * smallChunk)
    this.#block.set(rest, this.#blockFill)
    this.#blockFill += rest.length
  }

  /** Makes a part of the small chunks so far. */
  #sealBlock(): void {
    if (this.#block) this.#parts.push(this.#block.subarray(0, this.#blockFill))
    this.#block = undefined
    this.#blockFill = 0
  }

  #text(last: Uint8Array): string {
    this.#checkSize(this.#partBytes + last.length)
    this.#sealBlock()
    const bytes =
      this.#parts.length === 0
        ? Buffer.from(last.buffer, last.byteOffset, last.length)
        : Buffer.concat([...this.#parts, last])
    this.#parts = []
    this.#partBytes = 0
    if (isAscii(bytes)) return bytes.toString('latin1')
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
    this.#block = undefined
    this.#partBytes = 0
    throw new OvsError(code, message)
  }
}
