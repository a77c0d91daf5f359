import { describe, expect, it } from 'vitest'
import { Exclusion } from './exclusion.js'

describe('Exclusion', () => {
  it('lets shared work run together, and exclusive work alone', async () => {
    const exclusion = new Exclusion()
    const log: string[] = []
    const gate = () => {
      let open = (): void => undefined
      return { wait: new Promise<void>((resolve) => (open = resolve)), open: () => open() }
    }
    const [a, b, c] = [gate(), gate(), gate()]
    const work = (name: string, until: Promise<void>) => async () => {
      log.push(`${name} begins`)
      await until
      log.push(`${name} ends`)
    }
    const first = exclusion.shared(work('first', a.wait))
    const second = exclusion.shared(work('second', b.wait))
    const alone = exclusion.alone(work('alone', c.wait))
    const third = exclusion.shared(work('third', Promise.resolve()))
    a.open()
    await first
    expect(log).toEqual(['first begins', 'second begins', 'first ends'])
    b.open()
    c.open()
    await Promise.all([second, alone, third])
    expect(log.slice(3)).toEqual(['second ends', 'alone begins', 'alone ends', 'third begins', 'third ends'])
    await expect(exclusion.alone(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await exclusion.shared(() => Promise.resolve(1))).toBe(1)
  })
})
