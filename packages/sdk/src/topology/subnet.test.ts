import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contains, formatAddress, overlaps, parseCidr, parseHostAddress, parseSubnet, type Subnet } from './subnet.js'

function subnet(text: string): Subnet {
  const parsed = parseSubnet(text)
  if (typeof parsed === 'string') throw new Error(parsed)
  return parsed
}

/** First and last address for hosts, as text. */
function range(text: string): [string, string] {
  const { family, first, last } = subnet(text)
  return [formatAddress(family, first), formatAddress(family, last)]
}

describe('a subnet', () => {
  it.each([
    ['10.1.0.0/24', '10.1.0.1', '10.1.0.254'],
    ['10.1.0.4/30', '10.1.0.5', '10.1.0.6'],
    // RFC 3021: no network and no broadcast address.
    ['10.1.0.0/31', '10.1.0.0', '10.1.0.1'],
    ['10.1.0.7/32', '10.1.0.7', '10.1.0.7'],
    ['10.0.0.0/8', '10.0.0.1', '10.255.255.254'],
    ['240.0.0.0/4', '240.0.0.1', '255.255.255.254'],
    // RFC 4291, 2.6.1: the first one is the subnet-router anycast address; there is no broadcast.
    ['fd00::/64', 'fd00::1', 'fd00::ffff:ffff:ffff:ffff'],
    ['fd00::/126', 'fd00::1', 'fd00::3'],
    // RFC 6164.
    ['fd00::/127', 'fd00::', 'fd00::1'],
    ['fd00::5/128', 'fd00::5', 'fd00::5'],
    ['64:ff9b::/96', '64:ff9b::1', '64:ff9b::ffff:ffff'],
  ])('%s has addresses from %s to %s', (text, first, last) => {
    expect(range(text)).toEqual([first, last])
  })

  it.each([
    ['FD00:0:0:0::/64', 'fd00::/64'],
    ['fd00::10.0.0.0/120', 'fd00::a00:0/120'],
  ])('%s is written as %s', (text, cidr) => {
    expect(subnet(text).cidr).toBe(cidr)
  })

  it.each([
    ['', 'must be a subnet in CIDR form'],
    ['10.1.0.0', 'must be a subnet in CIDR form'],
    ['10.1.0.0/', 'must be a subnet in CIDR form'],
    ['/24', 'must be a subnet in CIDR form'],
    ['10.1.0.0/24/24', 'must be a subnet in CIDR form'],
    ['10.1.0.0/-1', 'must be a subnet in CIDR form'],
    ['10.1.0.0/1e1', 'must be a subnet in CIDR form'],
    ['10.1.0.0/ 24', 'must be a subnet in CIDR form'],
    [' 10.1.0.0/24', 'must be a subnet in CIDR form'],
    ['10.1/16', 'must be a subnet in CIDR form'],
    ['010.1.0.0/16', 'must be a subnet in CIDR form'],
    ['256.0.0.0/8', 'must be a subnet in CIDR form'],
    ['fd00:::/64', 'must be a subnet in CIDR form'],
    ['fd00::%eth0/64', 'must be a subnet in CIDR form'],
    ['١٠.1.0.0/24', 'must be a subnet in CIDR form'],
    ['10.1.0.0/33', 'prefix length of at most 32'],
    ['fd00::/129', 'prefix length of at most 128'],
    ['0.0.0.0/0', 'prefix length from 1 to 32'],
    ['10.0.0.0/0', 'prefix length from 1 to 32'],
    ['::/0', 'prefix length from 1 to 128'],
    ['10.1.0.9/24', 'has host bits set: write "10.1.0.0/24"'],
    ['fd00::1/64', 'has host bits set: write "fd00::/64"'],
    ['127.0.0.0/8', '127.0.0.0/8 is loopback'],
    ['127.1.0.0/16', '127.0.0.0/8 is loopback'],
    // Wide ones that contain what no host can have.
    ['126.0.0.0/7', '127.0.0.0/8 is loopback'],
    ['128.0.0.0/1', '224.0.0.0/4 is multicast'],
    ['0.0.0.0/8', '0.0.0.0/8 is "this network"'],
    ['239.0.0.0/8', '224.0.0.0/4 is multicast'],
    ['255.255.255.255/32', 'is the broadcast address'],
    ['255.255.255.254/31', 'is the broadcast address'],
    ['::/1', '::/127 is the unspecified address and loopback'],
    ['::1/128', '::/127 is the unspecified address and loopback'],
    ['fe80::/64', 'fe80::/10 is link-local'],
    ['ff02::/16', 'ff00::/8 is multicast'],
    ['::ffff:0:0/96', 'is IPv4-mapped'],
    ['::ffff:10.0.0.0/120', 'is IPv4-mapped'],
  ])('refuses %j: %s', (text, message) => {
    expect(parseSubnet(text)).toEqual(expect.stringContaining(message))
  })
})

it('reads 0.0.0.0/0 and ::/0 where any prefix will do', () => {
  expect(parseCidr('0.0.0.0/0')).toMatchObject({ family: 4, prefixLength: 0, start: 0n, end: 0xffff_ffffn })
  expect(parseCidr('::/0')).toMatchObject({ family: 6, prefixLength: 0, end: (1n << 128n) - 1n })
})

describe('an address', () => {
  it.each(['', '1', '10.1', '0x10', '010.0.0.1', '1.2.3.256', '1.2.3.4/24', ' 1.2.3.4', '1.2.3.4\n', '::1/64', 'fe80::1%eth0', '1::2::3', 'abcd', 'fd00:::1', '12345::'])('is not %j', (text) => {
    expect(parseHostAddress(text)).toBeUndefined()
  })

  it('survives being written and read', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }), (value) => {
        expect(parseHostAddress(formatAddress(4, value))).toEqual({ family: 4, value })
      }),
    )
    const groups = fc.array(fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 0xffffn })), { minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(groups, (parts) => {
        const value = parts.reduce((sum, part) => (sum << 16n) | part, 0n)
        expect(parseHostAddress(formatAddress(6, value))).toEqual({ family: 6, value })
      }),
    )
  })
})

it('an overlap is a shared address', () => {
  const cidr = fc.record({ start: fc.integer({ min: 0, max: 255 }), bits: fc.integer({ min: 25, max: 32 }) }).map(({ start, bits }) => {
    const size = 2 ** (32 - bits)
    return subnet(`10.0.0.${Math.floor(start / size) * size}/${bits}`)
  })
  fc.assert(
    fc.property(cidr, cidr, (a, b) => {
      let shared = false
      for (let value = a.start; value <= a.end; value++) shared ||= contains(b, 4, value)
      expect(overlaps(a, b)).toBe(shared)
    }),
  )
  expect(overlaps(subnet('10.0.0.0/8'), subnet('fd00::/8'))).toBe(false)
})
