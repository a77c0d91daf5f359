import { ContainerEngine, type ContainerSpec } from '@streambed/docker-driver'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { busybox, dockerSocket, sleeper } from './world/docker.js'
import { useDocker } from './world/world.js'

// When a container counts as ready, and what is said when it does not come to that.
const docker = useDocker()
let engine: ContainerEngine
beforeAll(async () => void (engine = await ContainerEngine.connect({ socket: dockerSocket })))
afterAll(() => engine.close())

describe('readiness', () => {
  const late = (script: string): ContainerSpec => ({ image: busybox, command: ['sh', '-c', `sleep 0.3; ${script}`], init: true })
  const server = 'mkdir -p /www; echo hi > /www/index.html; httpd -f -p 8080 -h /www'

  it.each<[string, ContainerSpec]>([
    ['a port', { ...late(server), readiness: { port: 8080 } }],
    ['several ports', { ...late(`printf "start 127.0.0.9\\nend 127.0.0.10\\ninterface lo\\nlease_file /tmp/l\\n" >/tmp/c; touch /tmp/l; udhcpd -f /tmp/c & nc -l -p 99 & ${server}`), readiness: { port: [8080, { port: 67, protocol: 'udp' }, { port: 99 }] } }],
    ['a line of the log', { ...late('echo now ready to serve; sleep 3600'), readiness: { log: 'ready to' } }],
    ['an expression in the log', { ...late('echo Port 80 open >&2; sleep 3600'), readiness: { log: /^port \d+/gi } }],
    ['a program', { ...late('touch /tmp/ready; sleep 3600'), readiness: { command: ['test', '-e', '/tmp/ready'] } }],
    ['an answer by HTTP', { ...late(server), readiness: { http: { port: 8080 } } }],
    ['a status', { ...late(server), readiness: { http: { port: 8080, path: '/none', status: 404 } } }],
    ['everything at once', { ...late(`echo up; ${server}`), readiness: { port: 8080, log: 'up', command: ['true'], http: { port: 8080 } } }],
  ])('is %s', async (_, spec) => {
    const started = performance.now()
    const container = await engine.run(spec)
    expect(performance.now() - started).toBeGreaterThan(300)
    await container.remove()
  })

  it('is the health that the image checks', async () => {
    await docker.cli('create', '--name', 'base', busybox, 'sh', '-c', 'sleep 0.5; touch /tmp/ok; sleep 3600')
    await docker.cli('commit', '--change', 'HEALTHCHECK --interval=200ms --retries=1 CMD test -e /tmp/ok', 'base', 'healthy')
    await docker.cli('rm', 'base')
    const container = await engine.run({ image: 'healthy', readiness: { health: true } })
    expect((await container.state()).health).toBe('healthy')
    await container.remove()
    await expect(engine.run({ image: 'healthy', command: ['sleep', '3600'], readiness: { health: true, timeoutMs: 1500 } })).rejects.toMatchObject({ code: 'not-ready', message: expect.stringContaining('its HEALTHCHECK says unhealthy') })
    await expect(engine.run({ ...sleeper, readiness: { health: true } })).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('no HEALTHCHECK') })
  })

  it('fails with what was waited for and the end of the log', async () => {
    const before = await docker.containers()
    const slow = engine.run({ image: busybox, command: ['sh', '-c', 'echo I am slow; httpd -p 81; sleep 3600'], readiness: { port: 80, log: /up/, command: ['sh', '-c', 'echo not yet >&2; exit 2'], http: { port: 81, path: '/none' }, timeoutMs: 1500 } })
    await expect(slow).rejects.toMatchObject({
      code: 'not-ready',
      message: expect.stringMatching(/not ready after 1500 ms: nothing listens on 80\/tcp \(but on: 81\/tcp\); no line of its log matches \/up\/; "sh -c echo not yet.*" exits with code 2 \(not yet\); http:\/\/…:81\/none.*status 404\. The end of its log:\nI am slow$/s),
    })
    await expect(engine.run({ image: busybox, command: ['sh', '-c', 'echo I give up >&2; exit 9'], readiness: { port: 80 } })).rejects.toMatchObject({ code: 'not-ready', message: expect.stringMatching(/exit code 9 instead of running\. The end of its log:\nI give up$/) })
    await expect(engine.run({ image: busybox, command: ['sh'], readiness: { log: 'x' } })).rejects.toMatchObject({ code: 'not-ready', message: expect.stringMatching(/exit code 0.*a command that stays.*Its log is empty/) })
    await expect(engine.run({ ...sleeper, readiness: { command: ['nope'] } })).rejects.toMatchObject({ code: 'invalid', message: expect.stringMatching(/readiness.command.*nope/) })
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 800)
    await expect(engine.run({ ...sleeper, readiness: { port: 80 } }, { signal: abort.signal })).rejects.toMatchObject({ code: 'aborted' })
    expect(await docker.containers()).toEqual(before)
  })
})
