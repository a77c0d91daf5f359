import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Podman } from './world/podman.js'
import { run, whyNotHere } from './world/program.js'
import { rootless, tour, tourMs, tourProgram, usersSteps } from './world/tour.js'
import { OrdinaryUser } from './world/user.js'

// podman in the place of Docker: `podman system service`, of root and of an ordinary user.
const reason = whyNotHere()

describe.skipIf(reason !== undefined)('podman', () => {
  const user = new OrdinaryUser()
  const ofRoot = new Podman()
  const ofUser = new Podman(user)
  beforeAll(async () => {
    await user.begin()
    await Promise.all([ofRoot.begin(), ofUser.begin()])
  })
  afterAll(async () => {
    await Promise.all([ofRoot.end(), ofUser.end()])
    await user.end()
  })

  it('of root does what Docker does', { timeout: tourMs }, async () => {
    const program = fileURLToPath(new URL(`../../../${tourProgram}`, import.meta.url))
    await tour((...args) => run(process.execPath, program, ...args), `unix://${ofRoot.socket}`, { info: { podman: true, rootless: false, local: true } })
    expect(await ofRoot.containers()).toEqual([])
    expect(await ofRoot.cli('volume', 'ls', '--quiet')).toBe('')
  })

  it('of an ordinary user does so too, but for limits, freezing and HTTP readiness, and says so', { timeout: tourMs }, async () => {
    await tour((...args) => user.node(tourProgram, ...args), `unix://${ofUser.socket}`, { info: { podman: true, rootless: true, local: true }, other: rootless, steps: usersSteps })
    expect(await ofUser.containers()).toEqual([])
    expect(await ofUser.cli('volume', 'ls', '--quiet')).toBe('')
  })

  it('is found by its well-known socket', async () => {
    const script = `const { ContainerEngine } = await import('/run/lab/checkout/packages/docker-driver/dist/index.js'); const engine = await ContainerEngine.connect(); console.log(engine.info.endpoint); await engine.close()`
    const found = await Promise.all([run(process.execPath, '--input-type=module', '--eval', script), user.run({}, '/run/lab/node/bin/node', '--input-type=module', '--eval', script)])
    expect(found).toEqual([ofRoot, ofUser].map(({ socket }) => `unix://${socket}`))
  })
})
