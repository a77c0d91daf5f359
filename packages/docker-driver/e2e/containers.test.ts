import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { ExecError, LinuxError } from '@streambed/linux'
import { type Container, ContainerEngine, type ContainerSpec, type LogLine, OWNER_LABEL } from '@streambed/docker-driver'
import { pack } from 'tar-stream'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { busybox, Docker, dockerSocket } from './world/docker.js'
import { startRegistry } from './world/registry.js'
import { run, until } from './world/program.js'

let docker: Docker
let engine: ContainerEngine

beforeAll(async () => {
  docker = await Docker.start()
  engine = await ContainerEngine.connect({ socket: dockerSocket })
})
afterAll(async () => {
  await engine.close()
  await docker.down()
})

const sleeper: ContainerSpec = { image: busybox, command: ['sleep', '3600'], init: true }

async function allLines(lines: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const all: LogLine[] = []
  for await (const line of lines) all.push(line)
  return all
}

async function containers(...filters: string[]): Promise<string[]> {
  return (await docker.cli('ps', '--all', '--quiet', '--no-trunc', ...filters.flatMap((filter) => ['--filter', filter]))).split('\n').filter(Boolean)
}

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
    const before = await containers()
    const specs = Array.from({ length: 6 }, (_, index): ContainerSpec => ({ ...sleeper, name: `several-${index}` }))
    const all = await engine.runAll(specs)
    expect(all.map(({ name }) => name)).toEqual(specs.map(({ name }) => name))
    await Promise.all(all.map((container) => container.remove()))
    await expect(engine.runAll([...specs, { image: 'nowhere', pull: 'never' }])).rejects.toMatchObject({ code: 'not-found' })
    expect(await containers()).toEqual(before)
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

