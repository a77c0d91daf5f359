import { describe, expect, it } from 'vitest'
import { OvsError } from '../../errors.js'
import { ByteReader } from '../../wire/byte-reader.js'
import { ByteWriter } from '../../wire/byte-writer.js'
import type { OxmField } from './field.js'
import { decodeFieldHeader, decodeMaskableHeader, encodeFieldHeader, headerOfField } from './header.js'
import { printMatch } from '../text/match.js'
import { fieldNames } from './fields.js'
import { decodeOxm, decodeOxmList, encodeOxm, encodeOxmList } from './oxm.js'

function encoded(field: OxmField): string {
  const w = new ByteWriter()
  encodeOxm(w, field)
  return Buffer.from(w.finish()).toString('hex')
}

const readerOf = (hex: string) => new ByteReader(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))

const samples: readonly [OxmField, string][] = [
  [{ field: 'in_port', value: 0xfffffffe }, '80000004 fffffffe'],
  [{ field: 'metadata', value: 0x1122334455667788n, mask: 0xffn }, '80000510 1122334455667788 00000000000000ff'],
  [{ field: 'eth_dst', value: '02:00:00:00:00:01', mask: 'ff:ff:ff:00:00:00' }, '8000070c 020000000001 ffffff000000'],
  [{ field: 'vlan_vid', value: 0x1064 }, '80000c02 1064'],
  [{ field: 'ipv4_src', value: '10.0.0.0', mask: '255.0.0.0' }, '80001708 0a000000 ff000000'],
  [{ field: 'ipv6_dst', value: 'fe80::1' }, '80003610 fe800000000000000000000000000001'],
  [{ field: 'pbb_isid', value: 0x010203, mask: 0xffff00 }, '80004b06 010203 ffff00'],
  [{ field: 'onf_tcp_flags', value: 0x12 }, 'ffff5406 4f4e4600 0012'],
  [{ field: 'nsh_c1', value: 5, mask: 7 }, 'ffff0d0c 005ad650 00000005 00000007'],
  [{ field: 'ct_label', value: 1n }, '0001d810 00000000000000000000000000000001'],
  [{ field: 'tun_metadata0', value: bytes('1234') }, '00015002 1234'],
  [{ field: 'tun_metadata5', value: bytes('1234'), mask: bytes('ffff') }, '00015b04 1234 ffff'],
  [{ field: 'tun_metadata0', value: bytes('') }, '00015000'],
  [{ field: 'tun_metadata0', value: bytes(''), mask: bytes('') }, '00015100'],
  // Faithful to the wire: bits outside of the mask and above the field's width stay.
  [{ field: 'vlan_pcp', value: 0xff }, '80000e01 ff'],
  [{ field: 'ipv4_src', value: '10.1.2.3', mask: '255.0.0.0' }, '80001708 0a010203 ff000000'],
  // Not known, or not as long as it should be.
  [{ field: 'unknown', class: 0x8000, id: 45, hasMask: false, data: bytes('01020304') }, '80005a04 01020304'],
  [{ field: 'unknown', class: 0x8000, id: 11, hasMask: false, data: bytes('010203') }, '80001603 010203'],
  [{ field: 'unknown', class: 0x8000, id: 11, hasMask: true, data: bytes('010203') }, '80001703 010203'],
  [
    { field: 'unknown', class: 0xffff, id: 1, hasMask: true, experimenter: 0x1234, data: bytes('0506') },
    'ffff0306 00001234 0506',
  ],
  [{ field: 'unknown', class: 0xffff, id: 1, hasMask: false, data: bytes('0506') }, 'ffff0202 0506'],
  [{ field: 'unknown', class: 0x0001, id: 40, hasMask: true, data: bytes('050607') }, '00015103 050607'],
]

