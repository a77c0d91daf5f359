import { describe, expect, it } from 'vitest'
import { checksum } from './checksum.js'
import { decodeIcmp, encodeIcmp, encodeIcmpv6, timeExceededBody } from './icmp.js'

describe('ICMP messages', () => {
  const message = { type: 8, code: 0, body: Uint8Array.of(0, 1, 0, 2, 9) }

  it('writes the checksum', () => {
    const octets = encodeIcmp(message)
    expect(checksum(octets)).toBe(0)
    expect(decodeIcmp(octets)).toEqual(message)
  })

  it('covers the addresses in the checksum of ICMPv6', () => {
    const octets = encodeIcmpv6({ type: 128, code: 0, body: Uint8Array.of(0, 77, 0, 5) }, 'fc00::1:254', 'fc00::1:abcd')
    expect(Buffer.from(octets).toString('hex')).toBe('8000d945004d0005')
    expect(encodeIcmpv6({ ...message, type: 128 }, 'fc00::1', 'fc00::2')).not.toEqual(encodeIcmpv6({ ...message, type: 128 }, 'fc00::1', 'fc00::3'))
  })

  it('does not read what is cut', () => {
    expect(decodeIcmp(Uint8Array.of(8, 0, 0))).toBeUndefined()
  })

  it('quotes after four octets of nothing', () => {
    expect([...timeExceededBody(Uint8Array.of(0x45, 1))]).toEqual([0, 0, 0, 0, 0x45, 1])
  })
})