describe('programs in a container', () => {
  let container: Container
  beforeAll(async () => {
    container = await engine.run({ ...sleeper, environment: { ONE: '1', TWO: '2' } })
  })
  afterAll(() => container.remove())

  it('run to their end, with environment, folder, user and input', async () => {
    const { stdout, stderr, code, signal } = await container.exec(['sh', '-c', 'echo $ONE,$TWO,$THREE; pwd; id -u; echo no >&2; cat'], { env: { ONE: undefined, THREE: '3' }, cwd: '/tmp', user: '33', input: 'in' })
    expect({ stdout, stderr, code, signal }).toEqual({ stdout: ',2,3\n/tmp\n33\nin', stderr: 'no\n', code: 0, signal: null })
  })

  it('fail as on a namespace host', async () => {
    const failed = await container.exec(['sh', '-c', 'echo out; echo err >&2; exit 3']).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(ExecError)
    expect(failed).toMatchObject({ code: 'exit', exitCode: 3, stdout: 'out\n', stderr: 'err\n' })
    expect((await container.exec(['sh', '-c', 'exit 127'], { check: false })).code).toBe(127)
    for (const start of [() => container.exec(['nope']), () => container.spawn(['nope'])]) {
      const missing: unknown = await start().catch((error: unknown) => error)
      expect(missing).toBeInstanceOf(LinuxError)
      expect(missing).toMatchObject({ code: 'not-found', message: expect.stringMatching(/"nope" in container .*not found/) })
    }
    await expect(container.exec(['/etc/passwd'])).rejects.toMatchObject({ code: 'forbidden' })
    await expect(container.exec(['true'], { cwd: '/nowhere' })).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('/nowhere') })
    await expect(container.exec(['true'], { user: 'nobody-here' })).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('nobody-here') })
    await expect(container.exec([])).rejects.toMatchObject({ code: 'invalid' })
  })

  it('are stopped by time, signal and too much output, with all that they started', async () => {
    await expect(container.exec(['sh', '-c', 'echo first; sleep 1234 & wait'], { timeout: 400 })).rejects.toMatchObject({ code: 'timeout', stdout: 'first\n', signal: 'SIGTERM' })
    await expect(container.exec(['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'], { timeout: 300 })).rejects.toMatchObject({ code: 'timeout', signal: 'SIGKILL' })
    const abort = new AbortController()
    setTimeout(() => abort.abort(new Error('enough')), 300)
    await expect(container.exec(['sleep', '1234'], { signal: abort.signal })).rejects.toMatchObject({ code: 'aborted', cause: { message: 'enough' } })
    await expect(container.exec(['yes'], { maxBuffer: 1000 })).rejects.toMatchObject({ code: 'max-buffer', stdout: 'y\n'.repeat(500) })
    const { stdout } = await container.exec(['ps'])
    expect(stdout).not.toMatch(/1234|yes|trap/)
  })

  it('print 100 MB', async () => {
    const { stdoutBytes } = await container.exec(['sh', '-c', 'yes 0123456789abcde | head -c 104857600'])
    expect(stdoutBytes.length).toBe(100 * 1024 * 1024)
    expect(stdoutBytes.subarray(-16).toString()).toBe('0123456789abcde\n')
  })

  it('do not have to read their input', async () => {
    expect((await container.exec(['true'], { input: Buffer.alloc(10_000_000) })).code).toBe(0)
    expect((await container.exec(['head', '-c', '5'], { input: Buffer.alloc(10_000_000, 'x') })).stdout).toBe('xxxxx')
    const big = randomBytes(5_000_000)
    expect(Buffer.from((await container.exec(['cat'], { input: big })).stdoutBytes).equals(big)).toBe(true)
  })

  it('run with their streams', async () => {
    await using cat = await container.spawn(['sh', '-c', 'echo hello >&2; cat; exit 4'], { stdin: true })
    expect(String((await once(cat.stderr, 'data'))[0])).toBe('hello\n')
    cat.stdin?.write('one ')
    expect(String((await once(cat.stdout, 'data'))[0])).toBe('one ')
    cat.stdin?.end('two')
    let rest = ''
    for await (const chunk of cat.stdout) rest += String(chunk)
    expect(rest).toBe('two')
    expect(await cat.exited).toEqual({ code: 4, signal: null })
    expect(await cat.kill()).toBe(false)
  })

  it('are signalled with their group, and closed', async () => {
    const child = await container.spawn(['sh', '-c', 'sleep 1235 & wait'])
    expect(child.pid).toBeGreaterThan(0)
    expect(await child.kill('SIGUSR1')).toBe(true)
    expect(await child.exited).toEqual({ code: null, signal: 'SIGUSR1' })
    const stubborn = await container.spawn(['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 1; done'])
    await once(stubborn.stdout, 'data')
    await stubborn.close(100)
    expect(await stubborn.exited).toEqual({ code: null, signal: 'SIGKILL' })
    const abort = new AbortController()
    const aborted = await container.spawn(['sleep', '1235'], { signal: abort.signal })
    abort.abort()
    expect(await aborted.exited).toMatchObject({ signal: 'SIGKILL' })
  })

  it('end though nobody reads them, and wait when they wrote too much', async () => {
    const quiet = await container.spawn(['sh', '-c', 'head -c 100000 /dev/zero; exit 5'])
    expect(await quiet.exited).toEqual({ code: 5, signal: null })
    const loud = await container.spawn(['sh', '-c', 'yes | head -c 50000000; exit 6'])
    let size = 0
    loud.stderr.destroy()
    // A slow reader.
    for await (const chunk of loud.stdout as AsyncIterable<Buffer>) size += chunk.length
    expect(size).toBe(50_000_000)
    expect(await loud.exited).toEqual({ code: 6, signal: null })
  })

  it('end with their container', async () => {
    const short = await engine.run(sleeper)
    const child = await short.spawn(['sleep', '3600'])
    const running = short.exec(['sleep', '1236'], { check: false })
    await until(async () => (await short.exec(['ps'])).stdout.includes('1236'), 'it runs')
    await short.kill()
    expect(await child.exited).toEqual({ code: 137, signal: null })
    expect(await running).toMatchObject({ code: 137 })
    await expect(short.exec(['true'])).rejects.toMatchObject({ code: 'conflict', message: expect.stringMatching(/it ended with exit code 137/) })
    const removed = await engine.run(sleeper)
    const left = removed.exec(['sleep', '3600']).catch((error: unknown) => error)
    await removed.remove()
    expect(await left).toBeInstanceOf(Error)
    await short.remove()
  })
})

