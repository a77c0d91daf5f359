import { isIPv6 } from 'node:net'
import { describe, expect, it } from 'vitest'
import { formatIpv4, parseIpv4 } from './ipv4.js'
import { formatIpv6, parseIpv6 } from './ipv6.js'
import { formatMac, parseMac } from './mac.js'

describe('MAC addresses', () => {
  it('are printed with two lower-case digits for each byte', () => {
    expect(formatMac(0x0200, 0x00abcdef)).toBe('02:00:00:ab:cd:ef')
    expect(formatMac(0xffff, 0xffffffff)).toBe('ff:ff:ff:ff:ff:ff')
    expect(formatMac(0xffff, -1)).toBe('ff:ff:ff:ff:ff:ff')
  })

  it('are read in either case, with one or two digits for each byte', () => {
    expect(parseMac('02:00:00:AB:cd:ef')).toBe(0x020000abcdef)
    expect(parseMac('1:2:3:4:5:6')).toBe(0x010203040506)
    expect(parseMac('ff:ff:ff:ff:ff:ff')).toBe(0xffffffffffff)
  })

  it.each(['', '1:2:3:4:5', '1:2:3:4:5:6:7', '001:2:3:4:5:6', '1:2:3:4:5:', '1:2:3:4:5:g', '1-2-3-4-5-6'])(
    'refuses %j',
    (text) => expect(parseMac(text)).toBeUndefined(),
  )
})

describe('IPv4 addresses', () => {
  it.each([
    ['0.0.0.0', 0],
    ['10.0.0.1', 0x0a000001],
    ['255.255.255.255', 0xffffffff],
  ])('%s', (text, bits) => {
    expect(parseIpv4(text)).toBe(bits)
    expect(formatIpv4(bits)).toBe(text)
  })

  it.each(['', '10.0.0', '10.0.0.1.2', '10.0.0.256', '10.0.0.01', '10.0.0.', '.10.0.0', '10.0.0.1 ', '1e1.0.0.1'])(
    'refuses %j',
    (text) => expect(parseIpv4(text)).toBeUndefined(),
  )
})

describe('IPv6 addresses', () => {
  it.each([
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['1::', '00010000000000000000000000000000'],
    ['fe80::1', 'fe800000000000000000000000000001'],
    ['2001:db8::8:800:200c:417a', '20010db80000000000080800200c417a'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:0:3:4:5:6:7:8', '00010000000300040005000600070008'],
    ['1:0:0:4::8', '00010000000000040000000000000008'],
    ['1::4:0:0:8', '00010000000000000004000000000008'],
    ['::ffff:10.0.0.1', '00000000000000000000ffff0a000001'],
    ['::0.255.0.2', '00000000000000000000000000ff0002'],
    ['::ffff', '0000000000000000000000000000ffff'],
    ['::ffff:0:0:0', '0000000000000000ffff000000000000'],
  ])('%s', (text, hex) => {
    expect(Buffer.from(parseIpv6(text) ?? []).toString('hex')).toBe(hex)
    expect(formatIpv6(Buffer.from(hex, 'hex'))).toBe(text)
    expect(formatIpv6(Buffer.from(`00${hex}`, 'hex'), 1)).toBe(text)
  })

  it('is read in other forms', () => {
    expect(formatIpv6(parseIpv6('2001:DB8:0:0:0:0:0:1') as Uint8Array)).toBe('2001:db8::1')
    expect(formatIpv6(parseIpv6('1:2:3:4:5:6:7::') as Uint8Array)).toBe('1:2:3:4:5:6:7:0')
    expect(formatIpv6(parseIpv6('64:ff9b::10.0.0.1') as Uint8Array)).toBe('64:ff9b::a00:1')
    expect(formatIpv6(parseIpv6('1:2:3:4:5:6:10.0.0.1') as Uint8Array)).toBe('1:2:3:4:5:6:a00:1')
  })

  it.each([
    '',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '12345::',
    '::1%eth0',
    '1:2:3:4:5:6:7:10.0.0.1',
    '::10.0.0.256',
    '1:',
    ':1::2',
    '1:2:3:4:5:6:7:8::',
    '10.0.0.1',
    '::10.0.0.1:5',
  ])('refuses %j', (text) => {
    expect(isIPv6(text.replace(/%.*/, '%'))).toBe(false)
    expect(parseIpv6(text)).toBeUndefined()
  })
})
