import { describe, expect, it } from 'vitest'
import { checksum } from './checksum.js'

describe('the Internet checksum', () => {
  it('is the complement of the sum of words, with the carries added', () => {
    // The example of RFC 1071, section 3: the sum is ddf2.
    expect(checksum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7))).toBe(~0xddf2 & 0xffff)
  })

  it('is 0 over data that has it inside', () => {
    expect(checksum(Uint8Array.of(0x45, 0, 0, 0x14, 0, 0, 0, 0, 0xff, 1, 0xa5, 0xe9, 10, 0, 1, 254, 10, 0, 0, 2))).toBe(0)
  })

  it('fills up an odd octet with 0, and takes parts one after the other', () => {
    expect(checksum(Uint8Array.of(1, 2, 3))).toBe(checksum(Uint8Array.of(1, 2), Uint8Array.of(3, 0)))
  })
})
