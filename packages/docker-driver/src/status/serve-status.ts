import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { metricsContentType } from '@streambed/faucet'
import { DockerDriverError } from '../errors.js'
import { type AddressList, addressList } from './address-list.js'

/** How a diagram can be asked for: `GET /graph.<format>`. */
export type GraphFormat = 'svg' | 'png' | 'dot' | 'mmd' | 'json'

/** Options of {@link serveStatus}. */
export interface ServeStatusOptions {
  /** Address to listen on. Default: all, of both versions of IP. */
  readonly host?: string | undefined
  /** TCP port; 0 lets the system choose. dovesnap's is 9401. */
  readonly port: number
  /** Who may ask, such as `127.0.0.0/8`. Nothing but the address of the connection decides: headers can be written by everybody. */
  readonly allow: readonly string[]
  /** The body for `GET /networks`: `networksJson`. */
  readonly networks: () => Promise<string>
  /** The body for `GET /metrics`, in the text format of Prometheus. */
  readonly metrics: () => Promise<string>
  /** The present Faucet configuration, for `GET /faucet.yaml`. Default: it is not told. */
  readonly config?: (() => Promise<string>) | undefined
  /** What is wrong with the daemon now, for `GET /healthz`; undefined when all is well. Default: nothing ever is. */
  readonly health?: (() => Promise<string | undefined>) | undefined
  /** Draws the diagram for `GET /graph.svg` and so on. Default: there is none. */
  readonly graph?: ((format: GraphFormat) => Promise<string | Uint8Array>) | undefined
}

/** A server of {@link serveStatus}. */
export interface StatusServer extends AsyncDisposable {
  /** The TCP port that it listens on. */
  readonly port: number
  /** Stops listening; requests that have come are answered. Idempotent. */
  close(): Promise<void>
}

/** Milliseconds for a request to come. */
const REQUEST_TIMEOUT = 10_000

/** Milliseconds for the answers on their way when the server closes. */
const CLOSE_GRACE = 2000

/**
 * Tells over HTTP what the daemon does: `GET /networks`, `/metrics`, `/faucet.yaml`, `/healthz`, `/graph.svg` and the other formats.
 * @throws DockerDriverError `invalid` about the list or the address, `conflict` when the port is taken, `forbidden`
 */
export async function serveStatus(options: ServeStatusOptions): Promise<StatusServer> {
  const allowed = addressList(options.allow)
  const routes = routesOf(options)
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT }, (request, response) => void serve(request, response, allowed, routes))
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen({ port: options.port, ...(options.host === undefined || options.host === '' ? {} : { host: options.host }) })
  try {
    await once(server, 'listening')
  } catch (error) {
    throw notListening(error as NodeJS.ErrnoException, options)
  }
  let closing: Promise<void> | undefined
  const close = () => (closing ??= closeServer(server, sockets))
  return { port: (server.address() as AddressInfo).port, close, [Symbol.asyncDispose]: close }
}

interface Reply {
  readonly status: number
  readonly type: string
  readonly body: string | Uint8Array
}

type Routes = ReadonlyMap<string, () => Promise<Reply>>

const TYPES: Readonly<Record<GraphFormat, string>> = {
  svg: 'image/svg+xml; charset=utf-8',
  png: 'image/png',
  dot: 'text/vnd.graphviz; charset=utf-8',
  mmd: 'text/plain; charset=utf-8',
  json: 'application/json',
}

function routesOf({ networks, metrics, config, health, graph }: ServeStatusOptions): Routes {
  const found = (type: string, body: () => Promise<string | Uint8Array>) => async (): Promise<Reply> => ({ status: 200, type, body: await body() })
  const formats = graph === undefined ? [] : (Object.keys(TYPES) as GraphFormat[]).map((format) => [`/graph.${format}`, found(TYPES[format], () => graph(format))] as const)
  return new Map([
    ['/networks', found('application/json', networks)],
    ['/metrics', found(metricsContentType, metrics)],
    ...(config === undefined ? [] : [['/faucet.yaml', found('application/yaml', config)] as const]),
    [
      '/healthz',
      async () => {
        const problem = await health?.()
        return problem === undefined ? plain(200, 'ok') : plain(503, problem)
      },
    ],
    ...formats,
  ])
}

async function serve(request: IncomingMessage, response: ServerResponse, allowed: AddressList, routes: Routes): Promise<void> {
  response.on('error', () => undefined)
  const { status, type, body } = await answerTo(request, allowed, routes)
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    // Names in a drawing are other people's.
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
    // What else has been sent is not read.
    ...(request.complete ? {} : { Connection: 'close' }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function answerTo({ method = '', url = '/', socket }: IncomingMessage, allowed: AddressList, routes: Routes): Promise<Reply> {
  if (!allowed.has(socket.remoteAddress)) return plain(403, 'not authorized')
  const route = routes.get(url.split('?')[0] ?? '')
  if (route === undefined) return plain(404, `There is nothing of that name. There are ${[...routes.keys()].join(', ')}.`)
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'Only GET is possible.')
  try {
    return await route()
  } catch (error) {
    const missing = error instanceof DockerDriverError && error.code === 'missing'
    return plain(missing ? 501 : 500, error instanceof Error ? error.message : String(error))
  }
}

function plain(status: number, text: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', body: `${text}\n` }
}

async function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  const timer = setTimeout(() => {
    for (const socket of sockets) socket.destroy()
  }, CLOSE_GRACE)
  await closed
  clearTimeout(timer)
}

function notListening(error: NodeJS.ErrnoException, { host = '', port }: ServeStatusOptions): DockerDriverError {
  const where = `port ${port}${host === '' ? '' : ` of ${host}`}`
  switch (error.code) {
    case 'EADDRINUSE':
      return new DockerDriverError('conflict', `the status server cannot listen on ${where}: another program does; choose another port, or 0 for none`, { cause: error })
    case 'EACCES':
      return new DockerDriverError('forbidden', `this user may not listen on ${where}; choose one above 1023`, { cause: error })
    default:
      return new DockerDriverError('invalid', `the status server cannot listen on ${where}: ${error.message}`, { cause: error })
  }
}
