import { describe, expect, it } from 'vitest'
import { OvsError } from '../../errors.js'
import { ChangeFeed, type FeedOptions } from './change-feed.js'

function feed(options: FeedOptions = {}) {
  let ends = 0
  const made = new ChangeFeed<{ readonly n: number; readonly changes: readonly number[] }>(options, () => ends++)
  const push = (n: number, size = 1) => made.push({ n, changes: Array.from({ length: size }, () => 0) })
  return { made, push, ends: () => ends }
}

describe('ChangeFeed', () => {
  it('gives batches in order, to a consumer that waits and to one that is late', async () => {
    const { made, push } = feed()
    const first = [made.next(), made.next()]
    for (let n = 1; n <= 4; n++) push(n)
    expect((await Promise.all(first)).map(({ value }) => (value as { n: number }).n)).toEqual([1, 2])
    made.end()
    const rest: number[] = []
    for await (const { n } of made) rest.push(n)
    expect(rest).toEqual([3, 4])
  })

  it('tells its error once, after what waits', async () => {
    const { made, push, ends } = feed()
    push(1)
    made.end(new OvsError('closed', 'gone'))
    made.end()
    push(2)
    expect(await made.next()).toMatchObject({ done: false, value: { n: 1 } })
    await expect(made.next()).rejects.toMatchObject({ code: 'closed' })
    expect(await made.next()).toEqual({ done: true, value: undefined })
    expect(ends()).toBe(1)
  })

  it('rejects a consumer that waits', async () => {
    const { made } = feed()
    const next = made.next()
    made.end(new OvsError('closed', 'gone'))
    await expect(next).rejects.toMatchObject({ code: 'closed' })
  })

  it('fails loudly beyond its limit, and takes one batch of any size', async () => {
    const { made, push } = feed({ limit: 3 })
    push(1, 10)
    push(2)
    expect(await made.next()).toMatchObject({ value: { n: 1 } })
    await expect(made.next()).rejects.toMatchObject({ code: 'too-large' })
  })

  it('with pause it takes everything, and says when it has been taken', async () => {
    const { made, push } = feed({ limit: 2, overflow: 'pause' })
    push(1)
    push(2)
    expect(made.drained()).toBeUndefined()
    push(3)
    let drained = false
    const waiting = made.drained()?.then(() => (drained = true))
    await made.next()
    expect(drained).toBe(false)
    await made.next()
    await waiting
    push(4)
    push(5)
    const released = made.drained()
    made.release()
    await released
  })

  it('ends when its consumer breaks off', async () => {
    const { made, push, ends } = feed()
    push(1)
    push(2)
    for await (const { n } of made) {
      expect(n).toBe(1)
      break
    }
    expect(ends()).toBe(1)
    expect(await made.next()).toEqual({ done: true, value: undefined })
  })
})
