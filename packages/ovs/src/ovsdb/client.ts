import type { Duplex } from 'node:stream'
import { OvsError } from '../errors.js'
import { type JsonValue, stringifyJson } from '../jsonrpc/json.js'
import {
  type CallOptions,
  JsonRpcPeer,
  type JsonRpcPeerOptions,
  type NotificationHandler,
  type RequestOptions,
} from '../jsonrpc/peer.js'
import type { TablesOf } from './databases.js'
import { type LockOptions, OvsdbLock } from './lock.js'
import { Monitor, type MonitorRequests } from './monitor.js'
import { isUnknownMethod, monitorMethods, noTransaction, updateNotifications } from './monitor-methods.js'
import { type AnyOperation, encodeOperation, type Operation } from './operation.js'
import { decodeResults, type OperationResults } from './result.js'
import { type DatabaseSchema, parseSchema } from './schema.js'
import type { Uuid } from './value.js'

/** Options of an {@link OvsdbClient}. */
export interface OvsdbClientOptions
  extends Pick<JsonRpcPeerOptions, 'maxBytes' | 'maxDepth' | 'maxBacklogBytes' | 'maxOutboundBytes'> {
  /** Milliseconds that a call may take unless it says otherwise. Defaults to 30,000. */
  readonly timeout?: number
}

/** {@link CallOptions} of {@link OvsdbClient.transact}. */
export interface TransactOptions extends CallOptions {
  /** Runs when the transaction has been handed to the stream: from now on it may take place. */
  readonly onSent?: () => void
}

/**
 * A client of an OVSDB server (RFC 7047) on a stream that somebody else connected:
 * `net.connect('/run/openvswitch/db.sock')`, or a socket that another process handed over. The stream belongs to the
 * client from now on.
 */
export class OvsdbClient implements AsyncDisposable {
  readonly #peer: JsonRpcPeer
  readonly #timeout: number
  readonly #schemas = new Map<string, DatabaseSchema>()
  readonly #monitors = new Map<string, Monitor>()
  #nextMonitor = 0

