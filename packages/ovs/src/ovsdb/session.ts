import type { Duplex } from 'node:stream'
import { OvsError } from '../errors.js'
import type { CallOptions } from '../jsonrpc/peer.js'
import { ConnectionKeeper, type KeeperEvent, type KeptConnection, type Link } from '../transport/keeper.js'
import { formatTarget, parseTargets } from '../transport/target.js'
import { OvsdbClient } from './client.js'
import { ConnectionHandlers } from './connection-handlers.js'
import { ConnectionWaiters } from './connection-waiters.js'
import { chooseDatabase, DatabaseFitness, noLongerServed } from './database-fitness.js'
import type { TablesOf } from './databases.js'
import { type LockOptions, OvsdbLock } from './lock.js'
import type { Operation } from './operation.js'
import type { OperationResults } from './result.js'
import { type DatabaseStatus, watchServerDatabases } from './server-database.js'
import type { ConnectionHandler, OvsdbSessionOptions, SessionConnection, SessionStatus } from './session-types.js'
import { StatusFeed } from './status-feed.js'

/** One physical connection while it lasts. */
interface Attachment {
  readonly client: OvsdbClient
  readonly link: Link
  /** What the server says of the database; absent on a server without `_Server`. */
  database: () => DatabaseStatus | undefined
  /** What the server said of the database when the handlers were run last. */
  seen: DatabaseStatus | undefined
  /** Ends what runs for the present schema. */
  current: AbortController | undefined
}

/**
 * The id of a monitor that watches nothing and is there to be cancelled: that is how a server says that the schema has
 * changed. The schema in `_Server` will not do, as Open vSwitch 3.1 leaves it as it was.
 */
const canary = 'streambed-session'

/** Operations that change nothing, so that a transaction of them may be sent twice. */
const readOnly = new Set(['select', 'wait', 'comment', 'assert', 'abort'])

/**
 * A connection to a database that heals: it finds a remote that serves the database (in a cluster its leader), probes
 * it, and goes to the next when it is silent, gone, stale, or no longer the leader. Locks are asked for again and
 * {@link onConnection} handlers run again on each connection before anything else is sent.
 *
 * Nothing waits for ever: every call has a timeout, and {@link close} and {@link abort} reject what waits.
 */
export class OvsdbSession<Db extends string = string> implements AsyncDisposable {
  readonly #options: OvsdbSessionOptions<Db>
  readonly #keeper: ConnectionKeeper
  readonly #status = new StatusFeed<SessionStatus>({ type: 'connecting', attempt: 1 })
  readonly #handlers = new ConnectionHandlers()
  readonly #waiters = new ConnectionWaiters()
  readonly #fitness: DatabaseFitness
  #db: Db | undefined
  #attachment: Attachment | undefined
  #connection: SessionConnection | undefined
  #generation = 0
  #lastError: OvsError | undefined
  #over: OvsError | undefined

  /**
   * Opens a session and resolves when its first connection is ready, handler `onConnected` included.
   * @throws OvsError `timeout` when no remote will do within the time, with the last reason as its cause; `invalid` for
   * options that cannot work; `aborted`.
   */
  static async open<Db extends string>(options: OvsdbSessionOptions<Db>): Promise<OvsdbSession<Db>> {
    const session = OvsdbSession.start(options)
    try {
      await session.ready()
      return session
    } catch (error) {
      session.abort(error)
      await session.closed
      throw error
    }
  }

  /**
   * Opens a session without waiting: see {@link ready}.
   * @throws OvsError `invalid` for options that cannot work.
   */
  static start<Db extends string>(options: OvsdbSessionOptions<Db>): OvsdbSession<Db> {
    return new OvsdbSession(options)
  }

