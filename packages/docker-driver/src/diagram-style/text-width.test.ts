import { describe, expect, it } from 'vitest'
import { textWidth } from './text-width.js'

describe('textWidth', () => {
  // The advance widths in DejaVu Sans, in thousandths of an em.
  it.each([
    ['10.1.0.0/24', false, 5744],
    ['fd00:1::/64', false, 5516],
    ['host-name.example', false, 9995],
    ['host-name.example', true, 11_151],
    ['DHOQW', true, 830 + 837 + 850 + 850 + 1103],
  ])('of %s, bold %s, is enough for DejaVu Sans and not half as much again', (text, bold, width) => {
    expect(textWidth(text, 1000, bold)).toBeGreaterThanOrEqual(width)
    expect(textWidth(text, 1000, bold)).toBeLessThan(width * 1.5)
  })

  it('counts characters, not code units, and no combining ones', () => {
    expect(textWidth('日本', 10)).toBe(21)
    expect(textWidth('🙂', 10)).toBe(11)
    expect(textWidth('e\u0301', 10)).toBe(textWidth('e', 10))
    expect(textWidth('', 10)).toBe(0)
  })
})
