import { OvsError } from '../../errors.js'
import type { Condition } from '../condition.js'
import type { Mutation } from '../mutation.js'
import type { AnyOperation, Operation } from '../operation.js'
import type { AnyTables, RowInput, Tables } from '../row.js'
import type { NamedUuid, Uuid } from '../value.js'

/** Which rows an operation is for: one, one that the same transaction inserts, or those that meet all conditions. */
export type Target<Row> = Uuid | InsertedRow | readonly Condition<Row>[]

/**
 * A row that a transaction inserts. It may stand wherever the same transaction takes a uuid: in columns that refer to
 * it, and as the target of other operations.
 */
export class InsertedRow implements NamedUuid {
  /** @internal */
  readonly namedUuid: string
  #uuid: Uuid | undefined

  /** @internal Use {@link Transaction.insert}. */
  constructor(name: string) {
    this.namedUuid = name
  }

  /** The uuid that the server gave the row. @throws OvsError `invalid` before the transaction has taken place. */
  get uuid(): Uuid {
    if (this.#uuid) return this.#uuid
    throw new OvsError('invalid', 'the row has no uuid before its transaction has taken place')
  }

  /** @internal */
  settle(uuid: Uuid): void {
    this.#uuid = uuid
  }
}

/**
 * Collects the operations of one transaction (RFC 7047 §5.2). Names for the rows that it inserts are made up here.
 * Nothing is sent: give it to `OvsdbReplica.transact`.
 */
export class Transaction<T extends Tables = AnyTables> {
  readonly #operations: AnyOperation[] = []
  readonly #inserted = new Map<number, InsertedRow>()

  /** The operations so far, as `OvsdbClient.transact` takes them. */
  get operations(): readonly Operation<T>[] {
    return [...this.#operations] as unknown as readonly Operation<T>[]
  }

  /**
   * Inserts a row; columns that are left out have their defaults.
   * @param uuid the uuid that it shall have, an extension of Open vSwitch since 2.13
   */
  insert<K extends keyof T & string>(table: K, row: RowInput<T[K]>, uuid?: Uuid): InsertedRow {
    const inserted = new InsertedRow(`row${this.#inserted.size}`)
    this.#inserted.set(this.#operations.length, inserted)
    this.#add({ op: 'insert', table, row, 'uuid-name': inserted.namedUuid, ...(uuid === undefined ? {} : { uuid }) })
    return inserted
  }

  /** Overwrites columns. */
  update<K extends keyof T & string>(table: K, target: Target<T[K]>, row: RowInput<T[K]>): this {
    return this.#add({ op: 'update', table, where: where(target), row })
  }

  /** Changes columns relative to what they hold, which never conflicts with what others do. */
  mutate<K extends keyof T & string>(table: K, target: Target<T[K]>, mutations: readonly Mutation<T[K]>[]): this {
    return this.#add({ op: 'mutate', table, where: where(target), mutations })
  }

  /** Deletes rows. */
  delete<K extends keyof T & string>(table: K, target: Target<T[K]>): this {
    return this.#add({ op: 'delete', table, where: where(target) })
  }

  /** Text for the server's log. */
  comment(comment: string): this {
    return this.#add({ op: 'comment', comment })
  }

  /** Makes the transaction fail unless this connection holds the lock. */
  assert(lock: string): this {
    return this.#add({ op: 'assert', lock })
  }

  /** Asks for the transaction to be on the disk before it is answered. */
  durable(): this {
    return this.#add({ op: 'commit', durable: true })
  }

  /** Any operation, written out. */
  add(operation: Operation<T>): this {
    return this.#add(operation)
  }

  /** @internal Gives the rows that were inserted their uuids, from the results of {@link operations}. */
  settle(results: readonly object[]): void {
    for (const [index, row] of this.#inserted) row.settle((results[index] as { readonly uuid: Uuid }).uuid)
  }

  #add(operation: AnyOperation | object): this {
    this.#operations.push(operation as AnyOperation)
    return this
  }
}

function where<Row>(target: Target<Row>): readonly unknown[] {
  return Array.isArray(target) ? target : [['_uuid', '==', target]]
}
