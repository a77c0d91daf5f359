import type { Probe, ProbeResult } from '@streambed/linux'
import { describe, expect, it } from 'vitest'
import { TestbedCore } from './core.js'
import { TestbedError } from './errors.js'
import { measureReachability, Reachability, type ExpectedReachability, type ReachabilityAttempt, type ReachabilityOptions, type ReachabilityPair } from './reachability.js'
import { buildModel } from './topology/build.js'
import type { Topology } from './topology/spec.js'

function attempt(family: 4 | 6, ok: boolean): ReachabilityAttempt {
  return { address: family === 4 ? '10.0.0.1' : 'fd00::1', family, ok, rttMs: ok ? 0.5 : undefined, reason: ok ? undefined : 'timeout' }
}

/** Every pair by what answers: `46`, `4`, `6`, `-` (nothing) or `` (no address). */
function matrix(hosts: readonly string[], cell: (from: string, to: string) => string): Reachability {
  const pairs = hosts.flatMap((from) =>
    hosts.filter((to) => to !== from).map((to): ReachabilityPair => {
      const text = cell(from, to)
      const attempts = text === '' ? [] : [attempt(4, text.includes('4')), attempt(6, text.includes('6'))]
      return { from, to, ok: attempts.some(({ ok }) => ok), attempts }
    }),
  )
  return new Reachability(hosts, pairs, 12)
}

const all = (): string => '46'

describe('the table', () => {
  it('has rows that ask and columns that answer', () => {
    const cells: Record<string, string> = { 'a laptop': '46', 'a x': '4', 'laptop a': '6', 'laptop x': '-', 'x a': '', 'x laptop': '46' }
    expect(matrix(['a', 'laptop', 'x'], (from, to) => cells[`${from} ${to}`] ?? '').toString()).toBe(
      [
        'from     a  laptop   x',
        'a        ·     ✓     4',
        'laptop   6     ·     –',
        'x        –     ✓     ·',
        '4 of 6 pairs reach each other',
      ].join('\n'),
    )
  })

  it('keeps its columns one below the other, however long the names are', () => {
    const hosts = ['a', 'bb', 'a-rather-long-name-of-a-host', 'c'.repeat(63), 'd']
    const [head = '', ...rows] = matrix(hosts, (from, to) => (from === 'a' || to === 'd' ? '-' : '46')).toString().split('\n').slice(0, -1)
    const columns = hosts.map((name) => ({ start: head.indexOf(name, 63 + 2), width: name.length }))
    for (const [index, row] of rows.entries()) {
      expect(row.slice(0, 63).trimEnd()).toBe(hosts[index])
      expect([...row.slice(65)].filter((char) => char !== ' ')).toHaveLength(hosts.length)
      for (const { start, width } of columns) expect(row.slice(start, start + width).trim()).toHaveLength(1)
    }
    expect(new Set([head, ...rows].map((line) => line === line.trimEnd()))).toEqual(new Set([true]))
  })

  it('is there for no host and for one', () => {
    expect(matrix([], all).toString()).toBe('from\n0 of 0 pairs reach each other')
    expect(matrix(['a'], all).toString()).toBe('from   a\na      ·\n0 of 0 pairs reach each other')
  })
})

describe('a pair', () => {
  const some = matrix(['a', 'b'], (from) => (from === 'a' ? '6' : '-'))

  it('is reachable when any address answers', () => {
    expect([some.reaches('a', 'b'), some.reaches('b', 'a')]).toEqual([true, false])
    expect(some.pair('a', 'b').attempts.map(({ ok }) => ok)).toEqual([false, true])
    expect(some.count).toEqual({ ok: 1, all: 2 })
  })

  it('that was not tried is a mistake', () => {
    for (const [from, to] of [['a', 'a'], ['a', 'c'], ['constructor', 'a'], ['', '']] as const) {
      expect(() => some.pair(from, to)).toThrow(expect.objectContaining({ code: 'invalid', message: `the pair ${from} -> ${to} was not tried; the hosts are a, b` }) as Error)
    }
  })
})

describe('an expectation', () => {
  const chain = matrix(['a', 'b', 'c'], (from, to) => (`${from}${to}` === 'ab' ? '46' : `${from}${to}` === 'bc' ? '' : '-'))

  it('that is met has no differences', () => {
    expect(chain.differences({ a: ['b'] })).toEqual([])
    expect(chain.assert({ a: ['b'], b: [] })).toBe(chain)
    expect(matrix(['a', 'b'], all).assertAll().count.ok).toBe(2)
    expect(matrix([], all).assertAll().count.all).toBe(0)
  })

  it('that is not met names the pairs and what happened', () => {
    expect(chain.differences({ b: ['a', 'c'] })).toEqual([
      'a -> b: should not be reachable, 10.0.0.1 answered in 0.50 ms, fd00::1 answered in 0.50 ms',
      'b -> a: should be reachable, 10.0.0.1: timeout, fd00::1: timeout',
      'b -> c: should be reachable, c has no address that could be tried',
    ])
    expect(() => chain.assert({})).toThrow(TestbedError)
    expect(() => chain.assert({})).toThrow(expect.objectContaining({ code: 'reachability', message: `1 of 6 pairs differ from what is expected:\n  a -> b: should not be reachable, 10.0.0.1 answered in 0.50 ms, fd00::1 answered in 0.50 ms\n${chain.toString()}` }) as Error)
    expect(() => chain.assertAll()).toThrow('5 of 6 pairs differ')
  })

  it('of a host that is not there is a mistake', () => {
    for (const expected of [{ d: [] }, { a: ['d'] }, { constructor: [] }, { a: ['toString'] }] as ExpectedReachability[]) {
      expect(() => chain.differences(expected)).toThrow(expect.objectContaining({ code: 'invalid', message: expect.stringContaining('the hosts are a, b, c') as string }) as Error)
    }
  })

  it('may be of hosts whose names every object knows', () => {
    const odd = matrix(['constructor', 'toString', 'a'], all)
    expect(odd.differences({ a: ['constructor', 'toString'] })).toHaveLength(4)
    expect(odd.differences({ constructor: ['toString', 'a'], toString: ['constructor', 'a'], a: ['constructor', 'toString'] } as unknown as ExpectedReachability)).toEqual([])
    expect(odd.assertAll()).toBe(odd)
  })
})

