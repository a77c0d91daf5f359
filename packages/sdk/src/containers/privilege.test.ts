import { describe, expect, it } from 'vitest'
import { Testbed } from '../testbed.js'
import { buildModel } from '../topology/build.js'
import { checkContainers } from './privilege.js'

const model = buildModel({ networks: {}, hosts: { a: {}, web: { image: 'x' } } })
const none = buildModel({ networks: {}, hosts: { a: {} } })

describe('containers', () => {
  it('need root, and the error says what works without', () => {
    expect(() => checkContainers(model, 'direct', false)).toThrow(expect.objectContaining({ code: 'missing', message: expect.stringMatching(/needs root \(host "web"\).*access to Docker's socket is enough to start containers.*not to plug cables.*Run as root \(sudo\), .*or make host "web" a namespace host/s) as string }) as Error)
    expect(() => checkContainers(buildModel({ networks: {}, hosts: { a: { image: 'x' }, b: { container: 'y' } } }), 'direct', false)).toThrow(/hosts "a", "b"/)
    expect(() => checkContainers(model, 'direct', true)).not.toThrow()
    expect(() => checkContainers(none, 'direct', false)).not.toThrow()
  })

  it('are wired in a way that there is', () => {
    expect(() => checkContainers(none, 'direkt' as never, true)).toThrow('wire must be "direct" or "driver" (got "direkt")')
    expect(() => checkContainers(model, 'driver', true)).not.toThrow()
    expect(() => checkContainers(model, 'driver', false)).toThrow(/needs root \(host "web"\)/)
    expect(() => checkContainers(none, 'driver', false)).toThrow(/networks of Docker \(wire: "driver"\) need root/)
  })

  it('are refused before anything is touched', async () => {
    const progress: unknown[] = []
    await expect(Testbed.start({ networks: {}, hosts: { web: { image: 'x' } } }, { privilege: 'user-namespace', onProgress: (step) => progress.push(step) })).rejects.toMatchObject({ code: 'missing', message: expect.stringContaining('needs root') as string })
    expect(progress).toEqual([])
  })
})
