import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest'
import { rounds } from '../../../ovs/e2e/campaign.js'
import { Lab } from './lab.js'
import type { Policy } from './policies.js'
import { whyNotHere } from './program.js'

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
/** Docker asks for a driver that is not there after 1, 3, 7 and 15 s: so long everybody waits for one that comes a little later. */
const pause = rounds(700, 2000)
const agreeMs = 60_000

/**
 * Docker, Open vSwitch and the driver all end at once, and come back in every order, one some time after the other: as when a machine starts,
 * whose services do not wait for one another.
 */
export function restartOrder(policy: Policy): void {
  const reason = whyNotHere()
  describe(policy.what, { timeout: rounds(180_000, 600_000) }, () => {
    // One lab for all: what a restart has left wrong may only be seen at the next.
    const lab = new Lab(policy)
    beforeAll(async () => {
      if (reason !== undefined) return
      await lab.start()
      await lab.launchAll()
      await lab.allWell('before', agreeMs)
    })
    beforeEach(({ skip }) => {
      if (reason !== undefined) skip(reason)
    })
    afterAll(async () => {
      if (reason === undefined) await lab.stop()
    })

    /** Starts them one after the other, without waiting for the first to be there. */
    async function startAll(order: Order): Promise<void> {
      const begun: Promise<void>[] = []
      for (const one of order) {
        if (begun.length > 0) await sleep(pause)
        begun.push(lab[one].up())
      }
      await Promise.all(begun)
    }

    it('comes back in whatever order, after all were killed', async () => {
      for (const order of orders) {
        await Promise.all(order.map((one) => lab[one].down('SIGKILL')))
        await startAll(order)
        await lab.allWell(order.join(', '), agreeMs)
      }
    })

    it('comes back when only the driver is late', async () => {
      await Promise.all([lab.driver.down('SIGKILL'), lab.docker.down('SIGKILL')])
      await startAll(['docker', 'driver'])
      await lab.allWell('the driver after Docker', agreeMs)
    })

    it.each(['with the driver there', 'while the driver is away'])('makes everything again from Docker when the database is lost, %s', async (how) => {
      if (how.startsWith('while')) await lab.driver.down()
      await lab.ovs.down('SIGKILL')
      await lab.ovs.begin()
      if (how.startsWith('while')) await lab.driver.up()
      await lab.allWell(`a new database, ${how}`, agreeMs)
    })

    // Without a policy Docker starts nothing again.
    if (policy.container.length > 0) {
      it('comes back after a power cut, in whatever order', async () => {
        for (const order of orders) {
          await lab.powerCut()
          await startAll(order)
          await lab.allWell(`power cut, ${order.join(', ')}`, agreeMs)
        }
      })
    }
  })
}
