import fc from 'fast-check'
import { expect, it } from 'vitest'
import { internetChecksum, transportChecksum } from './checksum.js'

it('sums the example of RFC 1071 §3', () => {
  // 0001 + f203 + f4f5 + f6f7 = ddf2 in one's complement; the checksum is its complement.
  expect(internetChecksum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7))).toBe(~0xddf2 & 0xffff)
})

it('pads an odd length with a zero byte, and does not mind how the bytes are cut', () => {
  expect(internetChecksum(Uint8Array.of(0x12, 0x34, 0x56))).toBe(internetChecksum(Uint8Array.of(0x12, 0x34, 0x56, 0)))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(50), (bytes, at) => {
      expect(internetChecksum(bytes.subarray(0, at), bytes.subarray(at))).toBe(internetChecksum(bytes))
    }),
  )
})

it('is 0 over data with its own checksum', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 64 }), (bytes) => {
      bytes.set([0, 0])
      const checksum = internetChecksum(bytes)
      bytes.set([checksum >> 8, checksum & 0xff])
      expect(internetChecksum(bytes)).toBe(0)
    }),
  )
})

it('covers the addresses', () => {
  const segment = Uint8Array.of(1, 2, 3, 4)
  expect(transportChecksum({ src: '10.0.0.1', dst: '10.0.0.2' }, 6, segment)).not.toBe(
    transportChecksum({ src: '10.0.0.1', dst: '10.0.0.3' }, 6, segment),
  )
})
