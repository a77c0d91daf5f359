import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ExecError, LinuxError, spawnIn, type Sandbox } from '@streambed/linux'
import { failure, run, twoHosts } from './lan.js'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await twoHosts()
})

afterAll(() => sandbox.close())

/** Processes of the pid namespace whose command line has the word, by id; what asks is not counted. */
async function processesWith(word: string): Promise<number> {
  const { stdout } = await run(sandbox, 'a', ['ps', '-eo', 'args'])
  return stdout.split('\n').filter((line) => line.includes(word)).length
}

describe('exec', () => {
  it('passes the words of argv as they are', async () => {
    const words = ['a b', '$HOME', "'", '"', '', '*', 'ü', '\n', '-n']
    const { stdout } = await run(sandbox, 'a', ['printf', '%s|', ...words])
    expect(stdout).toBe(words.map((word) => `${word}|`).join(''))
  })

  it('gives the environment of this process with the changes, and a complete PATH', async () => {
    process.env['STREAMBED_E2E'] = 'kept'
    process.env['STREAMBED_E2E_GONE'] = 'gone'
    try {
      const { stdout } = await run(sandbox, 'a', ['env'], { env: { ADDED: 'x=y z', STREAMBED_E2E_GONE: undefined } })
      const lines = stdout.split('\n')
      expect(lines).toContain('STREAMBED_E2E=kept')
      expect(lines).toContain('ADDED=x=y z')
      expect(stdout).not.toContain('STREAMBED_E2E_GONE')
      expect(stdout).not.toContain('NODE_CHANNEL')
      expect(lines.find((line) => line.startsWith('PATH='))).toMatch(/\/usr\/sbin/)
    } finally {
      delete process.env['STREAMBED_E2E']
      delete process.env['STREAMBED_E2E_GONE']
    }
  })

  it('searches the PATH that the program gets', async () => {
    const error = await failure<LinuxError>(run(sandbox, 'a', ['env'], { env: { PATH: '/nowhere' } }))
    expect(error.code).toBe('not-found')
  })

  it('starts in / or in cwd', async () => {
    expect((await run(sandbox, 'a', ['pwd'])).stdout).toBe('/\n')
    expect((await run(sandbox, 'a', ['pwd'], { cwd: '/usr' })).stdout).toBe('/usr\n')
    const error = await failure<LinuxError>(run(sandbox, 'a', ['pwd'], { cwd: '/nowhere' }))
    expect(error).toMatchObject({ code: 'invalid', message: 'cwd "/nowhere" is no directory in the host' })
  })

  it('runs a script by a path relative to cwd, also one without "#!"', async () => {
    const { stdout: folder } = await run(sandbox, 'a', ['sh', '-c', 'd=/run/script; mkdir -p $d; echo "echo plain \\$1" > $d/plain; chmod 755 $d/plain; echo $d'])
    expect((await run(sandbox, 'a', ['./plain', 'x'], { cwd: folder.trim() })).stdout).toBe('plain x\n')
  })

  it('writes the input and closes it', async () => {
    expect((await run(sandbox, 'a', ['cat'], { input: 'hello' })).stdout).toBe('hello')
    expect((await run(sandbox, 'a', ['cat'], { input: '' })).stdout).toBe('')
    expect((await run(sandbox, 'a', ['cat'])).stdout).toBe('')
    const bytes = Buffer.alloc(3_000_000, 0xa5)
    expect(Buffer.compare((await run(sandbox, 'a', ['cat'], { input: bytes })).stdoutBytes, bytes)).toBe(0)
  })

  it('lets a program open /dev/stdin', async () => {
    expect((await run(sandbox, 'a', ['cat', '/dev/stdin'], { input: 'by name' })).stdout).toBe('by name')
  })

  it('lets a program open /dev/stdout and /dev/stderr', async () => {
    const result = await run(sandbox, 'a', ['sh', '-c', 'echo out > /dev/stdout; echo err > /dev/stderr'])
    expect(result).toMatchObject({ stdout: 'out\n', stderr: 'err\n' })
  })

  it('keeps binary output', async () => {
    const { stdoutBytes } = await run(sandbox, 'a', ['printf', '\\377\\000\\200a'])
    expect([...stdoutBytes]).toEqual([0xff, 0, 0x80, 0x61])
  })

  it('rejects a non-zero exit with everything that is needed to understand it', async () => {
    const error = await failure<ExecError>(run(sandbox, 'a', ['sh', '-c', 'echo out; echo err >&2; exit 7']))
    expect(error).toBeInstanceOf(ExecError)
    expect(error).toBeInstanceOf(LinuxError)
    expect(error).toMatchObject({ code: 'exit', exitCode: 7, signal: null, stdout: 'out\n', stderr: 'err\n' })
    expect(error.message).toBe('"sh -c echo out; echo err >&2; exit 7" in a exited with code 7\nstderr: err\nstdout: out')
    expect(await run(sandbox, 'a', ['false'], { check: false })).toMatchObject({ code: 1, signal: null })
  })

  it('tells the signal that ended it', async () => {
    const error = await failure<ExecError>(run(sandbox, 'a', ['sh', '-c', 'kill -SEGV $$']))
    expect(error).toMatchObject({ code: 'exit', exitCode: null, signal: 'SIGSEGV' })
    expect(error.message).toContain('was killed by SIGSEGV')
  })

  it('kills what ignores SIGTERM when the time is up', async () => {
    const error = await failure<ExecError>(run(sandbox, 'a', ['sh', '-c', 'trap "" TERM; echo hi; while :; do sleep 0.1; done'], { timeout: 200 }))
    expect(error).toMatchObject({ code: 'timeout', signal: 'SIGKILL', stdout: 'hi\n' })
    expect(error.message).toContain('did not end in 200 ms')
  })

  it('ends what obeys SIGTERM at once when the time is up', async () => {
    const error = await failure<ExecError>(run(sandbox, 'a', ['sleep', '1234'], { timeout: 50 }))
    expect(error).toMatchObject({ code: 'timeout', signal: 'SIGTERM' })
    expect(error.result.durationMs).toBeLessThan(900)
  })

  it('is aborted with the reason, and its children with it', async () => {
    const controller = new AbortController()
    const running = failure<ExecError>(run(sandbox, 'a', ['sh', '-c', 'sleep 4321 & sleep 4321 & echo ready; wait'], { signal: controller.signal }))
    while ((await processesWith('sleep 4321')) < 2);
    const reason = new Error('enough')
    controller.abort(reason)
    expect(await running).toMatchObject({ code: 'aborted', signal: 'SIGKILL', cause: reason })
    while ((await processesWith('sleep 4321')) > 0);
  })

  it('does not start when it is aborted already', async () => {
    const reason = new Error('no')
    const error = await failure<LinuxError>(run(sandbox, 'a', ['touch', '/run/aborted'], { signal: AbortSignal.abort(reason) }))
    expect(error).toBeInstanceOf(LinuxError)
    expect(error).toMatchObject({ code: 'aborted', cause: reason })
    expect((await run(sandbox, 'a', ['ls', '/run'])).stdout).not.toContain('aborted')
  })

  it('stops at maxBuffer and keeps what there is', async () => {
    const error = await failure<ExecError>(run(sandbox, 'a', ['yes'], { maxBuffer: 10_000 }))
    expect(error).toMatchObject({ code: 'max-buffer' })
    expect(error.result.stdoutBytes.length).toBe(10_000)
    expect(error.message).toContain('printed more than 10000 bytes')
    expect(error.message.length).toBeLessThan(3000)
  })

  it('says that a program does not exist, or may not be executed', async () => {
    expect(await failure(run(sandbox, 'a', ['no-such-program']))).toMatchObject({ code: 'not-found', message: expect.stringContaining('"no-such-program"') as string })
    expect(await failure(run(sandbox, 'a', ['/no/such/program']))).toMatchObject({ code: 'not-found' })
    expect(await failure(run(sandbox, 'a', ['/etc/passwd']))).toMatchObject({ code: 'forbidden', message: expect.stringContaining('"/etc/passwd"') as string })
    expect(await failure(run(sandbox, 'a', ['/usr']))).toMatchObject({ code: 'forbidden' })
    expect(await failure(run(sandbox, 'nowhere', ['true']))).toMatchObject({ code: 'invalid', message: expect.stringContaining('"nowhere"') as string })
  })

  it('collects 100 MB', async () => {
    const { stdoutBytes } = await run(sandbox, 'a', ['head', '-c', '100000000', '/dev/zero'])
    expect(stdoutBytes.length).toBe(100_000_000)
  })

  it('does not wait for input that is never read', async () => {
    const { code } = await run(sandbox, 'a', ['true'], { input: Buffer.alloc(50_000_000) })
    expect(code).toBe(0)
  })

  it('returns when the program ends, though a silent background process holds its output', async () => {
    const { stdout, durationMs } = await run(sandbox, 'a', ['sh', '-c', 'sleep 5432 & echo done'])
    expect(stdout).toBe('done\n')
    expect(durationMs).toBeLessThan(2000)
    await run(sandbox, 'a', ['pkill', '-f', 'sleep 5432'])
  })

  it('returns when the program ends, though a talkative background process holds its output', async () => {
    const { stdout, durationMs } = await run(sandbox, 'a', ['sh', '-c', 'while :; do echo chatter; sleep 0.02; done & echo done'])
    expect(stdout).toContain('done\n')
    expect(durationMs).toBeLessThan(3000)
    const flood = await run(sandbox, 'a', ['sh', '-c', 'yes & echo done'])
    expect(flood.durationMs).toBeLessThan(3000)
  })

  it('has the last word of a program that leaves a background process behind, every time', async () => {
    for (let i = 0; i < 20; i++) {
      const { stdoutBytes } = await run(sandbox, 'a', ['sh', '-c', 'sleep 0.3 & head -c 60000 /dev/zero'])
      expect(stdoutBytes.length).toBe(60_000)
    }
  })

  it('runs many at the same time', async () => {
    const results = await Promise.all(Array.from({ length: 100 }, (_, i) => run(sandbox, i % 2 === 0 ? 'a' : 'b', ['sh', '-c', `hostname; echo ${i}; cat`], { input: `${i}` })))
    expect(results.map(({ stdout }) => stdout)).toEqual(results.map((_, i) => `${i % 2 === 0 ? 'a' : 'b'}\n${i}\n${i}`))
  })

  it('refuses an argv that is none', async () => {
    expect(await failure(run(sandbox, 'a', []))).toMatchObject({ code: 'invalid' })
    expect(await failure(run(sandbox, 'a', ['a\0b']))).toMatchObject({ code: 'invalid' })
  })
})

