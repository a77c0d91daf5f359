import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { leftovers, snapshotMachine } from '@streambed/linux/testing'
import { Testbed } from '@streambed/sdk'

const topology = {
  networks: { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] } },
  hosts: { a: { networks: ['lan'] }, b: { networks: ['lan'] }, c: { networks: ['lan'] } },
} as const

/** Each testbed has a server with a name of its own at the same address: who asks in which testbed is answered by that one. */
async function exercise(testbed: Testbed<'lan', 'a' | 'b' | 'c'>, identity: string): Promise<string[]> {
  const server = await testbed.hosts.a.listen(80)
  server.on('connection', (socket) => socket.end(identity))
  const answers: string[] = []
  for (let i = 0; i < 20; i++) {
    const socket = await testbed.hosts.b.connect('10.0.0.2', 80)
    answers.push(await text(socket))
  }
  ;(await testbed.reachability()).assertAll()
  return answers
}

it('four testbeds with the same names and subnets live in one process, and do not disturb each other or the machine', async () => {
  const before = snapshotMachine()
  const testbeds = await Promise.all([1, 2, 3, 4].map(() => Testbed.start(topology)))
  // Links of the machine itself are as they were: everything is inside.
  expect(leftovers(before, (line) => !line.startsWith('links:'))).toEqual([])
  const answers = await Promise.all(testbeds.map((testbed, i) => exercise(testbed, `testbed ${i}`)))
  answers.forEach((list, i) => expect(new Set(list)).toEqual(new Set([`testbed ${i}`])))
  await testbeds[0]?.close()
  await testbeds[1]?.hosts.a.linkDown()
  await testbeds[2]?.partition(['a'])
  expect((await testbeds[3]?.reachability())?.assertAll().count).toEqual({ ok: 6, all: 6 })
  await Promise.all(testbeds.map((testbed) => testbed.close()))
  await Promise.all(testbeds.map((testbed) => testbed.closed))
  expect(leftovers(before, (line) => !/ovs|unshare|namespaces:|links:|mounts:/.test(line))).toEqual([])
})

it('four processes with the same testbed at once do not disturb each other', async () => {
  const program = `
    import { Testbed } from '@streambed/sdk'
    const testbed = await Testbed.start(${JSON.stringify(topology)})
    for (let i = 0; i < 5; i++) (await testbed.reachability()).assertAll()
    const server = await testbed.hosts.a.listen(80)
    server.on('connection', (socket) => socket.end('mine'))
    console.log(await (async () => { let all = ''; for await (const chunk of await testbed.hosts.b.connect('a', 80)) all += chunk; return all })())
    await testbed.close()`
  const runs = await Promise.all(
    [1, 2, 3, 4].map(async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'pipe'] })
      const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit') as Promise<[number]>])
      return { out, errors, code }
    }),
  )
  for (const run of runs) expect(run).toEqual({ out: 'mine\n', errors: '', code: 0 })
})
