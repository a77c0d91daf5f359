import { describe, expect, it } from 'vitest'
import { findEngine } from './find-engine.js'
import { machineBridgeIds } from './machine-ids.js'
import { bridge, driver, mirrorFlags, planOf } from './machine.test-support.js'

const never = () => Promise.reject(new Error('Docker does not answer'))

describe('findEngine', () => {
  it('asks the bridges first', async () => {
    const [planned] = planOf(mirrorFlags)?.bridges ?? []
    const there = planned ? [bridge(planned.name, machineBridgeIds(driver, '0A1B2C', planned))] : []
    expect(await findEngine(there, driver, never, 0)).toBe('0A1B2C')
    await expect(findEngine(there, 'other', never, 0)).rejects.toMatchObject({ code: 'missing', message: expect.stringContaining('Docker does not answer') as string })
  })

  it('asks Docker otherwise', async () => {
    const id = 'ABCD:' + Array.from({ length: 11 }, () => 'AAAA').join(':')
    expect(await findEngine([], driver, () => Promise.resolve(id), 0)).toMatch(/^[0-9A-F]{6}$/)
  })
})
