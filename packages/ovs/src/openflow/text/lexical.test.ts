import { describe, expect, it } from 'vitest'
import { ipv6Address, maskOfPrefix, prefixOf, printMaskedAddress } from './address.js'
import { ctStateFlags, parseFlags, printFlags, printMaskedFlags, tcpFlags } from './flags.js'
import { hexOf, parseInteger } from './integer.js'
import { splitKeyValues } from './key-value.js'
import { parsePort, printPort } from './port.js'

describe('splitKeyValues', () => {
  it('splits at commas and white space, but not inside of parentheses', () => {
    const text = ' tcp, in_port=1\treg0:5\n packet_type=(1,0x800),nat(src=1.2.3.4, random) x='
    expect(splitKeyValues(text).map(({ key, value }) => [key, value])).toEqual([
      ['tcp', ''],
      ['in_port', '1'],
      ['reg0', '5'],
      ['packet_type', '(1,0x800)'],
      ['nat', 'src=1.2.3.4, random'],
      ['x', ''],
    ])
    for (const { key, keyAt, value, valueAt } of splitKeyValues(text)) {
      expect(text.slice(keyAt, keyAt + key.length)).toBe(key)
      expect(text.slice(valueAt, valueAt + value.length)).toBe(value)
    }
  })

  it('keeps colons of addresses', () => {
    expect(splitKeyValues('dl_src=1:2:3:4:5:6')[0]).toMatchObject({ key: 'dl_src', value: '1:2:3:4:5:6' })
  })
})

describe('integers', () => {
  it.each([
    ['10', 10n],
    ['0xfF', 255n],
    ['010', 8n],
    ['0', 0n],
    ['+5', 5n],
    ['-1', 0xffffffffffffffffn],
  ])('%s', (text, value) => expect(parseInteger(text, 8, 'it')).toBe(value))

  it.each(['', '5x', '0x', '08', '--1', '1 ', 'x'])('refuses %j', (text) => {
    expect(() => parseInteger(text, 8, 'it')).toThrow(/it must be an integer/)
  })

  it('refuses what is too large', () => {
    expect(() => parseInteger('256', 1, 'it')).toThrow(/it must fit into one byte, unlike 256/)
    expect(() => parseInteger('-1', 4, 'it')).toThrow(/it must fit into 4 bytes/)
  })

  it('are printed as %#x prints them', () => expect([hexOf(0), hexOf(0n), hexOf(10n)]).toEqual(['0', '0', '0xa']))
})

describe('ports', () => {
  it.each([
    [5, '5'],
    [0xfffffffe, 'LOCAL'],
    [0xfffffff8, 'IN_PORT'],
    [0xffffffff, 'ANY'],
    [0xffffff00, '65280'],
  ])('%i is printed as %s', (port, text) => {
    expect(printPort(port)).toBe(text)
    expect(parsePort(text)).toBe(port)
  })

  it.each([
    ['local', 0xfffffffe],
    ['65534', 0xfffffffe],
    ['4294967294', 0xfffffffe],
    ['none', 0xffffffff],
  ])('%s means %i', (text, port) => expect(parsePort(text)).toBe(port))

  it.each(['0x5', '65536', '4294967296', 'eth0', ''])('refuses %j', (text) => {
    expect(() => parsePort(text)).toThrow(/a port must be/)
  })
})

describe('flags', () => {
  it('are printed by name, with the rest as a number', () => {
    expect(printFlags(0, tcpFlags)).toBe('0')
    expect(printFlags(0x12, tcpFlags)).toBe('syn|ack')
    expect(printFlags(0x1002, tcpFlags)).toBe('syn|0x1000')
    expect(printMaskedFlags(0x21, 0x31, ctStateFlags)).toBe('+new-inv+trk')
    expect(printMaskedFlags(0x21, 0xff, ctStateFlags)).toBe('new|trk')
    expect(printMaskedFlags(0, 0, ctStateFlags)).toBe('0/0')
  })

  it.each([
    ['trk|est', 0x22, undefined],
    ['0x20|est', 0x22, undefined],
    ['0', 0, undefined],
    ['+trk-est', 0x20, 0x22],
    ['0x21/0x31', 0x21, 0x31],
    ['33/49', 0x21, 0x31],
  ])('%s', (text, flags, mask) => expect(parseFlags(text, ctStateFlags)).toEqual({ flags, mask }))

  it.each(['foo', '0x100', '+foo', '+trk+trk', 'trk|', '1/0x100', '1/x'])('refuses %s', (text) => {
    expect(() => parseFlags(text, ctStateFlags)).toThrow(/flag/)
  })
})

describe('masked addresses', () => {
  it('know prefixes', () => {
    expect(prefixOf(0xff000000n, 32)).toBe(8)
    expect(prefixOf(0xffffffffn, 32)).toBe(32)
    expect(prefixOf(0n, 32)).toBe(0)
    expect(prefixOf(0xff00ff00n, 32)).toBeUndefined()
    expect(maskOfPrefix(9, 32)).toBe(0xff800000n)
  })

  it('print IPv6 as the C library does', () => {
    expect(printMaskedAddress(0x01020304n, 0xffffffffn, ipv6Address)).toBe('::1.2.3.4/::255.255.255.255')
    expect(printMaskedAddress(1n, maskOfPrefix(128, 128), ipv6Address)).toBe('::1')
  })
})
