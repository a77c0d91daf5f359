import { describe, expect, it } from 'vitest'
import { Serial } from './serial.js'

describe('Serial', () => {
  it('does one thing after the other on a key, and different keys side by side', async () => {
    const serial = new Serial()
    const log: string[] = []
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const first = serial.run('a', async () => {
      await held
      log.push('a1')
    }, 60_000)
    const second = serial.run('a', async () => void log.push('a2'), 60_000)
    await serial.run('b', async () => void log.push('b'), 60_000)
    release()
    await Promise.all([first, second])
    expect(log).toEqual(['b', 'a1', 'a2'])
    await serial.idle()
  })

  it('goes on after a failure, and gives up what waits too long', async () => {
    const serial = new Serial()
    await expect(serial.run('a', () => Promise.reject(new Error('no')), 60_000)).rejects.toThrow('no')
    let release = (): void => undefined
    const first = serial.run('a', () => new Promise<void>((resolve) => (release = resolve)), 60_000)
    const began: string[] = []
    await expect(serial.run('a', async () => void began.push('late'), 1)).rejects.toMatchObject({ code: 'timeout' })
    release()
    await first
    await serial.idle()
    expect(began).toEqual([])
  })
})
