import { formatIpv4, formatIpv6, isIpv4, isIpv6, parseIp } from '@streambed/linux'

/** A subnet, with its addresses as numbers. */
export interface Subnet {
  readonly family: 4 | 6
  /** Canonical CIDR text: `10.1.0.0/24`. */
  readonly cidr: string
  readonly prefixLength: number
  /** Lowest and highest address that a host may have. */
  readonly first: bigint
  readonly last: bigint
  readonly start: bigint
  readonly end: bigint
}

const NO_SUBNET = 'must be a subnet in CIDR form such as "10.1.0.0/24" or "fd00:1::/64"'

/** What a host cannot have (IANA special-purpose address registries, RFC 6890). */
const RESERVED = [
  ['0.0.0.0/8', '"this network"'],
  ['127.0.0.0/8', 'loopback'],
  ['224.0.0.0/4', 'multicast'],
  ['255.255.255.255/32', 'the broadcast address'],
  ['::/127', 'the unspecified address and loopback'],
  ['::ffff:0:0/96', 'IPv4-mapped and may be on no wire: use the IPv4 subnet'],
  ['fe80::/10', 'link-local: every interface has such an address anyhow'],
  ['ff00::/8', 'multicast'],
].map(([cidr = '', why = '']) => ({ why, subnet: parseCidr(cidr) as Subnet }))

/** The subnet with a prefix that is known to be right. */
export function makeSubnet(family: 4 | 6, start: bigint, prefixLength: number): Subnet {
  const hostBits = (family === 6 ? 128 : 32) - prefixLength
  const end = start + (1n << BigInt(hostBits)) - 1n
  // A point-to-point subnet (/31 of RFC 3021, /127 of RFC 6164) and a single address have no network or broadcast address.
  const edges = hostBits > 1 ? 1n : 0n
  return { family, cidr: `${formatAddress(family, start)}/${prefixLength}`, prefixLength, start, end, first: start + edges, last: family === 4 ? end - edges : end }
}

/** Reads CIDR text, whatever it is used for; returns what is wrong with it as a sentence when it is none. */
export function parseCidr(text: string): Subnet | string {
  const [address = '', length = '', more] = text.split('/')
  const parsed = parseHostAddress(address)
  if (parsed === undefined || more !== undefined || !/^\d{1,3}$/.test(length)) return NO_SUBNET
  const bits = parsed.family === 6 ? 128 : 32
  const prefixLength = Number(length)
  if (prefixLength > bits) return `must have a prefix length of at most ${bits}`
  const hostBits = BigInt(bits - prefixLength)
  const subnet = makeSubnet(parsed.family, (parsed.value >> hostBits) << hostBits, prefixLength)
  return subnet.start === parsed.value ? subnet : `has host bits set: write "${subnet.cidr}"`
}

/** Reads a subnet for hosts; returns what is wrong with it as a sentence when it is none. */
export function parseSubnet(text: string): Subnet | string {
  const subnet = parseCidr(text)
  if (/\/0+$/.test(text)) return `must have a prefix length from 1 to ${text.includes(':') ? 128 : 32}`
  if (typeof subnet === 'string') return subnet
  // The last address of a wide subnet is its broadcast address anyhow.
  const reserved = RESERVED.find((other) => overlaps(other.subnet, subnet) && other.subnet.start <= subnet.last)
  if (reserved !== undefined) return `cannot be used for hosts: ${reserved.subnet.cidr} is ${reserved.why}`
  return subnet
}

/** An address as text: dotted, or RFC 5952. */
export function formatAddress(family: 4 | 6, value: bigint): string {
  const view = new DataView(new ArrayBuffer(16))
  view.setBigUint64(0, value >> 64n)
  view.setBigUint64(8, value)
  const bytes = new Uint8Array(view.buffer)
  return family === 4 ? formatIpv4(bytes, 12) : formatIpv6(bytes)
}

/** An address without prefix length and zone as family and number; undefined when the text is none. */
export function parseHostAddress(text: string): { readonly family: 4 | 6; readonly value: bigint } | undefined {
  const family = isIpv4(text) ? 4 : isIpv6(text) ? 6 : undefined
  if (family === undefined) return undefined
  const view = new DataView(new ArrayBuffer(16))
  new Uint8Array(view.buffer).set(parseIp(text), family === 4 ? 12 : 0)
  return { family, value: (view.getBigUint64(0) << 64n) | view.getBigUint64(8) }
}

/** Whether an address lies in a subnet. */
export function contains(subnet: Subnet, family: 4 | 6, value: bigint): boolean {
  return subnet.family === family && value >= subnet.start && value <= subnet.end
}

/** Whether two subnets share an address. */
export function overlaps(a: Subnet, b: Subnet): boolean {
  return a.family === b.family && a.start <= b.end && b.start <= a.end
}
