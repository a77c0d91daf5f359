import { describe, expect, it } from 'vitest'
import { invalidTopology, TestbedError } from './errors.js'

describe('a TestbedError', () => {
  it('is an Error with a code, a cause and issues', () => {
    const cause = new Error('why')
    const error = new TestbedError('failed', 'it failed', { cause })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'TestbedError', code: 'failed', message: 'it failed', cause, issues: [] })
    expect(String(error)).toBe('TestbedError: it failed')
    expect(new TestbedError('closed', 'gone')).not.toHaveProperty('cause')
  })
})

describe('the message of an invalid topology', () => {
  it('of one mistake is one line', () => {
    const error = invalidTopology([{ path: 'networks.lan.vlan', value: 0, message: 'must be right' }])
    expect(error).toMatchObject({ code: 'invalid', message: 'the topology is not valid: networks.lan.vlan: must be right (got 0)' })
    expect(error.issues).toHaveLength(1)
  })

  it('of several has a line for each', () => {
    const issues = [
      { path: 'hosts.a', value: 'a', message: 'is wrong' },
      { path: '', value: undefined, message: 'is incomplete' },
    ]
    expect(invalidTopology(issues, 'the host').message).toBe('the host has 2 mistakes:\n  hosts.a: is wrong (got "a")\n  the host: is incomplete (got nothing)')
  })

  it('shows any value, short', () => {
    const shown = (value: unknown): string => /\(got (.*)\)$/s.exec(invalidTopology([{ path: 'x', value, message: 'y' }]).message)?.[1] ?? ''
    expect([undefined, null, NaN, -0, Infinity, 5n, '', 'a"\n', true, [], [1, ['a']], {}, Symbol('s'), () => 1].map(shown)).toEqual([
      'nothing', 'null', 'NaN', '-0', 'Infinity', '5n', '""', '"a\\"\\n"', 'true', '[]', "[ 1, [ 'a' ] ]", '{}', 'Symbol(s)', '[Function (anonymous)]',
    ])
    const cyclic: unknown[] = []
    cyclic.push(cyclic)
    expect(shown(cyclic)).toContain('Circular')
    expect(shown('x'.repeat(500))).toHaveLength(118)
    expect(shown(Array.from({ length: 1000 }, () => 'abcdefgh')).length).toBeLessThan(120)
  })
})
