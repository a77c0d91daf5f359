import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { type JsonValue, parseJson, stringifyJson } from '../../jsonrpc/json.js'
import { datumToJson, parseDatum, valueOf } from '../../ovsdb/datum.js'
import type { AnyRow } from '../../ovsdb/row.js'
import { type ColumnSchema, type DatabaseSchema, tableSchema } from '../../ovsdb/schema.js'
import { openVSwitchSchemaText } from '../../ovsdb/schema/open-vswitch-schema.gen.js'
import { OvsError } from '../../errors.js'
import { duplexPair, type DuplexPairOptions } from '../duplex-pair.js'
import { LockTable } from './lock-table.js'
import { type Change, columnOf, MemoryDatabase, newRow, type StoredRow } from './memory-database.js'
import { isNotYet, runTransaction } from './run-transaction.js'
import { type DatabaseState, serverSchema, stateRow } from './server-database.js'
import { ServerSession, type SessionHost } from './server-session.js'

/** Options of an {@link InMemoryOvsdbServer}. */
export interface InMemoryOvsdbServerOptions {
  /** The JSON text of the schema of each database that it serves. Defaults to that of Open_vSwitch. */
  readonly schemaTexts?: readonly string[]
  /** Called with every request and notification of every client, before it is answered. */
  readonly onRequest?: (method: string, params: readonly JsonValue[]) => void
}

/**
 * An OVSDB server in memory, for tests of programs that use a database: transactions with all their operations and
 * constraints (RFC 7047 §5), monitors in all three forms, locks, and the database `_Server`. It behaves and words its
 * errors as ovsdb-server 3.1 does for a standalone database, over any stream. Nothing is kept on disk.
 */
export class InMemoryOvsdbServer implements AsyncDisposable {
  readonly #databases = new Map<string, MemoryDatabase>()
  readonly #sessions = new Set<ServerSession>()
  readonly #host: SessionHost
  #over = false

  /** @throws OvsError `malformed` when a schema is none. */
  constructor(options: InMemoryOvsdbServerOptions = {}) {
    for (const text of options.schemaTexts ?? [openVSwitchSchemaText]) {
      const database = new MemoryDatabase(parseJson(text))
      this.#databases.set(database.schema.name, database)
    }
    const names = [...this.#databases.keys()]
    this.#databases.set('_Server', new MemoryDatabase(serverSchema))
    this.#host = {
      serverId: randomUUID(),
      databases: this.#databases,
      locks: new LockTable<ServerSession>(),
      committed: (database, changes, then) => this.#committed(database, changes, then),
      convert: (name, schema) => this.#convert(name, schema),
      ended: (session) => void this.#sessions.delete(session),
      ...(options.onRequest ? { requested: options.onRequest } : {}),
    }
    for (const name of names) {
      const row = { name, model: 'standalone', connected: true, leader: true, schema: this.#schemaText(name) }
      this.transact('_Server', [{ op: 'insert', table: 'Database', row }])
    }
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#sessions.size
  }

  /** Opens a connection and returns the client's end of it. */
  connect(options?: DuplexPairOptions): Duplex {
    const [client, own] = duplexPair(options)
    this.serve(own)
    return client
  }

  /** Serves a client over a stream, which from now on belongs to the server. */
  serve(stream: Duplex): void {
    if (this.#over) stream.destroy()
    else this.#sessions.add(new ServerSession(stream, this.#host))
  }

  /**
   * Carries out a transaction at once, as another client would, and returns the results in wire form.
   * @param operations in wire form
   * @throws OvsError `schema` for an unknown database, `transaction` when the transaction would have to wait.
   */
  transact(database: string, operations: readonly JsonValue[]): readonly JsonValue[] {
    const found = this.#database(database)
    const outcome = runTransaction(found, operations, { elapsed: 0, ownsLock: () => false })
    if (isNotYet(outcome)) throw new OvsError('transaction', 'the transaction would have to wait: give it timeout 0')
    this.#committed(found, outcome.changes, () => undefined)
    return outcome.results
  }

  /** The rows of a table as they are now. @throws OvsError `schema` when there is no such database or table. */
  rows(database: string, table: string): readonly AnyRow[] {
    const found = this.#database(database)
    const columns = [...tableSchema(found.schema, table).columns.values()]
    return [...found.rows(table).values()].map((row) =>
      Object.fromEntries(columns.map((column) => [column.name, valueOf(column.type, columnOf(row)(column))])),
    )
  }

  /** Changes what the database `_Server` says about a database, such as that this server leads it no more. */
  setDatabaseState(database: string, state: DatabaseState): void {
    const where = [['name', '==', this.#database(database).schema.name]]
    this.transact('_Server', [{ op: 'update', table: 'Database', where, row: stateRow(state) }])
  }

  /** Breaks every connection, as a server that is killed; new ones can be opened. */
  disconnect(): void {
    for (const session of [...this.#sessions]) session.destroy()
  }

  /** Ends every connection in good order, and refuses new ones. Idempotent. */
  async close(): Promise<void> {
    this.#over = true
    for (const session of [...this.#sessions]) session.end()
    await Promise.resolve()
  }

  /** Breaks every connection, and refuses new ones. Idempotent. */
  abort(_reason?: unknown): void {
    this.#over = true
    this.disconnect()
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #database(name: string): MemoryDatabase {
    const database = this.#databases.get(name)
    if (database) return database
    throw new OvsError('schema', `there is no database ${name}: there are ${[...this.#databases.keys()].join(', ')}`)
  }

  #schemaText(name: string): string {
    return stringifyJson(this.#database(name).schemaJson)
  }

  /** Everybody hears of a change before its author gets the answer. */
  #committed(database: MemoryDatabase, changes: readonly Change[], then: () => void): void {
    if (changes.length > 0) for (const session of this.#sessions) session.notifyChanges(database, changes)
    then()
    if (changes.length > 0) for (const session of [...this.#sessions]) session.retry(database)
  }

  /** Changes a database's schema (ovsdb-server(7) §4.1.19). Clients that cannot live with that are disconnected. */
  #convert(name: string, schemaJson: JsonValue): void {
    const old = this.#database(name)
    const converted = new MemoryDatabase(schemaJson)
    converted.apply(convertRows(old, converted.schema))
    this.#databases.set(name, converted)
    for (const session of [...this.#sessions]) {
      session.forget(old)
      // The one who asked gets the answer first.
      if (!session.aware) queueMicrotask(() => session.end())
    }
    const where = [['name', '==', name]]
    this.transact('_Server', [{ op: 'update', table: 'Database', where, row: { schema: this.#schemaText(name) } }])
  }
}

/** The rows of the tables and columns that are in both schemas. @throws OvsError when a value does not fit any more. */
function convertRows(old: MemoryDatabase, schema: DatabaseSchema): Change[] {
  return [...schema.tables.values()].flatMap((table) =>
    [...old.rows(table.name)].map(([uuid, row]) => {
      const before = tableSchema(old.schema, table.name)
      const kept = [...table.columns.values()].flatMap((column) => {
        const oldColumn = before.columns.get(column.name)
        return oldColumn ? [[column.name, convertColumn(oldColumn, column, row)] as const] : []
      })
      return { table, uuid, old: undefined, new: new Map([...newRow(table, uuid), ...kept]) }
    }),
  )
}

function convertColumn(old: ColumnSchema, column: ColumnSchema, row: StoredRow) {
  return parseDatum(column.type, datumToJson(old.type, columnOf(row)(old)))
}
