import { OvsError } from '../errors.js'
import type { JsonValue } from '../jsonrpc/json.js'
import type { CallOptions } from '../jsonrpc/peer.js'
import { awaitState } from './await-state.js'
import type { AnyRow, AnyTables, Tables } from './row.js'
import { RowCodec } from './replica/row-codec.js'
import { type DatabaseSchema, tableSchema } from './schema.js'
import { readUpdates, type RowChange, type UpdateNotation } from './update.js'
import type { Uuid } from './value.js'

/** The columns to watch, by table. */
export type MonitorRequests<T extends Tables = AnyTables> = {
  readonly [K in keyof T]?: readonly (keyof T[K] & string)[]
}

type Requested<T extends Tables, R> = keyof R & keyof T & string

/** The columns of a table that a monitor was asked for. */
export type MonitoredRow<T extends Tables, R, K> = K extends keyof T & keyof R
  ? R[K] extends readonly (infer C)[]
    ? Pick<T[K], C & keyof T[K]>
    : never
  : never

/**
 * Gets the changes of one update, after all of them are in the monitor's tables. What it throws aborts the connection.
 */
export type ChangeListener<Change = RowChange> = (changes: readonly Change[]) => void

/** What a {@link Monitor} needs of its client. */
export interface MonitorHost {
  readonly schema: DatabaseSchema
  /** Tells the server that the monitor is over. */
  readonly cancel: () => Promise<void>
}

/**
 * A live copy of columns of a database (RFC 7047 §4.1.5 to §4.1.7, ovsdb-server(7) §4.1.12 to §4.1.16). Made by
 * `OvsdbClient.monitor`. Within one connection an update is always applied before the answer to the transaction that
 * caused it.
 */
export class Monitor<T extends Tables = AnyTables, R = MonitorRequests<T>> implements AsyncDisposable {
  readonly #host: MonitorHost
  readonly #tables: ReadonlyMap<string, { readonly codec: RowCodec; readonly rows: Map<Uuid, AnyRow> }>
  readonly #listeners = new Set<ChangeListener>()
  readonly #failures = new Set<(error: OvsError) => void>()
  #over: OvsError | undefined

  /** @internal Use `OvsdbClient.monitor`. */
  constructor(host: MonitorHost, requests: Readonly<Record<string, readonly string[]>>) {
    this.#host = host
    this.#tables = new Map(
      Object.entries(requests).map(([name, columns]) => {
        const codec = new RowCodec(tableSchema(host.schema, name), columns)
        return [name, { codec, rows: new Map<Uuid, AnyRow>() }]
      }),
    )
  }

  /** The rows of a table by uuid. A live view: it changes with the database, its rows do not. */
  rows<K extends Requested<T, R>>(table: K): ReadonlyMap<Uuid, MonitoredRow<T, R, K>> {
    return (this.#tables.get(table)?.rows ?? new Map()) as ReadonlyMap<Uuid, MonitoredRow<T, R, K>>
  }

  /** Calls back after every change from now on. Returns the function that ends it. */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /**
   * Waits until `test` gives something other than `undefined`: it is called now and after every change. What it throws
   * rejects the promise.
   * @throws OvsError `timeout`, `aborted`, and `closed` when the connection or the monitor ends first.
   */
  until<V>(test: () => V | undefined, options: CallOptions = {}): Promise<V> {
    return awaitState({ onChange: (check) => this.onChange(check), failures: this.#failures, over: this.#over }, test, options)
  }

  /** Ends the monitor (RFC 7047 §4.1.7). Idempotent. */
  async close(): Promise<void> {
    if (this.#over) return
    this.fail(new OvsError('closed', 'the monitor was closed'))
    await this.#host.cancel()
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** @internal Takes updates from the server. */
  apply(notation: UpdateNotation, updates: JsonValue): void {
    if (this.#over) return
    const changes = readUpdates(this.#tables, notation, updates)
    for (const change of changes) {
      if (change.type === 'delete') this.#tables.get(change.table)?.rows.delete(change.uuid)
      else this.#tables.get(change.table)?.rows.set(change.uuid, change.new)
    }
    for (const listener of [...this.#listeners]) listener(changes)
  }

  /** @internal Ends everything that waits. */
  fail(error: OvsError): void {
    if (this.#over) return
    this.#over = error
    for (const failure of [...this.#failures]) failure(error)
    this.#listeners.clear()
  }
}
