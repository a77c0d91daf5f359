import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { ExecError, LinuxError } from '@streambed/linux'
import { type Container, ContainerEngine } from '@streambed/docker-driver'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dockerSocket, sleeper } from './world/docker.js'
import { until } from './world/program.js'
import { useDocker } from './world/world.js'

// Programs in a container behave as those of a namespace host.
useDocker()
let engine: ContainerEngine
beforeAll(async () => void (engine = await ContainerEngine.connect({ socket: dockerSocket })))
afterAll(() => engine.close())

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
