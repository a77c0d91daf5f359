import { chownSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { busybox } from '../../docker-driver/e2e/world/busybox.js'
import { dockerSocket } from '../../docker-driver/e2e/world/docker.js'
import { Podman } from '../../docker-driver/e2e/world/podman.js'
import { whyNotHere } from '../../docker-driver/e2e/world/program.js'
import { tour, tourMs, tourProgram } from '../../docker-driver/e2e/world/tour.js'
import { OrdinaryUser } from '../../docker-driver/e2e/world/user.js'
import { useDocker } from '../../docker-driver/e2e/world/world.js'

// An ordinary user who may use the socket of the machine's Docker, as the group docker may, and has a podman.
const docker = useDocker()
const user = new OrdinaryUser()
const podman = new Podman(user)
beforeAll(async () => {
  if (whyNotHere() !== undefined) return
  await user.begin()
  chownSync(dockerSocket, 0, user.id)
  await podman.begin()
})
afterAll(async () => {
  if (whyNotHere() !== undefined) return
  await podman.end()
  await user.end()
})

it('can start containers, run programs in them, and read and write logs and files', { timeout: tourMs }, async () => {
  await tour((...args) => user.node(tourProgram, ...args), `unix://${dockerSocket}`, { info: { podman: false, rootless: false, local: true }, steps: ['made', 'exec', 'spawn', 'logs', 'files', 'closed'] })
})

it('cannot plug cables into them, and is told so before anything is touched: what works, what does not, and what helps', async () => {
  const program = `
    const { Testbed } = await import('/run/lab/checkout/packages/sdk/dist/index.js')
    const { readFileSync } = await import('node:fs')
    const said = []
    for (const docker of ['${dockerSocket}', '${podman.socket}']) {
      const steps = []
      const error = await Testbed.start({ networks: { lan: {} }, hosts: { a: { networks: ['lan'] }, web: { networks: ['lan'], image: '${busybox}', command: ['sleep', '3600'] } } }, { docker, onProgress: ({ step }) => steps.push(step) }).catch((reason) => reason)
      said.push({ code: error.code, message: error.message, steps })
    }
    console.log(JSON.stringify({ said, children: readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8') }))`
  const outcome: unknown = JSON.parse(await user.run({}, '/run/lab/node/bin/node', '--input-type=module', '--eval', program))
  const refusal = {
    code: 'missing',
    steps: [],
    message: expect.stringMatching(/^a testbed with containers needs root \(host "web"\)\. Without root, access to Docker's socket is enough to start containers, run programs in them and read their logs and files \(ContainerEngine of @streambed\/docker-driver does that, .*but not to plug cables into them: .*Run as root \(sudo\).*or make host "web" a namespace host by leaving the image out/) as string,
  }
  expect(outcome).toEqual({ said: [refusal, refusal], children: '' })
  expect(await docker.containers()).toEqual([])
  expect(await podman.containers()).toEqual([])
})
