import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'

/** A property or element of a type that this package does not know. */
export interface UnknownProperty {
  readonly type: 'unknown'
  readonly propertyType: number
  /** What follows type and length, without padding. */
  readonly data: Uint8Array
}

/** Makes a property out of exactly its body, which lies behind type and length. */
export type DecodeProperty<P> = (propertyType: number, body: ByteReader) => P

/**
 * Reads properties to the end of the reader: each has a type and a length of 16 bits, and is padded to a multiple of
 * 8 bytes, which the length does not count (the padding may be missing at the end).
 *
 * @throws OvsError `malformed` when one is cut off, or longer than its type allows.
 */
export function decodeProperties<P>(r: ByteReader, decode: DecodeProperty<P>): P[] {
  const properties: P[] = []
  while (r.remaining > 0) {
    const start = r.offset
    const propertyType = r.u16()
    const length = r.u16()
    if (length < 4) throw r.malformed(`a property must be at least 4 bytes long, not ${length}`, start)
    const body = r.sub(length - 4)
    properties.push(decode(propertyType, body))
    if (body.remaining > 0)
      throw body.malformed(`a property of type ${propertyType} is ${body.remaining} bytes too long`)
    r.skip(Math.min(-length & 7, r.remaining))
  }
  return properties
}

/** Begins a property; its body follows, then {@link endProperty} with what this returns. */
export function beginProperty(w: ByteWriter, propertyType: number): number {
  const start = w.offset
  w.u16(propertyType, 'propertyType')
  w.u16(0)
  return start
}

/** Fills in the length of the property that began at `start`, and pads it. */
export function endProperty(w: ByteWriter, start: number): void {
  w.setU16(start + 2, w.offset - start, 'the length of the property')
  w.padTo8(start)
}

/** Writes a property whose body is `data`. */
export function encodeDataProperty(w: ByteWriter, propertyType: number, data: Uint8Array): void {
  const start = beginProperty(w, propertyType)
  w.bytes(data)
  endProperty(w, start)
}
