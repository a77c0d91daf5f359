import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, encodeText } from './text.js'

describe('text of bytes that may not be UTF-8', () => {
  it('comes back as the same bytes, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(Uint8Array.from(encodeText(decodeText(bytes)))).toEqual(bytes)
      }),
      { numRuns: 2000 },
    )
  })

  it('is the text where it is one, also with U+FFFD in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeText(encodeText(text))).toBe(text)
      }),
    )
    expect(decodeText(Buffer.from('a\ufffdb\ufeff', 'utf8'))).toBe('a\ufffdb\ufeff')
  })

  it('shows a character that is cut off as its bytes', () => {
    expect(decodeText(Buffer.from('eth€').subarray(0, 5))).toBe('eth\udce2\udc82')
  })
})
