import { connect } from 'node:net'
import { OvsdbClient } from '../ovsdb/client.js'
import { removeOwnedBridges } from './owned-bridges.js'

/**
 * A program that outlives its parent by a moment: when its standard input ends, in whatever way the parent died, it
 * removes the bridge of one testbed from a database that goes on without it.
 * Arguments: path of the database's unix socket, identity of the testbed.
 */
const [path = '', id = ''] = process.argv.slice(2)

process.stdin.resume()
process.stdin.once('end', () => void reap())
process.stdin.once('error', () => void reap())
// Ctrl-C and the end of a session go to the parent; this program ends when the parent has.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

async function reap(): Promise<void> {
  const socket = connect(path)
  // Without a database there is no bridge.
  socket.once('error', () => process.exit(0))
  await removeOwnedBridges(new OvsdbClient(socket), (bridge) => bridge.id === id)
  process.exit(0)
}
