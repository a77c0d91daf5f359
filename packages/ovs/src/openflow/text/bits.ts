/** Names of single bits, in the order in which they are printed. */
export type BitNames = readonly (readonly [bit: number, name: string])[]

/**
 * The names of the bits that are set, separated by `separator`; what has no name follows as one hexadecimal number. `0`
 * when none is set.
 */
export function printBits(value: number, names: BitNames, separator = ' '): string {
  if (value === 0) return '0'
  let rest = value
  const words: string[] = []
  for (const [bit, name] of names) {
    if ((rest & bit) === 0) continue
    words.push(name)
    rest = (rest & ~bit) >>> 0
  }
  if (rest !== 0) words.push(hex(rest))
  return words.join(separator)
}

/** A number as `0x…`. */
export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`
}

/** C's `%#x`: zero has no prefix. */
export function hexOrZero(value: number | bigint): string {
  return value === 0 || value === 0n ? '0' : hex(value)
}

/** Bytes as two hexadecimal digits each. */
export function hexBytes(bytes: Uint8Array, separator = ''): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(separator)
}
