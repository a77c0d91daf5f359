/** An IPv4 address as a number. */
export function parseIpv4(text: string): bigint {
  return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
}

/** The text of an IPv4 address. */
export function formatIpv4(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join('.')
}

/** An IPv6 address as a number; no embedded IPv4 address. */
export function parseIpv6(text: string): bigint {
  const [left = '', right] = text.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const before = groups(left)
  const after = groups(right ?? '')
  const zeros = right === undefined ? 0 : 8 - before.length - after.length
  const all = [...before, ...Array<string>(zeros).fill('0'), ...after]
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}

/** A text of an IPv6 address, with all its groups. */
export function formatIpv6(address: bigint): string {
  return Array.from({ length: 8 }, (_, i) => ((address >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(':')
}

/** The bytes of a MAC address. */
export function macBytes(mac: string): number[] {
  return mac.split(':').map((part) => parseInt(part, 16))
}

/** The multicast address to which neighbours of an IPv6 address are asked (RFC 4291, 2.7.1), and its MAC address. */
export function solicitedNode(address: string): { readonly ip: string; readonly mac: string } {
  const low = parseIpv6(address) & 0xffffffn
  const bytes = [16n, 8n, 0n].map((shift) => ((low >> shift) & 255n).toString(16).padStart(2, '0'))
  return { ip: formatIpv6(parseIpv6('ff02::1:ff00:0') | low), mac: `33:33:ff:${bytes.join(':')}` }
}
