import { describe, expect, it } from 'vitest'
import { OvsError } from '../../errors.js'
import { MonitoredConditions } from './monitored-conditions.js'

const where = (table: string, value: string) => new Map([[table, [['name', '==', value]]]])

function starting(value: string) {
  const conditions = new MonitoredConditions()
  conditions.begin('A', [['name', '==', value]])
  return conditions
}

describe('MonitoredConditions', () => {
  it('sends one change at a time, and only what is different', async () => {
    const conditions = starting('x')
    expect(conditions.settled).toBe(true)
    expect(conditions.send()).toBeUndefined()
    const first = conditions.want(where('B', 'y'))
    expect(conditions.settled).toBe(false)
    expect(conditions.send()).toEqual(where('B', 'y'))
    let done = false
    const second = conditions.want(where('A', 'z')).then(() => (done = true))
    expect(conditions.send()).toBeUndefined()
    conditions.confirmSent()
    await first
    expect(done).toBe(false)
    expect(conditions.send()).toEqual(where('A', 'z'))
    conditions.confirmSent()
    await second
    expect(conditions.settled).toBe(true)
  })

  it('is not settled after the connection ended in between, until a new monitor has everything', async () => {
    const conditions = new MonitoredConditions()
    const wanted = conditions.want(where('A', 'x'))
    conditions.send()
    expect(conditions.settled).toBe(false)
    const asked = conditions.snapshot()
    const later = conditions.want(where('A', 'y'))
    expect(asked.conditions).toEqual(where('A', 'x'))
    conditions.confirmAll(asked)
    await wanted
    expect(conditions.settled).toBe(false)
    expect(conditions.send()).toEqual(where('A', 'y'))
    conditions.confirmSent()
    await later
  })

  it('goes back to what holds when the server refuses, and tells who wanted it', async () => {
    const conditions = starting('x')
    const wanted = conditions.want(where('A', 'y'))
    conditions.send()
    conditions.refuseSent(new OvsError('peer', 'no'))
    await expect(wanted).rejects.toMatchObject({ code: 'peer' })
    expect(conditions.wanted).toEqual(where('A', 'x'))
    expect(conditions.settled).toBe(true)
    const failed = conditions.want(where('A', 'y'))
    conditions.fail(new OvsError('closed', 'gone'))
    await expect(failed).rejects.toMatchObject({ code: 'closed' })
  })
})
