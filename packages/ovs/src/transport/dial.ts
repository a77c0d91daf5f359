import { once } from 'node:events'
import { connect as connectSocket, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { OvsError } from '../errors.js'
import { type ActiveTarget, formatTarget } from './target.js'
import { loadTls, type TlsOptions } from './tls.js'

/** Options of {@link dial}. */
export interface DialOptions {
  /** Keys and certificates for `ssl:` targets. */
  readonly tls?: TlsOptions | undefined
  /** Gives up: rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined
  /**
   * Milliseconds until it rejects with `timeout`, TLS handshake included. Defaults to the operating system's patience.
   */
  readonly timeout?: number | undefined
}

/** Longest path of a socket in bytes: `sun_path` of unix(7) without its final zero. */
export const maxSocketPath = 107

/**
 * Connects to a target. The stream is the caller's; its errors are followed by its `close` event.
 * @throws OvsError `connect` with the target and the system's error, `timeout`, `aborted`.
 */
export async function dial(target: ActiveTarget, options: DialOptions = {}): Promise<Duplex> {
  const { signal, timeout } = options
  const name = formatTarget(target)
  if (signal?.aborted) throw new OvsError('aborted', `connecting to ${name} was aborted`, { cause: signal.reason })
  const limit = timeout === undefined ? undefined : AbortSignal.timeout(timeout)
  const stop = AbortSignal.any([signal, limit].filter((item) => item !== undefined))
  let socket: Socket | undefined
  try {
    const { event, socket: started } = await start(target, options)
    socket = started
    // An error between now and the caller's own listener must not end the process; `close` follows it in any case.
    socket.on('error', () => {})
    await once(socket, event, { signal: stop })
    return socket
  } catch (cause) {
    socket?.destroy()
    if (signal?.aborted) throw new OvsError('aborted', `connecting to ${name} was aborted`, { cause: signal.reason })
    if (limit?.aborted) throw new OvsError('timeout', `could not connect to ${name} within ${timeout} ms`)
    if (cause instanceof OvsError) throw cause
    throw new OvsError('connect', `could not connect to ${name}: ${(cause as Error).message}`, { cause })
  }
}

async function start(target: ActiveTarget, options: DialOptions): Promise<{ event: string; socket: Socket }> {
  switch (target.type) {
    case 'unix':
      checkSocketPath(target.path)
      return { event: 'connect', socket: connectSocket({ path: target.path }) }
    case 'tcp':
      return { event: 'connect', socket: connectSocket({ host: target.host, port: target.port, noDelay: true }) }
    case 'ssl': {
      const { tls = {} } = options
      const socket = connectTls({
        ...(await loadTls(tls)),
        host: target.host,
        port: target.port,
        rejectUnauthorized: tls.rejectUnauthorized ?? true,
        ...(isIP(target.host) ? {} : { servername: target.host }),
        ...(tls.checkServerName ? {} : { checkServerIdentity: () => undefined }),
      })
      return { event: 'secureConnect', socket: socket.setNoDelay() }
    }
  }
}

/** @throws OvsError `connect` for a path that the system would refuse, or cut. */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path)
  if (bytes > maxSocketPath) {
    throw new OvsError(
      'connect',
      `the socket path ${path} has ${bytes} bytes and ${maxSocketPath} is the most: use a directory nearer to the root`,
    )
  }
}
