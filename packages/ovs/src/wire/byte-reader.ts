import { OvsError } from '../errors.js'
import { decodeText } from './text.js'

/** A 64-bit value and its two halves, in the machine's order: much faster than shifting a bigint. */
const wide = new BigUint64Array(1)
const halves = new Uint32Array(wide.buffer)
const LOW = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 1
const HIGH = 1 - LOW

/**
 * Reads big-endian values from a stretch of bytes, front to back, and never beyond its end. Offsets in errors count
 * from the first byte of the message, also in a reader made by {@link sub}.
 */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #start: number
  readonly #end: number
  #at: number

  /** Reads `bytes` from index `start` up to, not including, index `end`. */
  constructor(bytes: Uint8Array, start = 0, end = bytes.length, origin = start) {
    this.#bytes = bytes
    this.#start = origin
    this.#at = start
    this.#end = end
  }

  /** Where the next value is read: bytes from the beginning of the message. */
  get offset(): number {
    return this.#at - this.#start
  }

  /** How many bytes are left. */
  get remaining(): number {
    return this.#end - this.#at
  }

  /** Eight bits. @throws OvsError `malformed` when none are left. */
  u8(): number {
    return this.#bytes[this.#take(1)] as number
  }

  /** Sixteen bits. @throws OvsError `malformed` when fewer are left. */
  u16(): number {
    const at = this.#take(2)
    const bytes = this.#bytes
    return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
  }

  /** Twenty-four bits. @throws OvsError `malformed` when fewer are left. */
  u24(): number {
    return (this.u8() << 16) | this.u16()
  }

  /** Thirty-two bits, unsigned. @throws OvsError `malformed` when fewer are left. */
  u32(): number {
    const at = this.#take(4)
    const bytes = this.#bytes
    return (
      (((bytes[at] as number) << 24) |
        ((bytes[at + 1] as number) << 16) |
        ((bytes[at + 2] as number) << 8) |
        (bytes[at + 3] as number)) >>>
      0
    )
  }

  /** Sixty-four bits, unsigned. @throws OvsError `malformed` when fewer are left. */
  u64(): bigint {
    halves[HIGH] = this.u32()
    halves[LOW] = this.u32()
    return wide[0] as bigint
  }

  /** An unsigned integer of `length` bytes. @throws OvsError `malformed` when fewer are left. */
  uint(length: number): bigint {
    const at = this.#take(length)
    let value = 0n
    for (let i = at; i < at + length; i++) value = (value << 8n) | BigInt(this.#bytes[i] as number)
    return value
  }

  /** A copy of the next `length` bytes; without `length`, of all that are left. @throws OvsError `malformed`. */
  bytes(length = this.remaining): Uint8Array {
    const at = this.#take(length)
    // Not slice(): that of a Buffer does not copy.
    return new Uint8Array(this.#bytes.subarray(at, at + length))
  }

  /**
   * The next `length` bytes without copying them: they change when the owner of the buffer changes it.
   * @throws OvsError `malformed`.
   */
  view(length = this.remaining): Uint8Array {
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  /**
   * Text of a field of `length` bytes that is filled up with NULs, as {@link decodeText} makes it. Bytes after the
   * first NUL are not looked at.
   */
  text(length: number): string {
    const field = this.view(length)
    const end = field.indexOf(0)
    return decodeText(end === -1 ? field : field.subarray(0, end))
  }

  /** The next `length` bytes without copying them or passing over them; `undefined` when fewer are left. */
  peek(length: number): Uint8Array | undefined {
    return length > this.remaining ? undefined : this.#bytes.subarray(this.#at, this.#at + length)
  }

  /** Passes over `length` bytes. @throws OvsError `malformed` when fewer are left. */
  skip(length: number): void {
    this.#take(length)
  }

  /** Passes over the padding that brings {@link offset} to a multiple of 8, as far as there are bytes. */
  skipTo8(from = 0): void {
    const over = (this.offset - from) % 8
    if (over !== 0) this.skip(Math.min(8 - over, this.remaining))
  }

  /** A reader of the next `length` bytes, which this one passes over. @throws OvsError `malformed`. */
  sub(length: number): ByteReader {
    const at = this.#take(length)
    return new ByteReader(this.#bytes, at, at + length, this.#start)
  }

  /** Makes the error for this place: `malformed`, with the offset. */
  malformed(what: string, offset = this.offset): OvsError {
    return new OvsError('malformed', `${what} (at offset ${offset} of the message)`, {
      detail: { type: 'offset', offset },
    })
  }

  #take(length: number): number {
    const at = this.#at
    if (length > this.#end - at || length < 0) {
      throw this.malformed(`${length} bytes are needed where ${this.#end - at} are left`)
    }
    this.#at = at + length
    return at
  }
}
