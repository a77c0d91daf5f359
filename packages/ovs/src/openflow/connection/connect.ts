import { dial } from '../../transport/dial.js'
import type { Target } from '../../transport/target.js'
import type { TlsOptions } from '../../transport/tls.js'
import { Datapath } from '../datapath/datapath.js'
import type { OpenFlowConnectionOptions } from './connection-options.js'
import { OpenFlowConnection } from './openflow-connection.js'
import { activeTarget } from './target.js'

/** Options of {@link connectOpenFlow}. Times are milliseconds. */
export interface ConnectOptions extends OpenFlowConnectionOptions {
  /** Keys and certificates for `ssl:`. */
  readonly tls?: TlsOptions
  /** Gives up: rejects with `aborted`. */
  readonly signal?: AbortSignal
  /** How long connecting, and then each answer of the handshake, may take. Defaults to 10,000. */
  readonly timeout?: number
}

/**
 * Dials a switch that listens for controllers (`ptcp:`, `pssl:`, `punix:` there), or the management socket of a bridge,
 * `unix:<rundir>/<bridge>.mgmt`, which is always there. Open vSwitch makes sockets only in its run directory.
 *
 * To the switch this is a "service" connection: it sends nothing of its own accord until it is asked to, which the
 * `Datapath` does when ports or packets are wanted. It has no part in roles and fail modes.
 * @throws OvsError `connect`, `timeout`, `aborted`, `closed`, `invalid`
 */
export async function connectOpenFlow(target: string | Target, options: ConnectOptions = {}): Promise<Datapath> {
  const { tls, signal, timeout = 10_000, ...rest } = options
  const stream = await dial(activeTarget(target), { tls, signal, timeout })
  const connection = await OpenFlowConnection.open(stream, { helloTimeout: timeout, ...rest, signal })
  try {
    return await Datapath.open(connection, { service: true, signal, timeout })
  } catch (error) {
    connection.abort(error)
    throw error
  }
}
