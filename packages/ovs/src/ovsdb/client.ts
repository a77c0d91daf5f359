import type { Duplex } from 'node:stream'
import { OvsError } from '../errors.js'
import type { JsonFramerOptions } from '../jsonrpc/framer.js'
import { type JsonValue, stringifyJson } from '../jsonrpc/json.js'
import { type CallOptions, JsonRpcPeer } from '../jsonrpc/peer.js'
import type { TablesOf } from './databases.js'
import { Monitor, type MonitorRequests } from './monitor.js'
import { type AnyOperation, encodeOperation, type Operation } from './operation.js'
import { decodeResults, type OperationResults } from './result.js'
import { type DatabaseSchema, parseSchema } from './schema.js'
import type { UpdateNotation } from './update.js'

/** Options of an {@link OvsdbClient}. */
export interface OvsdbClientOptions extends JsonFramerOptions {
  /** Milliseconds that a call may take unless it says otherwise. Defaults to 30,000. */
  readonly timeout?: number
}

/**
 * The ways to monitor, best first: what the server sends, and how (ovsdb-server(7) §4.1.15, §4.1.12, RFC 7047 §4.1.5).
 */
const monitorMethods = [
  { method: 'monitor_cond_since', notation: 'v2' },
  { method: 'monitor_cond', notation: 'v2' },
  { method: 'monitor', notation: 'v1' },
] as const satisfies readonly { method: string; notation: UpdateNotation }[]

/**
 * Which notification carries which notation, and at which parameter the updates are (RFC 7047 §4.1.6, ovsdb-server(7)
 * §4.1.14, §4.1.16).
 */
const updateNotifications: {
  readonly [method: string]: { readonly notation: UpdateNotation; readonly at: number } | undefined
} = {
  update: { notation: 'v1', at: 1 },
  update2: { notation: 'v2', at: 1 },
  update3: { notation: 'v2', at: 2 },
}

/** No transaction is known: the server shall send everything (ovsdb-server(7) §4.1.15). */
const noTransaction = '00000000-0000-0000-0000-000000000000'

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
    options?: CallOptions,
  ): Promise<OperationResults<TablesOf<Db>, Ops>> {
    const schema = await this.getSchema(db, options)
    const list = operations as readonly AnyOperation[]
    const params = [db, ...list.map((operation) => encodeOperation(schema, operation))]
    const results = await this.#peer.request('transact', params, {
      ...this.#limits(options),
      decode: (answer) => decodeResults(schema, list, answer),
      onAbandon: (id) => this.#peer.notify('cancel', [id]),
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

  #notified(method: string, params: readonly JsonValue[]): void {
    const update = updateNotifications[method]
    // Other notifications, such as `locked`, are for features that this client does not use.
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

function isUnknownMethod(error: unknown): boolean {
  return (
    error instanceof OvsError &&
    error.detail?.type === 'reply' &&
    JSON.stringify(error.detail.error).includes('unknown method')
  )
}
