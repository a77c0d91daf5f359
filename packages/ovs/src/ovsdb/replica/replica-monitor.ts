import { OvsError } from '../../errors.js'
import { type JsonValue, stringifyJson } from '../../jsonrpc/json.js'
import type { AnyCondition } from '../condition.js'
import {
  isUnknownMethod,
  type MonitorMethod,
  monitorMethods,
  noTransaction,
  updateNotifications,
} from '../monitor-methods.js'
import { type DatabaseSchema, parseSchema, type TableSchema } from '../schema.js'
import type { SessionConnection } from '../session-types.js'
import {
  contentChanges,
  type Contents,
  readContents,
  readUpdates,
  type RowChange,
} from '../update.js'
import type { Uuid } from '../value.js'
import { MonitoredConditions } from './monitored-conditions.js'
import { type IndexDefinition, ReplicaTable } from './replica-table.js'
import type { ChangeBatch } from './replica-types.js'
import { RowCodec } from './row-codec.js'
import { type FullSelection, selectColumns, wireWhere } from './table-selection.js'

/** What a replica needs of a connection. */
export type ReplicaConnection = Pick<SessionConnection, 'client' | 'db' | 'schema' | 'signal'> & {
  /** Whether whoever made the connection brings everything up to date again after a change of the schema. */
  readonly followsSchema: boolean
}

/** What a {@link ReplicaMonitor} is made of. */
export interface ReplicaMonitorOptions {
  readonly selections: ReadonlyMap<string, FullSelection>
  readonly indexes: Readonly<Record<string, Readonly<Record<string, IndexDefinition>> | undefined>>
  /** Gets every batch, after it is in the tables. A promise holds the connection back. */
  readonly onBatch: (batch: ChangeBatch) => Promise<void> | undefined
}

let monitors = 0

/**
 * Keeps the tables of a replica up to date, over one connection after another: starts the monitor, applies what comes,
 * and asks for everything again when what comes does not fit.
 */
export class ReplicaMonitor {
  /** Every table that was asked for and that the database has, or has had. */
  readonly tables = new Map<string, ReplicaTable>()
  readonly #options: ReplicaMonitorOptions
  readonly #conditions = new MonitoredConditions()
  #connection: ReplicaConnection | undefined
  /** Of the monitor that runs, `undefined` until it does. */
  #id: string | undefined
  #method: MonitorMethod = monitorMethods[0]
  #requested: ReadonlyMap<string, RowCodec> = new Map()
  #transaction = noTransaction
  /** Goes on while the rows are asked for again on a connection that was in order before. */
  #resync: Promise<void> | undefined
  #first = true
  #over: OvsError | undefined

  constructor(options: ReplicaMonitorOptions) {
    this.#options = options
  }

  /** Whether the rows follow the database at this moment. */
  get synchronised(): boolean {
    return this.#id !== undefined
  }