  constructor(stream: Duplex, options: OvsdbClientOptions = {}) {
    this.#timeout = options.timeout ?? 30_000
    this.#peer = new JsonRpcPeer(stream, {
      ...options,
      onNotification: (method, params) => this.#notified(method, params),
    })
    void this.#peer.closed.then((reason) => {
      const error = new OvsError('closed', 'the connection to the database ended', { cause: reason?.cause ?? reason })
      for (const monitor of this.#monitors.values()) monitor.fail(error)
    })
  }

  /**
   * Resolves when the connection is over: with `undefined` after {@link close}, with the reason otherwise. Never
   * rejects.
   */
  get closed(): Promise<OvsError | undefined> {
    return this.#peer.closed
  }

  /**
   * Sends any request, `params` in wire form, and resolves with the result in wire form, or with what `decode` makes of
   * it before any later message is looked at. The client's own timeout applies unless the call has one.
   * @throws OvsError `peer`, `closed`, `timeout`, `aborted`.
   */
  request(method: string, params: readonly unknown[], options?: RequestOptions<JsonValue>): Promise<JsonValue>
  request<T>(
    method: string,
    params: readonly unknown[],
    options: RequestOptions<T> & { readonly decode: (result: JsonValue) => T },
  ): Promise<T>
  request<T>(method: string, params: readonly unknown[], options: RequestOptions<T> = {}): Promise<unknown> {
    return this.#peer.request(method, params, { ...options, ...this.#limits(options) } as RequestOptions<JsonValue>)
  }

  /** Sends any notification, `params` in wire form. Does nothing when the connection is over. */
  notify(method: string, params: readonly unknown[]): void {
    this.#peer.notify(method, params)
  }

  /**
   * Adds a handler that gets every notification of the server from now on, in order and in wire form: `update`,
   * `update2`, `update3`, `monitor_canceled`, `locked`, `stolen`. Handlers run in the order in which they were added,
   * and before any answer that the server sent later. What one throws aborts the connection; a promise that it returns
   * counts as back-pressure, see {@link NotificationHandler}. Returns the function that removes it.
   */
  onNotification(handler: NotificationHandler): () => void {
    return this.#peer.onNotification(handler)
  }

  /** The databases that the server has (RFC 7047 §4.1.1). */
  listDbs(options?: CallOptions): Promise<readonly string[]> {
    return this.#call('list_dbs', [], options, (result) => result as readonly string[])
  }

  /**
   * The schema of a database (RFC 7047 §4.1.2), asked for once for each connection.
   * @throws OvsError `peer` when the server has no such database.
   */
  async getSchema(db: string, options?: CallOptions): Promise<DatabaseSchema> {
    const known = this.#schemas.get(db)
    if (known) return known
    const schema = await this.#call('get_schema', [db], options, parseSchema)
    this.#schemas.set(db, schema)
    return schema
  }

  /**
   * Runs operations as one transaction (RFC 7047 §4.1.3): all of them or none. Resolves with one result for each
   * operation.
   *
   * After `timeout` or `aborted` the server is told to cancel (RFC 7047 §4.1.4), and after these and `closed` it is
   * unknown whether the transaction took place.
   * @throws OvsError `constraint` or `transaction` when an operation or the commit fails, `schema` when an operation
   * does not fit the database, `closed`, `timeout`, `aborted`.
   */
  async transact<Db extends string, const Ops extends readonly Operation<TablesOf<Db>>[]>(
    db: Db,
    operations: Ops,
    options?: TransactOptions,
  ): Promise<OperationResults<TablesOf<Db>, Ops>> {
    const schema = await this.getSchema(db, options)
    const list = operations as readonly AnyOperation[]
    const params = [db, ...list.map((operation) => encodeOperation(schema, operation))]
    const results = await this.#peer.request('transact', params, {
      ...this.#limits(options),
      decode: (answer) => decodeResults(schema, list, answer),
      onAbandon: (id) => this.#peer.notify('cancel', [id]),
      ...(options?.onSent ? { onSent: options.onSent } : {}),
    })
    return results as OperationResults<TablesOf<Db>, Ops>
  }

  /**
   * Watches columns. Resolves when the rows of now are there; from then on they follow the database. Uses the most
   * economical kind of monitor that the server knows.
   */
  async monitor<Db extends string, const R extends MonitorRequests<TablesOf<Db>>>(
    db: Db,
    requests: R,
    options?: CallOptions,
  ): Promise<Monitor<TablesOf<Db>, R>> {
    const schema = await this.getSchema(db, options)
    const id = `streambed-${this.#nextMonitor++}`
    const columns = requests as unknown as Readonly<Record<string, readonly string[]>>
    const monitor = new Monitor({ schema, cancel: () => this.#cancelMonitor(id) }, columns)
    this.#monitors.set(id, monitor as Monitor)
    try {
      await this.#startMonitor(db, id, columns, monitor as Monitor, options)
    } catch (error) {
      this.#monitors.delete(id)
      throw error
    }
    return monitor as unknown as Monitor<TablesOf<Db>, R>
  }

  /**
   * Asks for a lock (RFC 7047 §4.1.8): an object that says whether this client holds it, now and whenever that changes.
   * Resolves when the server has put this client in the queue, not when the lock is there: wait with
   * {@link OvsdbLock.acquired}.
   * @throws OvsError `peer` when this connection asks for the same lock a second time.
   */
  async lock(id: string, options?: LockOptions & CallOptions): Promise<OvsdbLock> {
    const lock = new OvsdbLock(id, options)
    await lock.attach(this, options)
    return lock
  }

  /**
   * Tells the server whether this client copes with databases that are converted, added or removed while it is
   * connected (ovsdb-server(7) §4.1.18). The server disconnects a client that does not. Since Open vSwitch 2.9.
   */
  async setDbChangeAware(aware = true, options?: CallOptions): Promise<void> {
    await this.#call('set_db_change_aware', [aware], options, () => undefined)
  }

  /** The identity of the server process, which changes when it is started again (ovsdb-server(7) §4.1.17). */
  getServerId(options?: CallOptions): Promise<Uuid> {
    return this.#call('get_server_id', [], options, (id) => id as Uuid)
  }

  /**
   * Changes the schema of a database in place (ovsdb-server(7) §4.1.19); rows are kept as far as the new schema has
   * their tables and columns. The server cancels every monitor of the database, and disconnects the clients that are
   * not change-aware: this one becomes so first.
   * @param schema the new schema in wire form (RFC 7047 §3.2), with the name of the database
   * @throws OvsError `peer` when the server refuses, such as for rows that break the new schema.
   */
  async convert(db: string, schema: JsonValue, options?: CallOptions): Promise<void> {
    await this.setDbChangeAware(true, options)
    await this.#call('convert', [db, schema], options, () => this.forgetSchema(db))
  }

  /** Makes {@link getSchema} ask the server again: the schema may have changed. */
  forgetSchema(db: string): void {
    this.#schemas.delete(db)
  }

  /** Whether reading has stopped because handlers are too slow; see {@link NotificationHandler}. */
  get heldBack(): boolean {
    return this.#peer.heldBack
  }

  /** Makes sure that the server is alive (RFC 7047 §4.1.11). */
  async echo(options?: CallOptions): Promise<void> {
    await this.#call('echo', [], options, () => undefined)
  }

  /** Sends what is written already, then closes. Calls that still wait reject with `closed`. Idempotent. */
  close(): Promise<void> {
    return this.#peer.close()
  }

  /** Closes at once. Calls that wait reject with `closed`, the reason as their cause. Idempotent. */
  abort(reason?: unknown): void {
    this.#peer.abort(reason)
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #limits({ signal, timeout = this.#timeout }: CallOptions = {}): CallOptions {
    return { signal, timeout }
  }

  #call<T>(
    method: string,
    params: readonly unknown[],
    options: CallOptions | undefined,
    decode: (result: JsonValue) => T,
  ): Promise<T> {
    return this.#peer.request(method, params, { ...this.#limits(options), decode })
  }

  async #startMonitor(
    db: string,
    id: string,
    requests: Readonly<Record<string, readonly string[]>>,
    monitor: Monitor,
    options: CallOptions | undefined,
  ): Promise<void> {
    const tables = Object.fromEntries(Object.entries(requests).map(([table, columns]) => [table, [{ columns }]]))
    for (const { method, notation } of monitorMethods) {
      const since = method === 'monitor_cond_since'
      try {
        // The rows are applied inside `decode`: an update may follow the answer in the same chunk.
        return await this.#call(method, [db, id, tables, ...(since ? [noTransaction] : [])], options, (result) =>
          monitor.apply(notation, since ? ((result as readonly JsonValue[])[2] as JsonValue) : result),
        )
      } catch (error) {
        if (!isUnknownMethod(error)) throw error
      }
    }
    throw new OvsError('peer', 'the server knows no kind of monitor: is it an OVSDB server?')
  }

  async #cancelMonitor(id: string): Promise<void> {
    this.#monitors.delete(id)
    try {
      await this.#call('monitor_cancel', [id], {}, () => undefined)
    } catch (error) {
      // A connection that ended has no monitors.
      if (!(error instanceof OvsError && error.code === 'closed')) throw error
    }
  }

  /** The schema was converted, or the database removed (ovsdb-server(7) §4.1.7): only for change-aware clients. */
  #monitorCanceled(id: JsonValue | undefined): void {
    if (typeof id !== 'string') return
    const monitor = this.#monitors.get(id)
    this.#monitors.delete(id)
    const why = 'the schema changed, or the database is gone'
    monitor?.fail(new OvsError('closed', `the server cancelled the monitor: ${why}`))
  }

  #notified(method: string, params: readonly JsonValue[]): void {
    if (method === 'monitor_canceled') return this.#monitorCanceled(params[0])
    const update = updateNotifications.get(method)
    // Other notifications, such as `locked`, have handlers of their own.
    if (!update) return
    const [id] = params
    // Updates of a monitor that was just closed may still be on their way.
    const monitor = typeof id === 'string' ? this.#monitors.get(id) : undefined
    const updates = params[update.at]
    if (updates === undefined)
      throw new OvsError('malformed', `the server sent ${method} for monitor ${stringifyJson(id)} without rows`)
    monitor?.apply(update.notation, updates)
  }
}
