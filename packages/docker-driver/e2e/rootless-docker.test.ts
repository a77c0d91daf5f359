import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { whyNotHere } from './world/program.js'
import { RootlessDocker } from './world/rootless-docker.js'
import { rootless, tour, tourMs, tourProgram, usersSteps } from './world/tour.js'
import { OrdinaryUser } from './world/user.js'

// Docker of an ordinary user.
const reason = whyNotHere()

describe.skipIf(reason !== undefined)('a rootless Docker', () => {
  const user = new OrdinaryUser()
  const docker = new RootlessDocker(user)
  beforeAll(async () => {
    await user.begin()
    await docker.begin()
  })
  afterAll(async () => {
    await docker.end()
    await user.end()
  })

  it('does what that of root does, but for limits, freezing and HTTP readiness, and says so', { timeout: tourMs }, async () => {
    await tour((...args) => user.node(tourProgram, ...args), `unix://${docker.socket}`, { info: { podman: false, rootless: true, local: true }, other: rootless, steps: usersSteps })
    expect(await docker.cli('ps', '--all', '--quiet')).toBe('')
    expect(await docker.cli('volume', 'ls', '--quiet')).toBe('')
  })
})
