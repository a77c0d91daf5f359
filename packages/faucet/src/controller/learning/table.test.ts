import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hostAt } from './placed.js'
import { hostCount, hostKey, noLearning } from './state.js'
import { hostChanges, hostsWithFlows, hostWithFlows, withHost, withoutHost } from './table.js'

const change = fc.record({
  type: fc.constantFrom('add', 'remove', 'lapse'),
  vid: fc.constantFrom(100, 200),
  mac: fc.integer({ min: 0, max: 5 }).map((host) => `02:00:00:00:00:0${String(host)}`),
  port: fc.integer({ min: 1, max: 3 }),
})
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

const after = (changes: readonly Change[], from = noLearning) =>
  changes.reduce(
    (table, { type, vid, mac, port }) => (type === 'add' ? withHost(table, hostAt({ vid, mac, port, seen: 1 })) : withoutHost(table, hostKey(vid, mac), type === 'lapse')),
    from,
  )

it('counts right', () => {
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const table = after(changes)
      const hosts = [...table.hosts.values()]
      for (const port of [1, 2, 3]) {
        expect(hostCount(table, { port })).toBe(hosts.filter((host) => host.port === port).length)
        for (const vid of [100, 200]) expect(hostCount(table, { port, vid })).toBe(hosts.filter((host) => host.port === port && host.vid === vid).length)
      }
      for (const vid of [100, 200]) expect(hostCount(table, { vid })).toBe(hosts.filter((host) => host.vid === vid).length)
      for (const [key] of table.lapsed.entries()) expect(table.hosts.has(key)).toBe(false)
    }),
  )
})

it('tells whose flows may differ', () => {
  fc.assert(
    fc.property(fc.array(change), fc.array(change), (first, second) => {
      const before = after(first)
      const now = after(second, before)
      const keys = new Set([before, now].flatMap((table) => [...hostsWithFlows(table)]).map(({ vid, mac }) => hostKey(vid, mac)))
      const changed = new Map([...hostChanges(before, now)].map(([key, was, is]) => [key, [was, is]]))
      for (const key of keys) {
        const pair = [hostWithFlows(before, key), hostWithFlows(now, key)]
        if (pair[0] !== pair[1]) expect(changed.get(key)).toEqual(pair)
      }
    }),
  )
})
