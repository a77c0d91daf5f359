import { onesOf } from '../oxm/bits.js'
import { PartError } from './syntax.js'

/**
 * An integer as ovs-ofctl reads it: decimal, hexadecimal after `0x`, octal after `0`; a negative one counts down from
 * 2^64.
 *
 * @param bytes the number of bytes that it must fit into.
 * @throws PartError when it is none, or does not fit.
 */
export function parseInteger(text: string, bytes: number, what: string): bigint {
  const negative = text.startsWith('-')
  const digits = negative || text.startsWith('+') ? text.slice(1) : text
  let value = unsigned(digits)
  if (value === undefined) {
    throw new PartError(`${what} must be an integer, such as 10 or 0xa, not ${JSON.stringify(text)}`)
  }
  if (negative) value = BigInt.asUintN(64, -value)
  if (value > onesOf(8 * bytes)) {
    throw new PartError(`${what} must fit into ${bytes === 1 ? 'one byte' : `${bytes} bytes`}, unlike ${text}`)
  }
  return value
}

/** An integer of the C language, or `undefined`. */
function unsigned(text: string): bigint | undefined {
  if (/^0[0-7]+$/.test(text)) return BigInt(`0o${text.slice(1)}`)
  return /^(?:0x[0-9a-f]+|[1-9][0-9]*|0)$/i.test(text) ? BigInt(text.toLowerCase()) : undefined
}

/** Hexadecimal as `printf("%#x")` writes it: with `0x`, but a plain `0` for zero. */
export function hexOf(value: bigint | number): string {
  return value === 0n || value === 0 ? '0' : `0x${value.toString(16)}`
}
