import type { AnyCondition, Condition } from '../condition.js'
import type { AnyOperation } from '../operation.js'
import type { AnyRow, Tables } from '../row.js'
import type { Uuid } from '../value.js'
import { Reads } from './reads.js'
import type { ReplicaTable } from './replica-table.js'
import { replicaTable } from './replica-monitor.js'
import type { ReplicaRow, ReplicaTable as TableName } from './replica-types.js'
import { Transaction } from './transaction.js'

/**
 * A transaction that rests on what it reads. It takes place only if, at that moment, the columns that it looked at are
 * still what they were and its searches would still find the same rows; each row and each search costs one `wait`
 * operation. Reads show the replica, not what the transaction itself is about to do.
 */
export class ReplicaTransaction<T extends Tables, S> extends Transaction<T> {
  readonly #tables: ReadonlyMap<string, ReplicaTable>
  readonly #reads = new Reads()

  /** @internal Use `OvsdbReplica.update`. */
  constructor(tables: ReadonlyMap<string, ReplicaTable>) {
    super()
    this.#tables = tables
  }

  /** A row, if it exists. That it exists, or does not, is checked too. */
  row<K extends TableName<T, S>>(table: K, uuid: Uuid): ReplicaRow<T, S, K> | undefined {
    const row = replicaTable(this.#tables, table).rows.get(uuid)
    return this.#reads.row(table, uuid, row) as ReplicaRow<T, S, K> | undefined
  }

  /**
   * The rows for which all conditions hold, `[]` for every row of the table. That there are no others is checked too:
   * so a table of which the replica has only some rows, by a `where`, must be searched by conditions that find no other.
   */
  find<K extends TableName<T, S>>(table: K, conditions: readonly Condition<T[K]>[]): ReplicaRow<T, S, K>[] {
    const where = conditions as readonly AnyCondition[]
    const rows: readonly AnyRow[] = replicaTable(this.#tables, table).find(where)
    return this.#reads.search(table, where, rows) as unknown as ReplicaRow<T, S, K>[]
  }

  /** @internal What makes sure that what was read holds. */
  guards(): AnyOperation[] {
    return this.#reads.operations()
  }

  /** @internal Whether it cannot hold, whatever the database is like. */
  get torn(): boolean {
    return this.#reads.torn
  }
}