it('is JSON with everything in it', () => {
  const json = JSON.parse(JSON.stringify(matrix(['a', 'b'], all))) as unknown
  expect(json).toMatchObject({ hosts: ['a', 'b'], durationMs: 12, pairs: [{ from: 'a', to: 'b', ok: true, attempts: [{ address: '10.0.0.1', family: 4, ok: true }, {}] }, {}] })
})

describe('a measurement', () => {
  const topology: Topology = {
    networks: { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] }, back: { subnet: '10.1.0.0/24' } },
    hosts: { a: { networks: ['lan', 'back'] }, b: { networks: ['back', 'lan'] }, c: {} },
  }

  /** Measures with an agent that only lets probes to these addresses through. */
  async function measure(answering: (probe: Probe) => boolean, options?: ReachabilityOptions, stopped: readonly string[] = [], lab: Topology = topology): Promise<{ matrix: Reachability; calls: { probes: readonly Probe[]; timeoutMs: number }[] }> {
    const calls: { probes: readonly Probe[]; timeoutMs: number }[] = []
    const sandbox = {
      call: (_: string, request: { probes: readonly Probe[]; timeoutMs: number }) => {
        calls.push(request)
        return Promise.resolve(request.probes.map((probe): ProbeResult => (answering(probe) ? { ok: true, rttMs: 1 } : { ok: false, reason: 'timeout' })))
      },
    }
    const core = new TestbedCore(buildModel(lab), sandbox as never, {} as never, undefined, {} as never)
    for (const name of stopped) core.hostStates.set(name, 'stopped')
    return { matrix: await measureReachability(core, options), calls }
  }

  it('tries all addresses of all pairs with one call', async () => {
    const { matrix: result, calls } = await measure(({ namespace }) => !namespace.startsWith('c'))
    expect(calls).toHaveLength(1)
    expect(calls[0]?.timeoutMs).toBe(1000)
    expect(calls[0]?.probes).toHaveLength(12)
    expect(result.hosts).toEqual(['a', 'b', 'c'])
    expect(result.count).toEqual({ ok: 2, all: 6 })
    // c has no address: nobody can try to reach it.
    expect(result.pair('a', 'c').attempts).toEqual([])
  })

  it('tries only what it is asked to try', async () => {
    const { matrix: result, calls } = await measure(() => true, { hosts: ['b', 'a', 'b'], family: 6, timeout: 50 })
    expect(calls[0]).toMatchObject({ timeoutMs: 50 })
    expect(calls[0]?.probes.map(({ address }) => address)).toEqual(['fd00::2', 'fd00::3'])
    expect(result.hosts).toEqual(['b', 'a'])
    expect(result.pairs).toHaveLength(2)
  })

  it('does not ask the kernel when there is nothing to try', async () => {
    const { matrix: result, calls } = await measure(() => true, { hosts: ['c'] })
    expect(calls).toEqual([])
    expect(result.pairs).toEqual([])
  })

  it('says why not', async () => {
    const { matrix: result } = await measure(({ address }) => address === '10.1.0.3', {}, ['b'])
    expect(result.pair('a', 'b')).toMatchObject({ ok: true, attempts: [{ address: '10.1.0.3', ok: true, rttMs: 1 }, { ok: false, reason: 'timeout' }, { ok: false, reason: 'timeout' }] })
    expect(result.pair('b', 'a').attempts.map(({ reason }) => reason)).toEqual(['b is stopped', 'b is stopped', 'b is stopped'])
  })

  it('asks nobody who only has the address of the one that is meant', async () => {
    const { matrix: result, calls } = await measure(() => true, {}, [], {
      networks: { red: { subnet: '10.0.0.0/24', vlan: 1 }, blue: { subnet: '10.0.0.0/24', vlan: 2 } },
      hosts: { r: { networks: ['red'] }, r9: { networks: { red: { ip: '10.0.0.9' } } }, b9: { networks: { blue: { ip: '10.0.0.9' } } } },
    })
    expect(result.pair('r', 'b9')).toMatchObject({ ok: false, attempts: [{ address: '10.0.0.9', reason: 'somebody else on network "red" has this address' }] })
    expect(result.pair('r', 'r9').ok).toBe(true)
    expect(calls[0]?.probes.filter(({ namespace, address }) => namespace.startsWith('r#') && address === '10.0.0.9')).toHaveLength(1)
  })

  it('refuses a host that is not there', async () => {
    await expect(measure(() => true, { hosts: ['a', 'nobody'] })).rejects.toMatchObject({ code: 'invalid', message: 'there is no host "nobody"; the hosts are a, b, c' })
  })
})
