import { expect, it } from 'vitest'
import { TestClock } from './clock.test-support.js'
import { Seldom } from './seldom.js'

/** Asks again each time as soon as it was done: the seconds at which it was. */
function timesOf(first: number, count: number): readonly number[] {
  const clock = new TestClock()
  const began = clock.now()
  const times: number[] = []
  const seldom = new Seldom(clock, first, () => times.push(clock.now() - began))
  for (let guard = 0; times.length < count && guard < 1000; guard++) {
    seldom.ask()
    if (times.length < count) clock.advance(1)
  }
  return times
}

it('is less and less often', () => {
  expect(timesOf(1, 5)).toEqual([1, 3, 7, 15, 31])
  expect(timesOf(0, 5)).toEqual([0, 2, 4, 8, 16])
})

it('begins anew after a while without', () => {
  const clock = new TestClock()
  let done = 0
  const seldom = new Seldom(clock, 0, () => done++)
  expect(seldom.ask()).toBe(true)
  expect(done).toBe(1)
  expect(seldom.ask()).toBe(true)
  expect(seldom.ask()).toBe(false)
  expect(done).toBe(1)
  clock.advance(1)
  expect(done).toBe(2)
  clock.advance(3)
  seldom.ask()
  expect(done).toBe(3)
})

it('can be stopped', () => {
  const clock = new TestClock()
  let done = 0
  const seldom = new Seldom(clock, 1, () => done++)
  seldom.ask()
  seldom.stop()
  clock.advance(5)
  expect(done).toBe(0)
})
