// Containers as the hosts of a testbed, and the same made of Docker's bridges by hand.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Testbed } from '@streambed/sdk'
import { networks, sleeper } from './containers.mjs'
import { dockerSocket, image } from './daemons.mjs'
import { call, inTurns, removeByForce, runDetached } from './engine.mjs'

const execute = promisify(execFile)
const host = { networks: ['lan'], image, command: ['sleep', '3600'] }
const hosts = (count) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`h${index}`, host]))

async function life(topology, options) {
  const begin = performance.now()
  const testbed = await Testbed.start(topology, { docker: dockerSocket, timeout: 300_000, ...options })
  while (!(await testbed.hosts.h0.ping('h1')).ok);
  const started = performance.now()
  await testbed.close()
  return { start: started - begin, close: performance.now() - started }
}

/** A testbed of containers, wired directly: from nothing to the first answered ping, and `close()`. Milliseconds. */
export function directLife({ count }) {
  return life({ networks: { lan: {} }, hosts: hosts(count) })
}

/** The same, wired through the driver. */
export function driverLife({ count }) {
  return life({ networks: { lan: {} }, hosts: hosts(count) }, { wire: 'driver' })
}

/** Hosts that are added to a testbed one after the other, and removed again. */
export async function directOneByOne({ count }) {
  const testbed = await Testbed.start({ networks: { lan: {} }, hosts: { first: { networks: ['lan'] } } }, { docker: dockerSocket })
  const begin = performance.now()
  for (const name of Object.keys(hosts(count))) await testbed.addHost(name, host)
  const added = performance.now()
  for (const name of Object.keys(hosts(count))) await testbed.removeHost(name)
  const removed = performance.now()
  await testbed.close()
  return { add: added - begin, drop: removed - added }
}

/** What one does without us: a network of Docker's own driver, containers on it, four at a time, a ping; then all removed. */
export async function bridgeLife({ network, count }) {
  const begin = performance.now()
  const name = network === 'default' ? networks.default : 'bench-life'
  if (network !== 'default') await call('POST', '/networks/create', { Name: name, Driver: 'bridge' })
  const ids = await inTurns(Array.from({ length: count }), 4, () => runDetached(sleeper(name)))
  const [first, second] = await Promise.all(ids.slice(0, 2).map((id) => call('GET', `/containers/${id}/json`)))
  const ping = ['-n', '-t', String(first.State.Pid), 'ping', '-c1', '-W1', second.NetworkSettings.Networks[name].IPAddress]
  while (!(await execute('nsenter', ping).then(() => true, () => false)));
  const started = performance.now()
  await inTurns(ids, 4, removeByForce)
  if (network !== 'default') await call('DELETE', `/networks/${name}`)
  return { start: started - begin, close: performance.now() - started }
}
