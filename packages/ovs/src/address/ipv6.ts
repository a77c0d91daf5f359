import { formatIpv4, parseIpv4 } from './ipv4.js'
import { hexDigit } from './mac.js'

const groups = new Uint16Array(8)

/**
 * Sixteen bytes from index `at` as an IPv6 address in the canonical form of RFC 5952: lower case, no leading zeros, the
 * first of the longest runs of two or more zero groups as `::`, IPv4-mapped addresses as `::ffff:10.0.0.1` (§5), and, as
 * inet_ntop(3) does, IPv4-compatible ones as `::10.0.0.1`.
 */
export function formatIpv6(bytes: Uint8Array, at = 0): string {
  let runStart = -1
  let bestStart = -1
  let bestLength = 1
  for (let i = 0; i < 8; i++) {
    const group = ((bytes[at + 2 * i] as number) << 8) | (bytes[at + 2 * i + 1] as number)
    groups[i] = group
    if (group !== 0) {
      runStart = -1
      continue
    }
    if (runStart === -1) runStart = i
    if (i + 1 - runStart > bestLength) {
      bestStart = runStart
      bestLength = i + 1 - runStart
    }
  }
  if (bestStart === 0 && bestLength === 5 && groups[5] === 0xffff) {
    return `::ffff:${formatIpv4(((groups[6] as number) << 16) | (groups[7] as number))}`
  }
  if (bestStart === 0 && bestLength === 6) {
    return `::${formatIpv4(((groups[6] as number) << 16) | (groups[7] as number))}`
  }
  let text = ''
  for (let i = 0; i < 8; i++) {
    if (i === bestStart) {
      text += '::'
      i += bestLength - 1
    } else {
      if (i > 0 && i !== bestStart + bestLength) text += ':'
      else if (i > 0 && bestStart === -1) text += ':'
      text += (groups[i] as number).toString(16)
    }
  }
  return text
}

/**
 * The sixteen bytes of an IPv6 address (RFC 4291 §2.2), whose last 32 bits may be a dotted quad; `undefined` for
 * anything else, also for an address with a zone (`fe80::1%eth0`).
 */
export function parseIpv6(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(16)
  let used = 0
  let gap = -1
  let at = 0
  if (text.charCodeAt(0) === 0x3a) {
    if (text.charCodeAt(1) !== 0x3a) return undefined
    gap = 0
    at = 2
  }
  while (at < text.length) {
    if (used === 16) return undefined
    const start = at
    let group = 0
    let digit = hexDigit(text.charCodeAt(at))
    while (digit < 16) {
      if (at - start === 4) return undefined
      group = 16 * group + digit
      digit = hexDigit(text.charCodeAt(++at))
    }
    if (at === start) return undefined
    if (text.charCodeAt(at) === 0x2e) {
      const quad = parseIpv4(text.slice(start))
      if (quad === undefined || used > 12) return undefined
      bytes[used++] = quad >>> 24
      bytes[used++] = quad >>> 16
      bytes[used++] = quad >>> 8
      bytes[used++] = quad
      break
    }
    bytes[used++] = group >> 8
    bytes[used++] = group
    if (at === text.length) break
    if (text.charCodeAt(at++) !== 0x3a) return undefined
    if (text.charCodeAt(at) === 0x3a) {
      if (gap !== -1) return undefined
      gap = used
      at++
    } else if (at === text.length) {
      return undefined
    }
  }
  if (gap === -1) return used === 16 ? bytes : undefined
  if (used === 16) return undefined
  bytes.copyWithin(16 - (used - gap), gap, used)
  bytes.fill(0, gap, 16 - (used - gap))
  return bytes
}
