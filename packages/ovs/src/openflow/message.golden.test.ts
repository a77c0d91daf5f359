import { describe, expect, it } from 'vitest'
import { messageArbitraries } from './message.arbitrary.js'
import { messageGoldens } from './message.golden.js'
import { messageSamples } from './message.samples.js'
import { decodeMessage, encodeMessage } from './message.js'

/** Types that Open vSwitch refuses to print, because they stand for what is not known. */
const unknownTypes = [
  'experimenter',
  'experimenter_stats_request',
  'experimenter_stats_reply',
  'unknown',
  'unknown_multipart_request',
  'unknown_multipart_reply',
]

/** `actual` with only those properties that `wanted` has, at every depth. */
function reduced(actual: unknown, wanted: unknown): unknown {
  if (Array.isArray(actual) && Array.isArray(wanted)) {
    return actual.map((item, index) => (index in wanted ? reduced(item, wanted[index] as unknown) : item))
  }
  if (actual instanceof Uint8Array || typeof actual !== 'object' || typeof wanted !== 'object' || !wanted) return actual
  return Object.fromEntries(
    Object.entries(wanted).map(([key, value]) => [key, reduced((actual as Record<string, unknown>)[key], value)]),
  )
}

describe('messages that ovs-ofctl 3.1 printed as meant', () => {
  for (const [name, sample] of Object.entries(messageSamples)) {
    it(name, () => {
      const bytes = encodeMessage(sample)
      expect(Buffer.from(bytes).toString('hex')).toBe(messageGoldens[name]?.hex)
      const decoded = decodeMessage(bytes)
      expect(reduced(decoded, sample)).toEqual(sample)
      expect(encodeMessage(decoded)).toEqual(bytes)
    })
  }

  it('are of all types that it knows', () => {
    const types = new Set(Object.values(messageSamples).map(({ type }) => type))
    expect([...types, ...unknownTypes].sort()).toEqual(Object.keys(messageArbitraries).sort())
  })
})
