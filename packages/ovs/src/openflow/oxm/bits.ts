import { formatIpv4, parseIpv4 } from '../../address/ipv4.js'
import { formatIpv6, parseIpv6 } from '../../address/ipv6.js'
import { formatMac, parseMac } from '../../address/mac.js'
import { OvsError } from '../../errors.js'
import { oxmFields, type FieldName, type FieldSpec, type FieldValue } from './fields.js'

/** The unsigned integer of bytes in network order. */
export function bitsOfBytes(bytes: Uint8Array): bigint {
  let bits = 0n
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte)
  return bits
}

/** `length` bytes in network order of an unsigned integer. */
export function bytesOfBits(bits: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let rest = bits
  for (let i = length - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return bytes
}

const ones = Array.from({ length: 129 }, (_, bits) => (1n << BigInt(bits)) - 1n)

/** An integer of `bits` ones. */
export function onesOf(bits: number): bigint {
  return ones[bits] ?? (1n << BigInt(bits)) - 1n
}

/**
 * A field's value of whatever kind as one unsigned integer, so that masks can be computed with.
 *
 * @param what how the error calls the value; by default the field's name.
 * @throws OvsError `invalid` when the value is not of the field's kind, or needs more bytes than the field has.
 */
export function bitsOfValue(name: FieldName, value: unknown, what: string = name): bigint {
  const spec: FieldSpec = oxmFields[name]
  const bits = bitsOrUndefined(spec, value)
  if (bits === undefined || bits < 0n || bits >> BigInt(8 * spec.bytes) !== 0n) {
    const shown = typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? String(value))
    throw new OvsError('invalid', `${what} must be ${valueHint(spec)}, not ${shown}`)
  }
  return bits
}

/** The value of a field from one unsigned integer. Of a field of variable length, `length` bytes. */
export function valueOfBits(name: FieldName, bits: bigint, length?: number): FieldValue {
  const spec: FieldSpec = oxmFields[name]
  switch (spec.kind) {
    case 'number':
      return Number(bits)
    case 'bigint':
      return bits
    case 'mac':
      return formatMac(Number(bits >> 32n), Number(bits & 0xffffffffn))
    case 'ipv4':
      return formatIpv4(Number(bits))
    case 'ipv6':
      return formatIpv6(bytesOfBits(bits, 16))
    case 'bytes':
      return bytesOfBits(bits, length ?? spec.bytes)
  }
}

/** What a value of the field may be, for errors: `an integer from 0 to 7`, `an IPv4 address such as 10.0.0.1`. */
export function valueHint(spec: FieldSpec): string {
  switch (spec.kind) {
    case 'number':
      return `an integer from 0 to ${2 ** spec.bits - 1}`
    case 'bigint':
      return `a bigint from 0 to 2^${spec.bits} - 1`
    case 'mac':
      return 'a MAC address such as 02:00:00:00:00:01'
    case 'ipv4':
      return 'an IPv4 address such as 10.0.0.1'
    case 'ipv6':
      return 'an IPv6 address such as 2001:db8::1'
    case 'bytes':
      return `a Uint8Array of at most ${spec.bytes} bytes`
  }
}

function bitsOrUndefined(spec: FieldSpec, value: unknown): bigint | undefined {
  switch (spec.kind) {
    case 'number':
      return Number.isSafeInteger(value) ? BigInt(value as number) : undefined
    case 'bigint':
      return typeof value === 'bigint' ? value : undefined
    case 'bytes':
      return value instanceof Uint8Array ? bitsOfBytes(value) : undefined
  }
  if (typeof value !== 'string') return undefined
  if (spec.kind === 'ipv6') {
    const bytes = parseIpv6(value)
    return bytes && bitsOfBytes(bytes)
  }
  const number = spec.kind === 'mac' ? parseMac(value) : parseIpv4(value)
  return number === undefined ? undefined : BigInt(number)
}
