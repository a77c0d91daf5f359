import { describe, expect, it, vi } from 'vitest'
import { DockerDriverError } from '../errors.js'
import { Operations } from './operations.js'

describe('Operations', () => {
  it('begins an operation once for those who ask meanwhile, and again for those who ask later', async () => {
    const operations = new Operations()
    const operation = vi.fn(() => Promise.resolve({ done: true }))
    const both = await Promise.all([operations.run('a', 1000, operation), operations.run('a', 1000, operation)])
    expect(both).toEqual([{ body: { done: true } }, { body: { done: true } }])
    expect(operation).toHaveBeenCalledTimes(1)
    await operations.run('a', 1000, operation)
    expect(operation).toHaveBeenCalledTimes(2)
  })

  it('makes an Err of whatever is thrown', async () => {
    const operations = new Operations()
    const error = new DockerDriverError('conflict', 'the VLAN 100 is used')
    expect(await operations.run('a', 1000, () => Promise.reject(error))).toEqual({ body: { Err: 'the VLAN 100 is used' }, cause: error })
    expect((await operations.run('b', 1000, () => Promise.reject(new Error('')))).body).toEqual({ Err: 'the operation failed without saying why' })
  })

  it('gives up after the limit, tells the operation, and does not begin it again before it has ended', async () => {
    vi.useFakeTimers()
    try {
      const operations = new Operations()
      const end = { now: () => undefined as void }
      let reason: unknown
      const operation = vi.fn(({ signal }: { signal: AbortSignal }) => {
        signal.addEventListener('abort', () => (reason = signal.reason))
        return new Promise<object>((resolve) => (end.now = () => resolve({})))
      })
      const first = operations.run('a', 5000, operation)
      await vi.advanceTimersByTimeAsync(5000)
      expect((await first).body).toEqual({ Err: 'the operation has not ended within 5 seconds; is Open vSwitch running, and does the controller answer?' })
      expect(reason).toMatchObject({ code: 'timeout' })
      expect(await operations.run('a', 5000, operation)).toEqual(await first)
      end.now()
      await vi.advanceTimersByTimeAsync(0)
      void operations.run('a', 5000, operation)
      expect(operation).toHaveBeenCalledTimes(2)
      end.now()
    } finally {
      vi.useRealTimers()
    }
  })

  it('tells the operation when all who asked have hung up and nobody asks again, and begins it anew for who asks after that', async () => {
    vi.useFakeTimers()
    try {
      const operations = new Operations()
      const clients = Array.from({ length: 3 }, () => new AbortController())
      let begun = 0
      const operation = ({ signal }: { signal: AbortSignal }) => new Promise<object>((resolve, reject) => {
        begun++
        if (begun > 1) resolve({})
        signal.addEventListener('abort', () => setTimeout(() => reject(signal.reason as Error), 100))
      })
      const ask = (client?: AbortController) => operations.run('a', 60_000, operation, client?.signal)
      const first = [ask(clients[0]), ask(clients[1])]
      clients[0]?.abort()
      clients[1]?.abort()
      await vi.advanceTimersByTimeAsync(1000)
      // Docker's repetition.
      const third = ask(clients[2])
      await vi.advanceTimersByTimeAsync(10_000)
      expect(begun).toBe(1)
      clients[2]?.abort()
      await vi.advanceTimersByTimeAsync(2500)
      const again = ask()
      await vi.advanceTimersByTimeAsync(100)
      const aborted = { cause: { code: 'aborted' } }
      expect(await Promise.all([...first, third])).toMatchObject([aborted, aborted, aborted])
      expect(await again).toEqual({ body: {} })
      expect(begun).toBe(2)
    } finally {
      vi.useRealTimers()
    }
  })
})