describe('decodeOxm and encodeOxm', () => {
  it.each(samples)('sample %#', (field, hex) => {
    const r = readerOf(hex)
    expect(decodeOxm(r)).toEqual(field)
    expect(r.remaining).toBe(0)
    expect(encoded(field)).toBe(hex.replaceAll(' ', ''))
  })

  it('reads a list to its end', () => {
    const all = readerOf(samples.map(([, hex]) => hex).join(''))
    expect(decodeOxmList(all)).toEqual(samples.map(([field]) => field))
  })

  it.each(['80', '800000', '80000004 0000', '80000510 1122334455667788', 'ffff5406 4f4e', '80005aff 00'])(
    'a field cut off: %s',
    (hex) => {
      expect(() => decodeOxmList(readerOf(hex))).toThrow(expect.objectContaining({ code: 'malformed' }))
    },
  )

  it.each([
    [{ field: 'vlan_vid', value: 65536 }, /vlan_vid must be an integer from 0 to 65535, not 65536/],
    [{ field: 'in_port', value: 5n }, /in_port must be an integer from 0 to 4294967295, not 5n/],
    [{ field: 'metadata', value: 5 }, /metadata must be a bigint from 0 to 2\^64 - 1, not 5/],
    [{ field: 'eth_dst', value: '02:00' }, /eth_dst must be a MAC address such as 02:00:00:00:00:01, not "02:00"/],
    [{ field: 'ipv4_dst', value: '10.0.0.0/8' }, /ipv4_dst must be an IPv4 address such as 10.0.0.1/],
    [{ field: 'ipv4_dst', value: '10.0.0.0', mask: 8 }, /the mask of ipv4_dst must be an IPv4 address/],
    [{ field: 'ipv6_dst', value: '::1%eth0' }, /ipv6_dst must be an IPv6 address/],
    [{ field: 'tun_metadata0', value: new Uint8Array(125) }, /a Uint8Array of at most 124 bytes, not 125/],
    [{ field: 'tun_metadata0', value: bytes('12'), mask: bytes('1234') }, /the mask of tun_metadata0 .* as long/],
    [{ field: 'nw_src', value: 5 }, /there is no match field "nw_src"/],
    [{ field: 'unknown', class: 1, id: 128, hasMask: false, data: bytes('') }, /from 0 to 127, not 128/],
    [{ field: 'unknown', class: 1, id: 1, hasMask: false, data: new Uint8Array(256) }, /length of the unknown field/],
    [{ field: 'unknown', class: 1, id: 1, hasMask: false, experimenter: 1, data: bytes('') }, /class 0xffff/],
  ])('refuses to encode what does not fit (%#)', (field, message) => {
    const call = () => encoded(field as unknown as OxmField)
    expect(call).toThrow(expect.objectContaining({ code: 'invalid' }))
    expect(call).toThrow(message)
  })
})

describe('bytes at random', () => {
  it('survive or are malformed, and can be printed', () => {
    let state = 1
    const below = (limit: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 0x1_0000_0000) * limit)
    }
    let survived = 0
    for (let round = 0; round < 5_000; round++) {
      const header = headerOfField(fieldNames[below(fieldNames.length)] ?? 'in_port')
      const word = below(2) === 0 ? header.word : header.maskedWord
      const length = round % 4 === 0 ? below(60) : 4 + (word & 0xff)
      const data = Uint8Array.from({ length }, () => below(256))
      // Most begin with a header that is known.
      if (length >= 4 && round % 8 !== 0) new DataView(data.buffer).setUint32(0, word)
      const list = attempt(() => decodeOxmList(new ByteReader(data)))
      if (list === undefined) continue
      const w = new ByteWriter()
      encodeOxmList(w, list)
      expect(w.finish()).toEqual(data)
      expect(typeof printMatch(list)).toBe('string')
      survived++
    }
    expect(survived).toBeGreaterThan(1_000)
  })
})

/** What `decode` gives; `undefined` when it finds the bytes malformed. */
function attempt<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch (error) {
    if (error instanceof OvsError && error.code === 'malformed') return undefined
    throw error
  }
}

describe('headers alone', () => {
  it.each([
    ['80000606', 'eth_dst'],
    ['00010004', 'reg0'],
    ['ffff5406 4f4e4600', 'onf_tcp_flags'],
    ['0001507c', 'tun_metadata0'],
    ['00015004', { class: 1, id: 40, length: 4, hasMask: false }],
    ['8000070c', { class: 0x8000, id: 3, length: 12, hasMask: true }],
    ['ffff5508 4f4e4600', { class: 0xffff, id: 42, length: 4, hasMask: true, experimenter: 0x4f4e4600 }],
    ['ffff0206 00001234', { class: 0xffff, id: 1, length: 2, hasMask: false, experimenter: 0x1234 }],
    ['80005a04', { class: 0x8000, id: 45, length: 4, hasMask: false }],
  ] as const)('%s survives', (hex, ref) => {
    expect(decodeFieldHeader(readerOf(hex))).toEqual(ref)
    const w = new ByteWriter()
    encodeFieldHeader(w, ref)
    expect(Buffer.from(w.finish()).toString('hex')).toBe(hex.replaceAll(' ', ''))
  })

  it('with the mask bit, as in table features', () => {
    expect(decodeMaskableHeader(readerOf('8000070c'))).toEqual({ field: 'eth_dst', masked: true })
    const w = new ByteWriter()
    encodeFieldHeader(w, 'eth_dst', true)
    encodeFieldHeader(w, 'onf_tcp_flags', true)
    expect(Buffer.from(w.finish()).toString('hex')).toBe('8000070cffff55084f4e4600')
  })
})
