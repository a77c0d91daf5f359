import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Deadlines } from './deadlines.js'

describe('Deadlines', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('expires each at its time, in whatever order they were set', () => {
    const deadlines = new Deadlines()
    const expired: string[] = []
    deadlines.set(1, 300, () => expired.push('c'))
    deadlines.set(2, 100, () => expired.push('a'))
    deadlines.set(3, 200, () => expired.push('b'))
    const start = Date.now()
    for (const [time, seen] of [[99, ''], [100, 'a'], [199, 'a'], [200, 'ab'], [299, 'ab'], [300, 'abc']] as const) {
      vi.advanceTimersByTime(start + time - Date.now())
      expect(expired.join('')).toBe(seen)
    }
  })

  it('does not expire what was deleted, and goes on for the others', () => {
    const deadlines = new Deadlines()
    const expired: string[] = []
    deadlines.set(1, 100, () => expired.push('a'))
    deadlines.set(2, 200, () => expired.push('b'))
    deadlines.delete(1)
    vi.advanceTimersByTime(1000)
    expect(expired).toEqual(['b'])
    deadlines.set(3, 100, () => expired.push('c'))
    vi.advanceTimersByTime(100)
    expect(expired).toEqual(['b', 'c'])
  })

  it('lets what expires set others', () => {
    const deadlines = new Deadlines()
    const expired: string[] = []
    deadlines.set(1, 100, () => {
      expired.push('a')
      deadlines.set(2, 50, () => expired.push('b'))
    })
    vi.advanceTimersByTime(150)
    expect(expired).toEqual(['a', 'b'])
  })
})
