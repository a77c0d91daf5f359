import { describe, expect, it } from 'vitest'
import { OvsError } from './errors.js'

describe('OvsError', () => {
  it('carries code, cause and detail, and shows its code in the message', () => {
    const cause = new Error('ECONNRESET')
    const error = new OvsError('closed', 'no answer', { cause, detail: { type: 'reply', method: 'echo', error: 'x' } })
    expect(error).toMatchObject({ name: 'OvsError', code: 'closed', message: '[closed] no answer', cause })
    expect(error.detail).toEqual({ type: 'reply', method: 'echo', error: 'x' })
    expect(error.stack).toContain('OvsError: [closed] no answer')
  })

  it('has no cause unless it is given one', () => {
    expect('cause' in new OvsError('timeout', 'x')).toBe(false)
  })

  it('is an instance across two copies of the package, and nothing else is', () => {
    const copy = Object.assign(new Error('x'), { code: 'closed', [Symbol.for('@streambed/ovs.OvsError')]: true })
    expect(copy instanceof OvsError).toBe(true)
    expect(new Error('x') instanceof OvsError).toBe(false)
    expect((null as unknown) instanceof OvsError).toBe(false)
  })
})
