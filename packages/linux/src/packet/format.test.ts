import { describe, expect, it } from 'vitest'
import { decodePacket } from './decode.js'
import { formatPacket } from './format.js'
import { kernelGoldens } from './kernel.golden.js'
import { sampleGoldens } from './samples.golden.js'

describe('formatPacket', () => {
  it.each(Object.entries({ ...sampleGoldens, ...kernelGoldens }))('prints %s', (_, golden) => {
    expect(formatPacket(decodePacket(Uint8Array.from(Buffer.from(golden.hex, 'hex'))))).toBe(golden.text)
  })

  it("prints most packets in tcpdump's very words", () => {
    const goldens = Object.values({ ...sampleGoldens, ...kernelGoldens })
    expect(goldens.filter((golden) => golden.tcpdump === undefined).length).toBeGreaterThan(80)
  })
})
