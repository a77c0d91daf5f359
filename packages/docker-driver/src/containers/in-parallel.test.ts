import { expect, it } from 'vitest'
import { inParallel } from './in-parallel.js'

it('runs so many steps at a time, in order', async () => {
  let now = 0
  let most = 0
  const done = await inParallel([1, 2, 3, 4, 5, 6], 4, async (item) => {
    most = Math.max(most, ++now)
    await new Promise((resolve) => setImmediate(resolve))
    now--
    return item * 2
  })
  expect({ done, most }).toEqual({ done: [2, 4, 6, 8, 10, 12], most: 4 })
})

it('begins nothing more after a failure, and waits for what has begun', async () => {
  const ended: number[] = []
  const work = inParallel([1, 2, 3, 4], 2, async (item) => {
    if (item === 1) throw new Error('no')
    await new Promise((resolve) => setImmediate(resolve))
    ended.push(item)
  })
  await expect(work).rejects.toThrow('no')
  expect(ended).toEqual([2])
})
