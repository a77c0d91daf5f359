import { describe, expect, it } from 'vitest'
import { decodeIpv6, encodeIpv6, solicitedNode } from './ipv6.js'

const packet = { src: 'fc00::1:254', dst: 'fe80::7', nextHeader: 58, payload: Uint8Array.of(1, 2, 3) }

describe('IPv6 packets', () => {
  it('writes them', () => {
    expect(Buffer.from(encodeIpv6(packet)).toString('hex')).toBe(
      '6000000000033afffc000000000000000000000000010254fe800000000000000000000000000007010203',
    )
  })

  it('reads what it writes, without the padding', () => {
    const octets = Uint8Array.from([...encodeIpv6({ ...packet, hopLimit: 64 }), 0, 0])
    expect(decodeIpv6(octets)).toEqual({ ...packet, hopLimit: 64 })
  })

  it('does not read what makes no sense', () => {
    expect(decodeIpv6(encodeIpv6(packet).subarray(0, 39))).toBeUndefined()
    expect(decodeIpv6(encodeIpv6(packet).with(0, 0x45))).toBeUndefined()
  })

  it('knows where a node is asked for', () => {
    expect(solicitedNode('fc00::12:34ab:cdef')).toEqual({ ip: 'ff02::1:ffab:cdef', mac: '33:33:ff:ab:cd:ef' })
  })
})
