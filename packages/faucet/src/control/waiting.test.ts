import { describe, expect, it } from 'vitest'
import { waiting } from './waiting.js'

describe('waiting', () => {
  it('gives what it waits for', async () => {
    expect(await waiting(Promise.resolve(5), () => 'nothing')).toBe(5)
    await expect(waiting(Promise.reject(new Error('why')), () => 'nothing', { timeout: 0 })).rejects.toThrow('why')
  })

  it('gives up by time and by signal', async () => {
    const never = new Promise(() => {})
    await expect(waiting(never, () => 'no answer', { timeout: 1 })).rejects.toMatchObject({ code: 'timeout', message: '[timeout] no answer within 1 ms' })
    const controller = new AbortController()
    const waits = waiting(never, () => 'no answer', { timeout: 0, signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(waits).rejects.toMatchObject({ code: 'aborted', cause: new Error('enough') })
    await expect(waiting(Promise.reject(new Error('unheard')), () => 'no answer', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
  })
})
