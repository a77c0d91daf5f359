import { describe, expect, it } from 'vitest'
import { pluginSocketPath } from './plugin-name.js'

describe('pluginSocketPath', () => {
  it('is where Docker looks', () => {
    expect(pluginSocketPath('dovesnap')).toBe('/run/docker/plugins/dovesnap.sock')
    expect(pluginSocketPath('Stream-bed_2.0', '/tmp/x')).toBe('/tmp/x/Stream-bed_2.0.sock')
  })

  it.each(['', '../x', 'a/b', '.x', '-x', 'a b', 'a:latest', 'é', 'x'.repeat(64)])('refuses the name %j', (name) => {
    expect(() => pluginSocketPath(name)).toThrow('cannot be the name of a network driver')
  })

  it.each(['bridge', 'host', 'Overlay', 'null'])('refuses %j, which is Docker\'s', (name) => {
    expect(() => pluginSocketPath(name)).toThrow('Docker has one of that name')
  })
})
