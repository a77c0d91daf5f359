import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { leftovers, snapshotMachine, type MachineSnapshot } from '@streambed/linux/testing'
import { Testbed } from '@streambed/sdk'
import { rounds } from './campaign.js'

const topology = { networks: { lan: { subnet: '10.0.0.0/24' } }, hosts: { a: { networks: ['lan'] }, b: { networks: ['lan'] } } } as const

/** Looks until nothing is left or the time is up; returns what is left. What vitest itself starts is not ours. */
async function leftAfter(before: MachineSnapshot, limitMs: number): Promise<string[]> {
  const deadline = Date.now() + limitMs
  for (;;) {
    const left = leftovers(before, (line) => !/unshare|setpriv|ovs|streambed|agent|victim|namespaces:|links:|mounts:|sleep 1000/.test(line))
    if (left.length === 0 || Date.now() > deadline) return left
    await sleep(20)
  }
}

/** Starts the victim and waits until it says a word; a victim that dies by itself fails the test with what it wrote. */
async function victim(hosts: number, word: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [`${import.meta.dirname}/programs/victim.mjs`, String(hosts)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => chunk.includes(word) && resolve())
    child.once('exit', () => reject(new Error(`the victim died by itself: ${errors}`)))
  })
  return child
}

/** Processes of testbeds below a process, by name. */
function descendants(pid: number, name: string): number[] {
  const children = (parent: number): number[] => {
    try {
      return readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
    } catch {
      return []
    }
  }
  const all: number[] = []
  const visit = (parent: number): void => {
    for (const child of children(parent)) {
      all.push(child)
      visit(child)
    }
  }
  visit(pid)
  return all.filter((child) => {
    try {
      return readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0')[0]?.endsWith(name) === true
    } catch {
      return false
    }
  })
}

describe('nothing is left', () => {
  it(
    'when the process is killed at a random moment of start, use or close',
    async () => {
      const before = snapshotMachine()
      const total = rounds(10, 50)
      for (let round = 0; round < total; round++) {
        const child = await victim(3, 'start')
        // A whole cycle of the victim takes some 400 ms: every phase of it is hit.
        await sleep(Math.random() * 450)
        const exit = once(child, 'exit')
        child.kill('SIGKILL')
        expect(await exit, 'it died by itself before it was killed').toEqual([null, 'SIGKILL'])
        expect(await leftAfter(before, 2000), `round ${round}`).toEqual([])
      }
    },
    600_000,
  )

  it(
    'within five seconds also with 200 hosts',
    async () => {
      const before = snapshotMachine()
      for (let round = 0; round < rounds(2, 10); round++) {
        const child = await victim(200, 'start')
        await sleep(Math.random() * 1200)
        const exit = once(child, 'exit')
        child.kill('SIGKILL')
        expect(await exit, 'it died by itself before it was killed').toEqual([null, 'SIGKILL'])
        expect(await leftAfter(before, 5000), `round ${round}`).toEqual([])
      }
    },
    300_000,
  )

  it('when the test body throws', async () => {
    const before = snapshotMachine()
    await expect(
      (async () => {
        await using testbed = await Testbed.start(topology)
        await testbed.hosts.a.spawn(['sleep', '1000'])
        throw new Error('the test failed')
      })(),
    ).rejects.toThrow('the test failed')
    expect(await leftAfter(before, 2000)).toEqual([])
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('when the process gets %s', async (signal) => {
    const before = snapshotMachine()
    const child = await victim(3, 'use')
    const exit = once(child, 'exit')
    child.kill(signal)
    expect(await exit).toEqual([null, signal])
    expect(await leftAfter(before, 2000)).toEqual([])
  })

  it('when an exception that nobody catches ends the process', async () => {
    const before = snapshotMachine()
    const program = `const { Testbed } = await import('@streambed/sdk'); await Testbed.start(${JSON.stringify(topology)}); throw new Error('oops')`
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: import.meta.dirname, encoding: 'utf8', timeout: 20_000 })
    expect([status, stderr.includes('oops')]).toEqual([1, true])
    expect(await leftAfter(before, 2000)).toEqual([])
  })

  it('when close() is called, by the time `closed` resolves', async () => {
    const before = snapshotMachine()
    const testbed = await Testbed.start(topology)
    await testbed.close()
    await testbed.closed
    expect(await leftAfter(before, 0)).toEqual([])
  })

  it('when the start fails in the middle', async () => {
    const before = snapshotMachine()
    await expect(Testbed.start({ ...topology, hosts: { ...topology.hosts, c: { sysctls: { 'net.ipv4.nonsense': 1 } } } })).rejects.toMatchObject({ code: 'failed' })
    expect(await leftAfter(before, 0)).toEqual([])
  })
})

describe('a testbed of which a part dies', () => {
  it.each([
    ['ovs-vswitchd', 'ovs-vswitchd', /ovs-vswitchd was killed by SIGKILL/],
    ['ovsdb-server', 'ovsdb-server', /ovsdb-server was killed by SIGKILL/],
    ['the agent', 'node', /the agent of the testbed died/],
    ['the program that holds the sandbox', 'unshare', /the agent of the testbed died/],
  ])('says so in every pending and later call when %s is killed, and cleans up', async (_, name, message) => {
    const before = snapshotMachine()
    const testbed = await Testbed.start(topology)
    const { a, b } = testbed.hosts
    const server = await b.listen(80)
    server.on('connection', (socket) => socket.on('error', () => undefined))
    const socket = await a.connect('b', 80)
    socket.on('error', () => undefined)
    const socketClosed = new Promise((resolve) => socket.once('close', resolve))
    const child = await a.spawn(['sleep', '1000'])
    await using capture = await a.capture({ filter: () => false })
    const pending = [a.exec(['sleep', '1000']), child.exited, capture.next(), testbed.reachability({ timeout: 30_000 }).then(() => a.exec(['sleep', '1000']))]
    const outcomes = Promise.all(pending.map((promise) => promise.then(() => 'resolved', (error: Error) => error.message)))
    const events: string[] = []
    const reading = (async () => {
      for await (const event of testbed.events()) if (event.type !== 'control') events.push(event.type)
    })()
    const [victimPid] = descendants(process.pid, name)
    expect(victimPid).toBeDefined()
    process.kill(victimPid as number, 'SIGKILL')
    for (const outcome of await outcomes) expect(outcome).toMatch(message)
    await socketClosed
    await expect(a.exec(['true'])).rejects.toMatchObject({ name: 'TestbedError', code: 'closed', message: expect.stringMatching(message) as string })
    await expect(a.listen(81)).rejects.toMatchObject({ code: 'closed' })
    await expect(testbed.addHost('c', {})).rejects.toMatchObject({ code: 'closed' })
    await expect(testbed.partition(['a'])).rejects.toMatchObject({ code: 'closed' })
    expect(testbed.inspect().state).toBe('failed')
    expect((await testbed.closed).error?.message).toMatch(message)
    await testbed.close()
    await reading
    expect(events).toEqual(['failed', 'closed'])
    expect(await leftAfter(before, 2000)).toEqual([])
  })
})
