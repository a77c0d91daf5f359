import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { ContainerEngine, type ContainerSpec } from '@streambed/docker-driver'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { busybox, dockerSocket, sleeper } from './world/docker.js'
import { startRegistry } from './world/registry.js'
import { until } from './world/program.js'
import { useDocker } from './world/world.js'

// What a container is made from, and how it lives.
const docker = useDocker()
let engine: ContainerEngine
beforeAll(async () => void (engine = await ContainerEngine.connect({ socket: dockerSocket })))
afterAll(() => engine.close())

describe('a container', () => {
  it('has everything that its specification says', async () => {
    await docker.cli('network', 'create', '--subnet', '10.77.0.0/24', 'lab')
    await docker.cli('network', 'create', '--subnet', '10.78.0.0/24', 'back')
    const folder = mkdtempSync('/tmp/streambed-mount-')
    writeFileSync(`${folder}/file`, 'from outside')
    const container = await engine.run({
      ...sleeper,
      name: 'everything',
      environment: { ONE: '1', TWO: 'a b' },
      mounts: [{ type: 'bind', source: folder, target: '/bound', readOnly: true }, { type: 'volume', target: '/volume' }, { type: 'tmpfs', target: '/memory', size: 1024 * 1024 }],
      capabilities: { add: ['NET_ADMIN'], drop: ['CHOWN'] },
      sysctls: { 'net.ipv4.ip_forward': 1 },
      resources: { cpus: 0.5, memory: 64 * 1024 * 1024, pids: 50 },
      user: '0:0',
      workdir: '/tmp',
      hostname: 'every',
      extraHosts: [{ name: 'web', address: '10.1.2.3' }],
      labels: { mine: 'yes' },
      network: [{ name: 'lab', ipv4: '10.77.0.9', mac: '02:00:00:00:77:09', aliases: ['other'] }, { name: 'back' }],
      ports: [{ port: 80, hostPort: 0, hostAddress: '127.0.0.1' }],
      stopTimeout: 1000,
    })
    const sh = async (script: string): Promise<string> => (await container.exec(['sh', '-c', script])).stdout.trim()
    expect(await sh('echo $ONE-$TWO; pwd; hostname; id -u; cat /bound/file; grep web /etc/hosts; cat /proc/sys/net/ipv4/ip_forward')).toBe('1-a b\n/tmp\nevery\n0\nfrom outside10.1.2.3\tweb\n1')
    await expect(container.exec(['touch', '/bound/x'])).rejects.toThrow(/Read-only/)
    await expect(container.exec(['chown', '1', '/tmp'])).rejects.toThrow(/not permitted/)
    await container.exec(['ip', 'link', 'set', 'lo', 'mtu', '1400'])
    const state = await container.state()
    expect(state.networks.map(({ name }) => name).sort()).toEqual(['back', 'lab'])
    expect(state.networks.find(({ name }) => name === 'lab')).toMatchObject({ ipv4: '10.77.0.9', mac: '02:00:00:00:77:09' })
    expect(state.labels).toMatchObject({ mine: 'yes', ...engine.labels })
    expect(state.ports).toEqual([{ port: 80, protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: expect.any(Number) }])
    const inspected = JSON.parse(await docker.cli('inspect', '--format', '{{json .HostConfig}}', 'everything')) as Record<string, unknown>
    expect(inspected).toMatchObject({ NanoCpus: 5e8, Memory: 67108864, PidsLimit: 50, Init: true })
    await container.remove()
    rmSync(folder, { recursive: true })
    await docker.cli('network', 'rm', 'lab', 'back')
  })

  it('starts, stops, freezes, is killed, starts again, and ends', async () => {
    const container = await engine.create({ image: busybox, command: ['sh', '-c', 'trap "exit 7" TERM; while :; do sleep 0.05; done'] })
    expect(await container.state()).toMatchObject({ status: 'created', running: false, pid: undefined, exitCode: undefined })
    await expect(container.exec(['true'])).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('it was not started') })
    await container.start()
    await container.start()
    expect(container.pid).toBeGreaterThan(0)
    const happened: string[] = []
    const stop = new AbortController()
    const events = (async () => {
      for await (const { action } of container.events({ signal: stop.signal })) happened.push(action)
    })()
    const before = container.pid
    await container.pause()
    expect((await container.state()).status).toBe('paused')
    await container.unpause()
    await container.restart({ timeoutMs: 1000 })
    expect(container.pid).not.toBe(before)
    const waiting = container.wait()
    await container.stop()
    expect(await waiting).toBe(7)
    expect(await container.state()).toMatchObject({ status: 'exited', exitCode: 7, pid: undefined })
    await container.stop()
    await expect(container.kill()).rejects.toMatchObject({ code: 'conflict' })
    await container.start()
    await container.kill()
    expect(await container.wait()).toBe(137)
    await container.remove()
    await container.remove()
    await expect(container.state()).rejects.toMatchObject({ code: 'not-found' })
    await until(() => happened.includes('destroy'), 'events came')
    stop.abort()
    await events
    expect(happened.filter((action) => ['pause', 'unpause', 'restart', 'stop', 'destroy'].includes(action))).toEqual(['pause', 'unpause', 'stop', 'restart', 'stop', 'destroy'])
  })

  it('joins one that exists, and leaves it', async () => {
    const id = await docker.sleeper('theirs')
    const other = await ContainerEngine.connect({ socket: dockerSocket })
    const container = await other.adopt('theirs')
    expect(container).toMatchObject({ id, name: 'theirs', owned: false })
    expect((await container.exec(['hostname'])).stdout.trim()).toBe(id.slice(0, 12))
    await container[Symbol.asyncDispose]()
    await other.close()
    expect((await docker.cli('inspect', '--format', '{{.State.Running}}', 'theirs'))).toBe('true')
    await expect(engine.adopt('nobody')).rejects.toMatchObject({ code: 'not-found' })
    await docker.cli('rm', '--force', 'theirs')
  })

  it('four at a time, and none when one fails', async () => {
    const before = await docker.containers()
    const specs = Array.from({ length: 6 }, (_, index): ContainerSpec => ({ ...sleeper, name: `several-${index}` }))
    const all = await engine.runAll(specs)
    expect(all.map(({ name }) => name)).toEqual(specs.map(({ name }) => name))
    await Promise.all(all.map((container) => container.remove()))
    await expect(engine.runAll([...specs, { image: 'nowhere', pull: 'never' }])).rejects.toMatchObject({ code: 'not-found' })
    expect(await docker.containers()).toEqual(before)
  })

  it('says what is wrong with its image, name, program or network', async () => {
    await expect(engine.create({ image: 'nowhere', pull: 'never' })).rejects.toMatchObject({ code: 'not-found', message: expect.stringMatching(/no image "nowhere".*pull: 'never'/) })
    await expect(engine.create({ image: '127.0.0.1:1/nowhere:2' })).rejects.toMatchObject({ code: 'not-found', message: expect.stringMatching(/"127.0.0.1:1\/nowhere:2" here, and it could not be pulled from 127.0.0.1:1: .*refused/) })
    await expect(engine.create({ image: 'Not An Image' })).rejects.toMatchObject({ code: expect.stringMatching(/invalid|not-found/) })
    const one = await engine.create({ ...sleeper, name: 'taken' })
    await expect(engine.create({ ...sleeper, name: 'taken' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringMatching(/"taken" already.*docker rm -f taken/) })
    await one.remove()
    await expect(engine.run({ image: busybox, command: ['nope'] })).rejects.toMatchObject({ code: 'not-found', message: expect.stringMatching(/"nope": executable file not found/) })
    await expect(engine.run({ ...sleeper, network: 'nonet' })).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('nonet') })
    await expect(engine.create({ ...sleeper, resources: { memory: 5 } })).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('resources.memory') })
    const abort = new AbortController()
    abort.abort()
    await expect(engine.create(sleeper, { signal: abort.signal })).rejects.toMatchObject({ code: 'aborted' })
  })

  it('pulls a missing image, and tells how far it is', async () => {
    const registry = await startRegistry()
    const steps: string[] = []
    const image = `127.0.0.1:${registry.port}/tiny:1`
    const pulls = await Promise.all([1, 2].map(() => engine.create({ image, command: ['/x'], onPullProgress: ({ image: of, layer, status }) => steps.push(`${of} ${layer !== undefined} ${status}`) })))
    expect(steps).toContainEqual(expect.stringMatching(/tiny:1 true (Downloading|Pull complete)/))
    expect(registry.blobs()).toBe(2)
    await Promise.all(pulls.map((container) => container.remove()))
    await docker.cli('rmi', image)
    registry.close()
  })
})
