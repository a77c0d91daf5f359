import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { type ActivatedSocket, isOpen } from './activated-socket.js'
import { SERVER_HEADER } from './plugin-socket.js'

/** How long a connection may take to say what it wants, in milliseconds. */
const GRACE_MS = 1000

/**
 * Answers the calls that wait in the queue of a socket for a driver that cannot start: with the reason, since Docker would wait for ever. Those that come later
 * wait for the next process. Does nothing with a socket that was served, and is closed by that.
 */
export async function answerWaiting(socket: ActivatedSocket, reason: string): Promise<void> {
  if (!isOpen(socket)) return
  const body = JSON.stringify({ Err: reason })
  const server = createServer((asked, response) => {
    asked.resume()
    response.writeHead(503, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), Connection: 'close', Server: SERVER_HEADER })
    response.end(body)
  })
  server.listen({ fd: socket.descriptor })
  await once(server, 'listening')
  // The queue has an order: when this one is answered, everybody before it has been let in.
  const last = request({ socketPath: socket.path, method: 'POST', path: '/', agent: false })
  last.end()
  const [response] = (await once(last, 'response').catch(() => [])) as [{ resume(): void }?]
  response?.resume()
  const closed = new Promise((resolve) => server.close(resolve))
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS)
  await closed
  clearTimeout(timer)
}
