import { setTimeout as sleep } from 'node:timers/promises'
import { writeFileSync } from 'node:fs'
import { daemonFiles, initialDatabase } from '@streambed/ovs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rounds } from '../../ovs/e2e/campaign.js'
import { Lab, settle } from './world/lab.js'
import { machine } from './world/leftovers.js'
import { ovsRunDir } from './world/ovs.js'
import { whyNotHere } from './world/program.js'

// Docker, Open vSwitch and the driver all end at once, and come back in every order, two seconds apart: as when a machine starts, whose
// services do not wait for one another.
const reason = whyNotHere()
type Order = readonly ('docker' | 'ovs' | 'driver')[]
const all: readonly Order[] = [
  ['docker', 'ovs', 'driver'],
  ['driver', 'docker', 'ovs'],
  ['docker', 'driver', 'ovs'],
  ['ovs', 'docker', 'driver'],
  ['ovs', 'driver', 'docker'],
  ['driver', 'ovs', 'docker'],
]
const orders = all.slice(0, rounds(2, 6))
const pause = 2000

describe.each([
  { what: 'a Docker that lets containers run on', daemon: ['--live-restore'], policy: [] },
  { what: 'a Docker that starts containers again', daemon: [], policy: ['--restart=always'] },
])('$what', { timeout: rounds(180_000, 600_000) }, ({ daemon, policy }) => {
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
  async function startAll(order: Order): Promise<void> {
    const begun: Promise<void>[] = []
    for (const one of order) {
      begun.push(lab[one].up())
      await sleep(pause)
    }
    await Promise.all(begun)
  }

  it('comes back in whatever order, after all were killed', async () => {
    for (const order of orders) {
      await Promise.all(order.map((one) => lab[one].down('SIGKILL')))
      await startAll(order)
      await allWell(order.join(', '))
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

  // Without a policy Docker starts nothing again.
  if (policy.length > 0) {
    it('comes back after a power cut, in whatever order', async () => {
      for (const order of orders) {
        await lab.powerCut()
        await startAll(order)
        await allWell(`power cut, ${order.join(', ')}`)
      }
    })
  }
})
