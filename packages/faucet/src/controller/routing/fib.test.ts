import { describe, expect, it } from 'vitest'
import { PersistentMap } from '../core/persistent-map.js'
import { fibEntry, withEntry, withoutPastBlackholes, type FibEntry } from './fib.js'

const empty = PersistentMap.empty<readonly FibEntry[]>()
const hop = (vid: number) => ({ vid, mac: '02:00:00:00:00:01' })
const hole = (vid: number) => ({ vid, mac: undefined, since: 10, timeout: 5 })

describe('the table of routes', () => {
  it('has one entry of a destination for each VLAN, by number', () => {
    const fib = [hop(200), hop(100), hole(200)].reduce((before, entry) => withEntry(before, entry.vid, '10.0.0.0/24', entry), empty)
    expect(fib.get('10.0.0.0/24')).toEqual([hop(100), hole(200)])
    expect(fibEntry(fib, 200, '10.0.0.0/24')).toEqual(hole(200))
  })

  it('is the same when nothing changes', () => {
    expect(withEntry(empty, 100, '10.0.0.0/24', undefined)).toBe(empty)
    const fib = withEntry(empty, 100, '10.0.0.0/24', hop(100))
    expect(withEntry(fib, 200, '10.0.0.0/24', undefined)).toBe(fib)
    expect(withoutPastBlackholes(fib, 1000)).toBe(fib)
  })

  it('has no destination without entries', () => {
    const fib = withEntry(withEntry(empty, 100, '10.0.0.0/24', hop(100)), 100, '10.0.0.0/24', undefined)
    expect(fib.size).toBe(0)
  })

  it('forgets blackholes when their time is over', () => {
    const fib = withEntry(withEntry(empty, 100, '10.0.0.1/32', hole(100)), 200, '10.0.0.1/32', hop(200))
    expect(withoutPastBlackholes(fib, 14)).toBe(fib)
    expect(withoutPastBlackholes(fib, 15).get('10.0.0.1/32')).toEqual([hop(200)])
  })
})
