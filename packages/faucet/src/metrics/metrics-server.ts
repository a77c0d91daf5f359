import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FaucetError } from '../errors.js'
import type { MetricFamily } from './family.js'
import { metricsContentType, printMetrics } from './print-metrics.js'

/** Options of {@link MetricsServer.listen}. */
export interface MetricsServerOptions {
  /** Called for every request. */
  readonly collect: () => Iterable<MetricFamily> | Promise<Iterable<MetricFamily>>
  /** Address to listen on. Defaults to `0.0.0.0`, as Faucet's. */
  readonly host?: string
  /** TCP port; 0 lets the system choose. */
  readonly port: number
}

/**
 * Tells metrics over HTTP, for Prometheus: at `/metrics`, and at `/`, where `fctl` asks. `?name[]=…` asks for some only.
 * Everything else is not found.
 */
export class MetricsServer implements AsyncDisposable {
  readonly #server: Server
  #closing: Promise<void> | undefined

  private constructor(server: Server) {
    this.#server = server
  }

  /** Begins to listen. @throws FaucetError `io` when that is not possible */
  static async listen({ collect, host = '0.0.0.0', port }: MetricsServerOptions): Promise<MetricsServer> {
    const server = createServer((request, response) => void answer(request, response, collect))
    server.listen({ host, port })
    try {
      await once(server, 'listening')
    } catch (cause) {
      throw new FaucetError('io', `metrics cannot be told at ${host} port ${String(port)}: ${(cause as Error).message}`, { cause })
    }
    return new MetricsServer(server)
  }

  /** The port that it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Stops listening; requests that have begun are answered. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= new Promise((closed) => {
      this.#server.close(() => closed())
      this.#server.closeIdleConnections()
    })
    return this.#closing
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, collect: MetricsServerOptions['collect']): Promise<void> {
  const { method = 'GET', url = '/' } = request
  const reply = (status: number, text: string, type = 'text/plain; charset=utf-8') => {
    response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) })
    response.end(method === 'HEAD' ? undefined : text)
  }
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  if (path !== '/metrics' && path !== '/') return reply(404, `There is nothing at ${path}; metrics are at /metrics.\n`)
  if (method !== 'GET' && method !== 'HEAD') return reply(405, `${method} is not possible; GET is.\n`)
  try {
    const names = mark < 0 ? [] : new URLSearchParams(url.slice(mark)).getAll('name[]')
    const families = await collect()
    reply(200, printMetrics(names.length > 0 ? only(families, names) : families), metricsContentType)
  } catch (error) {
    reply(500, `${error instanceof Error ? error.message : String(error)}\n`)
  }
}

/** The families that have one of these names, or a series of that name. */
function* only(families: Iterable<MetricFamily>, names: readonly string[]): Generator<MetricFamily> {
  for (const family of families) {
    const { name, samples } = family
    if (names.some((one) => one === name || samples.some(({ suffix = '' }) => one === name + suffix))) yield family
  }
}
