import { it } from 'vitest'
import { rounds } from '../../../ovs/e2e/campaign.js'
import { Random } from '../../../ovs/e2e/random.js'
import { Lab } from './lab.js'
import { policies, type Policy } from './policies.js'
import { whyNotHere } from './program.js'

/**
 * The driver, Open vSwitch and dockerd are restarted, each alone and together, in order or by SIGKILL, at random moments of containers
 * that start and stop. Afterwards all that know of containers have to agree, and containers reach what they reached.
 */
export function restartRounds(policy: Policy): void {
  it(`${policy.what}: everything agrees after restarts at random moments`, { timeout: rounds(300_000, 3_600_000) }, async ({ skip }) => {
    const reason = whyNotHere()
    if (reason !== undefined) skip(reason)
    const start = Number(process.env['STREAMBED_SEED'] ?? Date.now() % 2 ** 31)
    const random = new Random(start)
    const lab = new Lab(policy)
    await lab.start()
    if (policy === policies.liveRestore) await lab.startBystander()
    for (let round = 0; round < 3; round++) await lab.change(random)
    for (let round = 1; round <= rounds(3, 50); round++) {
      let going = true
      const changes = (async () => {
        while (going) await lab.change(random)
      })()
      const what = await lab.restart(random)
      going = false
      await changes
      await lab.allWell(`seed ${start}, round ${round} (${what})`, 60_000)
    }
    await lab.stop()
  })
}
