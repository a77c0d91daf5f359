import { describe, expect, it } from 'vitest'
import { UsageError } from '../run-command.js'
import { parseArguments } from './arguments.js'

describe('parseArguments', () => {
  it('reads commands, targets and options as ovsdb-client has them', () => {
    expect(parseArguments(['dump', 'unix:/x', 'Db', 'T', 'a,b'])).toEqual({
      command: 'dump',
      target: { type: 'unix', path: '/x' },
      rest: ['Db', 'T', 'a,b'],
      format: 'table',
      tls: undefined,
      timeout: 30_000,
      from: '@streambed/ovs',
    })
    const tls = ['-p', 'k', '-c', 'c', '--ca-cert=a']
    expect(parseArguments(['-f', 'json', '-t', '1.5', ...tls, 'schema', 'ssl:[::1]'])).toMatchObject({
      format: 'json',
      timeout: 1500,
      target: { type: 'ssl', host: '::1', port: 6640 },
      tls: { privateKey: 'k', certificate: 'c', ca: 'a' },
    })
  })

  it.each([
    [[], 'no command'],
    [['drop', 'unix:/x'], 'no command drop'],
    [['dump'], 'needs a TARGET'],
    [['dump', 'unix:/x', '--format', 'xml'], 'not xml'],
    [['dump', 'unix:/x', '--timeout', '0'], 'not 0'],
  ])('refuses %j', (argv, hint) => {
    expect(() => parseArguments(argv)).toThrow(UsageError)
    expect(() => parseArguments(argv)).toThrow(hint)
  })

  it('refuses a target that is none, and options that it does not know', () => {
    expect(() => parseArguments(['dump', '/x'])).toThrow('no connection target')
    expect(() => parseArguments(['dump', 'unix:/x', '--nope'])).toThrow('--nope')
  })
})
