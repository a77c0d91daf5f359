import { describe, expect, it } from 'vitest'
import { lowestFree, macOf } from './numbers.js'

describe('numbers', () => {
  it('finds the lowest free port', () => {
    expect(lowestFree(new Set())).toBe(1)
    expect(lowestFree(new Set([1, 2, 4]))).toBe(3)
    expect(lowestFree(new Set(Array.from({ length: 0xfeff }, (_, i) => i + 1)))).toBeUndefined()
  })

  it('gives an endpoint always the same locally administered MAC address', () => {
    expect(macOf('e')).toBe(macOf('e'))
    expect(macOf('e')).not.toBe(macOf('f'))
    for (const id of ['a', 'b', 'c', 'd']) expect(parseInt(macOf(id).slice(0, 2), 16) & 3).toBe(2)
  })
})
