import type { OvsError } from '../../errors.js'
import { ConnectionKeeper, type ConnectionKeeperOptions, type KeeperEvent } from '../../transport/keeper.js'
import { parseTargets, type Target } from '../../transport/target.js'
import type { Datapath } from '../datapath/datapath.js'
import { Arrivals } from './arrivals.js'
import type { OpenFlowConnectionOptions } from './connection-options.js'
import { OpenFlowConnection } from './openflow-connection.js'
import { activeTarget, openFlowPort } from './target.js'

/** Options of an {@link OpenFlowKeeper}: those of a connection and of the transport. */
export interface OpenFlowKeeperOptions
  extends
    OpenFlowConnectionOptions,
    Pick<ConnectionKeeperOptions, 'tls' | 'minBackoff' | 'maxBackoff' | 'jitter' | 'maxTries' | 'signal'> {
  /** Gets what it is doing. */
  readonly onEvent?: (event: KeeperEvent) => void
}

/**
 * Dials a switch, and again with backoff whenever the connection is lost. Each connection is a new `Datapath`:
 *
 * ```ts
 * await using keeper = new OpenFlowKeeper('tcp:192.0.2.1')
 * for await (const datapath of keeper) {
 *   await datapath.sync(flows)
 *   await datapath.connection.closed
 * }
 * ```
 * Several targets are ways to the same switch, tried in turn.
 */
export class OpenFlowKeeper implements AsyncIterableIterator<Datapath, undefined>, AsyncDisposable {
  readonly #keeper: ConnectionKeeper
  readonly #arrivals: Arrivals

  /** Starts at once. @throws OvsError `invalid` for what is no target to connect to */
  constructor(targets: string | Target | readonly (string | Target)[], options: OpenFlowKeeperOptions = {}) {
    const { tls, minBackoff, maxBackoff, jitter, maxTries, signal, onEvent, probeInterval, onActivity, ...rest } = options
    this.#arrivals = new Arrivals(() => void this.#keeper.close())
    this.#keeper = new ConnectionKeeper({
      targets: parseTargets(targets, openFlowPort).map(activeTarget),
      tls,
      minBackoff,
      maxBackoff,
      jitter,
      maxTries,
      signal,
      probeInterval,
      ...(onEvent ? { onEvent } : {}),
      onConnection: (stream, link) => {
        const connection = new OpenFlowConnection(stream, {
          ...rest,
          // The keeper probes.
          probeInterval: 0,
          onActivity: () => {
            link.activity()
            onActivity?.()
          },
        })
        // What fails ends the connection, with the reason: the keeper then tries again.
        this.#arrivals.add(connection, true).then(
          () => link.accept(),
          () => {},
        )
        return connection
      },
    })
    void this.#keeper.closed.then((error: OvsError | undefined) => this.#arrivals.finish(error))
  }

  /** The next connection, its handshake done. The loop ends with the reason when the keeper gives up. */
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

  /** Ends the present connection in good order, and stops. Idempotent. */
  async close(): Promise<void> {
    await this.#keeper.close()
    this.#arrivals.finish(undefined)
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
