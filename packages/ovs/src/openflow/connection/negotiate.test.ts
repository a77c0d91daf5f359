import { describe, expect, it } from 'vitest'
import { bitmapOfVersions, negotiateVersion, versionName, versionsOfBitmap } from './negotiate.js'

describe('negotiateVersion', () => {
  it.each([
    { header: 4, bitmap: undefined, version: 4 },
    // Open vSwitch 3.1.
    { header: 6, bitmap: undefined, version: 4 },
    { header: 1, bitmap: undefined, version: undefined },
    { header: 6, bitmap: [1, 4, 6], version: 4 },
    { header: 6, bitmap: [5, 6], version: undefined },
    // The bitmap decides, whatever the header says.
    { header: 1, bitmap: [1, 4], version: 4 },
    { header: 4, bitmap: [], version: undefined },
  ])('header $header, bitmap $bitmap: $version', ({ header, bitmap, version }) => {
    expect(negotiateVersion(header, bitmap)).toBe(version)
  })

  it('takes the highest that is common', () => {
    expect(negotiateVersion(6, [1, 4, 5], [1, 4, 5])).toBe(5)
    expect(negotiateVersion(6, undefined, [1, 4, 5])).toBe(5)
  })
})

describe('version bitmaps', () => {
  it('has bit n for version n', () => {
    expect(bitmapOfVersions([4])).toEqual([0x10])
    expect(bitmapOfVersions([31, 33])).toEqual([0x80000000, 2])
    expect(versionsOfBitmap([0x80000010, 2])).toEqual([4, 31, 33])
  })
})

it('names versions', () => {
  expect(versionName(4)).toBe('OpenFlow 1.3')
  expect(versionName(9)).toBe('OpenFlow version 0x09')
})
