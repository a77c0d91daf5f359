import { describe, expect, it } from 'vitest'
import { encodeRecord, readControl } from './packet-ring.js'

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex')

// struct cmsghdr: length, SOL_SOCKET, SO_TIMESTAMPNS; two 64-bit numbers.
const time = '2000000000000000 01000000 23000000 0100000000000000 0200000000000000'
// SOL_PACKET, PACKET_AUXDATA; struct tpacket_auxdata: status, len, snaplen, mac, net, vlan_tci, vlan_tpid.
const auxiliary = (status: string): string => `2400000000000000 07010000 08000000 ${status} 00000000 00000000 0000 0000 2361 a888 00000000`

describe('readControl', () => {
  it('reads time and tag, in any order', () => {
    const tag = { tpid: 0x88a8, tci: 0x6123 }
    for (const text of [time + auxiliary('50000000'), auxiliary('50000000') + time]) {
      const input = bytes(text)
      expect(readControl(input, input.length)).toEqual({ seconds: 1, nanoseconds: 2, tag })
    }
  })

  it('takes 802.1Q where the kernel does not say which, and no tag where there is none', () => {
    expect(readControl(bytes(auxiliary('10000000')), 36).tag).toEqual({ tpid: 0x8100, tci: 0x6123 })
    expect(readControl(bytes(auxiliary('01000000')), 36).tag).toBeUndefined()
  })

  it('ends with what is no control message', () => {
    expect(readControl(new Uint8Array(128), 128)).toEqual({ seconds: 0, nanoseconds: 0, tag: undefined })
    expect(readControl(bytes(time), 0)).toEqual({ seconds: 0, nanoseconds: 0, tag: undefined })
  })
})

describe('encodeRecord', () => {
  const frame = Uint8Array.from({ length: 60 }, (_, i) => i)
  const tag = { tpid: 0x8100, tci: 0x0123 }
  const info = { seconds: 1, nanoseconds: 2, tag: undefined }

  it('writes header and frame', () => {
    expect(hex(encodeRecord(frame, 60, info, 262_144))).toBe(`01000000020000003c0000003c000000${hex(frame)}`)
  })

  it('puts the tag back', () => {
    expect(hex(encodeRecord(frame, 60, { ...info, tag }, 262_144))).toBe(`01000000020000004000000040000000${hex(frame.subarray(0, 12))}81000123${hex(frame.subarray(12))}`)
  })

  it.each([1, 11, 12, 13, 15, 16, 17, 63, 64, 100])('cuts the tagged frame at %i', (snapLength) => {
    const whole = encodeRecord(frame, 60, { ...info, tag }, 262_144).subarray(16)
    const record = encodeRecord(frame, 60, { ...info, tag }, snapLength)
    expect(hex(record.subarray(16))).toBe(hex(whole.subarray(0, snapLength)))
    expect(new DataView(record.buffer).getUint32(12, true)).toBe(64)
  })

  it('keeps what there is of a frame that was longer than the buffer', () => {
    const record = encodeRecord(frame, 9000, info, 262_144)
    expect(record).toHaveLength(16 + 60)
    expect(new DataView(record.buffer).getUint32(12, true)).toBe(9000)
  })
})
