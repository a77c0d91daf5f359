import { ContainerEngine } from '@streambed/docker-driver'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dockerSocket, sleeper } from './world/docker.js'
import { run, until } from './world/program.js'
import { useDocker } from './world/world.js'

// How Docker is found on this machine, and what its end means. On others: remote-engine.test.ts.
const docker = useDocker()
let engine: ContainerEngine
beforeAll(async () => void (engine = await ContainerEngine.connect({ socket: dockerSocket })))
afterAll(() => engine.close())

describe('the engine', () => {
  it('says what it is, and is found by its well-known socket', async () => {
    expect(engine.info).toMatchObject({ endpoint: `unix://${dockerSocket}`, podman: false, rootless: false, local: true })
    expect(engine.info.engineId).toBe(await docker.cli('info', '--format', '{{.ID}}'))
    await using found = await ContainerEngine.connect()
    expect(found.info.engineId).toBe(engine.info.engineId)
  })

  it('says how to get Docker where there is none', async () => {
    await expect(ContainerEngine.connect({ socket: '/run/nothing.sock' })).rejects.toMatchObject({ code: 'missing', message: expect.stringMatching(/no Docker at unix:\/\/\/run\/nothing.sock.*apt-get install docker.io.*systemctl start docker/) })
    await expect(ContainerEngine.connect({ socket: 'tcp://127.0.0.1:1' })).rejects.toMatchObject({ code: 'missing' })
    await expect(ContainerEngine.connect({ socket: 'docker' })).rejects.toMatchObject({ code: 'invalid' })
  })

  it('says what a user without permission can do', async () => {
    const library = import.meta.resolve('@streambed/docker-driver')
    const script = `
      const { ContainerEngine } = await import(${JSON.stringify(library)})
      process.setgroups([]); process.setgid(65534); process.setuid(65534)
      await ContainerEngine.connect({ socket: '${dockerSocket}' }).catch(({ code, message }) => console.log(code, message))`
    expect(await run(process.execPath, '--input-type=module', '--eval', script)).toMatch(/^forbidden .*usermod -aG docker/)
  })
})

describe('a restart of Docker', () => {
  it('does not end events, nor the use of containers', async () => {
    const container = await engine.run(sleeper)
    const actions: string[] = []
    const stop = new AbortController()
    const listening = (async () => {
      for await (const { action } of container.events({ signal: stop.signal })) actions.push(action)
    })()
    await container.pause()
    await container.unpause()
    await until(() => actions.includes('unpause'), 'events come')
    await docker.restart('SIGKILL')
    await container.start()
    expect((await container.exec(['echo', 'again'])).stdout).toBe('again\n')
    await container.pause()
    await until(() => actions.lastIndexOf('pause') > actions.indexOf('unpause'), 'events come again')
    await container.remove()
    stop.abort()
    await listening
  })
})
