import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'

/** The label of a network whose driver lives in the process that made it: the path of that driver's socket. */
export const PLUGIN_LABEL = 'streambed.plugin'

/** Where such a socket may be: nothing else is ever removed or made, whatever a label says. */
const SOCKET = /^\/run\/docker\/plugins\/(streambed-[0-9a-f]+)\.sock$/

/** The driver that has its socket there; undefined when the path is none of such a driver. */
export function driverOfSocket(path: string): string | undefined {
  return SOCKET.exec(path)?.[1]
}

/**
 * Stands in for network drivers that died with their processes, and says yes to everything. Docker asks them before it removes what they made, tries for half a minute
 * each time when nobody answers, and would take minutes for a few containers. One that is alive is left alone.
 * @returns what ends it
 */
export async function standInFor(sockets: readonly string[]): Promise<() => void> {
  const servers: Server[] = []
  for (const path of new Set(sockets)) {
    if (driverOfSocket(path) === undefined || (await isAlive(path))) continue
    const server = await listen(path)
    if (server !== undefined) servers.push(server)
  }
  return () => {
    for (const server of servers) {
      // Node removes the socket's file.
      server.close()
      server.closeAllConnections()
    }
  }
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function listen(path: string): Promise<Server | undefined> {
  try {
    if (lstatSync(path).isSocket()) unlinkSync(path)
  } catch {
    // It is not there.
  }
  const server = createServer((request, response) => {
    request.resume()
    request.once('end', () => response.end(JSON.stringify(answerTo(request.url ?? ''))))
    request.once('error', () => undefined)
  })
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined))
    server.listen(path, () => {
      chmodSync(path, 0o600)
      resolve(server)
    })
  })
}

function answerTo(url: string): object {
  switch (url) {
    case '/Plugin.Activate':
      return { Implements: ['NetworkDriver', 'IpamDriver'] }
    case '/NetworkDriver.GetCapabilities':
      return { Scope: 'local', ConnectivityScope: 'local' }
    case '/NetworkDriver.EndpointOperInfo':
      return { Value: {} }
    case '/NetworkDriver.CreateEndpoint':
    case '/NetworkDriver.Join':
    case '/IpamDriver.RequestPool':
    case '/IpamDriver.RequestAddress':
      return { Err: 'the testbed of this network is gone', Error: 'the testbed of this network is gone' }
    default:
      return {}
  }
}