describe('logs', () => {
  it('come line by line, also long ones, with their stream and time', async () => {
    const container = await engine.create({ image: busybox, command: ['sh', '-c', 'echo one; sleep 0.05; echo two >&2; head -c 50000 /dev/zero | tr "\\0" "ä"; echo; printf end'] })
    const started = Date.now()
    await container.start()
    await container.wait()
    const lines = await allLines(container.logs())
    expect(lines.map(({ stream, line }) => [stream, line.length > 99 ? line.length : line])).toEqual([['stdout', 'one'], ['stderr', 'two'], ['stdout', expect.any(Number)], ['stdout', 'end']])
    expect(Math.abs((lines[0]?.time.getTime() ?? 0) - started)).toBeLessThan(20_000)
    expect((await allLines(container.logs({ stdout: false }))).map(({ line }) => line)).toEqual(['two'])
    expect((await allLines(container.logs({ tail: 1 }))).map(({ line }) => line)).toEqual(['end'])
    expect((await allLines(container.logs({ since: new Date(Date.now() + 60_000) })))).toEqual([])
    await container.remove()
  })

  it('are followed until the container ends, or the reader has enough', async () => {
    const container = await engine.run({ image: busybox, command: ['sh', '-c', 'i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo $i; sleep 0.02; done'] })
    const first: string[] = []
    for await (const { line } of container.logs({ follow: true })) if (first.push(line) === 3) break
    expect(first).toEqual(['1', '2', '3'])
    const stop = new AbortController()
    const some: string[] = []
    for await (const { line } of container.logs({ follow: true, signal: stop.signal })) if (some.push(line) === 2) stop.abort()
    expect(some.length).toBeGreaterThanOrEqual(2)
    expect((await allLines(container.logs({ follow: true }))).map(({ line }) => Number(line))).toEqual(Array.from({ length: 30 }, (_, index) => index + 1))
    await container.remove()
  })
})

