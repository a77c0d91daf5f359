import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PersistentMap } from './persistent-map.js'

const operations = fc.array(
  fc.record({ key: fc.oneof(fc.nat(40).map(String), fc.string()), value: fc.option(fc.nat(3), { nil: undefined }) }),
  { maxLength: 200 },
)

function built(steps: readonly { key: string; value: number | undefined }[], from = PersistentMap.empty<number>()) {
  let map = from
  for (const { key, value } of steps) map = value === undefined ? map.delete(key) : map.set(key, value)
  return map
}

it('is what a Map with the same changes is, and leaves what it came from alone', () => {
  fc.assert(
    fc.property(operations, operations, (first, second) => {
      const plain = new Map<string, number>()
      for (const { key, value } of first) {
        if (value === undefined) plain.delete(key)
        else plain.set(key, value)
      }
      const before = built(first)
      const entries = new Map(before.entries())
      expect(entries).toEqual(plain)
      expect(before.size).toBe(plain.size)
      built(second, before)
      expect(new Map(before.entries())).toEqual(entries)
      for (const { key } of first) expect(before.get(key)).toBe(plain.get(key))
    }),
  )
})

it('tells what has changed since another', () => {
  fc.assert(
    fc.property(operations, operations, (first, second) => {
      const before = built(first)
      const now = built(second, before)
      const then = new Map(before.entries())
      for (const [key, old, value] of now.changesSince(before)) {
        expect(then.get(key)).toBe(old)
        if (value === undefined) then.delete(key)
        else then.set(key, value)
      }
      expect(then).toEqual(new Map(now.entries()))
    }),
  )
})

it('holds many entries, and none when they are taken away', () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `100/02:00:00:00:${String(index)}`)
  const full = built(keys.map((key, value) => ({ key, value })))
  expect(full.size).toBe(20_000)
  expect(keys.every((key, index) => full.get(key) === index)).toBe(true)
  expect([...full.set('another', 1).changesSince(full)]).toEqual([['another', undefined, 1]])
  expect(built(keys.map((key) => ({ key, value: undefined })), full).size).toBe(0)
})
