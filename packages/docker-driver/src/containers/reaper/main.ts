import { setTimeout as sleep } from 'node:timers/promises'
import { askOf, type Ask } from '../ask.js'
import { parseEndpoint } from '../endpoint.js'
import { sweep, type Sweep } from '../sweep.js'

/**
 * A program that outlives its parent by a moment: when its standard input ends, in whatever way the parent died, it removes the containers,
 * networks and links of one testbed, told by their label. A byte before the end dismisses it.
 * Arguments: the engine, the owner, the testbed, the folder of certificates if there is one.
 */
const [engine = '', owner = '', testbed = '', certificates] = process.argv.slice(2)

process.stdin.once('data', () => process.exit(0))
process.stdin.once('end', () => void reap())
process.stdin.once('error', () => void reap())
// Ctrl-C and the end of a session go to the parent; this program ends when the parent has.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

/** What the parent asked for last may come into being after its death: Docker finishes what it has begun. */
const LATE_MS = 1500
/** A Docker that is just being restarted comes back. What is left when it does not is found at the next start. */
const ATTEMPTS = 30

async function reap(): Promise<void> {
  const ask = askOf(parseEndpoint(engine, {}, 'socket', certificates))
  const what = { owner, testbed }
  await patiently(ask, what)
  await sleep(LATE_MS)
  await patiently(ask, what)
  process.exit(0)
}

async function patiently(ask: Ask, what: Sweep): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      await sweep(ask, what)
      return
    } catch {
      await sleep(500)
    }
  }
}
