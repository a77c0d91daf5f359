import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpReadiness } from '../readiness.js'
import { tryHttp } from '../try-http.js'

/**
 * Asks an HTTP server until it answers as it should, then exits with 0. Started by `nsenter` in the network of a container, which needs no program
 * for it then. It ends with its parent at the latest: when its standard input does. Each failure is a line of its output.
 * Argument: an {@link HttpReadiness} as JSON.
 */
process.stdin.resume()
process.stdin.once('end', () => process.exit(1))

const what = JSON.parse(process.argv[2] ?? '{}') as HttpReadiness
let last = ''
for (let pause = 20; ; pause = Math.min(pause * 2, 200)) {
  const failure = await tryHttp('127.0.0.1', what)
  if (failure === undefined) process.exit(0)
  if (failure !== last) process.stdout.write(`${(last = failure)}\n`)
  await sleep(pause)
}
