import { isIPv4, isIPv6 } from 'node:net'

/** An address and the length of its network's prefix. */
export interface AddressRange {
  readonly version: 4 | 6
  readonly bits: bigint
  readonly prefixLength: number
}

/** Reads an IP address, dotted or with colons; `undefined` when it is none. */
export function parseAddress(text: string): { readonly version: 4 | 6; readonly bits: bigint } | undefined {
  if (isIPv4(text)) return { version: 4, bits: bits4(text) }
  const bare = text.replace(/%[^%/]+$/, '')
  return isIPv6(bare) && !bare.includes('%') ? { version: 6, bits: bits6(bare) } : undefined
}

/** Reads `address/prefix`, `address/netmask` or a bare address (the longest prefix); `undefined` when it is none. */
export function parseRange(text: string): AddressRange | undefined {
  const [head = '', tail, ...more] = text.split('/')
  const address = parseAddress(head)
  if (!address || more.length > 0) return undefined
  const width = address.version === 4 ? 32 : 128
  const prefixLength = tail === undefined ? width : prefixOf(tail, address.version)
  return prefixLength === undefined ? undefined : { ...address, prefixLength }
}

/** Whether an address has bits beyond its prefix. */
export function hasHostBits(range: AddressRange): boolean {
  const width = range.version === 4 ? 32 : 128
  return (range.bits & ((1n << BigInt(width - range.prefixLength)) - 1n)) !== 0n
}

/** Whether an address lies in the network of a range. */
export function isWithin(address: AddressRange, network: AddressRange): boolean {
  if (address.version !== network.version) return false
  const shift = BigInt((network.version === 4 ? 32 : 128) - network.prefixLength)
  return address.bits >> shift === network.bits >> shift
}

/** Whether an address is link-local (169.254/16, fe80::/10). */
export function isLinkLocal(address: AddressRange): boolean {
  return address.version === 4 ? address.bits >> 16n === 0xa9fen : address.bits >> 118n === 0x3fan
}

/** An address in its canonical text (RFC 5952). */
export function formatAddress(version: 4 | 6, bits: bigint): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.')
  const groups = Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - index * 16)) & 0xffffn).toString(16))
  let best = { start: 0, length: 1 }
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (start + length < 8 && groups[start + length] === '0') length++
    if (length > best.length) best = { start, length }
  }
  if (best.length < 2) return groups.join(':')
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`
}

// The forms that netaddr takes: six, three or two groups, or bare.
const macForms = [
  /^([0-9A-F]{1,2})(?:([:-])[0-9A-F]{1,2})(?:\2[0-9A-F]{1,2}){4}$/i,
  /^([0-9A-F]{1,4})(?:([:.-])[0-9A-F]{1,4})(?:\2[0-9A-F]{1,4})$/i,
  /^[0-9A-F]{5,6}[:-][0-9A-F]{5,6}$/i,
  /^[0-9A-F]{11,12}$/i,
]

/** Whether Faucet takes a text for a MAC address. */
export function isMac(text: string): boolean {
  return macForms.some((form) => form.test(text.replace(/\n$/, '')))
}

/** A MAC address in lower case with colons. */
export function formatMac(text: string): string {
  const groups = text.trimEnd().split(/[:.-]/)
  const hex = groups.map((group) => group.padStart(12 / groups.length, '0')).join('')
  return hex.toLowerCase().match(/../g)?.join(':') ?? text
}

function bits4(text: string): bigint {
  return text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)
}

function bits6(text: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const low = dotted ? bits4(dotted[2] ?? '') : 0n
  const whole = dotted ? `${dotted[1] ?? ''}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}` : text
  const [left = '', right] = whole.split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === undefined || right === '' ? [] : right.split(':')
  const zeros = right === undefined ? 0 : 8 - head.length - tail.length
  const groups = [...head, ...Array.from({ length: zeros }, () => '0'), ...tail]
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n)
}

function prefixOf(text: string, version: 4 | 6): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) <= (version === 4 ? 32 : 128) ? Number(text) : undefined
  if (version === 6 || !isIPv4(text)) return undefined
  // A netmask, or else a host mask.
  const mask = bits4(text)
  for (let length = 0; length <= 32; length++) if (mask === ((0xffffffffn << BigInt(32 - length)) & 0xffffffffn)) return length
  for (let length = 0; length <= 32; length++) if (mask === (1n << BigInt(32 - length)) - 1n) return length
  return undefined
}
