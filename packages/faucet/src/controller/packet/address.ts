import { FaucetError } from '../../errors.js'
import { formatAddress, formatMac, isMac, parseAddress } from '../../config/address.js'
import { u16At } from './octets.js'

const hex = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'))

const usualMac = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/

/** The six octets of a MAC address. @throws FaucetError `invalid` when it is none */
export function macOctets(text: string): Uint8Array {
  const usual = usualMac.test(text) ? text : other(text)
  const octets = new Uint8Array(6)
  for (let index = 0; index < 6; index++) octets[index] = parseInt(usual.slice(index * 3, index * 3 + 2), 16)
  return octets
}

function other(text: string): string {
  if (isMac(text)) return formatMac(text)
  throw new FaucetError('invalid', `${JSON.stringify(text)} is no MAC address like 02:00:00:00:00:01`)
}

/** The MAC address at a place, in lower case with colons. Octets beyond the end count as 0. */
export function macAt(data: Uint8Array, offset: number): string {
  let text = ''
  for (let index = 0; index < 6; index++) text += (index ? ':' : '') + (hex[data[offset + index] ?? 0] ?? '')
  return text
}

/** Whether a MAC address in text is one of a group, the broadcast included. */
export function isGroupMac(text: string): boolean {
  return (parseInt(text.slice(0, 2), 16) & 1) === 1
}

/** The 4 or 16 octets of an IP address. @throws FaucetError `invalid` when it is none */
export function ipOctets(text: string): Uint8Array {
  const address = parseAddress(text)
  if (!address) throw new FaucetError('invalid', `${JSON.stringify(text)} is no IP address`)
  const octets = new Uint8Array(address.version === 4 ? 4 : 16)
  for (let index = octets.length - 1, { bits } = address; index >= 0; index--, bits >>= 8n) octets[index] = Number(bits & 255n)
  return octets
}

/** The IP address at a place, in canonical text. Octets beyond the end count as 0. */
export function ipAt(data: Uint8Array, offset: number, version: 4 | 6): string {
  if (version === 4) return [0, 1, 2, 3].map((index) => data[offset + index] ?? 0).join('.')
  let bits = 0n
  for (let index = 0; index < 16; index += 2) bits = (bits << 16n) | BigInt(u16At(data, offset + index))
  return formatAddress(version, bits)
}
