import { describe, expect, it } from 'vitest'
import { OvsError } from '../../errors.js'
import type { Message } from '../message.js'
import { Audience } from './audience.js'
import { Backlog } from './backlog.js'

const message = { type: 'barrier_reply', version: 4, xid: 1 } as Message

function audience() {
  const failures: unknown[] = []
  const holds: string[] = []
  const backlog = new Backlog({ limit: 10, hardLimit: 1000, replyLimit: 10, onHold: () => void holds.push('hold'), onRelease: () => void holds.push('release'), onOverflow: () => undefined })
  return { failures, holds, audience: new Audience(backlog, (error) => failures.push(error)) }
}

describe('who hears of messages', () => {
  it('is everybody who wants to; a message that nobody is interested in is counted', () => {
    const { audience: all } = audience()
    const heard: string[] = []
    const remove = all.onMessage(() => void heard.push('a'))
    all.onMessage(() => false)
    all.deliver(message, 8)
    remove()
    all.deliver(message, 8)
    expect(heard).toEqual(['a'])
    expect(all.unheard).toBe(1)
  })

  it('holds the other side back until what has come is dealt with', async () => {
    const { audience: all, holds, failures } = audience()
    let done = (): void => undefined
    all.onMessage(() => new Promise<void>((resolve) => (done = resolve)))
    all.deliver(message, 11)
    expect(holds).toEqual(['hold'])
    done()
    await expect.poll(() => holds).toEqual(['hold', 'release'])
    expect(failures).toEqual([])
  })

  it('fails with what a handler rejects with', async () => {
    const { audience: all, failures } = audience()
    all.onMessage(() => Promise.reject(new Error('no')))
    all.deliver(message, 8)
    await expect.poll(() => failures).toMatchObject([{ message: 'no' }])
  })

  it('may be a loop, which ends with the connection, also one that begins later', async () => {
    const { audience: all } = audience()
    const values = all.subscribe((one) => [one.xid, one.xid + 1])
    all.deliver(message, 8)
    all.finish(undefined)
    const seen: number[] = []
    for await (const value of values) seen.push(value)
    expect(seen).toEqual([1, 2])
    for await (const value of all.subscribe((one) => [one.xid])) seen.push(value)
    expect(seen).toEqual([1, 2])
  })

  it('is told of the reason in such a loop', async () => {
    const { audience: all } = audience()
    all.finish(new OvsError('closed', 'lost'))
    await expect(all.subscribe((one) => [one.xid]).next()).rejects.toMatchObject({ code: 'closed' })
  })

  it('hears of problems, which are counted', () => {
    const { audience: all } = audience()
    const problems: unknown[] = []
    const remove = all.onProblem((problem) => problems.push(problem))
    const error = new OvsError('malformed', 'x')
    all.problem(error, new Uint8Array(1))
    remove()
    all.problem(error, new Uint8Array(1))
    expect(problems).toEqual([{ error, bytes: new Uint8Array(1) }])
    expect(all.problems).toBe(2)
  })
})
