import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkArgv, hostEnvironment } from './host-process.js'

afterEach(() => vi.unstubAllEnvs())

describe('hostEnvironment', () => {
  it('has the changes, and lacks what is taken away', () => {
    vi.stubEnv('KEPT', '1')
    vi.stubEnv('GONE', '1')
    vi.stubEnv('NODE_CHANNEL_FD', '3')
    const env = hostEnvironment({ GONE: undefined, NEW: '' })
    expect(env).toMatchObject({ KEPT: '1', NEW: '' })
    expect(env).not.toHaveProperty('GONE')
    expect(env).not.toHaveProperty('NODE_CHANNEL_FD')
  })

  it('completes PATH, unless it is given', () => {
    vi.stubEnv('PATH', '/mine:/usr/bin')
    expect(hostEnvironment()['PATH']).toBe('/mine:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/bin')
    expect(hostEnvironment({ PATH: '/only' })['PATH']).toBe('/only')
  })
})

describe('checkArgv', () => {
  it.each([[[]], [['']], [['a\0b']], [['a', 1]], ['ls']])('refuses %j', (argv) => {
    expect(() => checkArgv(argv as never)).toThrow(expect.objectContaining({ code: 'invalid' }))
  })

  it('accepts empty words behind the program', () => {
    expect(() => checkArgv(['a', ''])).not.toThrow()
  })
})