describe('spawn', () => {
  it('gives live streams', async () => {
    const child = await spawnIn(sandbox, 'a', ['sed', '-u', 's/^/> /'], { stdin: true })
    child.stdin?.write('one\n')
    expect(String((await once(child.stdout, 'data'))[0])).toBe('> one\n')
    child.stdin?.end('two\n')
    expect(await text(child.stdout)).toBe('> two\n')
    expect(await child.exited).toEqual({ code: 0, signal: null })
    expect(await child.kill()).toBe(false)
  })

  it('kills the whole process group', async () => {
    const child = await spawnIn(sandbox, 'a', ['sh', '-c', 'sh -c "sleep 6543 & sleep 6543" & echo up; wait'])
    while ((await processesWith('sleep 6543')) < 3);
    expect(await child.kill('SIGKILL')).toBe(true)
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' })
    while ((await processesWith('sleep 6543')) > 0);
  })

  it('ends with its scope, children included', async () => {
    {
      await using child = await spawnIn(sandbox, 'a', ['sh', '-c', 'trap "" TERM; sh -c "trap \\"\\" TERM; sleep 7654" & sleep 7654; wait'])
      expect(child.pid).toBeGreaterThan(1)
      while ((await processesWith('sleep 7654')) < 3);
    }
    while ((await processesWith('sleep 7654')) > 0);
  })

  it('is not held up by output that nobody reads', async () => {
    const child = await spawnIn(sandbox, 'a', ['yes'])
    await once(child.stdout, 'readable')
    await child.close()
    expect(await child.exited).toEqual({ code: null, signal: 'SIGTERM' })
  })

  it('is killed by its signal', async () => {
    const controller = new AbortController()
    const child = await spawnIn(sandbox, 'a', ['sleep', '8765'], { signal: controller.signal })
    controller.abort()
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' })
    expect(await failure(spawnIn(sandbox, 'a', ['true'], { signal: controller.signal }))).toMatchObject({ code: 'aborted' })
  })

  it('refuses a signal that is none', async () => {
    await using child = await spawnIn(sandbox, 'a', ['sleep', '9876'])
    expect(await failure(child.kill('SIGNOPE' as never))).toMatchObject({ code: 'invalid' })
  })

  it('starts processes with default signal handling', async () => {
    const { stdout } = await run(sandbox, 'a', ['sh', '-c', 'grep -E "^Sig(Blk|Ign)" /proc/self/status'])
    expect(stdout).toMatch(/SigBlk:\s0+\n/)
    expect(stdout).toMatch(/SigIgn:\s0+\n/)
  })

  it('gives no descriptor of the agent away', async () => {
    // What the tests themselves were started with, and every child inherits, is not the agent's.
    const ours = spawnSync('sh', ['-c', 'ls /proc/$$/fd'], { encoding: 'utf8' }).stdout
    const { stdout } = await run(sandbox, 'a', ['sh', '-c', 'ls /proc/$$/fd'])
    expect(stdout).toBe(ours)
  })
})