  /** Resolves when no resynchronisation is going on within a connection. */
  async settled(): Promise<void> {
    while (this.#resync) await this.#resync.catch(() => undefined)
  }

  /**
   * Brings the tables up to date with a connection, and follows it until its signal.
   * @throws OvsError `schema` when the database lacks a table or column, and what the connection throws.
   */
  async synchronise(connection: ReplicaConnection): Promise<void> {
    const { client, signal } = connection
    if (this.#over) throw this.#over
    this.#follow(connection.schema)
    this.#connection = connection
    this.#id = undefined
    const remove = client.onNotification((method, params) => this.#notified(connection, method, params))
    signal.addEventListener('abort', () => {
      remove()
      if (this.#connection !== connection) return
      this.#connection = undefined
      this.#id = undefined
    })
    await this.#start(connection)
  }

  /**
   * Wants other rows of some tables. Resolves when they are there.
   * @throws OvsError `schema` when a condition does not fit, `peer` when the server refuses it.
   */
  async setConditions(changes: Readonly<Record<string, true | readonly AnyCondition[] | undefined>>): Promise<void> {
    if (!this.#method.conditional) throw unconditional()
    const wanted = Object.entries(changes).flatMap(([name, where]) =>
      where === undefined ? [] : [[name, wireWhere(replicaTable(this.tables, name).schema, where)] as const],
    )
    const done = this.#conditions.want(new Map(wanted))
    this.#sendConditions()
    await done
  }

  /** Ends the monitor on the connection of the moment (RFC 7047 §4.1.7). What waits rejects with `error`. */
  async close(error: OvsError): Promise<void> {
    const [connection, id] = [this.#connection, this.#id]
    this.#over = error
    this.#connection = undefined
    this.#id = undefined
    this.#conditions.fail(error)
    if (!connection || id === undefined || connection.signal.aborted) return
    // A connection that ended has no monitors.
    await connection.client.request('monitor_cancel', [id]).catch(() => undefined)
  }

  /** Makes the tables, or adapts them to a schema that has changed. */
  #follow(schema: DatabaseSchema): void {
    const requested = new Map<string, RowCodec>()
    for (const [name, selection] of this.#options.selections) {
      const selected = selectColumns(schema, name, selection)
      if (!selected) continue
      const { table, columns } = selected
      const existing = this.tables.get(name)
      const unchanged = existing !== undefined && sameTable(existing.schema, table)
      const codec = unchanged ? existing.codec : new RowCodec(table, columns)
      requested.set(name, codec)
      if (unchanged) continue
      if (existing) existing.convert(table, codec)
      else this.#add(name, new ReplicaTable(table, codec, this.#options.indexes[name]), selection)
    }
    this.#requested = requested
  }

  #add(name: string, table: ReplicaTable, { where }: FullSelection): void {
    this.tables.set(name, table)
    if (where) this.#conditions.begin(name, wireWhere(table.schema, where))
    // A table that appears later has rows that are older than the transaction to resume from.
    table.converted = !this.#first
  }

  /** Starts a monitor in the best way that the server knows. */
  async #start(connection: ReplicaConnection): Promise<void> {
    for (const method of monitorMethods) {
      if (!method.conditional && this.#conditions.anyWanted) throw unconditional()
      try {
        await this.#startWith(connection, method)
        return this.#sendConditions()
      } catch (error) {
        if (!isUnknownMethod(error)) throw error
      }
    }
    throw new OvsError('peer', 'the server knows no kind of monitor: is it an OVSDB server?')
  }

  #startWith(connection: ReplicaConnection, method: MonitorMethod): Promise<void> {
    const { client, db, signal } = connection
    const id = `replica-${monitors++}`
    const asked = this.#conditions.snapshot()
    // What is there can be built upon only when it is certain which rows it has, and of which schema.
    const resumable = this.#conditions.settled && ![...this.tables.values()].some(({ converted }) => converted)
    const since = method.method === 'monitor_cond_since'
    const last = resumable ? this.#transaction : noTransaction
    const requests = Object.fromEntries(
      [...this.#requested].map(([table, { wireColumns: columns }]) => {
        const where = asked.conditions.get(table)
        return [table, [where === undefined ? { columns } : { columns, where }]]
      }),
    )
    return client.request(method.method, [db, id, requests, ...(since ? [last] : [])], {
      signal,
      // An update may follow the answer in the same chunk, so this must be done within `decode`.
      decode: (result) => {
        if (this.#connection !== connection) return
        this.#method = method
        const [found, transaction, updates] = since ? sinceResult(result) : [false, noTransaction, result]
        const changes = found
          ? readUpdates(this.tables, method.notation, updates)
          : this.#takeContents(readContents(this.tables, method.notation, updates))
        this.#id = id
        this.#transaction = transaction
        this.#first = false
        // Nothing can be held back here: it is one answer.
        void this.#publish('resync', changes)
        this.#conditions.confirmAll(asked)
      },
    })
  }

  /** The first contents are stored as they are: nobody can have asked for changes yet. */
  #takeContents(contents: Contents): readonly RowChange[] {
    if (!this.#first) {
      const changes = contentChanges(this.tables, contents)
      for (const table of this.tables.values()) table.converted = false
      return changes
    }
    for (const [name, rows] of contents) this.tables.get(name)?.fill(rows)
    return []
  }

  #notified(connection: ReplicaConnection, method: string, params: readonly JsonValue[]): Promise<void> | void {
    const [id] = params
    // Updates of a monitor that was given up may still be on their way.
    if (this.#connection !== connection || id !== this.#id || id === undefined) return
    if (method === 'monitor_canceled') {
      this.#id = undefined
      if (!connection.followsSchema) this.#startAgain(connection, true)
      return
    }
    const update = updateNotifications.get(method)
    if (!update) return
    let changes: RowChange[]
    try {
      changes = readUpdates(this.tables, update.notation, params[update.at] ?? null)
    } catch {
      // The rows do not fit what the server believes that they are: everything must come again.
      connection.client.request('monitor_cancel', [id]).catch(() => undefined)
      return this.#startAgain(connection, false)
    }
    if (method === 'update3' && typeof params[1] === 'string') this.#transaction = params[1] as Uuid
    return this.#publish('update', changes)
  }

  #startAgain(connection: ReplicaConnection, schemaChanged: boolean): void {
    this.#id = undefined
    this.#transaction = noTransaction
    const run = async () => {
      const { client, db, signal } = connection
      if (schemaChanged) this.#follow(await client.request('get_schema', [db], { signal, decode: parseSchema }))
      await this.#start(connection)
    }
    const resync = run().finally(() => {
      if (this.#resync === resync) this.#resync = undefined
    })
    this.#resync = resync
    resync.catch((error: unknown) => {
      if (this.#connection === connection) connection.client.abort(error)
    })
  }

  #publish(type: ChangeBatch['type'], changes: readonly RowChange[]): Promise<void> | undefined {
    for (const change of changes) (this.tables.get(change.table) as ReplicaTable).apply(change)
    const { onBatch } = this.#options
    return onBatch(this.#transaction === noTransaction ? { type, changes } : { type, changes, transaction: this.#transaction })
  }

  /** Tells the server of conditions that changed, one change at a time (ovsdb-server(7) §4.1.13). */
  #sendConditions(): void {
    const [connection, id] = [this.#connection, this.#id]
    if (!connection || id === undefined) return
    const changes = this.#conditions.send()
    if (!changes) return
    const requests = Object.fromEntries(
      [...changes].flatMap(([table, where]) => (this.#requested.has(table) ? [[table, [{ where }]]] : [])),
    )
    const current = () => this.#connection === connection && this.#id === id
    connection.client
      .request('monitor_cond_change', [id, id, requests], {
        signal: connection.signal,
        // The rows came before the answer.
        decode: () => {
          if (current()) this.#conditions.confirmSent()
        },
      })
      .catch((error: unknown) => {
        if (!current()) return
        // Without an answer nobody knows which rows there are.
        if (error instanceof OvsError && error.code === 'peer') this.#conditions.refuseSent(error)
        else connection.client.abort(error)
      })
      .finally(() => this.#sendConditions())
  }
}

function sameTable(one: TableSchema, other: TableSchema): boolean {
  const text = ({ columns, indexes }: TableSchema) => stringifyJson([[...columns], indexes])
  return one === other || text(one) === text(other)
}

function sinceResult(result: JsonValue): [found: boolean, transaction: Uuid, updates: JsonValue] {
  const [found, transaction, updates] = Array.isArray(result) ? (result as readonly JsonValue[]) : []
  if (typeof found !== 'boolean' || typeof transaction !== 'string' || updates === undefined)
    throw new OvsError('malformed', 'the server answered monitor_cond_since with no [found, transaction, rows]')
  return [found, transaction as Uuid, updates]
}

function unconditional(): OvsError {
  return new OvsError('peer', 'the server knows no conditional monitors, which are needed to have some rows of a table only')
}

/** Finds the table of a replica. @throws OvsError `schema`. */
export function replicaTable(tables: ReadonlyMap<string, ReplicaTable>, name: string): ReplicaTable {
  const table = tables.get(name)
  if (table) return table
  throw new OvsError('schema', `the replica does not have the table ${name}: it has ${[...tables.keys()].join(', ')}`)
}
