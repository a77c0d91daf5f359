import { describe, expect, it } from 'vitest'
import { decodeLacp, encodeLacp, lacpBits, lacpFrameSize, noLacpEnd, sameLacp, type LacpPdu } from './lacp.js'

const { timeout, aggregation, synchronization, collecting, distributing } = lacpBits
const pdu: LacpPdu = {
  actor: {
    systemPriority: 0xffff, system: '0e:00:00:00:00:01', key: 2, portPriority: 255, port: 103,
    state: timeout | aggregation | synchronization | collecting | distributing,
  },
  partner: { systemPriority: 32768, system: '02:00:00:00:00:0a', key: 9, portPriority: 128, port: 4, state: 0x3d },
  collectorMaxDelay: 0,
}
/** What Faucet sends. */
const frame =
  '0180c20000020e0000000001' + '8809' + '0101' +
  '0114' + 'ffff' + '0e0000000001' + '0002' + '00ff' + '0067' + '3e' + '000000' +
  '0214' + '8000' + '02000000000a' + '0009' + '0080' + '0004' + '3d' + '000000' +
  '0310' + '0000' + '00'.repeat(12) + '0000' + '00'.repeat(50)
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

describe('LACPDU', () => {
  it('is the frame that Faucet makes', () => {
    const data = encodeLacp('0e:00:00:00:00:01', pdu)
    expect(Buffer.from(data).toString('hex')).toBe(frame)
    expect(data.length).toBe(lacpFrameSize)
    expect(decodeLacp(data)).toEqual(pdu)
  })

  it('does not mind what comes after it', () => {
    expect(decodeLacp(bytes(`${frame}ffff`))).toEqual(pdu)
  })

  it.each([
    ['another protocol', 12, 0x88],
    ['another subtype (marker)', 14, 2],
    ['another version', 15, 2],
    ['another element first', 16, 2],
    ['an element of another length', 17, 21],
    ['no partner', 36, 0],
    ['another destination', 5, 3],
    ['no terminator', 72, 9],
  ])('is not read from a frame with %s', (_name, offset, value) => {
    const data = bytes(frame)
    data[offset] = value
    if (offset === 12) data[13] = 0xcc
    expect(decodeLacp(data)).toBeUndefined()
  })

  it('is not read from the beginning of a frame', () => {
    for (const length of [0, 13, 14, 100, lacpFrameSize - 1]) expect(decodeLacp(bytes(frame).subarray(0, length))).toBeUndefined()
  })

  it('is the same when every field is', () => {
    expect(sameLacp(pdu, { ...pdu, actor: { ...pdu.actor } })).toBe(true)
    expect(sameLacp(pdu, { ...pdu, partner: noLacpEnd })).toBe(false)
    expect(sameLacp(pdu, { ...pdu, actor: { ...pdu.actor, state: 0 } })).toBe(false)
    expect(sameLacp(pdu, { ...pdu, collectorMaxDelay: 1 })).toBe(false)
  })

  it('refuses what does not fit', () => {
    expect(() => encodeLacp('0e:00:00:00:00:01', { ...pdu, actor: { ...pdu.actor, key: 65536 } })).toThrow(/actor\.key .* 65536.* 0 to 65535/)
    expect(() => encodeLacp('nobody', pdu)).toThrow(/ethSrc is "nobody"/)
  })
})
