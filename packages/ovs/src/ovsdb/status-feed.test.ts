import { expect, it } from 'vitest'
import { StatusFeed } from './status-feed.js'

it('gives the value of now and every later one, to each iterator', async () => {
  const feed = new StatusFeed('a')
  const read = async () => {
    const seen: string[] = []
    for await (const value of feed.changes()) seen.push(value)
    return seen
  }
  const readers = [read(), read()]
  feed.set('b')
  await Promise.resolve()
  feed.set('c')
  feed.end('d')
  feed.set('e')
  expect(await Promise.all(readers)).toEqual([
    ['a', 'b', 'c', 'd'],
    ['a', 'b', 'c', 'd'],
  ])
  expect(await read()).toEqual(['d'])
})

it('calls back until told to stop', () => {
  const feed = new StatusFeed(0)
  const seen: number[] = []
  const stop = feed.onChange((value) => seen.push(value))
  feed.set(1)
  stop()
  feed.set(2)
  expect(seen).toEqual([1])
  expect(feed.value).toBe(2)
})
