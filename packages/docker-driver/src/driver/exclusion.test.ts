import { describe, expect, it } from 'vitest'
import { Exclusion } from './exclusion.js'

const gate = () => {
  let open = (): void => undefined
  return { wait: new Promise<void>((resolve) => (open = resolve)), open: () => open() }
}

describe('Exclusion', () => {
  const setUp = () => {
    const log: string[] = []
    const work = (name: string, until: Promise<void>) => async () => {
      log.push(`${name} begins`)
      await until
      log.push(`${name} ends`)
    }
    return { exclusion: new Exclusion(), log, work }
  }

  it('lets shared work run together, and exclusive work alone', async () => {
    const { exclusion, log, work } = setUp()
    const [a, b, c] = [gate(), gate(), gate()]
    const first = exclusion.shared('x', work('first', a.wait))
    const second = exclusion.shared('x', work('second', b.wait))
    const alone = exclusion.alone(['x'], work('alone', c.wait), 0)
    await new Promise((resolve) => setTimeout(resolve, 5))
    const third = exclusion.shared('x', work('third', Promise.resolve()))
    a.open()
    await first
    expect(log).toEqual(['first begins', 'second begins', 'first ends'])
    b.open()
    c.open()
    await Promise.all([second, alone, third])
    expect(log.slice(3)).toEqual(['second ends', 'alone begins', 'alone ends', 'third begins', 'third ends'])
    await expect(exclusion.alone(['x'], () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await exclusion.shared('x', () => Promise.resolve(1))).toBe(1)
    expect(exclusion.isIdle('x')).toBe(true)
  })

  it('does not hold up what comes because of a slow call, as long as it is patient', async () => {
    const { exclusion, log, work } = setUp()
    const slow = gate()
    const first = exclusion.shared('x', work('slow', slow.wait))
    const alone = exclusion.alone(['x'], work('alone', Promise.resolve()))
    await exclusion.shared('x', work('quick', Promise.resolve()))
    expect(log).toEqual(['slow begins', 'quick begins', 'quick ends'])
    slow.open()
    await Promise.all([first, alone])
    expect(log.slice(3)).toEqual(['slow ends', 'alone begins', 'alone ends'])
  })

  it('has a door for each key', async () => {
    const { exclusion, log, work } = setUp()
    const slow = gate()
    const first = exclusion.alone(['x', 'y'], work('first', slow.wait))
    await exclusion.shared('z', work('other', Promise.resolve()))
    const waits = exclusion.shared('y', work('same', Promise.resolve()))
    expect([exclusion.isIdle('y'), exclusion.isIdle('z')]).toEqual([false, true])
    expect(log).not.toContain('same begins')
    slow.open()
    await Promise.all([first, waits])
    expect(log.indexOf('same begins')).toBeGreaterThan(log.indexOf('first ends'))
  })

  it('has one alone at a time', async () => {
    const { exclusion, log, work } = setUp()
    await Promise.all(['a', 'b', 'c'].map((name) => exclusion.alone(['x'], work(name, Promise.resolve()))))
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  })
})
