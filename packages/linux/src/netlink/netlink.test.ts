import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LinuxError } from '../errors.js'
import { decodeAddress } from '../rtnetlink/address.js'
import { decodeLink } from '../rtnetlink/link.js'
import { decodeNeighbour } from '../rtnetlink/neighbour.js'
import { decodeQdisc } from '../rtnetlink/qdisc.js'
import { decodeRoute } from '../rtnetlink/route.js'
import { decodeAttributes, decodeFailure, decodeMessages, decodeString, NetlinkReader } from './reader.js'
import { NetlinkWriter } from './writer.js'

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex')
const malformed = expect.objectContaining({ code: 'malformed' }) as Error

describe('NetlinkWriter', () => {
  it('fills lengths in and aligns to four bytes with zeros', () => {
    const writer = new NetlinkWriter()
    writer.message('one', 0x1234, 5, (w) => w.u8(1).u8(2).be16(0x0304).attributeString(3, 'lo').attributeU8(4, 9).attributeU16(5, 0x102))
    expect(hex(writer.bytes)).toBe('2c000000 3412 0500 01000000 00000000 01020304 0700 0300 6c6f0000 0500 0400 09000000 0600 0500 02010000'.replaceAll(' ', ''))
  })

  it('nests, and flags what is nested', () => {
    const writer = new NetlinkWriter()
    writer.message('one', 16, 1, (w) => w.nested(18, (outer) => outer.attributeString(1, 'veth').nested(2, (inner) => inner.attributeU32(7, 0xdeadbeef))))
    const [message] = decodeMessages(writer.bytes)
    const [outer] = decodeAttributes(message?.body ?? new Uint8Array())
    expect(hex(message?.body.subarray(0, 4) ?? new Uint8Array())).toBe('1c001280')
    const inner = decodeAttributes(outer?.value ?? new Uint8Array())
    expect(inner.map(({ type }) => type)).toEqual([1, 2])
    expect(decodeString(inner[0]?.value ?? new Uint8Array())).toBe('veth')
    expect(decodeAttributes(inner[1]?.value ?? new Uint8Array())).toEqual([{ type: 7, value: bytes('efbeadde') }])
  })

  it('counts messages, keeps their labels, and asks for one acknowledgement when it is finished', () => {
    const writer = new NetlinkWriter()
    for (const label of ['first', 'second', 'third']) writer.message(label, 16, 0x405, (w) => w.u8(1))
    expect(writer.labels).toEqual(['first', 'second', 'third'])
    expect(decodeMessages(writer.bytes).map(({ sequence, flags }) => [sequence, flags])).toEqual([[1, 0x405], [2, 0x405], [3, 0x405]])
    writer.finish().finish()
    expect(decodeMessages(writer.bytes).map(({ flags }) => flags)).toEqual([0x401, 0x401, 0x405])
    expect(new NetlinkWriter().finish().bytes).toHaveLength(0)
  })

  it('remembers where descriptors of namespaces belong', () => {
    const writer = new NetlinkWriter()
    writer.message('one', 16, 1, (w) => w.attributeNamespace(28, 'a'))
    writer.message('two', 16, 1, (w) => w.u32(0).attributeNamespace(28, 'b'))
    expect(writer.references).toEqual([{ offset: 20, namespace: 'a' }, { offset: 48, namespace: 'b' }])
    const view = new DataView(writer.bytes.buffer)
    for (const { offset } of writer.references) expect(view.getUint32(offset, true)).toBe(0xffff_ffff)
  })

  it('grows at every place', () => {
    for (const step of ['u8', 'u16', 'u32', 'i32', 'be16'] as const) {
      for (let before = 1000; before < 1010; before++) {
        const writer = new NetlinkWriter()
        writer.message('big', 16, 1, (w) => {
          w.raw(new Uint8Array(before - 16))
          for (let i = 0; i < 40; i++) w[step](1)
        })
        expect(decodeMessages(writer.bytes)).toHaveLength(1)
      }
    }
    const writer = new NetlinkWriter()
    writer.message('64', 16, 1, (w) => w.raw(new Uint8Array(1004)).u64(0xffff_ffff_ffff_fffen))
    expect(hex(writer.bytes.subarray(-8))).toBe('feffffffffffffff')
  })
})

