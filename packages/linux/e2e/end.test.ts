import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { bindUdpIn, captureIn, connectIn, encodeSetLink, findProgram, LinuxError, listenIn, Sandbox, spawnIn, type HostProcess } from '@streambed/linux'
import { leftovers, snapshotMachine } from '@streambed/linux/testing'
import { failure, job, run, twoHosts } from './lan.js'

/** Something of everything that a sandbox can hold, in use. */
async function busySandbox(): Promise<{ sandbox: Sandbox; child: HostProcess; stubborn: HostProcess; exec: Promise<LinuxError>; waiting: Promise<LinuxError>; packet: Promise<LinuxError> }> {
  const sandbox = await twoHosts()
  const child = await spawnIn(sandbox, 'a', ['sleep', '1000'])
  const stubborn = await spawnIn(sandbox, 'b', ['sh', '-c', 'trap "" TERM HUP INT; setsid sleep 1000 & sleep 1000 & while :; do wait; done'])
  const server = await listenIn(sandbox, 'b', 80)
  server.on('connection', (socket) => socket.on('error', () => undefined))
  const accepted = once(server, 'connection')
  const socket = await connectIn(sandbox, 'a', '10.0.0.2', 80)
  socket.on('error', () => undefined)
  await accepted
  await bindUdpIn(sandbox, 'a', 'udp4')
  const capture = await captureIn(sandbox, 'a', 'lo')
  const packet = failure<LinuxError>(capture.find(() => true))
  const exec = failure<LinuxError>(run(sandbox, 'a', ['sleep', '1000']))
  const waiting = failure<LinuxError>(sandbox.call('connectUnix', { path: '/run/nobody', timeoutMs: 60_000 }))
  return { sandbox, child, stubborn, exec, waiting, packet }
}

/** The agent of a sandbox, as this process sees it. */
function agentOf(sandbox: Sandbox): number {
  return Number(readFileSync(`/proc/${sandbox.pid}/task/${sandbox.pid}/children`, 'utf8').trim())
}

/** What is left of this process's doing once the last process of the sandbox is gone. */
async function remains(sandbox: Sandbox, before: ReturnType<typeof snapshotMachine>): Promise<string[]> {
  await sandbox.closed
  // The unshare process is gone; the kernel kills the agent and the namespace that it holds a moment later.
  await expect.poll(() => leftovers(before).filter((line) => !line.startsWith('temporaryFiles')), { timeout: 10_000, interval: 5 }).toEqual([])
  return leftovers(before).filter((line) => !line.startsWith('temporaryFiles'))
}