describe('files', () => {
  it.each(['running', 'stopped'])('go in and out of a %s container', async (how) => {
    const container = await engine.create(sleeper)
    if (how === 'running') await container.start()
    const big = randomBytes(20 * 1024 * 1024)
    await container.writeFile('/data/deep/big', big, { mode: 0o600, uid: 5, gid: 6 })
    const back = await container.readFile('/data/deep/big')
    expect(hash(back)).toBe(hash(big))
    await container.putFiles('/data/more', { 'a.txt': 'A', 'sub/b': { content: 'B', mode: 0o755 }, 'link': { linkTo: 'a.txt' }, 'absolute': { linkTo: '/data/more/sub/b' }, 'empty': { folder: true } })
    expect(String(await container.readFile('/data/more/link'))).toBe('A')
    expect(String(await container.readFile('/data/more/absolute'))).toBe('B')
    const files = []
    for await (const { path, type, mode, linkTo, content } of container.getFiles('/data/more')) files.push([path, type, mode.toString(8), linkTo, String(content)])
    expect(files.sort()).toEqual([
      ['', 'folder', '755', undefined, ''],
      ['a.txt', 'file', '644', undefined, 'A'],
      ['absolute', 'symlink', '777', '/data/more/sub/b', ''],
      ['empty', 'folder', '755', undefined, ''],
      ['link', 'symlink', '777', 'a.txt', ''],
      ['sub', 'folder', '755', undefined, ''],
      ['sub/b', 'file', '755', undefined, 'B'],
    ])
    const archive = pack()
    archive.entry({ name: 'from-tar' }, 'T')
    archive.finalize()
    await container.putFiles('/data/tar', archive as never)
    expect(String(await container.readFile('/data/tar/from-tar'))).toBe('T')
    await container.putFiles('/data/again', await container.getArchive('/data/more'))
    expect(String(await container.readFile('/data/again/more/a.txt'))).toBe('A')
    await expect(container.readFile('/nowhere')).rejects.toMatchObject({ code: 'not-found' })
    await expect(container.readFile('/data')).rejects.toMatchObject({ code: 'invalid' })
    await expect(container.writeFile('relative', '')).rejects.toMatchObject({ code: 'invalid' })
    await expect(container.putFiles('/data', { '../out': '' })).rejects.toMatchObject({ code: 'invalid' })
    if (how === 'running') expect((await container.exec(['stat', '-c', '%a %u %g', '/data/deep/big'])).stdout).toBe('600 5 6\n')
    await container.remove()
  })

  it('reach a tmpfs, which Docker does not copy to', async () => {
    const container = await engine.run({ ...sleeper, mounts: [{ type: 'tmpfs', target: '/memory' }] })
    await container.writeFile('/memory/sub/x', 'here', { mode: 0o640 })
    expect((await container.exec(['stat', '-c', '%a', '/memory/sub/x'])).stdout).toBe('640\n')
    expect(String(await container.readFile('/memory/sub/x'))).toBe('here')
    await expect(container.readFile('/memory/no')).rejects.toMatchObject({ code: 'not-found' })
    await expect(container.putFiles('/memory', { a: '' })).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('tmpfs') })
    await container.remove()
  })
})

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
    const before = await containers()
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
    expect(await containers()).toEqual(before)
  })
})

