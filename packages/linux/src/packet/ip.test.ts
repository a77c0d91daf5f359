import { isIPv4, isIPv6, SocketAddress } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalIp, formatIpv4, formatIpv6, isIpv4, isIpv6, parseIp, parseIpv4, parseIpv6 } from './ip.js'

describe('IPv4 text', () => {
  it.each(['0.0.0.0', '10.0.0.1', '255.255.255.255', '192.168.100.9'])('takes %s', (text) => {
    expect(formatIpv4(parseIpv4(text))).toBe(text)
  })
  it.each(['', '1.2.3', '1.2.3.4.5', '1.2.3.', '.1.2.3', '256.0.0.1', '01.2.3.4', '1.2.3.04', '1..2.3', ' 1.2.3.4', '1.2.3.4\n', '0x1.2.3.4', '1.2.3.-4', '::1'])(
    'refuses %j',
    (text) => {
      expect(isIpv4(text)).toBe(false)
      expect(() => parseIpv4(text)).toThrow(RangeError)
    },
  )
  it('agrees with Node', () => {
    const text = fc.array(fc.constantFrom('0', '1', '9', '25', '255', '256', '.', '.', '.', '01'), { maxLength: 9 }).map((p) => p.join(''))
    fc.assert(fc.property(text, (t) => void expect(isIpv4(t), t).toBe(isIPv4(t))), { numRuns: 2000 })
  })
})

describe('IPv6 text', () => {
  it.each([
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['FD00:0:0:0:0:0:0:ABCD', 'fd00::abcd'],
    // The cases of RFC 5952 §4.
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
  ])('reads %s and writes %s', (text, canonical) => {
    expect(formatIpv6(parseIpv6(text))).toBe(canonical)
  })
  it.each(['', ':', ':::', '1', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1::2::3', '1:2:3:4::5:6:7:8', '12345::', 'g::', 'fe80::1%eth0', '::1%', '1.2.3.4', '::1.2.3', '::1.2.3.4:1', '1.2.3.4::', ':1::', '::1:', ' ::1', '::1\n', '[::1]', '1:2:3:4:5:6:7:1.2.3.4'])(
    'refuses %j',
    (text) => {
      expect(isIpv6(text)).toBe(false)
      expect(() => parseIpv6(text)).toThrow(RangeError)
    },
  )
  it('agrees with Node on what is an address', () => {
    const pieces = fc.constantFrom(':', ':', ':', '::', '0', '1', 'ffff', '00000', 'abc', '1.2.3.4', 'g')
    const text = fc.array(pieces, { maxLength: 17 }).map((p) => p.join(''))
    fc.assert(fc.property(text, (t) => void expect(isIpv6(t), t).toBe(isIPv6(t))), { numRuns: 3000 })
  })
  it('writes what Node writes, and reads it back', () => {
    const group = fc.oneof(fc.constant(0), fc.nat(0xffff))
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const bytes = Uint8Array.from(groups.flatMap((g) => [g >> 8, g & 0xff]))
        const text = formatIpv6(bytes)
        expect(parseIpv6(text)).toEqual(bytes)
        // Node also writes ::10.0.0.1 for 96 zero bits before an address, which RFC 5952 does not ask for.
        if (groups.slice(0, 6).some((g) => g !== 0)) expect(new SocketAddress({ address: text, family: 'ipv6' }).address).toBe(text)
      }),
      { numRuns: 500 },
    )
  })
})

it('parseIp takes either', () => {
  expect(parseIp('10.0.0.1')).toHaveLength(4)
  expect(parseIp('::1')).toHaveLength(16)
  expect(() => parseIp('host')).toThrow(RangeError)
})

it('canonicalIp has one spelling for an address', () => {
  expect(canonicalIp('FD00:0::0001')).toBe('fd00::1')
  expect(canonicalIp('::ffff:a00:1')).toBe(canonicalIp('::FFFF:10.0.0.1'))
  expect(canonicalIp('10.0.0.1')).toBe('10.0.0.1')
  expect(() => canonicalIp('fe80::1%eth0')).toThrow(RangeError)
})
