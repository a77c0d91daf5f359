import type { Duplex } from 'node:stream'
import { OvsError } from '../../errors.js'
import { JsonFramer } from '../../jsonrpc/framer.js'
import { type JsonValue, parseJson, stringifyJson } from '../../jsonrpc/json.js'
import { parseMessage } from '../../jsonrpc/message.js'
import { isId } from '../../ovsdb/atom.js'
import { databaseError, wireError } from '../../ovsdb/database-error.js'
import type { LockTable } from './lock-table.js'
import type { Change, MemoryDatabase } from './memory-database.js'
import { isNotYet, runTransaction } from './run-transaction.js'
import { type MonitorMethod, ServerMonitor } from './server-monitor.js'

/** What a session needs of its server. */
export interface SessionHost {
  readonly serverId: string
  readonly databases: ReadonlyMap<string, MemoryDatabase>
  readonly locks: LockTable<ServerSession>
  /** Tells every session what was changed. */
  readonly committed: (database: MemoryDatabase, changes: readonly Change[], then: () => void) => void
  readonly convert: (name: string, schema: JsonValue) => void
  readonly ended: (session: ServerSession) => void
  readonly requested?: (method: string, params: readonly JsonValue[]) => void
}

/** The answer to a request. Errors have no member `result`, as from a real server. */
type Answer = { readonly result: JsonValue; readonly error: null } | { readonly error: JsonValue }

/** A transaction that waits for the database to change. */
interface Waiting {
  readonly id: JsonValue
  readonly database: MemoryDatabase
  readonly operations: readonly JsonValue[]
  readonly since: number
  timer: NodeJS.Timeout | undefined
}

type Params = readonly JsonValue[]
type Handler = (params: Params, id: JsonValue) => Answer | undefined

/** One client's connection to an in-memory server: reads its requests and answers them (RFC 7047 §4.1). */
export class ServerSession {
  readonly #stream: Duplex
  readonly #host: SessionHost
  readonly #framer = new JsonFramer()
  readonly #monitors = new Map<string, ServerMonitor>()
  readonly #locks = new Set<string>()
  readonly #waiting = new Set<Waiting>()
  #aware = false
  #ended = false

