import { describe, expect, it } from 'vitest'
import { decodeArp, encodeArp, type ArpPacket } from './arp.js'

const request: ArpPacket = {
  operation: 'request',
  senderMac: '0e:00:00:00:10:01',
  senderIp: '10.0.1.254',
  targetMac: '00:00:00:00:00:00',
  targetIp: '10.0.1.7',
}

describe('ARP packets', () => {
  it('writes them as RFC 826 has them', () => {
    expect(Buffer.from(encodeArp(request)).toString('hex')).toBe('00010800060400010e00000010010a0001fe0000000000000a000107')
  })

  it('reads what it writes, padding or not', () => {
    const reply: ArpPacket = { ...request, operation: 'reply', targetMac: '02:00:00:00:00:07' }
    expect(decodeArp(encodeArp(request))).toEqual(request)
    expect(decodeArp(Uint8Array.from([...encodeArp(reply), ...new Uint8Array(18)]))).toEqual(reply)
  })

  it('does not read others', () => {
    const octets = encodeArp(request)
    expect(decodeArp(octets.subarray(0, 27))).toBeUndefined()
    expect(decodeArp(octets.with(7, 3))).toBeUndefined()
    expect(decodeArp(octets.with(3, 1))).toBeUndefined()
    expect(decodeArp(octets.with(4, 8))).toBeUndefined()
  })
})
