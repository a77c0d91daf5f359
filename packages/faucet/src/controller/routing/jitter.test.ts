import { describe, expect, it } from 'vitest'
import { jitter } from './jitter.js'

describe('jitter', () => {
  it('is the same for the same text, within its bounds, and takes every value', () => {
    const values = Array.from({ length: 200 }, (_, index) => jitter(`10.0.0.${String(index)}`, 4))
    expect(new Set(values)).toEqual(new Set([0, 1, 2, 3, 4]))
    expect(jitter('10.0.0.1', 4)).toBe(values[1])
    expect(jitter('10.0.0.1', 0)).toBe(0)
  })
})
