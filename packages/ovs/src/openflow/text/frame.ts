import { formatMac } from '../../address/mac.js'

/** A place in the bytes of a packet. Offsets count from there; what lies beyond the end reads as zero. */
export class Frame {
  readonly bytes: Uint8Array
  /** Index of the place in {@link bytes}. */
  at: number
  readonly #end: number

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes
    this.at = at
    this.#end = end
  }

  /** Bytes from here to the end. */
  get left(): number {
    return this.#end - this.at
  }

  u8(offset: number): number {
    return this.bytes[this.at + offset] ?? 0
  }

  u16(offset: number): number {
    return (this.u8(offset) << 8) | this.u8(offset + 1)
  }

  u32(offset: number): number {
    return ((this.u16(offset) << 16) | this.u16(offset + 2)) >>> 0
  }

  /** A MAC address. */
  mac(offset: number): string {
    return formatMac(this.u16(offset), this.u32(offset + 2))
  }

  skip(length: number): void {
    this.at += length
  }

  /** The same place, with nothing beyond the next `length` bytes. */
  first(length: number): Frame {
    return new Frame(this.bytes, this.at, this.at + length)
  }
}
