import { OvsError } from '../../errors.js'
import type { CallOptions } from '../../jsonrpc/peer.js'
import { awaitState } from '../await-state.js'
import { OvsdbClient } from '../client.js'
import type { AnyCondition, Condition } from '../condition.js'
import type { TablesOf } from '../databases.js'
import type { AnyOperation, Operation } from '../operation.js'
import type { OperationResults } from '../result.js'
import type { Tables } from '../row.js'
import { OvsdbSession } from '../session.js'
import type { OvsdbSessionOptions } from '../session-types.js'
import type { RowChange } from '../update.js'
import type { Uuid, Value } from '../value.js'
import { ChangeFeed, type FeedOptions } from './change-feed.js'
import { clientLink, type ReplicaLink, sessionLink } from './replica-link.js'
import { ReplicaMonitor, replicaTable } from './replica-monitor.js'
import type { IndexDefinition, ReplicaTable } from './replica-table.js'
import { ReplicaTransaction } from './replica-transaction.js'
import type {
  ChangeBatch,
  LookupKey,
  ReplicaChange,
  ReplicaConditions,
  ReplicaIndexes,
  ReplicaRow,
  ReplicaTable as TableName,
  ReplicaTables,
} from './replica-types.js'
import { type AnySelection, fullSelection } from './table-selection.js'
import { Transaction } from './transaction.js'

/** What an {@link OvsdbReplica} has. */
export interface ReplicaOptions<Db extends string, S, I> {
  /** The name of the database. */
  readonly db: Db
  readonly tables: S
  /** Indexes beside those of the schema. An index is built when it is first asked. */
  readonly indexes?: I
  /** Milliseconds for `open`. Defaults to the session's. */
  readonly timeout?: number
}

/** Options of {@link OvsdbReplica.changes}. */
export interface ChangesOptions extends FeedOptions {
  /** Begins with a batch that has every row of now as an insertion. Defaults to false. */
  readonly initial?: boolean
}

/** Options of {@link OvsdbReplica.update}. */
export interface UpdateOptions extends CallOptions {
  /** How often the function is run at most. Defaults to 20. */
  readonly attempts?: number
  /**
   * Runs the function again also when the connection ended in mid-transaction, so that nobody knows whether it took
   * place. Sound when the function looks whether there is still something to do: it then reads the database as it is,
   * and what it has read is guarded against a transaction that takes place late. Defaults to false: `outcome-unknown`.
   */
  readonly repeatUnknown?: boolean
}

type AnyFeed = ChangeFeed<ChangeBatch>

/**
 * A copy of tables of a database in memory that follows the database, over as many connections as it takes. Rows are
 * frozen plain objects; a row that changes is replaced by another, so a row in your hand stays as it was.
 *
 * - When a transaction's promise resolves its effects are in the replica.
 * - After a connection was lost the replica resumes where it was when the server can, otherwise it compares: either way
 *   the changes that it reports are those that took place, each with the row before and after.
 * - While there is no connection the rows are those of before, see {@link synchronised}.
 */
export class OvsdbReplica<T extends Tables, S extends ReplicaTables<T>, I = unknown> implements AsyncDisposable {
  readonly #link: ReplicaLink
  readonly #monitor: ReplicaMonitor
  readonly #closeOwned: (() => Promise<void>) | undefined
  readonly #listeners = new Set<(batch: ChangeBatch) => void>()
  readonly #failures = new Set<(error: OvsError) => void>()
  readonly #feeds = new Set<AnyFeed>()
  #detach: () => void = () => undefined
  #transactions = 0
  #over: OvsError | undefined

