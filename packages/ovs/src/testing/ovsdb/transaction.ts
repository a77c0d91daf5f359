import { randomUUID } from 'node:crypto'
import type { TableSchema } from '../../ovsdb/schema.js'
import type { Change, MemoryDatabase, StoredRow } from './memory-database.js'

/** A view of a database with changes of its own that nobody else sees before they are committed. */
export class Transaction {
  readonly database: MemoryDatabase
  readonly #changes = new Map<string, Map<string, Change>>()
  readonly #names = new Map<string, { readonly uuid: string; inserted: boolean }>()

  constructor(database: MemoryDatabase) {
    this.database = database
  }

  /** A row as this transaction sees it. */
  get(table: string, uuid: string): StoredRow | undefined {
    const change = this.#changes.get(table)?.get(uuid)
    return change ? change.new : this.database.rows(table).get(uuid)
  }

  /** Whether a row is there, or was before this transaction. */
  knows(table: string, uuid: string): boolean {
    return this.#changes.get(table)?.has(uuid) === true || this.database.rows(table).has(uuid)
  }

  /** The rows of a table as this transaction sees them. */
  *rows(table: string): Generator<readonly [uuid: string, row: StoredRow]> {
    const changes = this.#changes.get(table)
    for (const [uuid, row] of this.database.rows(table)) {
      const change = changes?.get(uuid)
      if (!change) yield [uuid, row]
      else if (change.new) yield [uuid, change.new]
    }
    for (const [uuid, change] of changes ?? []) if (!change.old && change.new) yield [uuid, change.new]
  }

  /** Stores a row, or with `undefined` deletes it. */
  set(table: TableSchema, uuid: string, row: StoredRow | undefined): void {
    const changes = this.#changes.get(table.name) ?? new Map<string, Change>()
    this.#changes.set(table.name, changes)
    const old = this.database.rows(table.name).get(uuid)
    if (old || row) changes.set(uuid, { table, uuid, old, new: row })
    // An insertion that is taken back never was.
    else changes.delete(uuid)
  }

  /** Forgets a change. */
  drop({ table, uuid }: Change): void {
    this.#changes.get(table.name)?.delete(uuid)
  }

  /** What was changed, row by row. */
  changes(): Change[] {
    return [...this.#changes.values()].flatMap((changes) => [...changes.values()])
  }

  /** What was done to a row, if anything. */
  change(table: string, uuid: string): Change | undefined {
    return this.#changes.get(table)?.get(uuid)
  }

  /** The uuid that a `named-uuid` stands for, perhaps before the insertion that has this name. */
  readonly symbol = (name: string): string => {
    const known = this.#names.get(name)
    if (known) return known.uuid
    const uuid = randomUUID()
    this.#names.set(name, { uuid, inserted: false })
    return uuid
  }

  /** Names a row that is inserted and gives its uuid; `undefined` when the name is taken. */
  insertSymbol(name: string, uuid: string | undefined): string | undefined {
    const known = this.#names.get(name)
    if (known?.inserted) return undefined
    const chosen = uuid ?? known?.uuid ?? randomUUID()
    this.#names.set(name, { uuid: chosen, inserted: true })
    return chosen
  }
}
