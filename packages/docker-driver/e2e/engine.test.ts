import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { ContainerEngine } from '@streambed/docker-driver'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dockerSocket, sleeper } from './world/docker.js'
import { run, until } from './world/program.js'
import { useDocker } from './world/world.js'

// How Docker is found, on this machine and on others, and what its end means.
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

  it.each(['tcp', 'ssh'])('works through %s as with an engine of another machine', async (kind) => {
    // In the place of a remote machine: the same Docker, and an `ssh` that runs its command here.
    const bridge = createServer({ allowHalfOpen: true }, (socket) => void socket.on('error', () => undefined).pipe(connect({ path: dockerSocket, allowHalfOpen: true }).on('error', () => undefined)).pipe(socket)).listen(2375, '127.0.0.1')
    const folder = mkdtempSync('/tmp/streambed-ssh-')
    writeFileSync(`${folder}/ssh`, `#!/bin/sh\nwhile [ "$1" != me@box ]; do shift; done\nshift\nDOCKER_HOST=unix://${dockerSocket} exec "$@"\n`, { mode: 0o755 })
    const path = process.env['PATH']
    process.env['PATH'] = `${folder}:${path}`
    try {
      await using remote = await ContainerEngine.connect({ socket: kind === 'tcp' ? 'tcp://127.0.0.1:2375' : 'ssh://me@box' })
      expect(remote.info).toMatchObject({ local: false, engineId: engine.info.engineId })
      const container = await remote.run({ ...sleeper, readiness: { command: ['true'] } })
      expect((await container.exec(['cat'], { input: 'hello' })).stdout).toBe('hello')
      // Nothing of /proc here is used.
      const child = await container.spawn(['sh', '-c', 'sleep 1234 & wait'])
      expect(await child.kill('SIGKILL')).toBe(true)
      expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' })
      await until(async () => !(await container.exec(['ps'])).stdout.includes('1234'), 'the group is gone')
      await expect(container.exec(['sleep', '3600'], { timeout: 300 })).rejects.toMatchObject({ code: 'timeout' })
      const server = container.exec(['httpd', '-f', '-p', '80']).catch((error: unknown) => error)
      await container.ready({ readiness: { port: 80 } })
      await container.remove()
      expect(await server).toBeInstanceOf(Error)
    } finally {
      process.env['PATH'] = path
      bridge.close()
      rmSync(folder, { recursive: true })
    }
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
