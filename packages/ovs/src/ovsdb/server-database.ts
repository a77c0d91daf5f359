import { OvsError } from '../errors.js'
import type { CallOptions } from '../jsonrpc/peer.js'
import type { OvsdbClient } from './client.js'
import type { AnyRow } from './row.js'
import type { Uuid } from './value.js'

/** What a server says of one of its databases: the row of the table `Database` of `_Server` (ovsdb-server(5)). */
export interface DatabaseStatus {
  readonly name: string
  /** A database that is removed and added again has another row. */
  readonly uuid: Uuid
  readonly model: 'standalone' | 'clustered' | 'relay'
  /** Whether the server is in contact with the storage: a majority of the cluster, or the relay's source. */
  readonly connected: boolean
  readonly leader: boolean
  /** The schema as JSON text; absent while a server is still joining its cluster. */
  readonly schema: string | undefined
  /** Identity of the cluster. */
  readonly cid: Uuid | undefined
  /** Identity of the server in the cluster. */
  readonly sid: Uuid | undefined
  /** Index of the latest log entry that the server shows. */
  readonly index: bigint | undefined
}

/** The databases of a server, kept up to date. */
export interface ServerDatabases {
  readonly databases: () => readonly DatabaseStatus[]
  readonly onChange: (listener: () => void) => () => void
}

const wanted = ['name', 'model', 'connected', 'leader', 'schema', 'cid', 'sid', 'index']

/**
 * Follows `_Server` on a connection. Resolves with `undefined` when the server has no such database: it is older than
 * Open vSwitch 2.9.
 */
export async function watchServerDatabases(
  client: OvsdbClient,
  options: CallOptions,
): Promise<ServerDatabases | undefined> {
  const columns = await serverColumns(client, options)
  if (!columns) return undefined
  const monitor = await client.monitor('_Server', { Database: columns }, options)
  return {
    databases: () => [...monitor.rows('Database')].map(([uuid, row]) => readStatus(uuid, row)),
    onChange: (listener) => monitor.onChange(listener),
  }
}

async function serverColumns(client: OvsdbClient, options: CallOptions): Promise<string[] | undefined> {
  try {
    const table = (await client.getSchema('_Server', options)).tables.get('Database')
    return table && wanted.filter((column) => table.columns.has(column))
  } catch (error) {
    if (error instanceof OvsError && error.code === 'peer') return undefined
    throw error
  }
}

function readStatus(uuid: Uuid, row: AnyRow): DatabaseStatus {
  const { name, model, connected, leader, schema, cid, sid, index } = row as Partial<DatabaseStatus>
  return {
    name: name ?? '',
    uuid,
    model: model ?? 'standalone',
    connected: connected ?? true,
    leader: leader ?? true,
    schema,
    cid,
    sid,
    index,
  }
}
