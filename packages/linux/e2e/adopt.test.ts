import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readlinkSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bindUdpIn, captureIn, connectIn, encodeDeleteLink, encodeNewAddress, encodeNewLink, encodeSetLink, listenIn, LinuxError, Sandbox, spawnIn } from '@streambed/linux'
import { leftovers, snapshotMachine } from '@streambed/linux/testing'
import { failure, job, json, run } from './lan.js'

const root = process.geteuid?.() === 0

/** A test that is only there for root: one that is skipped is a failure in CI. */
function itAsRoot(name: string, work: () => Promise<void>): void {
  if (root) it(name, work)
}

/** What a container engine makes: a process with network and mount namespaces, and a file system, of its own. */
async function container(): Promise<{ child: ChildProcess; pid: number; end: () => Promise<void> }> {
  const script = 'mkdir -p /tmp/root; mount -t tmpfs none /tmp/root; mkdir /tmp/root/etc; echo "127.0.0.1 localhost" >/tmp/root/etc/hosts; mount --bind /tmp/root/etc/hosts /etc/hosts; ip link set lo up; echo ready; exec sleep 5555'
  const child = spawn('unshare', ['--net', '--mount', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  return {
    child,
    pid: child.pid as number,
    end: async () => {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const namespaceOf = (pid: number | 'self'): string => readlinkSync(`/proc/${pid}/ns/net`)

describe.each(root ? (['own', 'outer'] as const) : [])('a network namespace of somebody else, adopted by an agent with processes: %s', (processes) => {
  let theirs: Awaited<ReturnType<typeof container>>
  beforeAll(async () => void (theirs = await container()))
  afterAll(() => theirs.end())
  const open = (): Sandbox => new Sandbox(processes === 'outer' ? { processes, network: 'outer' } : {})

  it('gets links, sockets, captures and programs, and loses them again', async () => {
    const sandbox = open()
    await sandbox.adopt('c', { process: theirs.pid })
    await sandbox.apply([
      // Its other end in a namespace of the sandbox: the agent's own one may be the machine's.
      { namespace: 'h', create: { hostname: 'h' } },
      job('c', (w) => {
        encodeNewLink(w, 'cable', { name: 'lab0', index: 100, kind: { type: 'veth', peer: { name: 'eth0', index: 7, namespace: 'h' } } })
        encodeNewAddress(w, 'address', { index: 100, address: '10.7.0.2', prefixLength: 24 })
        encodeSetLink(w, 'up', { index: 100, up: true })
      }, { plainChecksums: ['lab0'] }),
      job('h', (w) => {
        encodeSetLink(w, 'lo up', { index: 1, up: true })
        encodeNewAddress(w, 'address', { index: 7, address: '10.7.0.1', prefixLength: 24 })
        encodeSetLink(w, 'up', { index: 7, up: true })
      }),
    ])
    await sandbox.call('settle', { links: [{ namespace: 'c', index: 100 }, { namespace: 'h', index: 7 }] })
    // As the container itself sees it.
    const seen = JSON.parse(execFileSync('nsenter', ['--net', '--target', String(theirs.pid), 'ip', '-j', 'addr', 'show', 'lab0'], { encoding: 'utf8' })) as { addr_info: { local: string }[] }[]
    expect(seen[0]?.addr_info[0]?.local).toBe('10.7.0.2')

    const capture = await captureIn(sandbox, 'c', 'lab0')
    const server = await listenIn(sandbox, 'c', 80)
    server.on('connection', (socket) => socket.on('error', () => undefined).end('hello'))
    const socket = await connectIn(sandbox, 'h', '10.7.0.2', 80)
    expect(String((await once(socket, 'data'))[0])).toBe('hello')
    await capture.find((packet) => packet.ipv4?.src === '10.7.0.1')
    const udp = await bindUdpIn(sandbox, 'c', 'udp4')
    expect(udp.address().port).toBeGreaterThan(0)
    udp.close()

    // A program in it has the agent's files and the container's network.
    expect((await run(sandbox, 'c', ['readlink', '/proc/self/ns/net'])).stdout.trim()).toBe(namespaceOf(theirs.pid))
    expect((await json<{ ifname: string }>(sandbox, 'c', ['ip', '-j', 'link'])).map(({ ifname }) => ifname)).toContain('lab0')
    const ours = await spawnIn(sandbox, 'c', ['sleep', '6666'])
    expect((await sandbox.call('signalAll', { namespace: 'c', signal: 'SIGSTOP' })).processes).toBe(1)

    server.close()
    await sandbox.apply([job('c', (w) => encodeDeleteLink(w, 'delete by index', { index: 100 }))])
    await sandbox.call('remove', { namespaces: ['c', 'h'] })
    await ours.exited
    expect(alive(theirs.pid)).toBe(true)
    expect(execFileSync('nsenter', ['--net', '--target', String(theirs.pid), 'ip', '-o', 'link'], { encoding: 'utf8' })).not.toContain('lab0')
    await sandbox.close()
    await sandbox.closed
    expect(alive(theirs.pid)).toBe(true)
  })

  it('keeps its own connections when the testbed ends', async () => {
    const program = `
      const net = require('net'); const s = net.createServer((c) => c.on('error', (e) => console.log(e.code)).write('x')).listen(4000, '127.0.0.1', () => {
        const c = net.connect(4000, '127.0.0.1'); c.on('data', () => console.log('connected')); c.on('error', (e) => console.log(e.code)); c.on('close', () => console.log('closed'))
      }); setInterval(() => {}, 1000); process.stdin.on('end', () => { console.log('end'); process.exit() }).resume()`
    const talk = spawn('nsenter', ['--net', '--target', String(theirs.pid), process.execPath, '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] })
    let said = ''
    talk.stdout.on('data', (text: Buffer) => (said += String(text)))
    await once(talk.stdout, 'data')
    const removing = open()
    await removing.adopt('c', { process: theirs.pid })
    ;(await listenIn(removing, 'c', 81)).close()
    await removing.call('remove', { namespaces: ['c'] })
    await removing.close()
    const closing = open()
    await closing.adopt('c', { process: theirs.pid })
    await closing.call('probe', { probes: [{ namespace: 'c', address: '127.0.0.1' }], timeoutMs: 1000 })
    await closing.close()
    talk.stdin.end()
    await once(talk.stdout, 'close')
    expect(said).toBe('connected\nend\n')
  })

  it('is found by a path, through symbolic links too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sb-'))
    const file = join(folder, 'ns')
    writeFileSync(file, '')
    symlinkSync(folder, `${folder}-link`)
    try {
      execFileSync('mount', ['--bind', `/proc/${theirs.pid}/ns/net`, file])
      const sandbox = open()
      await sandbox.adopt('by-file', { path: `${folder}-link/ns` })
      await sandbox.adopt('by-link', { path: `/proc/${theirs.pid}/ns/net` })
      for (const id of ['by-file', 'by-link']) expect((await run(sandbox, id, ['readlink', '/proc/self/ns/net'])).stdout.trim()).toBe(namespaceOf(theirs.pid))
      // Nobody is kept from taking the file away.
      if (processes === 'outer') execFileSync('umount', [file])
      await sandbox.close()
      await sandbox.closed
    } finally {
      if (processes === 'own') execFileSync('umount', [file])
      rmSync(`${folder}-link`)
      rmSync(file)
      rmdirSync(folder)
    }
  })

  it('moves with its links to the next namespace when its process is started again', async () => {
    const again = await container()
    const sandbox = open()
    await sandbox.adopt('c', { process: theirs.pid })
    await sandbox.apply([{ namespace: 'h', create: { hostname: 'h' } }, job('c', (w) => encodeNewLink(w, 'cable', { name: 'lab1', index: 101, mac: '02:00:00:00:00:07', kind: { type: 'veth', peer: { name: 'eth0', index: 7, namespace: 'h' } } }))])
    await sandbox.adopt('next', { process: again.pid })
    await sandbox.apply([job('c', (w) => encodeSetLink(w, 'move', { index: 101, namespace: 'next' }))])
    await sandbox.call('replace', { namespace: 'c', by: 'next' })
    expect(await json(sandbox, 'c', ['ip', '-j', 'link', 'show', 'lab1'])).toMatchObject([{ ifindex: 101, address: '02:00:00:00:00:07' }])
    expect((await run(sandbox, 'c', ['readlink', '/proc/self/ns/net'])).stdout.trim()).toBe(namespaceOf(again.pid))
    expect(await failure(run(sandbox, 'next', ['true']))).toMatchObject({ message: 'there is no namespace "next"' })
    expect(await failure(sandbox.call('replace', { namespace: 'c', by: 'h' }))).toMatchObject({ code: 'invalid' })
    await sandbox.call('remove', { namespaces: ['h'] })
    await sandbox.close()
    await again.end()
  })

  it('has a hosts file that can be written in place', async () => {
    const sandbox = open()
    await sandbox.adopt('c', { process: theirs.pid })
    const hosts = (): string => readFileSync(`/proc/${theirs.pid}/root/etc/hosts`, 'utf8')
    const mine = readFileSync('/etc/hosts', 'utf8')
    await sandbox.call('names', { hosts: '127.0.0.1 localhost\n10.0.0.1 web\n', resolv: {}, adopted: { c: 'block' } })
    expect(hosts()).toMatch(/^127\.0\.0\.1 localhost\n#.*\n127\.0\.0\.1 localhost\n10\.0\.0\.1 web\n#.*\n$/)
    await sandbox.call('remove', { namespaces: ['c'] })
    expect(hosts()).toBe('127.0.0.1 localhost\n')
    await sandbox.adopt('c', { process: theirs.pid })
    await sandbox.call('names', { hosts: '10.0.0.1 web\n', resolv: {}, adopted: { c: 'whole' } })
    expect(hosts()).toBe('10.0.0.1 web\n')
    await sandbox.call('names', { hosts: '127.0.0.1 localhost\n', resolv: {}, adopted: { c: 'whole' } })
    await sandbox.close()
    expect(readFileSync('/etc/hosts', 'utf8')).toBe(mine)
  })

  it('must be one: everything else is refused with its name', async () => {
    const sandbox = open()
    const adopt = (target: Parameters<Sandbox['adopt']>[1]): Promise<LinuxError> => failure<LinuxError>(sandbox.adopt('x', target))
    expect(await adopt({ process: 0x3ffffff })).toMatchObject({ code: 'invalid', message: 'there is no process 67108863 on the machine whose network namespace could be entered' })
    expect(await adopt({ path: '/run/docker/netns/nobody' })).toMatchObject({ code: 'invalid', message: 'there is no network namespace at "/run/docker/netns/nobody"' })
    expect(await adopt({ path: '/etc/hostname' })).toMatchObject({ code: 'invalid', message: expect.stringMatching(/"\/etc\/hostname" is no network namespace: give the id/) as string })
    expect(await adopt({ path: `/proc/${theirs.pid}/ns/mnt` })).toMatchObject({ code: 'invalid' })
    expect(await adopt({ process: process.pid })).toMatchObject({ code: 'invalid', message: expect.stringContaining("machine's own network namespace") as string })
    await sandbox.adopt('c', { process: theirs.pid })
    expect(await failure(sandbox.adopt('c', { process: theirs.pid }))).toMatchObject({ message: 'namespace "c" exists already' })
    await sandbox.close()
  })

  it('is not inherited by what the agent starts', async () => {
    const sandbox = open()
    await sandbox.adopt('c', { process: theirs.pid })
    expect((await run(sandbox, 'c', ['ls', '-l', '/proc/self/fd'])).stdout.split('\n').filter((line) => /-> (\/proc|net:.*|\/proc\/\d+)$/.test(line))).toEqual([])
    await sandbox.close()
  })
})

itAsRoot("the machine's /proc is not inherited by services", async () => {
  const sandbox = new Sandbox({ services: [{ name: 'lister', argv: ['sh', '-c', 'ls -l /proc/self/fd >/run/fds.tmp; mv /run/fds.tmp /run/fds; exec sleep 3333'] }] })
  const listing = (await run(sandbox, '', ['sh', '-c', 'until [ -e /run/fds ]; do :; done; cat /run/fds'])).stdout
  expect(listing.trim().split('\n').filter((line) => / \d+ -> \/proc$/.test(line))).toEqual([])
  await sandbox.close()
})

it('without root nothing can be adopted, and the error says so', async () => {
  const sandbox = new Sandbox({ privilege: 'user-namespace' })
  expect(await failure(sandbox.adopt('c', { process: process.pid }))).toMatchObject({ code: 'forbidden', message: expect.stringMatching(/can only be entered by root.*Run as root/) as string })
  await sandbox.close()
})

describe("an agent in the machine's own namespaces", () => {
  it('needs root, the network of the machine, and nothing of its own', () => {
    expect(() => new Sandbox({ processes: 'outer', network: 'outer', privilege: 'user-namespace' })).toThrow(expect.objectContaining({ code: 'forbidden', message: expect.stringContaining('needs root') as string }) as Error)
    expect(() => new Sandbox({ network: 'outer', privilege: 'user-namespace' })).toThrow(/needs root/)
    expect(() => new Sandbox({ processes: 'outer', privilege: 'root' })).toThrow(/goes with network: "outer"/)
    expect(() => new Sandbox({ processes: 'outer', network: 'outer', privilege: 'root', directories: ['/run/x'] })).toThrow(/are for a sandbox with a \/run of its own/)
  })

  itAsRoot('makes no namespace, and what it started ends with it, orphans too', async () => {
    const before = snapshotMachine()
    const sandbox = new Sandbox({ processes: 'outer', network: 'outer' })
    for (const kind of ['net', 'mnt', 'pid', 'uts', 'ipc']) {
      expect((await run(sandbox, '', ['readlink', `/proc/self/ns/${kind}`])).stdout.trim()).toBe(readlinkSync(`/proc/self/ns/${kind}`))
    }
    const child = await spawnIn(sandbox, '', ['sh', '-c', 'setsid sh -c "sleep 7771 & sleep 7772" & sleep 7773 & echo up; exec sleep 7774'])
    await once(child.stdout, 'data')
    expect(await failure(run(sandbox, '', ['/no/such/program']))).toMatchObject({ code: 'not-found' })
    expect((await run(sandbox, '', ['sh', '-c', 'echo $0; exit 3'], { check: false })).code).toBe(3)
    await sandbox.close()
    await sandbox.closed
    expect(leftovers(before)).toEqual([])
  })

  itAsRoot('makes hosts without file systems of their own', async () => {
    const before = snapshotMachine()
    const sandbox = new Sandbox({ processes: 'outer', network: 'outer' })
    await sandbox.apply([{ namespace: 'h', create: { hostname: 'h' } }])
    expect((await run(sandbox, 'h', ['readlink', '/proc/self/ns/mnt'])).stdout.trim()).toBe(readlinkSync('/proc/self/ns/mnt'))
    expect((await run(sandbox, 'h', ['readlink', '/proc/self/ns/net'])).stdout.trim()).not.toBe(namespaceOf('self'))
    // Everything of the machine lives in the base namespace: only the agent's own descendants may be signalled there.
    const own = await spawnIn(sandbox, '', ['sleep', '7775'])
    expect((await sandbox.call('signalAll', { namespace: '', signal: 'SIGKILL' })).processes).toBe(1)
    expect((await own.exited).signal).toBe('SIGKILL')
    await sandbox.close()
    await sandbox.closed
    expect(leftovers(before)).toEqual([])
  })

  it.each(root ? (['parent', 'agent', 'abort'] as const) : [])('ends what it started when it ends by %s', async (how) => {
    const before = snapshotMachine()
    const index = fileURLToPath(import.meta.resolve('@streambed/linux'))
    const code = `
      const { Sandbox, spawnIn, LinuxError } = await import(process.argv[1])
      const sandbox = new Sandbox({ processes: 'outer', network: 'outer' })
      const child = await spawnIn(sandbox, '', ['sh', '-c', 'sleep 7776 & echo up; exec sleep 7777'])
      child.exited.catch(() => undefined)
      await new Promise((resolve) => child.stdout.once('data', resolve))
      console.log(sandbox.pid)
      process.stdin.once('data', () => sandbox.abort(new LinuxError('closed', 'enough')))
      setInterval(() => undefined, 1000)
    `
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code, index], { stdio: ['pipe', 'pipe', 'inherit'] })
    const agent = Number(String((await once(parent.stdout, 'data'))[0]))
    if (how === 'parent') parent.kill('SIGKILL')
    else if (how === 'agent') process.kill(agent, 'SIGKILL')
    else parent.stdin.write('x')
    // A grandchild that has lost its parent is beyond the reach of the kernel when the agent itself is killed.
    const allowed = (line: string): boolean => line.includes(`${parent.pid}:`) || (how === 'agent' && line.includes('sleep 7776'))
    await expect.poll(() => leftovers(before).filter((line) => !allowed(line)), { timeout: 10_000, interval: 20 }).toEqual([])
    parent.kill('SIGKILL')
    if (how === 'agent') {
      const [, orphan] = /^process (\d+): sleep 7776/m.exec(leftovers(before).join('\n')) ?? []
      if (orphan !== undefined) process.kill(Number(orphan), 'SIGKILL')
    }
  })
})