describe('the end of a sandbox', () => {
  it('by close() takes everything, and says so to what is pending', async () => {
    const before = snapshotMachine()
    const { sandbox, child, exec, waiting, packet } = await busySandbox()
    await sandbox.close()
    for (const error of await Promise.all([exec, waiting, packet, failure<LinuxError>(child.exited)])) {
      expect(error).toBeInstanceOf(LinuxError)
      expect(error).toMatchObject({ code: 'closed' })
    }
    expect(await failure(run(sandbox, 'a', ['true']))).toMatchObject({ code: 'closed', message: 'the testbed was closed' })
    expect(await failure(captureIn(sandbox, 'a', 'lo'))).toMatchObject({ code: 'closed' })
    expect(await sandbox.closed).toEqual({ error: undefined })
    expect(sandbox.owned.size).toBe(0)
    await sandbox.close()
    expect(await remains(sandbox, before)).toEqual([])
  })

  it('by close() twice at once, before it is up, and when it has failed', async () => {
    const before = snapshotMachine()
    const sandbox = new Sandbox()
    const [early] = await Promise.allSettled([run(sandbox, '', ['sleep', '1000']), sandbox.close(), sandbox.close()])
    expect(early).toMatchObject({ status: 'rejected', reason: { code: 'closed' } })
    expect(await remains(sandbox, before)).toEqual([])
  })

  it('by abort() takes everything, with its reason', async () => {
    const before = snapshotMachine()
    const { sandbox, child, exec, waiting, packet } = await busySandbox()
    const reason = new LinuxError('aborted', 'enough of it')
    sandbox.abort(reason)
    for (const error of await Promise.all([exec, waiting, packet, failure(child.exited)])) expect(error).toBe(reason)
    expect(await failure(run(sandbox, 'a', ['true']))).toBe(reason)
    expect(await sandbox.failed).toBe(reason)
    expect(await sandbox.closed).toEqual({ error: reason })
    await sandbox.close()
    expect(await remains(sandbox, before)).toEqual([])
  })

  it('by its AbortSignal, also one that has fired already', async () => {
    const before = snapshotMachine()
    const controller = new AbortController()
    const sandbox = new Sandbox({ signal: controller.signal })
    const call = failure(run(sandbox, '', ['true']))
    controller.abort(new Error('no more'))
    expect(await call).toMatchObject({ code: 'aborted', cause: { message: 'no more' } })
    const never = new Sandbox({ signal: controller.signal })
    expect(await failure(run(never, '', ['true']))).toMatchObject({ code: 'aborted' })
    await never.closed
    expect(await remains(sandbox, before)).toEqual([])
  })

  it.each(['agent', 'unshare'] as const)('by SIGKILL to the %s process takes everything, and says what died', async (which) => {
    const before = snapshotMachine()
    const { sandbox, child, exec, waiting, packet } = await busySandbox()
    process.kill(which === 'agent' ? agentOf(sandbox) : (sandbox.pid as number), 'SIGKILL')
    for (const error of await Promise.all([exec, waiting, packet, failure<LinuxError>(child.exited), failure<LinuxError>(run(sandbox, 'a', ['true']))])) {
      expect(error).toMatchObject({ code: 'closed', message: expect.stringMatching(/^the agent of the testbed died \(/) as string })
    }
    expect((await sandbox.closed).error).toMatchObject({ code: 'closed' })
    expect(await remains(sandbox, before)).toEqual([])
  })

  it('by abort() does not wait for an agent that does not answer', async () => {
    const sandbox = await twoHosts()
    process.kill(agentOf(sandbox), 'SIGSTOP')
    const closing = sandbox.close()
    const reason = new LinuxError('aborted', 'no patience')
    sandbox.abort(reason)
    await closing
    await sandbox.closed
  })

  it('sends away what it said before it died', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sb-'))
    const agentPath = join(folder, 'agent.mjs')
    try {
      writeFileSync(agentPath, 'throw new Error("the agent is broken")')
      const sandbox = new Sandbox({ agentPath })
      expect(await failure(run(sandbox, '', ['true']))).toMatchObject({ code: 'closed', message: expect.stringContaining('the agent is broken') as string })
      await sandbox.closed
      writeFileSync(agentPath, 'process.send({ type: "ready" }, () => setTimeout(() => { throw new Error("it broke later") }))')
      const late = new Sandbox({ agentPath })
      expect(await failure(run(late, '', ['true']))).toMatchObject({ code: 'closed', message: expect.stringContaining('it broke later') as string })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the end of the parent process', () => {
  it('by SIGKILL at any moment leaves nothing', async () => {
    // Everything happens in a pid namespace of its own: what is left in there afterwards is left by the sandbox, and by nobody else.
    const program = fileURLToPath(new URL('./parent-killer.mjs', import.meta.url))
    const user = process.geteuid?.() === 0 ? [] : ['--user', '--map-root-user']
    const child = spawn('unshare', [...user, '--pid', '--mount', '--fork', '--mount-proc', '--kill-child', process.execPath, program, '20'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
    const rounds = output.trim().split('\n').map((line) => JSON.parse(line) as { afterMs: number; stage: string; left: string[] })
    expect(rounds).toHaveLength(20)
    for (const round of rounds) expect(round).toMatchObject({ left: [] })
    // It did come as far as a built testbed at least once.
    expect(rounds.map(({ stage }) => stage)).toContain('busy')
  })
})

describe('a service', () => {
  it('that runs is no news, and is in the base namespace', async () => {
    const sandbox = new Sandbox({ services: [{ name: 'sleeper', argv: ['sleep', '3333'] }], files: { '/run/greeting': "it's\n" } })
    expect((await run(sandbox, '', ['cat', '/run/greeting'])).stdout).toBe("it's\n")
    expect((await run(sandbox, '', ['pgrep', '-fc', 'sleep 3333'])).stdout).toBe('1\n')
    await sandbox.close()
  })

  it.each(['', 'sleep 0.3; '])('that exits by itself ends the sandbox, and its log is quoted (%j)', async (wait) => {
    const sandbox = new Sandbox({ services: [{ name: 'oops', argv: ['sh', '-c', `${wait}echo this is why >&2; exit 3`] }] })
    const error = await failure(sandbox.call('connectUnix', { path: '/run/never', timeoutMs: 10_000 }))
    expect(error).toMatchObject({ code: 'closed', message: expect.stringMatching(/^oops exited with code 3; the end of its log:\nthis is why$/) as string })
    await sandbox.closed
  })

  it('that does not come up before another ends the sandbox, and is named', async () => {
    const sandbox = new Sandbox({
      services: [
        { name: 'first', argv: ['sh', '-c', 'echo no database >&2; exit 1'], pidFile: '/run/first.pid' },
        { name: 'second', argv: ['sleep', '1000'] },
      ],
    })
    expect(await sandbox.failed).toMatchObject({ code: 'closed', message: expect.stringMatching(/^first .*no database/s) as string })
    await sandbox.closed
  })

  it('in the background that is killed ends the sandbox, and is named', async () => {
    const sandbox = new Sandbox({
      services: [
        { name: 'daemon', argv: ['sh', '-c', '(echo ready > /run/daemon.log; exec sleep 4444) & echo $! > /run/daemon.pid'], pidFile: '/run/daemon.pid', logFile: '/run/daemon.log' },
        { name: 'last', argv: ['sleep', '1000'] },
      ],
    })
    await run(sandbox, '', ['sh', '-c', 'until [ -s /run/daemon.log ]; do :; done; kill -9 $(cat /run/daemon.pid)']).catch(() => undefined)
    expect(await sandbox.failed).toMatchObject({ code: 'closed', message: expect.stringMatching(/^daemon was killed by SIGKILL; the end of its log:\nready/) as string })
    await sandbox.closed
  })

  it('that does not exist ends the sandbox', async () => {
    const sandbox = new Sandbox({ services: [{ name: 'ghost', argv: ['/no/such/daemon'] }] })
    expect(await sandbox.failed).toMatchObject({ code: 'closed', message: expect.stringMatching(/^ghost exited with code 127.*\/no\/such\/daemon/s) as string })
    await sandbox.closed
  })
})

describe('what is missing', () => {
  it('is told: a program', () => {
    const path = process.env['PATH']
    const folder = mkdtempSync(join(tmpdir(), 'sb-'))
    try {
      expect(() => findProgram('no-such-program', 'its-package', folder)).toThrow('the program "no-such-program" is not installed: install it with "apt-get install its-package"')
      symlinkSync('/bin/sh', join(folder, 'mine'))
      expect(findProgram('mine', 'x', folder)).toBe(join(folder, 'mine'))
    } finally {
      process.env['PATH'] = path
      rmSync(folder, { recursive: true })
    }
  })

  it('is told: /dev/net/tun, and the right to open it', async (ctx) => {
    // A /dev of its own, without and with a tun that nobody may open, as root of a user namespace.
    const code = `
      const { Sandbox } = await import(process.argv[1])
      try { new Sandbox({ needsTun: true }).close(); console.log('{}') } catch (error) { console.log(JSON.stringify({ code: error.code, message: error.message })) }
    `
    const index = fileURLToPath(import.meta.resolve('@streambed/linux'))
    const ask = (prepare: string): { code: string; message: string } => {
      const script = `set -e; mount -t tmpfs tmpfs /dev; ${prepare}; exec "$0" --input-type=module -e "$1" "$2"`
      return JSON.parse(execFileSync('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', script, process.execPath, code, index], { encoding: 'utf8' })) as never
    }
    try {
      execFileSync('unshare', ['--user', '--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/dev'], { stdio: 'pipe' })
    } catch {
      ctx.skip('kernel: no user namespaces here')
    }
    expect(ask(':')).toMatchObject({ code: 'missing', message: expect.stringContaining('there is no /dev/net/tun') as string })
    expect(ask('mkdir /dev/net; touch /dev/net/tun; chmod 0 /dev/net/tun; mount -o bind,ro /dev/net/tun /dev/net/tun; mount -o remount,bind,ro /dev/net/tun')).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('may not open /dev/net/tun') as string,
    })
  })

  it('is told: user namespaces', async () => {
    // In a user namespace that allows no further ones.
    const code = `
      const { Sandbox } = await import(process.argv[1])
      const sandbox = new Sandbox({ privilege: 'user-namespace' })
      const { error } = await sandbox.closed
      console.log(JSON.stringify({ code: error.code, message: error.message }))
    `
    const index = fileURLToPath(import.meta.resolve('@streambed/linux'))
    const script = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$0" --input-type=module -e "$1" "$2"'
    const output = execFileSync('unshare', ['--user', '--map-root-user', 'sh', '-c', script, process.execPath, code, index], { encoding: 'utf8' })
    const error = JSON.parse(output) as { code: string; message: string }
    expect(error.code).toBe('forbidden')
    expect(error.message).toMatch(/^this system does not let ordinary users make user namespaces: unshare: .*sysctl -w user\.max_user_namespaces=15000/s)
  })
})

it('holds no descriptors of sandboxes that have ended', async () => {
  const open = async (): Promise<void> => {
    const sandbox = new Sandbox()
    await sandbox.apply([job('', (w) => encodeSetLink(w, 'loopback', { index: 1, up: true }))])
    await sandbox.close()
    await sandbox.closed
  }
  const count = (): number => readdirSync('/proc/self/fd').length
  await open()
  await new Promise((resolve) => setImmediate(resolve))
  const before = count()
  for (let i = 0; i < 5; i++) await open()
  await expect.poll(count).toBeLessThanOrEqual(before)
})
