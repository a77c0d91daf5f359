import { u16At } from './octets.js'

/**
 * The Internet checksum (RFC 1071): the complement of the ones' complement sum of all 16-bit words. Over data that has
 * its own checksum inside it gives 0.
 */
export function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0
  for (const part of parts) for (let offset = 0; offset < part.length; offset += 2) sum += u16At(part, offset)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}
