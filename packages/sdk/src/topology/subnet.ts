import { Address4, Address6 } from 'ip-address'

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

/** Reads a subnet; returns what is wrong with it as a sentence when it is none. */
export function parseSubnet(text: string): Subnet | string {
  if (!/^[0-9a-fA-F:.]+\/\d{1,3}$/.test(text)) return 'must be a subnet in CIDR form such as "10.1.0.0/24" or "fd00:1::/64"'
  const family = text.includes(':') ? 6 : 4
  const bits = family === 6 ? 128 : 32
  let address: Address4 | Address6
  try {
    address = family === 6 ? new Address6(text) : new Address4(text)
  } catch {
    return 'must be a subnet in CIDR form such as "10.1.0.0/24" or "fd00:1::/64"'
  }
  const prefixLength = address.subnetMask
  const hostBits = bits - prefixLength
  if (prefixLength < 1 || hostBits < 0) return `must have a prefix length from 1 to ${bits}`
  const own = address.bigInt()
  const start = (own >> BigInt(hostBits)) << BigInt(hostBits)
  const canonical = formatAddress(family, start)
  if (own !== start) return `has host bits set: write "${canonical}/${prefixLength}"`
  const end = start + (1n << BigInt(hostBits)) - 1n
  if (family === 4 && (start >> 24n === 127n || start >> 28n === 14n || start >> 24n === 0n)) return 'cannot be used for hosts: it is loopback, multicast or "this network"'
  if (family === 6 && (start >> 120n === 0xffn || start === 0n || start === 1n)) return 'cannot be used for hosts: it is multicast or loopback'
  // A point-to-point subnet (/31 of RFC 3021, /127 of RFC 6164) and a single address have no network or broadcast address.
  const edges = hostBits > 1 ? 1n : 0n
  return {
    family,
    cidr: `${canonical}/${prefixLength}`,
    prefixLength,
    start,
    end,
    first: start + edges,
    last: family === 4 ? end - edges : end,
  }
}

/** An address as text: dotted, or RFC 5952. */
export function formatAddress(family: 4 | 6, value: bigint): string {
  return family === 4 ? Address4.fromBigInt(value).correctForm() : Address6.fromBigInt(value).correctForm()
}

/** An address as family and number; undefined when the text is none. */
export function parseHostAddress(text: string): { readonly family: 4 | 6; readonly value: bigint } | undefined {
  if (!/^[0-9a-fA-F:.]+$/.test(text)) return undefined
  try {
    return text.includes(':') ? { family: 6, value: new Address6(text).bigInt() } : { family: 4, value: new Address4(text).bigInt() }
  } catch {
    return undefined
  }
}

/** Whether an address lies in a subnet. */
export function contains(subnet: Subnet, family: 4 | 6, value: bigint): boolean {
  return subnet.family === family && value >= subnet.start && value <= subnet.end
}

/** Whether two subnets share an address. */
export function overlaps(a: Subnet, b: Subnet): boolean {
  return a.family === b.family && a.start <= b.end && b.start <= a.end
}
