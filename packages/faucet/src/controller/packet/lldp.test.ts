import { describe, expect, it } from 'vitest'
import { decodeLldp, encodeLldp, lldpSubtype, type LldpPdu } from './lldp.js'

const text = (value: string) => new TextEncoder().encode(value)
const pdu: LldpPdu = {
  chassisId: { subtype: lldpSubtype.chassisMac, id: Uint8Array.of(0x0e, 0, 0, 0, 0, 1) },
  portId: { subtype: lldpSubtype.portName, id: text('10') },
  ttl: 15,
  systemName: 'sw1',
  portDescription: 'Büro',
  org: [{ oui: 0x0e0000, subtype: 1, info: text('1') }, { oui: 0x0e0000, subtype: 2, info: text('3') }],
}
/** What Faucet sends. */
const frame =
  '0180c200000e' + '0e0000000001' + '88cc' + '0207040e0000000001' + '0403053130' + '0602000f' + '0a03737731' + '080542c3bc726f' +
  'fe050e00000131' + 'fe050e00000233' + '0000'
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

describe('LLDPDU', () => {
  it('is the frame that Faucet makes, as long as a frame must be', () => {
    const data = encodeLldp('0e:00:00:00:00:01', pdu)
    expect(Buffer.from(data).toString('hex')).toBe(frame)
    expect(decodeLldp(data)).toEqual(pdu)
    const short = encodeLldp('0e:00:00:00:00:01', { ...pdu, systemName: undefined, portDescription: undefined, org: [] })
    expect(short.length).toBe(60)
    expect(decodeLldp(short)).toEqual({ ...pdu, systemName: undefined, portDescription: undefined, org: [] })
  })

  it('passes over elements of other types', () => {
    // A system description, and a type that nobody has.
    const more = frame.replace('0a03737731', '0a03737731' + '0c0178' + '1401ff')
    expect(decodeLldp(bytes(more))).toEqual(pdu)
  })

  it('has elements of more than 255 octets', () => {
    const long = { ...pdu, org: [{ oui: 1, subtype: 255, info: new Uint8Array(507).fill(7) }] }
    expect(decodeLldp(encodeLldp('0e:00:00:00:00:01', long))).toEqual(long)
  })

  it('is not read from the beginning of a frame', () => {
    const data = bytes(frame)
    for (let length = 0; length < data.length; length++) expect(decodeLldp(data.subarray(0, length))).toBeUndefined()
  })

  it.each([
    ['another protocol', frame.replace('88cc', '88cd')],
    ['no chassis', frame.replace('0207040e0000000001', '')],
    ['no port', frame.replace('0403053130', '')],
    ['no time to live', frame.replace('0602000f', '')],
    ['an empty port', frame.replace('0403053130', '0400')],
    ['the chassis last', frame.replace('0207040e0000000001', '').replace(/0000$/, '0207040e00000000010000')],
  ])('is not read from a frame with %s', (_name, hex) => {
    expect(decodeLldp(bytes(hex))).toBeUndefined()
  })

  it('refuses what does not fit', () => {
    const src = '0e:00:00:00:00:01'
    expect(() => encodeLldp(src, { ...pdu, ttl: 65536 })).toThrow(/ttl .* 65536.* 0 to 65535/)
    expect(() => encodeLldp(src, { ...pdu, systemName: 'x'.repeat(256) })).toThrow(/octets of systemName .* 256/)
    expect(() => encodeLldp(src, { ...pdu, portId: { subtype: 5, id: new Uint8Array() } })).toThrow(/portId\.id\.length .* 0.* 1 to 255/)
    expect(() => encodeLldp('nobody', pdu)).toThrow(/"nobody"/)
  })
})
