import { formatIpv4, parseIpv4 } from '../../address/ipv4.js'
import { formatIpv6, parseIpv6 } from '../../address/ipv6.js'
import { formatMac, parseMac } from '../../address/mac.js'
import { bitsOfBytes, bytesOfBits, onesOf } from '../oxm/bits.js'
import { PartError } from './syntax.js'

/** A kind of address: its width, and its text form as ovs-ofctl prints and reads it, without a mask. */
export interface AddressKind {
  readonly bits: number
  readonly example: string
  readonly print: (bits: bigint) => string
  /** `undefined` when the text is no such address. */
  readonly parse: (text: string) => bigint | undefined
}

const bigintOf = (number: number | undefined) => (number === undefined ? undefined : BigInt(number))

export const macAddress: AddressKind = {
  bits: 48,
  example: 'a MAC address, such as 02:00:00:00:00:01',
  print: (bits) => formatMac(Number(bits >> 32n), Number(bits & 0xffffffffn)),
  parse: (text) => bigintOf(parseMac(text)),
}

export const ipv4Address: AddressKind = {
  bits: 32,
  example: 'an IPv4 address, such as 10.0.0.1',
  print: (bits) => formatIpv4(Number(bits)),
  parse: (text) => bigintOf(parseIpv4(text)),
}

export const ipv6Address: AddressKind = {
  bits: 128,
  example: 'an IPv6 address, such as 2001:db8::1',
  print: (bits) => {
    // The C library, with which ovs-ofctl prints, also writes IPv4-compatible addresses with a dotted quad.
    if (bits >> 32n === 0n && bits > 0xffffn) return `::${formatIpv4(Number(bits))}`
    return formatIpv6(bytesOfBits(bits, 16))
  },
  parse: (text) => {
    const bytes = parseIpv6(text)
    return bytes && bitsOfBytes(bytes)
  },
}

/** An address and its mask: `10.0.0.0/8` where the mask is a prefix of an IP address, or `…/255.0.255.0`. */
export function printMaskedAddress(value: bigint, mask: bigint, kind: AddressKind): string {
  const ones = onesOf(kind.bits)
  if (mask === ones) return kind.print(value)
  if (kind === macAddress) return `${kind.print(value)}/${kind.print(mask)}`
  const prefix = prefixOf(mask, kind.bits)
  return `${kind.print(value)}/${prefix ?? kind.print(mask)}`
}

/**
 * An address, perhaps with `/mask` or, for IP addresses, `/prefix`.
 *
 * @throws PartError when the text is none.
 */
export function parseMaskedAddress(text: string, kind: AddressKind): { value: bigint; mask: bigint } {
  const slash = text.indexOf('/')
  const value = kind.parse(slash === -1 ? text : text.slice(0, slash))
  if (value === undefined) throw new PartError(`${JSON.stringify(text)} is not ${kind.example}`)
  if (slash === -1) return { value, mask: onesOf(kind.bits) }
  const maskText = text.slice(slash + 1)
  if (kind !== macAddress && /^[0-9]+$/.test(maskText)) {
    const prefix = Number(maskText)
    if (prefix > kind.bits) throw new PartError(`a prefix must be from 0 to ${kind.bits}, not ${maskText}`, slash + 1)
    return { value, mask: maskOfPrefix(prefix, kind.bits) }
  }
  const mask = kind.parse(maskText)
  if (mask === undefined) throw new PartError(`the mask must be a prefix length or ${kind.example}`, slash + 1)
  return { value, mask }
}

/** The mask of a prefix: that many ones, then zeros. */
export function maskOfPrefix(prefix: number, bits: number): bigint {
  return onesOf(bits) ^ onesOf(bits - prefix)
}

/** The length of the prefix that a mask is; `undefined` when its ones are not all in front. */
export function prefixOf(mask: bigint, bits: number): number | undefined {
  const zeros = onesOf(bits) ^ mask
  if ((zeros & (zeros + 1n)) !== 0n) return undefined
  return bits - (zeros === 0n ? 0 : zeros.toString(2).length)
}
