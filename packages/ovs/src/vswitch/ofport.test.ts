import { describe, expect, it } from 'vitest'
import { HIGHEST_OFPORT, lowestFreeOfport } from './ofport.js'

describe('lowestFreeOfport', () => {
  it('begins at 1 and fills gaps', () => {
    expect(lowestFreeOfport(new Set())).toBe(1)
    expect(lowestFreeOfport(new Set([1, 2, 4]))).toBe(3)
  })

  it('ends where numbers are reserved', () => {
    const all = new Set(Array.from({ length: HIGHEST_OFPORT }, (_, index) => index + 1))
    expect(lowestFreeOfport(all)).toBeUndefined()
    all.delete(65279)
    expect(lowestFreeOfport(all)).toBe(65279)
  })
})
