import { connect, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { EmbeddedFaucet, type FaucetControl, FaucetProcess } from '@streambed/faucet'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { rounds } from './campaign.js'
import { ChangingNetwork, hosts, portCount, streams } from './changing-network.js'
import { Random } from './random.js'
import { TrafficSwitch } from './traffic-switch.js'

const program = fileURLToPath(new URL('../../../.venv/bin/faucet', import.meta.url))
/** Packets a second of each of the six streams: more than 1,000 together. */
const rate = 180

let sw: TrafficSwitch
beforeEach(async () => {
  sw = await TrafficSwitch.start(hosts, portCount)
})
afterEach(async () => {
  await sw?.stop()
})

/** What changes did to packets that they did not concern. */
interface Measured {
  readonly changes: number
  /** How many of them changed something on the switch. */
  readonly effective: number
  readonly sent: number
  readonly lost: number
  readonly twice: number
  /** How many changes cost packets. */
  readonly costly: number
  readonly examples: readonly string[]
  /** What ended it before all changes were made. */
  readonly ended?: string
}

/** Makes changes under traffic. */
async function measure(faucet: FaucetControl, network: ChangingNetwork, count: number): Promise<Measured> {
  await sw.connect()
  await faucet.ready()
  await sw.go(streams, rate)
  // Hosts have been learned, and routes found.
  await sw.flowing()
  await sw.go(streams, rate)
  const examples: string[] = []
  let lost = 0
  let effective = 0
  const sum = async (changes: number): Promise<Measured> => {
    const { sent, lost, twice } = await sw.halt()
    return { changes, effective, sent, lost, twice, costly: examples.length, examples }
  }
  for (let number = 1; number <= count; number++) {
    const what = network.change()
    const applied = await faucet.apply(network.config).catch((error: Error) => error)
    if (applied instanceof Error) {
      return { ...(await sum(number - 1)), ended: `change ${number}, ${what}: ${applied.message}` }
    }
    if (applied.dataplanes.some(({ changes = 0 }) => changes > 0)) effective++
    const counted = await sw.count()
    if (counted.lost > lost) examples.push(`change ${number}, ${what}: ${counted.lost - lost} (${counted.where.join('; ')})`)
    lost = counted.lost
  }
  return sum(count)
}

it('loses no packet of hosts that changes of the configuration do not concern', async () => {
  const network = new ChangingNetwork(new Random(4))
  const log: string[] = []
  await using faucet = await EmbeddedFaucet.start({
    config: network.config,
    listen: `punix:${sw.controllerSocket}`,
    onLog: ({ level, text }) => level === 'error' && log.push(text),
  })
  const measured = await measure(faucet, network, rounds(20, 500))
  console.log(`hitless, ours: ${JSON.stringify(measured)}`)
  expect(log).toEqual([])
  expect(measured).toMatchObject({ changes: rounds(20, 500), lost: 0, examples: [] })
  expect(measured.effective).toBeGreaterThan(measured.changes / 2)
  // Changes are quick: there is not time for more between two of them.
  expect(measured.sent).toBeGreaterThan(10 * measured.changes)
}, 3_600_000)

// It takes some seconds for each change. And it may hang for ever: after a cold restart routed packets all go to it until it has
// found the routes again, and a SIGHUP that comes while its queue of events is full (128) blocks its event loop.
// In the campaign only: the real one loses packets, and takes its time.
if (rounds(0, 1) > 0) it('beside the real Faucet', async () => {
  const network = new ChangingNetwork(new Random(4))
  await using faucet = await FaucetProcess.start({ config: network.config, command: [program] })
  const port = faucet.listening?.port ?? 0
  // It takes TCP only, which does not lead out of the namespace of the switch.
  const bridge = createServer((from) => {
    const to = connect({ port, host: '127.0.0.1', noDelay: true })
    from.pipe(to).pipe(from)
    for (const [one, other] of [[from, to], [to, from]] as const) one.on('error', () => other.destroy()).on('close', () => other.destroy())
  })
  bridge.listen(sw.controllerSocket)
  try {
    const measured = await measure(faucet, network, 100)
    console.log(`hitless, the real Faucet: ${JSON.stringify(measured)}`)
    expect(measured.changes).toBeGreaterThan(0)
  } finally {
    bridge.close()
  }
}, 3_600_000)
