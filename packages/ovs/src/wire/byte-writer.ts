import { OvsError } from '../errors.js'
import { encodeText } from './text.js'

/** A 64-bit value and its two halves, in the machine's order: much faster than shifting a bigint. */
const wide = new BigUint64Array(1)
const halves = new Uint32Array(wide.buffer)
const LOW = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 1
const HIGH = 1 - LOW

/** Calls of `fill` and `set` cost more than a loop up to about so many bytes. */
const SHORT = 32

/** Writes big-endian values one after the other into a buffer that grows as needed. */
export class ByteWriter {
  #bytes: Uint8Array
  #at = 0

  /** @param capacity bytes to reserve at first. */
  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
  }

  /** How many bytes have been written: the offset of the next one. */
  get offset(): number {
    return this.#at
  }

  /** Eight bits. @throws OvsError `invalid`, naming `field`, when the value does not fit. */
  u8(value: number, field?: string): void {
    if ((value & 0xff) !== value) throw unfit(value, 8, field)
    const at = this.#room(1)
    this.#bytes[at] = value
  }

  /** Sixteen bits. @throws OvsError `invalid`, naming `field`, when the value does not fit. */
  u16(value: number, field?: string): void {
    if ((value & 0xffff) !== value) throw unfit(value, 16, field)
    this.setU16(this.#room(2), value)
  }

  /** Twenty-four bits. @throws OvsError `invalid`, naming `field`, when the value does not fit. */
  u24(value: number, field?: string): void {
    if ((value & 0xffffff) !== value) throw unfit(value, 24, field)
    const at = this.#room(3)
    this.#bytes[at] = value >> 16
    this.setU16(at + 1, value & 0xffff)
  }

  /** Thirty-two bits, unsigned. @throws OvsError `invalid`, naming `field`, when the value does not fit. */
  u32(value: number, field?: string): void {
    if (value >>> 0 !== value) throw unfit(value, 32, field)
    const at = this.#room(4)
    const bytes = this.#bytes
    bytes[at] = value >>> 24
    bytes[at + 1] = value >>> 16
    bytes[at + 2] = value >>> 8
    bytes[at + 3] = value
  }

  /** Sixty-four bits, unsigned. @throws OvsError `invalid`, naming `field`, when the value does not fit. */
  u64(value: bigint, field?: string): void {
    if (typeof value !== 'bigint') throw unfit(value, 64, field)
    wide[0] = value
    if (wide[0] !== value) throw unfit(value, 64, field)
    this.u32(halves[HIGH] as number)
    this.u32(halves[LOW] as number)
  }

  /** An unsigned integer in `length` bytes. @throws OvsError `invalid`, naming `field`, when the value does not fit. */
  uint(value: bigint, length: number, field?: string): void {
    if (typeof value !== 'bigint' || value < 0n || value >> BigInt(8 * length) !== 0n)
      throw unfit(value, 8 * length, field)
    const at = this.#room(length)
    let rest = value
    for (let i = at + length - 1; i >= at; i--) {
      this.#bytes[i] = Number(rest & 0xffn)
      rest >>= 8n
    }
  }

  /** The bytes as they are. @throws OvsError `invalid`, naming `field`, when it is something else. */
  bytes(bytes: Uint8Array, field = 'the data'): void {
    if (!(bytes instanceof Uint8Array))
      throw new OvsError('invalid', `${field} must be a Uint8Array, not ${String(bytes)}`)
    const { length } = bytes
    const at = this.#room(length)
    const target = this.#bytes
    if (length > SHORT) target.set(bytes, at)
    else for (let i = 0; i < length; i++) target[at + i] = bytes[i] as number
  }

  /**
   * Text as {@link encodeText} has it, filled up with NULs to `length` bytes.
   *
   * @throws OvsError `invalid`, naming `field`, when it is longer.
   */
  text(text: string, length: number, field?: string): void {
    if (typeof text !== 'string')
      throw new OvsError('invalid', `${field ?? 'the text'} must be a string, not ${String(text)}`)
    const encoded = encodeText(text)
    if (encoded.length > length) {
      throw new OvsError('invalid', `${field ?? 'the text'} ${JSON.stringify(text)} has more than ${length} bytes`)
    }
    this.bytes(encoded)
    this.zeros(length - encoded.length)
  }

  /** `length` bytes of zero. */
  zeros(length: number): void {
    const at = this.#room(length)
    const end = at + length
    const bytes = this.#bytes
    if (length > SHORT) bytes.fill(0, at, end)
    else for (let i = at; i < end; i++) bytes[i] = 0
  }

  /** Zeros until the bytes since offset `from` are a multiple of 8. */
  padTo8(from = 0): void {
    this.zeros(-(this.#at - from) & 7)
  }

  /** Overwrites 16 bits at `offset`: a length that is known only now. @throws OvsError `invalid` beyond 65,535. */
  setU16(offset: number, value: number, field?: string): void {
    if ((value & 0xffff) !== value) throw unfit(value, 16, field)
    this.#bytes[offset] = value >> 8
    this.#bytes[offset + 1] = value
  }

  /** Reads back the 16 bits at `offset`: a length that something else has filled in. */
  getU16(offset: number): number {
    return ((this.#bytes[offset] as number) << 8) | (this.#bytes[offset + 1] as number)
  }

  /** A copy of what has been written. */
  copy(): Uint8Array {
    return this.#bytes.slice(0, this.#at)
  }

  /** Forgets what has been written. */
  clear(): void {
    this.#at = 0
  }

  /** What has been written. The writer must not be used any further. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  #room(length: number): number {
    const at = this.#at
    const end = at + length
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, end))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#at = end
    return at
  }
}

function unfit(value: unknown, bits: number, field = 'the value'): OvsError {
  const kind = bits > 32 ? `a bigint from 0 to 2^${bits} - 1` : `an integer from 0 to ${2 ** bits - 1}`
  return new OvsError(
    'invalid',
    `${field} must be ${kind}, not ${typeof value === 'bigint' ? `${value}n` : String(value)}`,
  )
}