  private constructor(options: OvsdbSessionOptions<Db>) {
    this.#options = options
    this.#db = options.db
    this.#fitness = new DatabaseFitness(options)
    if (options.onConnected) this.#handlers.add(options.onConnected).started.catch((error: unknown) => this.abort(error))
    this.#keeper = new ConnectionKeeper({
      targets: parseTargets(options.remotes),
      tls: options.tls,
      shuffle: options.shuffle ?? true,
      minBackoff: options.backoff?.min,
      maxBackoff: options.backoff?.max,
      jitter: options.backoff?.jitter,
      probeInterval: options.probeInterval,
      signal: options.signal,
      onConnection: (stream, link) => this.#attach(stream, link),
      onEvent: (event) => this.#kept(event),
    })
  }

  /** The database. @throws OvsError `closed` before the first connection when the options did not name it. */
  get db(): Db {
    if (this.#db === undefined) throw new OvsError('closed', 'the name of the database is not known before ready()')
    return this.#db
  }

  /** The connection that is ready now, if any. */
  get connection(): SessionConnection | undefined {
    return this.#connection
  }

  /** Resolves when the session is over: with `undefined` after {@link close}, with the reason otherwise. */
  get closed(): Promise<OvsError | undefined> {
    return this.#keeper.closed
  }

  /** What the session is doing. */
  status(): SessionStatus {
    return this.#status.value
  }

  /** Calls back after every change of the status. Returns the function that ends it. */
  onStatus(listener: (status: SessionStatus) => void): () => void {
    return this.#status.onChange(listener)
  }

  /** The status of now and every later one; ends after `closed`. */
  statusChanges(): AsyncGenerator<SessionStatus, void, void> {
    return this.#status.changes()
  }

  /**
   * Waits for a connection that is ready.
   * @throws OvsError `timeout` with the reason of the latest failure as its cause, `aborted`, and what ended the
   * session.
   */
  ready(options: CallOptions = {}): Promise<SessionConnection> {
    if (this.#over) return Promise.reject(this.#over)
    const { signal, timeout = this.#timeout } = options
    if (this.#connection && !signal?.aborted) return Promise.resolve(this.#connection)
    return this.#waiters.wait({ signal, timeout }, () => this.#lastError)
  }

  /**
   * Registers a handler that brings something up to date with each connection. It runs at once on the connection that
   * is there, and on every later one, in the order of registration, before the session is ready again; and again on
   * the same connection, in a new {@link SessionConnection}, when the schema has changed.
   *
   * Resolves after the first run with the function that removes the handler. When the first run fails the handler is
   * removed and the error is passed on, unless the connection ended meanwhile: it then runs on the next. A later
   * failure ends the connection, and the next is tried.
   */
  async onConnection(handler: ConnectionHandler): Promise<() => void> {
    if (this.#over) throw this.#over
    const registration = this.#handlers.add(handler)
    // While the session gets ready, its own loop comes to the new handler.
    if (this.#connection) void this.#handlers.run(registration, this.#connection).catch(() => {})
    await registration.started
    return () => this.#handlers.remove(registration)
  }

  /**
   * Runs operations as one transaction (RFC 7047 §4.1.3), see `OvsdbClient.transact`. Waits for a connection first; a
   * transaction that was not sent when a connection ended goes to the next one, and so does one that only reads, or
   * that the server cancelled because the schema changed.
   * @throws OvsError `outcome-unknown` when the connection ends after the transaction was sent and before its answer
   * came; `constraint`, `transaction`, `schema`; `timeout` and `aborted`, after which the outcome is unknown too unless
   * there was no connection; what ended the session.
   */
  async transact<const Ops extends readonly Operation<TablesOf<Db>>[]>(
    operations: Ops,
    options: CallOptions = {},
  ): Promise<OperationResults<TablesOf<Db>, Ops>> {
    const { signal, timeout = this.#timeout } = options
    const deadline = performance.now() + timeout
    const limits = () => ({ signal, timeout: Math.max(1, deadline - performance.now()) })
    const repeatable = (operations as readonly { readonly op: string }[]).every(({ op }) => readOnly.has(op))
    for (;;) {
      const { client } = await this.ready(limits())
      let sent = false
      try {
        return await client.transact(this.db, operations, { ...limits(), onSent: () => (sent = true) })
      } catch (error) {
        if (isCancelled(error) && performance.now() < deadline) {
          // Asks again when the change that cancelled it has been seen.
          await this.#afterChange(client)
          continue
        }
        if (!(error instanceof OvsError && error.code === 'closed')) throw error
        if (sent && !repeatable) throw unknownOutcome(error, operations.length)
        if (this.#over) throw this.#over
        if (this.#connection?.client === client) await this.#afterChange(client)
      }
    }
  }

  /**
   * A lock that is asked for again on every connection (RFC 7047 §4.1.8). It is not held while there is no connection.
   * Resolves when it has been asked for the first time: wait with {@link OvsdbLock.acquired}.
   */
  async lock(id: string, options: LockOptions = {}): Promise<OvsdbLock> {
    const lock = new OvsdbLock(id, options)
    const remove = await this.onConnection(({ client }) => this.#attachLock(lock, client))
    lock.onClose = remove
    void this.closed.then((error) =>
      lock.end(new OvsError('closed', `the lock ${id} is lost: the session is over`, { cause: error })),
    )
    return lock
  }

  /**
   * Ends the present connection, for a reason that its user found, such as rows that do not fit; the next remote is
   * tried at once.
   */
  reconnect(reason?: unknown): void {
    const error =
      reason instanceof OvsError ? reason : new OvsError('closed', 'a new connection was asked for', { cause: reason })
    this.#keeper.reconnect(error)
  }

  /** Sends what is written already, then ends the session. What waits is rejected with `closed`. Idempotent. */
  close(): Promise<void> {
    this.#finish(new OvsError('closed', 'the session was closed'))
    return this.#keeper.close()
  }

  /** Ends the session at once. What waits is rejected, the reason as its cause. Idempotent. */
  abort(reason?: unknown): void {
    this.#keeper.abort(reason)
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  get #timeout(): number {
    return this.#options.timeout ?? 30_000
  }

  #attach(stream: Duplex, link: Link): KeptConnection {
    const client = new OvsdbClient(stream, { ...this.#options.limits, timeout: this.#timeout })
    stream.on('data', () => link.activity())
    const attachment: Attachment = { client, link, database: () => undefined, seen: undefined, current: undefined }
    this.#attachment = attachment
    void client.closed.then((reason) => this.#detach(attachment, reason))
    this.#establish(attachment).catch((error: unknown) => client.abort(error))
    return {
      closed: client.closed,
      // The keeper measures the time; the timeout only keeps probes from piling up.
      probe: () => void client.echo().catch(() => {}),
      isReading: () => !client.heldBack,
      abort: (reason) => client.abort(reason),
      close: () => client.close(),
    }
  }

  #detach(attachment: Attachment, reason: OvsError | undefined): void {
    attachment.current?.abort(reason)
    if (this.#attachment !== attachment) return
    this.#attachment = undefined
    this.#connection = undefined
  }

  /** Finds out whether the server will do, follows what it says of the database, and gets ready. */
  async #establish(attachment: Attachment): Promise<void> {
    const { client } = attachment
    const [server] = await Promise.all([watchServerDatabases(client, {}), becomeAware(client)])
    const db = await this.#chooseDatabase(attachment, server?.databases().map(({ name }) => name))
    if (db === undefined) return
    if (server) {
      attachment.database = () => server.databases().find(({ name }) => name === db)
      server.onChange(() => this.#serverChanged(attachment, db))
    }
    client.onNotification((method, [id]) => {
      if (method === 'monitor_canceled' && id === canary) this.#schemaChanged(attachment, db)
    })
    if (server) this.#fitness.check(remoteOf(attachment), db, attachment.database())
    attachment.seen = attachment.database()
    await this.#prepare(attachment, db)
  }

  #schemaChanged(attachment: Attachment, db: Db): void {
    if (this.#attachment !== attachment) return
    attachment.client.forgetSchema(db)
    this.#prepare(attachment, db).catch((error: unknown) => {
      const gone = error instanceof OvsError && error.detail?.type === 'reply' && error.detail.method === 'get_schema'
      attachment.client.abort(gone ? noLongerServed(remoteOf(attachment), db, error) : error)
    })
  }

  async #chooseDatabase(attachment: Attachment, known: readonly string[] | undefined): Promise<Db | undefined> {
    const names = known ?? (await attachment.client.listDbs())
    try {
      return (this.#db = chooseDatabase(remoteOf(attachment), names, this.#db) as Db)
    } catch (error) {
      // Trying again would not change that there are several.
      if (!(error instanceof OvsError && error.code === 'invalid')) throw error
      this.#fail(error)
      return undefined
    }
  }

  #serverChanged(attachment: Attachment, db: Db): void {
    if (this.#attachment !== attachment || !attachment.seen) return
    try {
      this.#fitness.check(remoteOf(attachment), db, attachment.database())
    } catch (error) {
      return this.#keeper.reconnect(error as OvsError)
    }
    const now = attachment.database()
    if (now?.uuid === attachment.seen.uuid) return
    // The database was removed, and added again.
    this.#keeper.reconnect(new OvsError('closed', `the database ${db} was replaced by another`))
  }

  /** Runs the handlers, then declares the session ready. */
  async #prepare(attachment: Attachment, db: Db): Promise<void> {
    attachment.current?.abort(new OvsError('closed', 'the schema changed'))
    const current = new AbortController()
    attachment.current = current
    this.#connection = undefined
    const { client, link } = attachment
    this.#status.set({ type: 'synchronising', remote: link.target })
    const [schema] = await Promise.all([client.getSchema(db), watchForCancel(client, db)])
    if (current.signal.aborted) return
    const connection: SessionConnection = {
      client,
      remote: link.target,
      db,
      schema,
      generation: ++this.#generation,
      signal: current.signal,
    }
    await this.#handlers.runAll(connection)
    if (current.signal.aborted) return
    link.accept()
    this.#connection = connection
    this.#lastError = undefined
    this.#status.set({ type: 'ready', remote: link.target, generation: connection.generation })
    this.#waiters.done(connection)
  }

  /** Asks for a lock, unless this connection has been asked already: the handlers also run when the schema changes. */
  async #attachLock(lock: OvsdbLock, client: OvsdbClient): Promise<void> {
    if (!lock.isAttachedTo(client)) await lock.attach(client, { lasting: true })
  }

  /** Resolves when the connection of this client is no longer the ready one, or after a short while. */
  #afterChange(client: OvsdbClient): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        stop()
        resolve()
      }
      const timer = setTimeout(done, 100)
      const stop = this.onStatus(done)
      void client.closed.then(done)
    })
  }

  #kept(event: KeeperEvent): void {
    switch (event.type) {
      case 'connecting':
        return this.#status.set({
          type: 'connecting',
          attempt: event.attempt,
          ...(this.#lastError ? { error: this.#lastError } : {}),
        })
      case 'listening':
        return this.#status.set({ type: 'listening', target: event.target })
      case 'backoff':
        this.#connection = undefined
        this.#lastError = rootCause(event.error)
        return this.#status.set({ type: 'backoff', delay: event.delay, error: this.#lastError })
      case 'closed':
        return this.#finish(event.error, true)
      case 'connected':
    }
  }

  /** Ends the session for a reason that trying again would not change. */
  #fail(error: OvsError): void {
    this.#finish(error)
    this.#keeper.abort(error)
  }

  #finish(error: OvsError | undefined, report = false): void {
    if (!this.#over) {
      this.#over = error ?? new OvsError('closed', 'the session was closed')
      this.#connection = undefined
      this.#waiters.fail(this.#over)
      this.#handlers.fail(this.#over)
    }
    if (report) this.#status.end({ type: 'closed', ...(error ? { error } : {}) })
  }
}

