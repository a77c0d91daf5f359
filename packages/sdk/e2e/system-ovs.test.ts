import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { leftovers, snapshotMachine } from '@streambed/linux/testing'
import { Testbed } from '@streambed/sdk'

const topology = { networks: { lan: {} }, hosts: { a: { networks: ['lan'] } } } as const

it("uses the system's Open vSwitch when asked to, and leaves it as it was", async () => {
  if (process.geteuid?.() !== 0) {
    await expect(Testbed.start(topology, { ovs: 'system' })).rejects.toMatchObject({ code: 'missing', message: expect.stringContaining('only be used by root') as string })
    return
  }
  const before = snapshotMachine()
  const programs = `${import.meta.dirname}/programs`
  // The system of this test is a namespace, so that the machine's own is not touched.
  const wrapper = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child', 'sh', `${programs}/system-ovs.sh`, process.execPath, `${programs}/system-ovs.mjs`]
  const output = execFileSync('unshare', wrapper, { encoding: 'utf8', timeout: 50_000, cwd: import.meta.dirname })
  const report = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, unknown>
  const matrix = expect.stringContaining('2 of 6 pairs reach each other') as string
  expect(report).toEqual({
    matrices: [matrix, matrix],
    during: 3,
    vsctl: 3,
    down: false,
    up: true,
    partitioned: false,
    guest: true,
    afterClose: { bridges: ['theirs'], links: 0 },
    beforeKill: 2,
    afterKill: { bridges: ['theirs'], links: 0 },
    orphaned: 2,
    swept: 2,
    end: expect.stringContaining('connection to the database of Open vSwitch') as string,
  })
  expect(leftovers(before, (line) => !/ovs|unshare|links:|mounts:/.test(line))).toEqual([])
})

it('says what is wrong with the address of a database', async () => {
  await expect(Testbed.start(topology, { ovs: { db: 'tcp:127.0.0.1:6640' } })).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('tcp:127.0.0.1:6640') as string })
  await expect(Testbed.start(topology, { ovs: { db: 'unix:/nowhere/db.sock' } })).rejects.toMatchObject({ code: 'missing', message: expect.stringContaining(process.geteuid?.() === 0 ? '/nowhere/db.sock' : 'only be used by root') as string })
})