describe('decodeMessages', () => {
  const one = '14000000 1000 0200 07000000 2a000000 01020304'

  it('splits what came', () => {
    expect(decodeMessages(bytes(`${one}${one}`))).toEqual(Array.from({ length: 2 }, () => ({ type: 16, flags: 2, sequence: 7, portId: 42, body: bytes('01020304') })))
    expect(decodeMessages(new Uint8Array())).toEqual([])
  })

  it.each([
    ['truncated', '14000000 1000 0200 07000000 2a000000 010203'],
    ['too long', 'ffffffff 1000 0200 07000000 2a000000'],
    ['of no length', '00000000 1000 0200 07000000 2a000000'],
    ['shorter than its header', '0f000000 1000 0200 07000000 2a000000'],
  ])('refuses a message that is %s', (_, text) => {
    expect(() => decodeMessages(bytes(text))).toThrow(malformed)
  })
})

describe('decodeAttributes', () => {
  it('takes flags off and padding away', () => {
    expect(decodeAttributes(bytes('0500 0180 09000000 0800 0240 01020304'))).toEqual([{ type: 1, value: bytes('09') }, { type: 2, value: bytes('01020304') }])
    // The last one needs no padding.
    expect(decodeAttributes(bytes('0500 0100 09'))).toEqual([{ type: 1, value: bytes('09') }])
  })

  it.each([
    ['truncated', '0800 0100 010203'],
    ['too long', 'ffff 0100 01020304'],
    ['of no length', '0000 0100 01020304'],
    ['shorter than its header', '0300 0100 01020304'],
  ])('refuses an attribute that is %s', (_, text) => {
    expect(() => decodeAttributes(bytes(text))).toThrow(malformed)
  })
})

describe('decodeFailure', () => {
  const failure = (flags: string, body: string): ReturnType<typeof decodeFailure> => {
    const length = (16 + body.replaceAll(' ', '').length / 2).toString(16).padStart(2, '0')
    const [message] = decodeMessages(bytes(`${length}000000 0200 ${flags} 03000000 00000000 ${body}`))
    if (message === undefined) throw new Error('none')
    return decodeFailure(message)
  }

  it('reads an acknowledgement', () => {
    expect(failure('0001', '00000000 20000000 1000 0500 03000000 00000000')).toEqual({ errno: 0, message: undefined, offset: undefined })
  })

  it('reads the words of the kernel, with and without the request before them', () => {
    const header = '14000000 1000 0500 03000000 00000000'
    const words = '0700 0100 6e6f0000 0800 0200 24000000'
    expect(failure('0003', `edffffff ${header} ${words}`)).toEqual({ errno: 19, message: 'no', offset: 36 })
    expect(failure('0002', `edffffff ${header} aabbccdd ${words}`)).toEqual({ errno: 19, message: 'no', offset: 36 })
  })

  it('refuses what is none', () => {
    expect(() => decodeFailure({ type: 3, flags: 0, sequence: 0, portId: 0, body: new Uint8Array(4) })).toThrow(malformed)
    expect(() => decodeFailure({ type: 2, flags: 0, sequence: 0, portId: 0, body: new Uint8Array(3) })).toThrow(malformed)
  })
})

describe('decoders', () => {
  const safely = (work: () => unknown): void => {
    try {
      work()
    } catch (error) {
      if (!(error instanceof LinuxError) || error.code !== 'malformed') throw error
    }
  }
  const decoders = [decodeLink, decodeAddress, decodeRoute, decodeNeighbour, decodeQdisc]

  it('throw nothing but "malformed" for any bytes, and come to an end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (input) => {
        safely(() => decodeMessages(input))
        safely(() => decodeAttributes(input))
        safely(() => decodeFailure({ type: 2, flags: 0x300, sequence: 1, portId: 1, body: input }))
        for (const decode of decoders) safely(() => decode(input))
      }),
      { numRuns: 1000 },
    )
  })

  it('throw nothing but "malformed" for attributes of any type and length', () => {
    const attribute = fc.record({ type: fc.integer({ min: 0, max: 40 }), value: fc.uint8Array({ maxLength: 20 }) })
    fc.assert(
      fc.property(fc.constantFrom(2, 10, 7), fc.array(attribute, { maxLength: 6 }), fc.constantFrom(8, 12, 16, 20), (family, attributes, header) => {
        const writer = new NetlinkWriter()
        writer.message('', 16, 1, (w) => {
          w.u8(family).raw(new Uint8Array(header - 1))
          for (const { type, value } of attributes) w.attributeBytes(type, value)
        })
        for (const decode of decoders) safely(() => decode(writer.bytes.subarray(16)))
      }),
      { numRuns: 2000 },
    )
  })

  it('never read outside their bytes', () => {
    const reader = new NetlinkReader(new Uint8Array(new ArrayBuffer(16), 4, 3))
    expect(() => reader.u32()).toThrow(malformed)
    expect(reader.u8()).toBe(0)
    expect(reader.rest()).toHaveLength(2)
    expect(() => reader.u8()).toThrow(malformed)
  })
})
