import { OvsError } from '../../errors.js'
import type { CallOptions } from '../../jsonrpc/peer.js'
import type { OvsdbClient } from '../client.js'
import type { AnyOperation, Operation } from '../operation.js'
import { OvsdbSession } from '../session.js'
import type { ReplicaConnection } from './replica-monitor.js'

/** What a replica needs of whoever owns its connections. */
export interface ReplicaLink {
  /** Runs a handler on the connection of the moment and on every later one. Resolves after its first run. */
  readonly attach: (handler: (connection: ReplicaConnection) => Promise<void>) => Promise<() => void>
  readonly transact: (operations: readonly AnyOperation[], options: CallOptions) => Promise<readonly object[]>
  /** Resolves when the server has sent every update that it had before the call. */
  readonly catchUp: (options: CallOptions) => Promise<void>
  /** Resolves when there will be no further connection. */
  readonly closed: Promise<OvsError | undefined>
}

/** A session: the replica survives the end of a connection. */
export function sessionLink(session: OvsdbSession): ReplicaLink {
  return {
    attach: (handler) => session.onConnection((connection) => handler({ ...connection, followsSchema: true })),
    transact: (operations, options) => session.transact(operations as readonly Operation[], options),
    catchUp: (options) => catchUp(session, options),
    closed: session.closed,
  }
}

/** A server sends its updates before it answers; a connection that is new is up to date before it is ready. */
async function catchUp(session: OvsdbSession, options: CallOptions): Promise<void> {
  for (;;) {
    const { client } = await session.ready(options)
    try {
      return await client.echo(options)
    } catch (error) {
      if (!(error instanceof OvsError && error.code === 'closed')) throw error
      await client.closed
    }
  }
}

/** A single connection: the replica ends with it. */
export function clientLink(client: OvsdbClient, db: string): ReplicaLink {
  return {
    attach: async (handler) => {
      const controller = new AbortController()
      void client.closed.then((reason) => controller.abort(reason))
      const schema = await client.getSchema(db)
      await handler({ client, db, schema, signal: controller.signal, followsSchema: false })
      return () => controller.abort()
    },
    transact: (operations, options) => client.transact<string, readonly Operation[]>(db, operations as readonly Operation[], options),
    catchUp: (options) => client.echo(options),
    closed: client.closed,
  }
}
