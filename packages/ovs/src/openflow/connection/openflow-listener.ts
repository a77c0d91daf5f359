import type { Duplex } from 'node:stream'
import type { OvsError } from '../../errors.js'
import { type Listener, listen } from '../../transport/listen.js'
import type { PassiveTarget, Target } from '../../transport/target.js'
import type { TlsOptions } from '../../transport/tls.js'
import type { Datapath } from '../datapath/datapath.js'
import { Arrivals } from './arrivals.js'
import type { OpenFlowConnectionOptions } from './connection-options.js'
import { OpenFlowConnection } from './openflow-connection.js'
import { passiveTarget } from './target.js'

/** Options of {@link OpenFlowListener.listen}. */
export interface ListenerOptions extends OpenFlowConnectionOptions {
  /** Keys and certificates for `pssl:`. Switches must have a certificate unless `rejectUnauthorized` is false. */
  readonly tls?: TlsOptions
  /** Permission of the socket file of `punix:`. Defaults to 0o700. */
  readonly mode?: number
  /** Stops listening; connections stay. */
  readonly signal?: AbortSignal
  /** Gets what goes wrong with a single switch before it is handed out: TLS, the version, the handshake. */
  readonly onClientError?: (error: Error) => void
}

/**
 * Waits for switches: `ptcp:[PORT][:HOST]` (6653 unless given), `pssl:…` with certificates on both sides, `punix:FILE`.
 * A bridge gets to it by its `Controller` row: `tcp:`, `ssl:`, or `unix:` with a socket in the run directory of Open
 * vSwitch, which refuses to go elsewhere.
 *
 * ```ts
 * await using listener = await OpenFlowListener.listen('ptcp:6653')
 * for await (const datapath of listener) void serve(datapath)
 * ```
 * Leaving the loop stops listening. Switches that were handed out stay connected.
 */
export class OpenFlowListener implements AsyncIterableIterator<Datapath, undefined>, AsyncDisposable {
  readonly #listener: Listener
  readonly #arrivals: Arrivals
  readonly #handshakes: Set<OpenFlowConnection>

  private constructor(listener: Listener, arrivals: Arrivals, handshakes: Set<OpenFlowConnection>) {
    this.#listener = listener
    this.#arrivals = arrivals
    this.#handshakes = handshakes
  }

  /** Starts to listen. @throws OvsError `connect` with what is in the way, `invalid`, `aborted` */
  static async listen(target: string | Target, options: ListenerOptions = {}): Promise<OpenFlowListener> {
    const { tls, mode, signal, onClientError, ...rest } = options
    const handshakes = new Set<OpenFlowConnection>()
    const arrivals = new Arrivals(() => void listener.close())
    const listener = await listen(passiveTarget(target), {
      tls,
      mode,
      signal,
      ...(onClientError ? { onClientError } : {}),
      onConnection: (stream: Duplex) => {
        const connection = new OpenFlowConnection(stream, rest)
        handshakes.add(connection)
        arrivals
          .add(connection, false)
          .catch((error: OvsError) => {
            // What is sent away by `close` has done nothing wrong.
            if (handshakes.has(connection)) onClientError?.(error)
          })
          .finally(() => handshakes.delete(connection))
      },
    })
    return new OpenFlowListener(listener, arrivals, handshakes)
  }

  /** What it listens on, with the port that the system chose. */
  get target(): PassiveTarget {
    return this.#listener.target
  }

  /** The next switch, its handshake done. */
  next(): Promise<IteratorResult<Datapath, undefined>> {
    return this.#arrivals.next()
  }

  /** The same as {@link close}. */
  async return(): Promise<IteratorResult<Datapath, undefined>> {
    await this.close()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Stops listening, and closes what nobody has taken. Switches that were handed out stay connected. Idempotent. */
  async close(): Promise<void> {
    await this.#listener.close()
    for (const connection of this.#handshakes) {
      this.#handshakes.delete(connection)
      connection.abort()
    }
    this.#arrivals.finish(undefined)
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
