import { describe, expect, it } from 'vitest'
import { formatTarget, isPassive, parseTarget, parseTargets, type Target } from './target.js'

const cases: readonly [text: string, target: Target, canonical?: string][] = [
  ['unix:/run/openvswitch/db.sock', { type: 'unix', path: '/run/openvswitch/db.sock' }],
  ['unix:relative:with:colons', { type: 'unix', path: 'relative:with:colons' }],
  ['tcp:127.0.0.1:6641', { type: 'tcp', host: '127.0.0.1', port: 6641 }],
  ['tcp:db.example.com', { type: 'tcp', host: 'db.example.com', port: 6640 }, 'tcp:db.example.com:6640'],
  ['tcp:[::1]:6641', { type: 'tcp', host: '::1', port: 6641 }],
  ['ssl:[fe80::1%eth0]', { type: 'ssl', host: 'fe80::1%eth0', port: 6640 }, 'ssl:[fe80::1%eth0]:6640'],
  ['punix:/tmp/x.sock', { type: 'punix', path: '/tmp/x.sock' }],
  ['ptcp:', { type: 'ptcp', port: 6640 }, 'ptcp:6640'],
  ['ptcp:0', { type: 'ptcp', port: 0 }],
  ['ptcp::127.0.0.1', { type: 'ptcp', host: '127.0.0.1', port: 6640 }, 'ptcp:6640:127.0.0.1'],
  ['pssl:6641:[::]', { type: 'pssl', host: '::', port: 6641 }],
]

describe('parseTarget', () => {
  it.each(cases)('reads %s', (text, target, canonical = text) => {
    expect(parseTarget(text)).toEqual(target)
    expect(formatTarget(target)).toBe(canonical)
    expect(parseTarget(canonical)).toEqual(target)
    expect(isPassive(target)).toBe(text.startsWith('p'))
  })

  it('takes the default port of another protocol', () => {
    expect(parseTarget('tcp:a', { defaultPort: 6653 })).toMatchObject({ port: 6653 })
    expect(parseTarget('ptcp:', { defaultPort: 6653 })).toMatchObject({ port: 6653 })
  })

  it.each([
    ['', 'unix:FILE'],
    ['/run/db.sock', 'unix:FILE'],
    ['udp:1.2.3.4', 'unix:FILE'],
    ['unix:', 'path of a socket'],
    ['tcp:', 'needs a host'],
    ['tcp::6640', 'needs a host'],
    ['tcp:a:0', 'no port from 1 to 65535'],
    ['tcp:a:65536', 'no port'],
    ['tcp:a:', 'no port'],
    ['tcp:a:12x', 'no port'],
    ['tcp:::1:6640', 'square brackets'],
    ['tcp:[1.2.3.4]:6640', 'no IPv6 address'],
    ['tcp:a b', 'no host'],
    ['ptcp:-1', 'no port from 0'],
    ['ptcp:a:6640', 'no port'],
    ['ptcp:6640:::1', 'port comes first'],
  ])('refuses "%s", saying what would be right', (text, hint) => {
    expect(() => parseTarget(text)).toThrow(
      expect.objectContaining({ code: 'invalid', message: expect.stringContaining(`"${text}"`) }),
    )
    expect(() => parseTarget(text)).toThrow(hint)
  })
})

describe('parseTargets', () => {
  it('reads lists, with commas too, and leaves commas in paths', () => {
    const targets = ['tcp:a:1', 'ssl:b:2', 'unix:/tmp/x,y'].map((text) => parseTarget(text))
    expect(parseTargets('tcp:a:1,ssl:b:2, unix:/tmp/x,y')).toEqual(targets)
    expect(parseTargets(['tcp:a:1', 'ssl:b:2,unix:/tmp/x,y'])).toEqual(targets)
    expect(parseTargets([targets[0] as Target, 'ssl:b:2', 'unix:/tmp/x,y'])).toEqual(targets)
    expect(parseTargets(targets[0] as Target)).toEqual([targets[0]])
    expect(() => parseTargets([])).toThrow('no target is given')
  })
})