describe('the pid namespace', () => {
  it('has no zombies after 200 double-forking daemons', async () => {
    const one = '( ( sleep 0.05 & ) & )'
    await run(sandbox, 'a', ['sh', '-c', `i=0; while [ $i -lt 200 ]; do ${one}; i=$((i+1)); done`])
    while ((await processesWith('sleep 0.05')) > 0);
    await expect.poll(async () => (await run(sandbox, 'a', ['ps', '-eo', 'stat,args'])).stdout.split('\n').filter((line) => line.startsWith('Z')), { timeout: 2000 }).toEqual([])
  })

  it('holds no descriptors for programs that have ended', async () => {
    const count = async (): Promise<number> => Number((await run(sandbox, 'a', ['sh', '-c', 'ls /proc/1/fd | wc -l'])).stdout)
    await run(sandbox, 'a', ['true'], { input: 'x' })
    const before = await count()
    for (let i = 0; i < 50; i++) await run(sandbox, 'a', ['true'], { input: 'x' })
    for (let i = 0; i < 50; i++) await failure(run(sandbox, 'a', ['no-such-program'], { input: 'x' }))
    // The pipes of the counting program itself may still be on their way out.
    await expect.poll(count).toBeLessThanOrEqual(before)
  })
})

describe('a host', () => {
  it('has its own name, /etc/hosts, /etc/resolv.conf and /sys/class/net', async () => {
    expect((await run(sandbox, 'a', ['hostname'])).stdout).toBe('a\n')
    expect((await run(sandbox, 'b', ['hostname'])).stdout).toBe('b\n')
    expect((await run(sandbox, 'a', ['cat', '/etc/hosts'])).stdout).toContain('10.0.0.2 b')
    expect((await run(sandbox, 'b', ['cat', '/etc/resolv.conf'])).stdout).toBe('# b\n')
    expect((await run(sandbox, 'a', ['ls', '/sys/class/net'])).stdout.split('\n').filter(Boolean).sort()).toEqual(['eth0', 'lo'])
    expect((await run(sandbox, 'a', ['getent', 'hosts', 'b'])).stdout).toContain('10.0.0.2')
  })

  it('sees a change of its files while it runs', async () => {
    await sandbox.call('names', { hosts: '10.0.0.9 late\n', resolv: { a: '# changed\n', b: '# b\n' } })
    expect((await run(sandbox, 'a', ['cat', '/etc/hosts', '/etc/resolv.conf'])).stdout).toBe('10.0.0.9 late\n# changed\n')
  })

  it('can be used without names', async () => {
    await sandbox.apply([{ namespace: 'nameless', create: { hostname: 'nameless' } }])
    expect((await run(sandbox, 'nameless', ['hostname'])).stdout).toBe('nameless\n')
    expect((await run(sandbox, 'nameless', ['cat', '/etc/resolv.conf'])).stdout).toBe('')
  })

  it('ends with its processes when it is removed', async () => {
    await sandbox.apply([{ namespace: 'c', create: { hostname: 'c' } }])
    const child = await spawnIn(sandbox, 'c', ['sh', '-c', 'setsid sleep 2345 & sleep 2345'])
    while ((await processesWith('sleep 2345')) < 2);
    await sandbox.call('remove', { namespaces: ['c'] })
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' })
    while ((await processesWith('sleep 2345')) > 0);
    expect(await failure(run(sandbox, 'c', ['true']))).toMatchObject({ code: 'invalid' })
  })
})
