import { describe, expect, it } from 'vitest'
import { checksum } from './checksum.js'
import { decodeIpv4, encodeIpv4 } from './ipv4.js'

const packet = { src: '10.0.1.254', dst: '10.0.1.7', protocol: 1, payload: Uint8Array.of(1, 2, 3) }

describe('IPv4 packets', () => {
  it('writes a header with its checksum', () => {
    const octets = encodeIpv4(packet)
    expect(Buffer.from(octets).toString('hex')).toBe('4500001700000000ff01a4e10a0001fe0a000107010203')
    expect(checksum(octets.subarray(0, 20))).toBe(0)
  })

  it('reads what it writes, without the padding', () => {
    const octets = Uint8Array.from([...encodeIpv4({ ...packet, ttl: 7 }), 0, 0, 0])
    expect(decodeIpv4(octets)).toEqual({ ...packet, ttl: 7, fragmentOffset: 0, moreFragments: false, headerLength: 20 })
  })

  it('reads options and fragments', () => {
    const octets = Uint8Array.from([...encodeIpv4(packet).subarray(0, 20), 1, 1, 1, 1, 9]).with(0, 0x46).with(3, 25).with(6, 0x20).with(7, 2)
    expect(decodeIpv4(octets)).toMatchObject({ headerLength: 24, payload: Uint8Array.of(9), fragmentOffset: 2, moreFragments: true })
  })

  it('does not read what makes no sense', () => {
    const octets = encodeIpv4(packet)
    expect(decodeIpv4(octets.subarray(0, 19))).toBeUndefined()
    expect(decodeIpv4(octets.with(0, 0x44))).toBeUndefined()
    expect(decodeIpv4(octets.with(0, 0x65))).toBeUndefined()
    expect(decodeIpv4(octets.with(3, 19))).toBeUndefined()
  })
})
