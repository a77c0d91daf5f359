import { once } from 'node:events'
import { chmod } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { OvsError } from '../errors.js'
import { checkSocketPath } from './dial.js'
import { removeStaleSocket } from './stale-socket.js'
import { formatTarget, type PassiveTarget } from './target.js'
import { loadTls, type TlsOptions } from './tls.js'

/** Options of {@link listen}. */
export interface ListenOptions {
  /** Gets each connection, with TLS after the handshake. The stream is the owner's, who must listen to its `error`. */
  readonly onConnection: (stream: Duplex) => void
  /** Keys and certificates for `pssl:`. The client must have a certificate unless `rejectUnauthorized` is false. */
  readonly tls?: TlsOptions | undefined
  /** Permission of the socket file of `punix:`. Defaults to 0o700, as Open vSwitch makes its own. */
  readonly mode?: number | undefined
  /** Gives up listening, before it has begun as well as later; established connections stay. */
  readonly signal?: AbortSignal | undefined
  /** Gets what goes wrong with a single client before it is a connection: a failed TLS handshake. */
  readonly onClientError?: (error: Error) => void
}

/** Milliseconds for a TLS handshake. */
const handshakeTimeout = 10_000

/**
 * Starts to listen on a target. A socket file that nobody listens on any more is replaced; one that somebody listens on
 * is not.
 * @throws OvsError `connect` with the target and what is in the way, `aborted`.
 */
export async function listen(target: PassiveTarget, options: ListenOptions): Promise<Listener> {
  const name = formatTarget(target)
  try {
    options.signal?.throwIfAborted()
    if (target.type === 'punix') {
      checkSocketPath(target.path)
      const obstacle = await removeStaleSocket(target.path)
      if (obstacle !== undefined) throw new OvsError('connect', `cannot listen on punix:${target.path}: ${obstacle}`)
    }
    const server = await createListener(target, options)
    if (target.type === 'punix') server.listen({ path: target.path })
    else server.listen({ host: target.host ?? '0.0.0.0', port: target.port })
    await once(server, 'listening')
    if (target.type === 'punix') await chmod(target.path, options.mode ?? 0o700)
    const listener = new Listener(server, actual(target, server))
    if (options.signal?.aborted) {
      await listener.close()
      options.signal.throwIfAborted()
    }
    options.signal?.addEventListener('abort', () => void listener.close(), { once: true })
    return listener
  } catch (cause) {
    if (options.signal?.aborted) throw new OvsError('aborted', `listening on ${name} was aborted`, { cause })
    if (cause instanceof OvsError) throw cause
    throw new OvsError('connect', `cannot listen on ${name}: ${(cause as Error).message}`, { cause })
  }
}

/** A socket that listens. Made by {@link listen}. */
export class Listener implements AsyncDisposable {
  /** What it listens on, with the port that the system chose. */
  readonly target: PassiveTarget
  readonly #server: Server
  #closing: Promise<void> | undefined

  /** @internal Use {@link listen}. */
  constructor(server: Server, target: PassiveTarget) {
    this.#server = server
    this.target = target
  }

  /**
   * Stops listening and removes the socket file. Connections that were handed out stay, and are not waited for.
   * Idempotent.
   */
  close(): Promise<void> {
    // Node removes the socket file itself. Its callback waits for the last connection, but not its listening socket.
    this.#closing ??= new Promise((resolve) => {
      this.#server.close()
      setImmediate(resolve)
    })
    return this.#closing
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

async function createListener(target: PassiveTarget, options: ListenOptions): Promise<Server> {
  const { onConnection, onClientError, tls = {} } = options
  if (target.type !== 'pssl') return createServer({ noDelay: true }, (socket) => onConnection(socket))
  const server = createTlsServer({
    ...(await loadTls(tls)),
    requestCert: true,
    rejectUnauthorized: tls.rejectUnauthorized ?? true,
    handshakeTimeout,
    noDelay: true,
  })
  server.on('secureConnection', (socket: TLSSocket) => onConnection(socket))
  server.on('tlsClientError', (error: Error, socket: Socket) => {
    socket.destroy()
    onClientError?.(error)
  })
  return server
}

function actual(target: PassiveTarget, server: Server): PassiveTarget {
  return target.type === 'punix' ? target : { ...target, port: (server.address() as AddressInfo).port }
}
