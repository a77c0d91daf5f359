// Containers on a network of Docker: started and removed, by the API.
import { image } from './daemons.mjs'
import { call, inTurns, removeByForce, runDetached } from './engine.mjs'

/** The networks: Docker's default bridge, one that a user has made, and ours, which has a gateway like these. */
export const networks = { default: 'bridge', own: 'bench-bridge', ours: 'bench-ours' }

/** What our network is made with. There need not be a kernel module of Open vSwitch: its datapath is in userspace. */
export const driverOptions = { 'ovs.bridge.mode': 'nat', 'ovs.bridge.userspace': 'true' }

export async function makeBridges() {
  await call('POST', '/networks/create', { Name: networks.own, Driver: 'bridge' })
  await call('POST', '/networks/create', { Name: networks.ours, Driver: 'dovesnap', Options: driverOptions, IPAM: { Config: [{ Subnet: '10.77.0.0/16' }] } })
}

/** What `docker run -d --network NAME` asks for. */
export function sleeper(network, isPublished = false) {
  const published = { ExposedPorts: { '80/tcp': {} } }
  return { Image: image, Cmd: ['sleep', '3600'], ...(isPublished ? published : {}), HostConfig: { NetworkMode: network, ...(isPublished ? { PortBindings: { '80/tcp': [{ HostPort: '' }] } } : {}) } }
}

/** Starts containers, `limit` at a time, and removes them. Milliseconds altogether, for each of the two. */
export async function runAndRemove({ network, count, limit, isPublished }) {
  const begin = performance.now()
  const ids = await inTurns(Array.from({ length: count }), limit, () => runDetached(sleeper(networks[network], isPublished)))
  const started = performance.now()
  await inTurns(ids, limit, removeByForce)
  return { start: started - begin, remove: performance.now() - started }
}
