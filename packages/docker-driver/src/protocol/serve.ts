import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { DockerDriverError } from '../errors.js'
import { type Answer, answerTo, callOf } from './answer.js'
import type { NetworkDriver } from './network-driver.js'
import { failure, Operations } from './operations.js'
import { listenOnDescriptor, listenOnPluginSocket, SERVER_HEADER } from './plugin-socket.js'

/** A request that was answered. */
export interface CallLog {
  /** As in the path: `NetworkDriver.Join`; `unknown` for what is no call. */
  readonly call: string
  /** From the request's head to the answer. */
  readonly seconds: number
  /** HTTP status of the answer. */
  readonly status: number
  /** The `Err` of the answer. */
  readonly error: string | undefined
  /** What the driver threw. */
  readonly cause?: unknown
}

/** Options of {@link serveNetworkDriver}. */
export interface ServeNetworkDriverOptions {
  /** Path of the unix socket: {@link pluginSocketPath}. */
  readonly socket: string
  /** The file descriptor of that socket, when it listens already: then it is not made, and its file stays. Who waits in its queue is served. */
  readonly descriptor?: number | undefined
  readonly driver: NetworkDriver
  /** Called for every request, when it is answered. What it throws is ignored. */
  readonly onLog?: ((entry: CallLog) => void) | undefined
  /**
   * How long an operation of the driver may take, in milliseconds. Then Docker gets an `Err`, and the operation's signal fires. Docker itself would wait for ever:
   * its client for the sockets of plugins has no limit (moby, pkg/plugins). Default 30000.
   */
  readonly operationTimeout?: number | undefined
  /** How long a request may take to come, in milliseconds. Default 10000. */
  readonly requestTimeout?: number | undefined
  /** Longest body that is read, in bytes. Default 1 MiB. */
  readonly maxBody?: number | undefined
}

/** A network driver that Docker can call. */
export interface NetworkDriverServer extends AsyncDisposable {
  /** Path of the socket. */
  readonly socket: string
  /** Stops listening, removes the socket's file if it is still ours (and was not handed over), and waits for the operations that run. Idempotent. */
  close(): Promise<void>
}

const CONTENT_TYPE = 'application/vnd.docker.plugins.v1.1+json'

/** How long an answer may wait to be read when the server closes, in milliseconds. */
const CLOSE_GRACE = 1000

/**
 * Serves libnetwork's remote driver protocol (docs/remote.md) on a unix socket. Whatever comes in is answered: an error of the driver as `Err` with status 200, what
 * is wrong with the request itself as `Err` with a status of 4xx.
 *
 * A connection stays open until Docker or {@link NetworkDriverServer.close} ends it: a request that meets one that is being closed would be repeated by Docker,
 * but without its body (moby issues 35459 and 39331).
 * @throws DockerDriverError `conflict` when somebody listens on the socket, `forbidden`, `invalid`
 */
export async function serveNetworkDriver(options: ServeNetworkDriverOptions): Promise<NetworkDriverServer> {
  const { driver, onLog, operationTimeout = 30_000, requestTimeout = 10_000, maxBody = 1024 * 1024 } = options
  const operations = new Operations()
  const connections = new Set<Duplex>()
  /** Those that wait for the end of an operation. */
  const busy = new Map<Duplex, number>()
  let closing: Promise<void> | undefined

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const begun = performance.now()
    const { socket } = request
    let working = false
    const onComplete = () => {
      working = true
      busy.set(socket, (busy.get(socket) ?? 0) + 1)
    }
    response.on('error', () => undefined)
    const hungUp = new AbortController()
    response.once('close', () => {
      if (!response.writableFinished) hungUp.abort()
    })
    const answer = await answerTo(request, { driver, operations, operationTimeout, maxBody, onComplete, hungUp: hungUp.signal, onContinue: () => response.writeContinue() }).catch(faulty)
    send(request, response, answer, closing !== undefined)
    if (working) countDown(busy, socket)
    if (closing !== undefined && !busy.has(socket)) setTimeout(() => socket.destroy(), CLOSE_GRACE).unref()
    try {
      onLog?.(logEntry(callOf(request) ?? 'unknown', (performance.now() - begun) / 1000, answer))
    } catch {
      // A log that fails is no reason to fail.
    }
  }

  const server = createServer({ requestTimeout, headersTimeout: requestTimeout, connectionsCheckingInterval: Math.min(requestTimeout, 1000), keepAliveTimeout: 0, requireHostHeader: false })
  server.on('request', (request, response) => void serve(request, response))
  // Docker does not ask first; whoever does is told at once when the body is too long.
  server.on('checkContinue', (request, response) => void serve(request, response))
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuse(error, socket, busy.has(socket)))

  const file = options.descriptor === undefined ? await listenOnPluginSocket(server, options.socket) : await listenOnDescriptor(server, options.socket, options.descriptor)
  const close = async (): Promise<void> => {
    await file.release()
    const closed = new Promise((resolve) => server.close(resolve))
    // Node does not limit their time any more when it closes.
    for (const socket of connections) if (!busy.has(socket)) socket.destroy()
    await closed
  }
  return { socket: options.socket, close: () => (closing ??= close()), [Symbol.asyncDispose]: () => (closing ??= close()) }
}

/** After an answer to a request that was not read to its end the connection cannot go on. */
function send(request: IncomingMessage, response: ServerResponse, { status, body }: Answer, closing: boolean): void {
  const text = JSON.stringify(body)
  const last = closing || !request.complete
  const headers = { 'Content-Type': CONTENT_TYPE, 'Content-Length': Buffer.byteLength(text), Server: SERVER_HEADER, ...(status === 405 ? { Allow: 'POST' } : {}), ...(last ? { Connection: 'close' } : {}) }
  response.writeHead(status, headers)
  response.end(request.method === 'HEAD' ? undefined : text)
}

const REFUSALS: Readonly<Record<string, readonly [head: string, reason: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not come in time'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the head of the request is too long'],
}

/** Answers what Node's parser does not take. Behind a request that still waits for its answer, ours would be taken for that one. */
function refuse({ code = '' }: NodeJS.ErrnoException, socket: Duplex, busy: boolean): void {
  if (busy || !socket.writable || code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [head, reason] = REFUSALS[code] ?? ['400 Bad Request', `the request is not HTTP (${code})`]
  const body = JSON.stringify({ Err: reason })
  socket.end(`HTTP/1.1 ${head}\r\nConnection: close\r\nContent-Type: ${CONTENT_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, () => socket.destroy())
}

function faulty(error: unknown): Answer {
  return { status: 500, ...failure(new DockerDriverError('internal', `a fault of streambed-docker-driver: ${String(error)}`, { cause: error })) }
}

function logEntry(call: string, seconds: number, { status, body, cause }: Answer): CallLog {
  return { call, seconds, status, error: 'Err' in body ? String(body.Err) : 'Error' in body ? String(body.Error) : undefined, ...(cause === undefined ? {} : { cause }) }
}

function countDown(counts: Map<Duplex, number>, socket: Duplex): void {
  const left = (counts.get(socket) ?? 1) - 1
  if (left === 0) counts.delete(socket)
  else counts.set(socket, left)
}