  constructor(stream: Duplex, host: SessionHost) {
    this.#stream = stream
    this.#host = host
    stream.on('data', (chunk: Uint8Array) => this.#receive(chunk))
    stream.once('end', () => this.end())
    stream.once('close', () => this.#finish())
    stream.on('error', () => this.#finish())
  }

  /** Whether the client can live with a change of the databases (ovsdb-server(7) §4.1.16). */
  get aware(): boolean {
    return this.#aware
  }

  /** Closes the connection when what was written is sent. */
  end(): void {
    this.#finish()
    this.#stream.end()
  }

  /** Breaks the connection. */
  destroy(): void {
    this.#finish()
    this.#stream.destroy()
  }

  /** Sends a notification. */
  notify(method: string, params: Params): void {
    this.#send({ id: null, method, params })
  }

  /** Tells the monitors of a database what was changed. */
  notifyChanges(database: MemoryDatabase, changes: readonly Change[]): void {
    for (const monitor of this.#monitors.values()) {
      const notification = monitor.database === database ? monitor.notification(changes) : undefined
      if (notification) this.notify(notification.method, notification.params)
    }
  }

  /** Tries the transactions again that wait for a change of the database. */
  retry(database: MemoryDatabase): void {
    for (const waiting of [...this.#waiting]) if (waiting.database === database) this.#attempt(waiting)
  }

  /** Ends what hangs on a database that is replaced. */
  forget(database: MemoryDatabase): void {
    for (const [key, monitor] of this.#monitors) {
      if (monitor.database !== database) continue
      this.#monitors.delete(key)
      this.notify('monitor_canceled', [monitor.id])
    }
    for (const waiting of [...this.#waiting]) if (waiting.database === database) this.#cancel(waiting)
  }

  #receive(chunk: Uint8Array): void {
    try {
      for (const text of this.#framer.push(chunk)) if (!this.#ended) this.#handle(text)
    } catch (error) {
      // A real server ends the connection too. Anything but the client's mistake is a bug of this server.
      if (error instanceof OvsError) this.destroy()
      else this.#stream.destroy(error as Error)
    }
  }

  #handle(text: string): void {
    const message = parseMessage(parseJson(text))
    if (message.type === 'response') return
    this.#host.requested?.(message.method, message.params)
    if (message.type === 'notification') {
      if (message.method === 'cancel') this.#cancelled(message.params[0])
      return
    }
    const answer = this.#answer(message.method, message.params, message.id)
    if (answer) this.#send({ id: message.id, ...answer })
  }

  #answer(method: string, params: Params, id: JsonValue): Answer | undefined {
    const handler = this.#handlers[method]
    if (!handler) return { error: 'unknown method' }
    try {
      return handler(params, id)
    } catch (error) {
      const wire = wireError(error)
      if (wire) return { error: wire }
      throw error
    }
  }

  readonly #handlers: { readonly [method: string]: Handler } = {
    echo: (params) => success(params),
    list_dbs: () => success([...this.#host.databases.keys()]),
    get_schema: (params) => success(this.#database('get_schema', params).schemaJson),
    get_server_id: () => success(this.#host.serverId),
    set_db_change_aware: (params) => {
      if (typeof params[0] !== 'boolean')
        throw databaseError('syntax error', 'set_db_change_aware: true or false parameter expected', params)
      this.#aware = params[0]
      return success({})
    },
    transact: (params, id) => this.#transact(params, id),
    monitor: (params) => this.#monitor('monitor', params),
    monitor_cond: (params) => this.#monitor('monitor_cond', params),
    monitor_cond_since: (params) => {
      if (params.length !== 4) throw databaseError('syntax error', 'invalid parameters', params)
      return this.#monitor('monitor_cond_since', params)
    },
    monitor_cond_change: (params) => this.#changeConditions(params),
    monitor_cancel: (params) => {
      if (params.length !== 1) return { error: 'invalid parameters' }
      return this.#monitors.delete(stringifyJson(params[0])) ? success({}) : { error: 'unknown monitor' }
    },
    lock: (params) => this.#lock('lock', params),
    steal: (params) => this.#lock('steal', params),
    unlock: (params) => {
      const name = lockName('unlock', params)
      if (!this.#locks.delete(name))
        throw databaseError('syntax error', 'unlock: "unlock" without "lock" or "steal"', params)
      this.#unlock(name)
      return success({})
    },
    convert: (params) => {
      const database = this.#database('convert', params)
      this.#host.convert(database.schema.name, params[1] ?? null)
      return success({})
    },
  }

  #transact(params: Params, id: JsonValue): Answer | undefined {
    const database = this.#database('transact', params)
    const waiting = { id, database, operations: params.slice(1), since: performance.now(), timer: undefined }
    this.#attempt(waiting, 0)
    return undefined
  }

  #attempt(waiting: Waiting, elapsed = performance.now() - waiting.since): void {
    clearTimeout(waiting.timer)
    this.#waiting.delete(waiting)
    const { database, operations, id } = waiting
    const outcome = runTransaction(database, operations, {
      elapsed,
      ownsLock: (lock) => this.#host.locks.owns(lock, this),
    })
    if (isNotYet(outcome)) return this.#wait(waiting, elapsed, outcome.milliseconds)
    this.#host.committed(database, outcome.changes, () => this.#send({ id, result: outcome.results, error: null }))
  }

  #wait(waiting: Waiting, elapsed: number, milliseconds: number | undefined): void {
    this.#waiting.add(waiting)
    if (milliseconds === undefined) return
    // Timers may fire a little early.
    const due = () => this.#attempt(waiting, Math.max(performance.now() - waiting.since, elapsed + milliseconds))
    waiting.timer = setTimeout(due, milliseconds)
  }

  #cancelled(id: JsonValue | undefined): void {
    const key = stringifyJson(id ?? null)
    for (const waiting of [...this.#waiting]) if (stringifyJson(waiting.id) === key) this.#cancel(waiting)
  }

  /** Only a client that is aware of changes gets an answer to a request that it cancelled. */
  #cancel(waiting: Waiting): void {
    clearTimeout(waiting.timer)
    this.#waiting.delete(waiting)
    if (this.#aware) this.#send({ id: waiting.id, error: 'canceled' })
  }

  #monitor(method: MonitorMethod, params: Params): Answer {
    const database = this.#database(method, params)
    const [, id = null, requests = null] = params
    const key = stringifyJson(id)
    if (this.#monitors.has(key)) throw databaseError('syntax error', 'duplicate monitor ID', id)
    const monitor = new ServerMonitor(database, method, id, requests)
    this.#monitors.set(key, monitor)
    return success(monitor.initial())
  }

  #changeConditions([old = null, id = null, requests = null]: Params): Answer {
    const key = stringifyJson(old)
    const monitor = this.#monitors.get(key)
    if (!monitor) throw databaseError('syntax error', 'unknown monitor session', old)
    const newKey = stringifyJson(id)
    if (newKey !== key && this.#monitors.has(newKey)) throw databaseError('syntax error', 'duplicate monitor ID', id)
    const notification = monitor.changeConditions(id, requests)
    this.#monitors.delete(key)
    this.#monitors.set(newKey, monitor)
    if (notification) this.notify(notification.method, notification.params)
    return success({})
  }

  #lock(method: 'lock' | 'steal', params: Params): Answer {
    const name = lockName(method, params)
    if (this.#locks.has(name)) throw databaseError('syntax error', `must issue "unlock" before new "${method}"`, params)
    this.#locks.add(name)
    if (method === 'lock') return success({ locked: this.#host.locks.lock(name, this) })
    this.#host.locks.steal(name, this)?.notify('stolen', [name])
    return success({ locked: true })
  }

  #unlock(name: string): void {
    this.#host.locks.unlock(name, this)?.notify('locked', [name])
  }

  #database(method: string, params: Params): MemoryDatabase {
    const [name] = params
    if (typeof name !== 'string')
      throw databaseError('syntax error', `${method} request params must begin with <db-name>`, params)
    const database = this.#host.databases.get(name)
    if (database) return database
    throw databaseError('unknown database', `${method} request specifies unknown database ${name}`, params)
  }

  #send(message: object): void {
    if (!this.#ended) this.#stream.write(stringifyJson(message))
  }

  #finish(): void {
    if (this.#ended) return
    this.#ended = true
    for (const waiting of this.#waiting) clearTimeout(waiting.timer)
    this.#waiting.clear()
    for (const name of this.#locks) this.#unlock(name)
    this.#host.ended(this)
  }
}

function success(result: JsonValue): Answer {
  return { result, error: null }
}

function lockName(method: string, params: Params): string {
  if (params.length === 1 && isId(params[0])) return params[0]
  throw databaseError('syntax error', `${method} request params must be <id>`, params)
}
