import { describe, expect, it } from 'vitest'
import { decodeMessage, encodeMessage } from '../message.js'

const decode = (hex: string) => decodeMessage(new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex')))

describe('hello', () => {
  it('keeps bytes that are no elements, since a body must not keep the connection from being made', () => {
    for (const body of ['00', '0001', '00010003', '0001000c 00000012', '00010008 00000012 0001ffff 00000000']) {
      const hex = body.replaceAll(' ', '')
      const header = `0600${(8 + hex.length / 2).toString(16).padStart(4, '0')}00000001`
      const message = decode(header + hex)
      expect(message).toMatchObject({ type: 'hello', version: 6, xid: 1 })
      expect(Buffer.from(encodeMessage(message)).toString('hex')).toBe(header + hex)
    }
  })

  it('finds the bitmap before what cannot be read', () => {
    expect(decode('06000018 00000001 00010008 00000012 0001ffff 00000000')).toMatchObject({
      elements: [{ type: 'version_bitmap', bitmaps: [0x12] }, { type: 'malformed' }],
    })
  })

  it('takes bitmaps of several words, and elements of other types', () => {
    expect(decode('06000020 00000001 0001000c 00000012 00000001 00000000 00020006 abcd0000')).toMatchObject({
      elements: [
        { type: 'version_bitmap', bitmaps: [0x12, 1] },
        { type: 'unknown', elementType: 2, data: Uint8Array.of(0xab, 0xcd) },
      ],
    })
  })

  it('takes a bitmap that is not made of words as unknown', () => {
    expect(decode('06000010 00000001 00010006 00120000')).toMatchObject({
      elements: [{ type: 'unknown', elementType: 1 }],
    })
  })
})
