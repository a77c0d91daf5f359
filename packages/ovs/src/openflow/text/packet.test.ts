import { describe, expect, it } from 'vitest'
import { packetGoldens } from './packet.golden.js'
import { printPacket } from './packet.js'

describe('printPacket', () => {
  it.each(packetGoldens)('prints %s as ovs-ofctl does', (_, hex, text) => {
    expect(printPacket(Buffer.from(hex, 'hex'))).toBe(text)
  })

  it('prints what is left of a frame that is cut off anywhere', () => {
    for (const [, hex] of packetGoldens) {
      const frame = Buffer.from(hex, 'hex')
      for (let length = 0; length < frame.length; length++) expect(printPacket(frame.subarray(0, length))).toContain('dl_src=')
    }
  })
})
