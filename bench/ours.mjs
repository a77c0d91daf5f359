// Our side of the measurements, in this process.
import { Testbed } from '@streambed/sdk'
import { descendants, gone } from './processes.mjs'
import { topology } from './topology.mjs'

const open = new Set()
const interrupted = new AbortController()

/** Ends every testbed, also those that are still starting. */
export async function closeAll() {
  interrupted.abort(new Error('interrupted'))
  await Promise.all([...open].map((testbed) => testbed[Symbol.asyncDispose]()))
}

export async function start(count) {
  const testbed = await Testbed.start(topology(count), { signal: interrupted.signal })
  open.add(testbed)
  void testbed.closed.then(() => open.delete(testbed))
  return testbed
}

/** Sends echo requests until one is answered, as the peers do. */
export async function firstPing(testbed) {
  let lost = 0
  while (!(await testbed.hosts.h0.ping('h1')).ok) lost++
  return lost
}

/** A testbed from nothing to the first answered ping, and back to nothing. Milliseconds. */
export async function life(count) {
  const before = new Set(descendants(process.pid))
  const begin = performance.now()
  const testbed = await start(count)
  const lostPings = await firstPing(testbed)
  const started = performance.now()
  const pids = descendants(process.pid).filter((pid) => !before.has(pid))
  const closing = performance.now()
  await testbed.close()
  const closed = performance.now()
  await testbed.closed
  const resolved = performance.now()
  await gone(pids)
  // What `closed` promises is measured, not believed: the later of both.
  return {
    start: started - begin,
    close: closed - closing,
    gone: performance.now() - closing,
    lostPings,
    tooEarly: performance.now() - resolved,
  }
}

/** One program after the other in one host: milliseconds for each. */
export async function execOneByOne(testbed, count) {
  const begin = performance.now()
  for (let done = 0; done < count; done++) await testbed.hosts.h0.exec(['true'])
  return (performance.now() - begin) / count
}

/** Programs in four hosts at a time, one after the other in each: milliseconds for each program. */
export async function execInFour(testbed, count) {
  const begin = performance.now()
  const hosts = [testbed.hosts.h0, testbed.hosts.h1, testbed.hosts.h2, testbed.hosts.h3]
  const inOne = async (host) => {
    for (let done = 0; done < count / hosts.length; done++) await host.exec(['true'])
  }
  await Promise.all(hosts.map(inOne))
  return (performance.now() - begin) / count
}

/** The matrix of all pairs: milliseconds. */
export async function matrix(testbed) {
  const begin = performance.now()
  const reachability = await testbed.reachability()
  const time = performance.now() - begin
  reachability.assertAll()
  return time
}
