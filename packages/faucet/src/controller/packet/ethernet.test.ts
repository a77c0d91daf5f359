import { describe, expect, it } from 'vitest'
import { decodeEthernet, encodeEthernet } from './ethernet.js'
import { decodeVlanTag, encodeVlanTag } from './vlan-tag.js'

const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex')

describe('Ethernet frames', () => {
  const frame = { dst: '02:00:00:00:00:07', src: '0e:00:00:00:10:01', type: 0x0806, payload: new Uint8Array(50).fill(7) }

  it('writes and reads a frame without a tag', () => {
    const octets = encodeEthernet(frame)
    expect(hex(octets)).toBe(`0200000000070e00000010010806${'07'.repeat(50)}`)
    expect(decodeEthernet(octets)).toEqual({ ...frame, tag: undefined })
  })

  it('writes and reads a frame with a tag', () => {
    const tag = { vid: 100, pcp: 5, dei: true }
    const octets = encodeEthernet({ ...frame, tag })
    expect(hex(octets)).toBe(`0200000000070e00000010018100b0640806${'07'.repeat(50)}`)
    expect(decodeEthernet(octets)).toEqual({ ...frame, tag })
  })

  it('makes frames as long as they must be', () => {
    expect(encodeEthernet({ ...frame, payload: new Uint8Array(1) })).toHaveLength(60)
    expect(encodeEthernet({ ...frame, payload: new Uint8Array(1), tag: { vid: 1, pcp: 0, dei: false } })).toHaveLength(60)
  })

  it('does not read what is cut', () => {
    expect(decodeEthernet(encodeEthernet(frame).subarray(0, 13))).toBeUndefined()
    expect(decodeEthernet(encodeEthernet({ ...frame, tag: { vid: 1, pcp: 0, dei: false } }).subarray(0, 17))).toBeUndefined()
  })
})

describe('tags', () => {
  it('refuses what does not fit', () => {
    expect(() => encodeVlanTag({ vid: 4096, pcp: 0, dei: false })).toThrow('vid of a tag is 4096, it must be 0 to 4095')
    expect(() => encodeVlanTag({ vid: 1, pcp: 8, dei: false })).toThrow('pcp of a tag is 8, it must be 0 to 7')
  })

  it('reads all bits', () => {
    expect(decodeVlanTag(Uint8Array.of(0xff, 0xff), 0)).toEqual({ vid: 4095, pcp: 7, dei: true })
  })
})
