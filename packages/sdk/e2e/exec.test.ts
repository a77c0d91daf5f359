import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ExecError, Testbed } from '@streambed/sdk'

const start = () => Testbed.start({ networks: { lan: {} }, hosts: { a: { networks: ['lan'], env: { PLACE: 'a' } } } })
let testbed: Awaited<ReturnType<typeof start>>
beforeAll(async () => {
  testbed = await start()
})
afterAll(async () => {
  await testbed.close()
})

describe('exec', () => {
  it('gives stdout, stderr and exit code, and passes arguments untouched', async () => {
    const { a } = testbed.hosts
    const result = await a.exec(['sh', '-c', 'echo "$0|$1|$PLACE|$EXTRA"; pwd; echo bad >&2', 'two words', '$HOME; "quoted"'], { env: { EXTRA: 'x' }, cwd: '/tmp' })
    expect(result).toMatchObject({ stdout: 'two words|$HOME; "quoted"|a|x\n/tmp\n', stderr: 'bad\n', code: 0, signal: null })
  })

  it('rejects on another exit code with command, code and output', async () => {
    const failed = testbed.hosts.a.exec(['sh', '-c', 'echo out; echo err >&2; exit 3'])
    await expect(failed).rejects.toBeInstanceOf(ExecError)
    await expect(failed).rejects.toMatchObject({ code: 'exit', exitCode: 3, stdout: 'out\n', stderr: 'err\n', message: expect.stringMatching(/host "a" exited with code 3\nstderr: err\nstdout: out/) as string })
    expect(await testbed.hosts.a.exec(['false'], { check: false })).toMatchObject({ code: 1 })
  })

  it('takes 100 MB from a program', async () => {
    const { stdoutBytes } = await testbed.hosts.a.exec(['head', '-c', '100000000', '/dev/zero'])
    expect(stdoutBytes.length).toBe(100_000_000)
  })

  it('ends when a program never reads its input', async () => {
    const input = new Uint8Array(20_000_000)
    expect(await testbed.hosts.a.exec(['true'], { input })).toMatchObject({ code: 0 })
    expect(await testbed.hosts.a.exec(['wc', '-c'], { input })).toMatchObject({ stdout: '20000000\n' })
  })

  it('kills a program that ignores SIGTERM when its time is up, with everything that it started', async () => {
    const { a } = testbed.hosts
    const stubborn = a.exec(['sh', '-c', 'trap "" TERM; echo $$; sleep 1001 & while :; do sleep 0.05; done'], { timeout: 100 })
    await expect(stubborn).rejects.toMatchObject({ code: 'timeout', signal: 'SIGKILL', message: expect.stringContaining('did not end in 100 ms') as string })
    expect((await a.exec(['pgrep', '-f', 'sleep 1001'], { check: false })).stdout).toBe('')
  })

  it('says that a program does not exist, or may not be run', async () => {
    await expect(testbed.hosts.a.exec(['no-such-program'])).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('no-such-program') as string })
    await expect(testbed.hosts.a.exec(['/etc/hosts'])).rejects.toMatchObject({ code: 'forbidden' })
    await expect(testbed.hosts.a.exec([])).rejects.toMatchObject({ code: 'invalid' })
    await expect(testbed.hosts.a.exec('ls -l' as unknown as string[])).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('array') as string })
    await expect(testbed.hosts.a.exec(['true'], { cwd: '/no/such/folder' })).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('/no/such/folder') as string })
  })

  it('is ended by a signal', async () => {
    const controller = new AbortController()
    const sleeping = testbed.hosts.a.exec(['sleep', '1002'], { signal: controller.signal })
    controller.abort()
    await expect(sleeping).rejects.toMatchObject({ code: 'aborted' })
    expect((await testbed.hosts.a.exec(['pgrep', '-f', 'sleep 1002'], { check: false })).stdout).toBe('')
  })

  it('stops a program that prints more than it may', async () => {
    await expect(testbed.hosts.a.exec(['yes'], { maxBuffer: 1000 })).rejects.toMatchObject({ code: 'max-buffer', message: expect.stringContaining('1000 bytes') as string })
  })
})
