import { setTimeout as sleep } from 'node:timers/promises'
import { writeFileSync } from 'node:fs'
import { daemonFiles, initialDatabase } from '@streambed/ovs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Lab, settle } from './world/lab.js'
import { machine } from './world/leftovers.js'
import { ovsRunDir } from './world/ovs.js'
import { whyNotHere } from './world/program.js'

// Docker, Open vSwitch and the driver all end at once, and come back in every order, two seconds apart: as when a machine starts, whose
// services do not wait for one another.
const reason = whyNotHere()
const orders = [
  ['docker', 'ovs', 'driver'],
  ['docker', 'driver', 'ovs'],
  ['ovs', 'docker', 'driver'],
  ['ovs', 'driver', 'docker'],
  ['driver', 'docker', 'ovs'],
  ['driver', 'ovs', 'docker'],
] as const
const pause = 2000

describe.each([
  { what: 'a Docker that lets containers run on', daemon: ['--live-restore'], policy: [] },
  { what: 'a Docker that starts containers again', daemon: [], policy: ['--restart=always'] },
])('$what', { timeout: 180_000 }, ({ daemon, policy }) => {
  let lab: Lab
  beforeEach(async ({ skip }) => {
    if (reason !== undefined) skip(reason)
    lab = await Lab.start(daemon, policy)
    await lab.launchAll()
    await allWell('before')
  })
  afterEach(async () => {
    if (reason !== undefined) return
    await lab.stop()
    expect(await machine()).toEqual(lab.before)
  })

  async function allWell(where: string): Promise<void> {
    await settle(() => lab.disagreements(), 60_000, where, lab)
    await settle(() => lab.unreachable(), 15_000, where, lab)
  }

  /** Starts them one after the other, without waiting for the first to be there. */
  async function startAll(order: (typeof orders)[number]): Promise<void> {
    const begun: Promise<void>[] = []
    for (const one of order) {
      begun.push(lab[one].up())
      await sleep(pause)
    }
    await Promise.all(begun)
  }

  it('comes back in every order, after all were killed', async () => {
    for (const order of orders) {
      await Promise.all(order.map((one) => lab[one].down('SIGKILL')))
      const began = performance.now()
      await startAll(order)
      await allWell(order.join(', '))
      if (process.env['STREAMBED_TIMES'] !== undefined) process.stderr.write(`${policy.join()} ${order.join(', ')}: well after ${Math.round(performance.now() - began)} ms\n`)
    }
  })

  it('comes back when only the driver is late', async () => {
    await Promise.all([lab.driver.down('SIGKILL'), lab.docker.down('SIGKILL')])
    const docker = lab.docker.up()
    await sleep(pause)
    await lab.driver.up()
    await docker
    await allWell('the driver 2 s after Docker')
  })

  it.each(['with the driver there', 'while the driver is away'])('makes everything again from Docker when the database is lost, %s', async (how) => {
    if (how.startsWith('while')) await lab.driver.down()
    await lab.ovs.down('SIGKILL')
    writeFileSync(daemonFiles(ovsRunDir).database, initialDatabase())
    await lab.ovs.up()
    if (how.startsWith('while')) await lab.driver.up()
    await allWell(`a new database, ${how}`)
  })

  it.skipIf(policy.length === 0)('comes back after a power cut, in every order', async () => {
    for (const order of orders) {
      await lab.powerCut()
      const began = performance.now()
      await startAll(order)
      await allWell(`power cut, ${order.join(', ')}`)
      if (process.env['STREAMBED_TIMES'] !== undefined) process.stderr.write(`power cut ${order.join(', ')}: well after ${Math.round(performance.now() - began)} ms\n`)
    }
  })
})
