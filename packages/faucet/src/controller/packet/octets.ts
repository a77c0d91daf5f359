/** The two octets at a place as a number; octets beyond the end count as 0. */
export function u16At(data: Uint8Array, offset: number): number {
  return ((data[offset] ?? 0) << 8) | (data[offset + 1] ?? 0)
}

/** The four octets at a place as a number; octets beyond the end count as 0. */
export function u32At(data: Uint8Array, offset: number): number {
  return u16At(data, offset) * 0x10000 + u16At(data, offset + 2)
}

/** A number as two octets. */
export function u16(value: number): readonly [number, number] {
  return [(value >>> 8) & 255, value & 255]
}

/** A number as four octets. */
export function u32(value: number): readonly [number, number, number, number] {
  return [...u16(Math.floor(value / 0x10000)), ...u16(value)]
}

/** Octets one after the other. */
export function joined(...parts: readonly ArrayLike<number>[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const octets = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    octets.set(part, offset)
    offset += part.length
  }
  return octets
}
