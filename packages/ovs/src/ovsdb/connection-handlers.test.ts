import { describe, expect, it } from 'vitest'
import { OvsError } from '../errors.js'
import { ConnectionHandlers } from './connection-handlers.js'
import type { SessionConnection } from './session-types.js'

function connection(): SessionConnection & { readonly end: () => void } {
  const over = new AbortController()
  return { signal: over.signal, end: () => over.abort() } as unknown as SessionConnection & { readonly end: () => void }
}

describe('handlers of connections', () => {
  it('run in order on each connection, those that are added meanwhile too', async () => {
    const handlers = new ConnectionHandlers()
    const ran: string[] = []
    handlers.add(async () => {
      if (ran.length === 0) handlers.add(() => void ran.push('late'))
      await Promise.resolve()
      ran.push('first')
    })
    const second = handlers.add(() => void ran.push('second'))
    await handlers.runAll(connection())
    expect(ran).toEqual(['first', 'second', 'late'])
    handlers.remove(second)
    await handlers.runAll(connection())
    expect(ran.slice(3)).toEqual(['first', 'late'])
  })

  it('that fail at once are removed, and only who added them hears of it', async () => {
    const handlers = new ConnectionHandlers()
    const bad = handlers.add(() => Promise.reject(new Error('no')))
    const rejected = expect(bad.started).rejects.toThrow('no')
    await handlers.runAll(connection())
    await rejected
    await handlers.runAll(connection())
  })

  it('that fail later end the connection', async () => {
    const handlers = new ConnectionHandlers()
    let runs = 0
    const registration = handlers.add(() => (++runs > 1 ? Promise.reject(new Error('now')) : undefined))
    await handlers.runAll(connection())
    await registration.started
    await expect(handlers.runAll(connection())).rejects.toThrow('now')
  })

  it('run again on the next connection when theirs ended under them', async () => {
    const handlers = new ConnectionHandlers()
    const first = connection()
    let runs = 0
    const registration = handlers.add(() => {
      if (++runs > 1) return
      first.end()
      throw new Error('the connection is gone')
    })
    handlers.add(() => void (runs += 10))
    await handlers.runAll(first)
    // Nobody after it runs on a connection that is over.
    expect(runs).toBe(1)
    await handlers.runAll(connection())
    await registration.started
    expect(runs).toBe(12)
  })

  it('that never ran are told when there will be no connection', async () => {
    const handlers = new ConnectionHandlers()
    const { started } = handlers.add(() => undefined)
    handlers.fail(new OvsError('closed', 'over'))
    await expect(started).rejects.toMatchObject({ code: 'closed' })
  })
})
