/** A DataView on exactly the given bytes. Network byte order is its default. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** One new array with all the parts, in order. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/**
 * Gives `value` back when it fits an unsigned field of `bits` bits; encoders pass every number through it, because
 * `DataView.setUint16` would drop the upper bits without a word.
 *
 * @throws RangeError when it does not fit; `field` names it in the message.
 */
export function uint(value: number, bits: number, field: string): number {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits) {
    throw new RangeError(`${field}: ${value} does not fit ${bits} bits; give an integer from 0 to ${2 ** bits - 1}`)
  }
  return value
}
