// The process in the world of world.mjs: starts the daemons, then does what each line of its standard input says, and answers with a line.
import { createInterface } from 'node:readline'
import { makeBridges, runAndRemove } from './containers.mjs'
import { startDaemons } from './daemons.mjs'
import { bridgeLife, directLife, directOneByOne, driverLife } from './testbeds.mjs'
import { traffic } from './traffic.mjs'

const orders = { runAndRemove, directLife, directOneByOne, driverLife, bridgeLife, traffic }

const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)
const attempt = async (work) => {
  try {
    answer({ result: (await work()) ?? null })
  } catch (error) {
    answer({ error: error.stack ?? String(error) })
  }
}

await attempt(async () => {
  await startDaemons(process.env.STREAMBED_PRIVATE_WORLD)
  await makeBridges()
})
for await (const line of createInterface({ input: process.stdin })) {
  const { name, ...options } = JSON.parse(line)
  await attempt(() => orders[name](options))
}
process.exit(0)