describe('what a dead process left', () => {
  let owners: ChildProcess[] = []
  afterEach(() => {
    for (const child of owners) child.kill('SIGKILL')
    owners = []
  })

  /** A process that has an engine with containers, a network and a link; `reaper`: with the program that outlives it. */
  async function owner(options: { readonly reaper: boolean; readonly creating?: boolean }): Promise<{ readonly child: ChildProcess; readonly label: string }> {
    const library = import.meta.resolve('@streambed/docker-driver')
    const script = `
      const { ContainerEngine } = await import(${JSON.stringify(library)})
      const { execFileSync } = await import('node:child_process')
      const engine = await ContainerEngine.connect({ socket: '${dockerSocket}', testbed: 'mine' })
      const labels = Object.entries(engine.labels).flatMap(([key, value]) => ['--label', key + '=' + value])
      ${options.reaper ? '' : 'engine.guard = () => undefined'}
      engine.guard()
      execFileSync('docker', ['--host', 'unix://${dockerSocket}', 'network', 'create', ...labels, 'theirs-' + process.pid])
      execFileSync('ip', ['link', 'add', 'v' + process.pid, 'type', 'veth', 'peer', 'name', 'w' + process.pid])
      execFileSync('ip', ['link', 'set', 'v' + process.pid, 'alias', engine.linkAlias])
      await engine.runAll([1, 2].map(() => ({ image: '${busybox}', command: ['sleep', '3600'], init: true, mounts: [{ type: 'volume', target: '/v' }] })))
      console.log(engine.labels['${OWNER_LABEL}'])
      ${options.creating === true ? `for (;;) await engine.runAll([1, 2, 3, 4].map(() => ({ image: '${busybox}', command: ['sleep', '3600'] })))` : 'setInterval(() => undefined, 1000)'}`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    owners.push(child)
    const [label] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
    return { child, label: label.trim() }
  }

  const left = async (label: string, pid: number | undefined): Promise<unknown> => ({
    containers: await containers(`label=${OWNER_LABEL}=${label}`),
    networks: await docker.cli('network', 'ls', '--quiet', '--filter', `label=${OWNER_LABEL}=${label}`),
    link: (await run('ip', '-o', 'link')).includes(`v${pid}@`),
    volumes: await docker.cli('volume', 'ls', '--quiet'),
  })
  const nothing = { containers: [], networks: '', link: false, volumes: '' }

  it.each<NodeJS.Signals>(['SIGKILL', 'SIGTERM'])('is removed after %s, and nothing else', async (signal) => {
    const bystander = await docker.sleeper('bystander', '--label', `${OWNER_LABEL}=somebody/else/1/2/3`)
    const { child, label } = await owner({ reaper: true })
    expect(await containers(`label=${OWNER_LABEL}=${label}`)).toHaveLength(2)
    child.kill(signal)
    await until(async () => JSON.stringify(await left(label, child.pid)) === JSON.stringify(nothing), 'everything is gone')
    expect(await containers(`id=${bystander}`)).toEqual([bystander])
    await docker.cli('rm', '--force', 'bystander')
  })

  it('is removed when it dies while it makes more', async () => {
    const { child, label } = await owner({ reaper: true, creating: true })
    await until(async () => (await containers(`label=${OWNER_LABEL}=${label}`)).length > 4, 'it makes more')
    child.kill('SIGKILL')
    await until(async () => (await run('pgrep', '-f', `reaper.js.*${label}`).catch(() => '')) === '', 'the reaper has done its work', 40_000)
    expect(await left(label, child.pid)).toEqual(nothing)
  })

  it('is found at the next start, and what is alive or another machine\'s stays', async () => {
    const [dead, alive] = [await owner({ reaper: false }), await owner({ reaper: false })]
    const self = alive.label.split('/')
    await docker.cli('create', '--label', `${OWNER_LABEL}=${['other-machine', ...self.slice(1)].join('/')}`, busybox, 'true')
    await docker.cli('create', '--label', `${OWNER_LABEL}=${[self[0], 'other-boot', ...self.slice(2)].join('/')}`, busybox, 'true')
    await docker.cli('create', '--label', `${OWNER_LABEL}=${[self[0], self[1], '4026539999', '77', '1'].join('/')}`, busybox, 'true')
    await docker.cli('create', '--label', `${OWNER_LABEL}=${[...self.slice(0, 4), '1'].join('/')}`, busybox, 'true')
    dead.child.kill('SIGKILL')
    await once(dead.child, 'exit')
    const next = await ContainerEngine.connect({ socket: dockerSocket, removeAbandoned: false })
    expect(await next.removeAbandoned()).toEqual({ containers: 4, networks: 1, links: 1 })
    expect(await left(dead.label, dead.child.pid)).toMatchObject({ ...nothing, volumes: expect.anything() })
    expect(await containers(`label=${OWNER_LABEL}=${alive.label}`)).toHaveLength(2)
    expect(await next.removeOwned(alive.label)).toEqual({ containers: 2, networks: 1, links: 1 })
    // Another machine's, and one of a pid namespace that cannot be looked into.
    const rest = await containers('status=created')
    expect(rest).toHaveLength(2)
    await docker.cli('rm', ...rest)
    await next.close()
  })

  it('is nothing after an orderly end, and the reaper is gone', async () => {
    const own = await ContainerEngine.connect({ socket: dockerSocket })
    await own.runAll([sleeper, sleeper])
    await Promise.all([own.close(), own.close()])
    expect(await containers(`label=streambed.testbed=${own.labels['streambed.testbed']}`)).toEqual([])
    await until(async () => (await run('pgrep', '-f', `reaper.js.*${own.labels['streambed.testbed']}`).catch(() => '')) === '', 'the reaper has gone')
    await expect(own.create(sleeper)).rejects.toMatchObject({ code: 'closed' })
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
    await docker.restart('SIGKILL')
    await container.start()
    expect((await container.exec(['echo', 'again'])).stdout).toBe('again\n')
    await container.pause()
    await until(() => actions.includes('pause'), 'events come again')
    await container.remove()
    stop.abort()
    await listening
  })
})

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