function remoteOf({ link }: Attachment): string {
  return formatTarget(link.target)
}

async function becomeAware(client: OvsdbClient): Promise<void> {
  try {
    await client.setDbChangeAware()
  } catch (error) {
    // A server before Open vSwitch 2.9 has no such request: it will disconnect us instead.
    if (!(error instanceof OvsError && error.code === 'peer')) throw error
  }
}

async function watchForCancel(client: OvsdbClient, db: string): Promise<void> {
  try {
    await client.request('monitor', [db, canary, {}])
  } catch (error) {
    // A server that has no such monitor does not convert either.
    if (!(error instanceof OvsError && error.code === 'peer')) throw error
  }
}

/** Why a connection ended is more telling than that it ended. */
function rootCause(error: OvsError): OvsError {
  return error.code === 'closed' && error.cause instanceof OvsError ? error.cause : error
}

function isCancelled(error: unknown): boolean {
  return error instanceof OvsError && error.detail?.type === 'reply' && error.detail.error === 'canceled'
}

function unknownOutcome(cause: OvsError, operations: number): OvsError {
  return new OvsError(
    'outcome-unknown',
    `the connection ended after a transaction of ${operations} operations was sent: it may have taken place, or not; ` +
      'look at the database before you send it again',
    { cause },
  )
}
