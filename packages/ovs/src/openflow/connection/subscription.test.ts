import { describe, expect, it, vi } from 'vitest'
import { OvsError } from '../../errors.js'
import { Subscription } from './subscription.js'

function subscription() {
  const owner = { onTaken: vi.fn(), onReturn: vi.fn(), onWaiting: vi.fn() }
  return { owner, values: new Subscription<number>(owner) }
}

describe('Subscription', () => {
  it('hands out values in order, those that wait and those that are waited for', async () => {
    const { values, owner } = subscription()
    expect(values.push(1, 10)).toBe(true)
    values.push(2, 10)
    expect(values.backlog).toBe(2)
    expect([await values.next(), await values.next()].map(({ value }) => value)).toEqual([1, 2])
    expect(owner.onTaken.mock.calls).toEqual([[10], [10]])
    const next = values.next()
    expect(owner.onWaiting.mock.calls).toEqual([[true]])
    expect(values.push(3, 10)).toBe(false)
    expect(await next).toEqual({ done: false, value: 3 })
    expect(owner.onWaiting.mock.calls).toEqual([[true], [false]])
  })

  it('keeps the order over many values', async () => {
    const { values } = subscription()
    const taken: number[] = []
    let pushed = 0
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 100; i++) values.push(pushed++, 1)
      for (let i = 0; i < 60; i++) taken.push((await values.next()).value as number)
    }
    while (values.backlog > 0) taken.push((await values.next()).value as number)
    expect(taken).toEqual(Array.from({ length: 5000 }, (_, index) => index))
  })

  it('hands out what had arrived before it ends with the error, once', async () => {
    const { values } = subscription()
    values.push(1, 1)
    values.finish(new OvsError('closed', 'gone'))
    expect(await values.next()).toEqual({ done: false, value: 1 })
    await expect(values.next()).rejects.toMatchObject({ code: 'closed' })
    expect(await values.next()).toEqual({ done: true, value: undefined })
  })

  it('rejects a consumer that waits', async () => {
    const { values } = subscription()
    const next = values.next()
    values.finish(new OvsError('closed', 'gone'))
    await expect(next).rejects.toMatchObject({ code: 'closed' })
  })

  it('throws away what waits when the loop is left', async () => {
    const { values, owner } = subscription()
    for (const value of [1, 2, 3]) values.push(value, 5)
    for await (const value of values) {
      expect(value).toBe(1)
      break
    }
    expect(owner.onTaken.mock.calls).toEqual([[5], [10]])
    expect(owner.onReturn).toHaveBeenCalledTimes(1)
    expect(values.push(4, 5)).toBe(false)
    expect(await values.next()).toEqual({ done: true, value: undefined })
    await values.return()
    expect(owner.onReturn).toHaveBeenCalledTimes(1)
  })
})
