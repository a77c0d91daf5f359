import { afterEach, describe, expect, it } from 'vitest'
import { rounds } from '../../ovs/e2e/campaign.js'
import { Random } from '../../ovs/e2e/random.js'
import { Lab, settle } from './world/lab.js'
import { machine } from './world/leftovers.js'
import { whyNotHere } from './world/program.js'

// The driver, Open vSwitch and dockerd are restarted, each alone and together, in order or by SIGKILL, at random moments of containers
// that start and stop. Afterwards all that know of containers have to agree, and containers reach what they reached.
const reason = whyNotHere()

describe('restarts at random moments', { timeout: rounds(300_000, 3_600_000) }, () => {
  let lab: Lab | undefined
  afterEach(async () => {
    await lab?.stop()
    lab = undefined
  })

  it.for([
    { what: 'a Docker that lets containers run on', daemon: ['--live-restore'], policy: [] },
    { what: 'a Docker that starts containers again', daemon: [], policy: ['--restart=always'] },
  ])('$what: everything agrees afterwards', async ({ daemon, policy }, { skip }) => {
    if (reason !== undefined) skip(reason)
    const start = Number(process.env['STREAMBED_SEED'] ?? Date.now() % 2 ** 31)
    const random = new Random(start)
    lab = await Lab.start(daemon, policy)
    const { before } = lab
    for (let round = 0; round < 3; round++) await lab.change(random)
    for (let round = 1; round <= rounds(3, 50); round++) {
      let going = true
      const changes = (async () => {
        while (going) await lab.change(random)
      })()
      const what = await lab.restart(random)
      going = false
      await changes
      await settle(() => (lab as Lab).disagreements(), 30_000, `seed ${start}, round ${round} (${what})`, lab)
      await settle(() => (lab as Lab).unreachable(), 15_000, `seed ${start}, round ${round} (${what})`, lab)
    }
    await lab.stop()
    lab = undefined
    const after = await machine()
    expect(after).toEqual(before)
  })
})