  private constructor(
    link: ReplicaLink,
    { tables, indexes }: ReplicaOptions<string, unknown, unknown>,
    closeOwned: (() => Promise<void>) | undefined,
  ) {
    this.#link = link
    this.#closeOwned = closeOwned
    const selections = Object.entries(tables as Readonly<Record<string, AnySelection | undefined>>)
    this.#monitor = new ReplicaMonitor({
      selections: new Map(
        selections.flatMap(([name, selection]) =>
          selection === undefined ? [] : [[name, fullSelection(selection)] as const],
        ),
      ),
      indexes: (indexes ?? {}) as Readonly<Record<string, Readonly<Record<string, IndexDefinition>>>>,
      onBatch: (batch) => this.#deliver(batch),
    })
    void link.closed.then((reason) => {
      void this.#finish(new OvsError('closed', 'the connection to the database ended', { cause: reason?.cause ?? reason }))
    })
  }

  /**
   * Opens a replica and resolves when its rows are there.
   * @param source an `OvsdbSession`, which stays the caller's; options of one, which the replica then opens and closes
   * itself; or an `OvsdbClient`, whose one connection the replica does not outlive
   * @throws OvsError `schema` when the database lacks a table or column that is not optional; `invalid` for a session of
   * another database; `timeout`.
   */
  static async open<
    Db extends string,
    const S extends ReplicaTables<TablesOf<Db>>,
    const I extends ReplicaIndexes<TablesOf<Db>, S> = Record<never, never>,
  >(
    source: OvsdbSession<NoInfer<Db>> | OvsdbSession | OvsdbClient | Omit<OvsdbSessionOptions<NoInfer<Db>>, 'db'>,
    options: ReplicaOptions<Db, S, I>,
  ): Promise<OvsdbReplica<TablesOf<Db>, S, I>> {
    const { link, close } = await openLink(source as OvsdbSession | OvsdbClient | OvsdbSessionOptions, options.db)
    const replica = new OvsdbReplica<TablesOf<Db>, S, I>(link, options, close)
    const attached = link.attach((connection) => replica.#monitor.synchronise(connection))
    try {
      const { timeout } = options
      replica.#detach = await (timeout === undefined ? attached : within(attached, timeout))
      return replica
    } catch (error) {
      attached.then((remove) => remove(), () => undefined)
      await replica.close()
      throw error
    }
  }

  /** Whether the rows follow the database at this moment; otherwise they are those of before. */
  get synchronised(): boolean {
    return this.#monitor.synchronised
  }

  /** The rows of a table by uuid. A live view: it changes with the database, its rows do not. */
  rows<K extends TableName<T, S>>(table: K): ReadonlyMap<Uuid, ReplicaRow<T, S, K>> {
    return this.#table(table).rows as unknown as ReadonlyMap<Uuid, ReplicaRow<T, S, K>>
  }

  /** A row by its uuid. */
  row<K extends TableName<T, S>>(table: K, uuid: Uuid): ReplicaRow<T, S, K> | undefined {
    return this.#table(table).rows.get(uuid) as ReplicaRow<T, S, K> | undefined
  }

  /**
   * The rows for which all conditions hold, evaluated here as the server would. Fast when `==` names every column of an
   * index, of the schema or of the user's choice, or its map's key is named as in
   * `['external_ids', 'includes', { owner: 'x' }]`; otherwise every row is looked at.
   * @throws OvsError `schema` when a condition does not fit the table.
   */
  find<K extends TableName<T, S>>(table: K, conditions: readonly Condition<T[K]>[]): ReplicaRow<T, S, K>[] {
    return this.#table(table).find(conditions as readonly AnyCondition[]) as unknown as ReplicaRow<T, S, K>[]
  }

  /**
   * The rows that an index of the user's choice has: by the values of its parts, or by a key that its function gives.
   * @throws OvsError `schema` when there is no such index.
   */
  lookup<K extends TableName<T, S> & keyof I, N extends keyof I[K] & string>(
    table: K,
    index: N,
    ...key: LookupKey<ReplicaRow<T, S, K>, I[K][N]>
  ): ReplicaRow<T, S, K>[] {
    return this.#table(table).lookup(index, key as readonly Value[]) as unknown as ReplicaRow<T, S, K>[]
  }

  /**
   * Calls back with every batch from now on, in order, after it is in the rows. What the listener throws is an uncaught
   * exception; the replica and other listeners go on. Returns the function that ends it.
   */
  onChange(listener: (batch: ChangeBatch<ReplicaChange<T, S>>) => void): () => void {
    const any = listener as unknown as (batch: ChangeBatch) => void
    this.#listeners.add(any)
    return () => void this.#listeners.delete(any)
  }

  /**
   * Every batch from the moment of the call, in order, none left out. Ends when the replica is closed; throws `closed`
   * when its connection ended for good, and `too-large` when the consumer is too slow, see {@link FeedOptions}.
   */
  changes(options: ChangesOptions = {}): AsyncIterableIterator<ChangeBatch<ReplicaChange<T, S>>> {
    const feed: AnyFeed = new ChangeFeed<ChangeBatch>(options, () => this.#feeds.delete(feed))
    if (options.initial) feed.push({ type: 'initial', changes: [...insertions(this.#monitor.tables)] })
    if (this.#over) feed.end(this.#over)
    else this.#feeds.add(feed)
    return feed as unknown as AsyncIterableIterator<ChangeBatch<ReplicaChange<T, S>>>
  }

  /**
   * Waits until `test` gives something other than `undefined` or `false`: it is called now and after every batch. What
   * it throws rejects the promise.
   * @throws OvsError `timeout`, `aborted`, and `closed` when the replica ends first.
   */
  until<V>(test: (replica: this) => V, options: CallOptions = {}): Promise<Exclude<V, undefined | false>> {
    const found = (): Exclude<V, undefined | false> | undefined => {
      const value = test(this)
      return value === false ? undefined : (value as Exclude<V, undefined | false> | undefined)
    }
    return awaitState({ onChange: (check) => this.onChange(check), failures: this.#failures, over: this.#over }, found, options)
  }

  /**
   * Has other rows of some tables from now on: those for which one of the conditions holds, `true` for all, an empty
   * list for none. Resolves when they are there, and those that do not belong are gone; also when a connection is lost
   * in between. Changes that follow one another quickly are sent one at a time.
   * @throws OvsError `schema` when a condition does not fit, `peer` when the server refuses it, `closed`.
   */
  async setConditions(conditions: ReplicaConditions<T, S>): Promise<void> {
    if (this.#over) throw this.#over
    await this.#monitor.setConditions(conditions as Readonly<Record<string, true | readonly AnyCondition[]>>)
  }

  /**
   * Runs operations as one transaction. When the promise resolves its effects are in the replica, and the rows of a
   * {@link Transaction} that were inserted have their uuids.
   * @throws OvsError as `OvsdbSession.transact` does.
   */
  transact<const Ops extends readonly Operation<T>[]>(
    operations: Ops,
    options?: CallOptions,
  ): Promise<OperationResults<T, Ops>>
  transact(transaction: Transaction<T>, options?: CallOptions): Promise<readonly object[]>
  async transact(
    transaction: Transaction<T> | readonly Operation<T>[],
    options: CallOptions = {},
  ): Promise<readonly object[]> {
    if (!(transaction instanceof Transaction)) return this.#send(transaction as readonly AnyOperation[], options)
    const results = await this.#send(transaction.operations as readonly AnyOperation[], options)
    transaction.settle(results)
    return results
  }

  /**
   * Runs a function that reads rows and adds operations, and then the transaction, which takes place only if what was
   * read still holds. If not, the replica catches up and the function runs again. Without operations nothing is sent.
   * Resolves with what the function gave; its inserted rows have their uuids then.
   * @throws OvsError `transaction` when others were faster in every attempt; what the function and {@link transact}
   * throw.
   */
  async update<R>(run: (transaction: ReplicaTransaction<T, S>) => R | Promise<R>, options: UpdateOptions = {}): Promise<R> {
    const { attempts = 20, repeatUnknown = false, ...limits } = options
    for (let attempt = 1; ; attempt++) {
      await this.#monitor.settled()
      const transaction = new ReplicaTransaction<T, S>(this.#monitor.tables)
      const result = await run(transaction)
      const operations = transaction.operations as readonly AnyOperation[]
      if (operations.length === 0) return result
      const guards = transaction.guards()
      try {
        if (!transaction.torn) {
          const results = await this.#send([...guards, ...operations], limits)
          transaction.settle(results.slice(guards.length))
          return result
        }
      } catch (error) {
        const again = isConflict(error, guards.length) || (repeatUnknown && isUnknownOutcome(error))
        if (!again || attempt >= attempts) throw error
      }
      if (attempt >= attempts)
        throw new OvsError('transaction', `the rows changed while they were read in each of ${attempts} attempts`)
      await this.#link.catchUp(limits)
    }
  }

  /** Ends the replica, and its session when it opened that itself. Idempotent. */
  async close(): Promise<void> {
    if (this.#over && !this.#closeOwned) return
    await this.#finish(undefined)
    this.#detach()
    await this.#closeOwned?.()
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #table(name: string): ReplicaTable {
    return replicaTable(this.#monitor.tables, name)
  }

  async #send(operations: readonly AnyOperation[], options: CallOptions): Promise<readonly object[]> {
    if (this.#over) throw this.#over
    this.#transactions++
    // A feed that holds the connection back would hold back the answer too.
    for (const feed of this.#feeds) feed.release()
    try {
      const results = await this.#link.transact(operations, options)
      await this.#monitor.settled()
      return results
    } finally {
      this.#transactions--
    }
  }

  #deliver(batch: ChangeBatch): Promise<void> | undefined {
    if (batch.type === 'update' && batch.changes.length === 0) return undefined
    for (const listener of [...this.#listeners]) {
      try {
        listener(batch)
      } catch (error) {
        // Not here, where it would end the connection and keep the batch from the others.
        queueMicrotask(() => {
          throw error
        })
      }
    }
    for (const feed of [...this.#feeds]) feed.push(batch)
    if (this.#transactions > 0) return undefined
    const waiting = [...this.#feeds].flatMap((feed) => feed.drained() ?? [])
    return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => undefined)
  }

  /** Ends everything that waits. Without an error feeds end in good order. */
  async #finish(error: OvsError | undefined): Promise<void> {
    if (this.#over) return
    this.#over = error ?? new OvsError('closed', 'the replica was closed')
    for (const failure of [...this.#failures]) failure(this.#over)
    for (const feed of [...this.#feeds]) feed.end(error)
    this.#listeners.clear()
    await this.#monitor.close(this.#over)
  }
}

async function openLink(
  source: OvsdbSession | OvsdbClient | OvsdbSessionOptions,
  db: string,
): Promise<{ readonly link: ReplicaLink; readonly close?: () => Promise<void> }> {
  if (source instanceof OvsdbClient) return { link: clientLink(source, db) }
  if (source instanceof OvsdbSession) {
    if (source.db === db) return { link: sessionLink(source) }
    throw new OvsError('invalid', `the session is one of the database ${source.db}, not of ${db}: open another`)
  }
  const session = await OvsdbSession.open({ ...source, db })
  return { link: sessionLink(session), close: () => session.close() }
}

function* insertions(tables: ReadonlyMap<string, ReplicaTable>): Generator<RowChange> {
  for (const [table, { rows }] of tables)
    for (const [uuid, row] of rows) yield { type: 'insert', table, uuid, new: row }
}

/** A guard did not hold: its `wait` with no time to wait has timed out (RFC 7047 §5.2.6). */
function isConflict(error: unknown, guards: number): boolean {
  if (!(error instanceof OvsError) || error.detail?.type !== 'operation') return false
  const { index, error: name } = error.detail
  return index !== undefined && index < guards && name === 'timed out'
}

function isUnknownOutcome(error: unknown): boolean {
  return error instanceof OvsError && error.code === 'outcome-unknown'
}

async function within<R>(promise: Promise<R>, timeout: number): Promise<R> {
  const signal = AbortSignal.timeout(timeout)
  return await Promise.race([
    promise,
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () =>
        reject(new OvsError('timeout', `the replica did not get its rows within ${timeout} ms`)),
      )
    }),
  ])
}
