import type { AnyCondition } from '../condition.js'
import type { AnyOperation } from '../operation.js'
import type { AnyRow } from '../row.js'
import type { Uuid } from '../value.js'

interface Read {
  readonly table: string
  readonly where: readonly AnyCondition[]
  readonly rows: readonly AnyRow[]
  /** The columns that were looked at; grows while the rows are in use. */
  readonly columns: Set<string>
}

/**
 * What a transaction has read, so that it can make sure that nobody changed it: of each row only the columns that were
 * looked at, and of each search that it would find the same rows.
 */
export class Reads {
  readonly #byUuid = new Map<string, Read>()
  readonly #searches: Read[] = []
  #torn = false

  /** Whether the same row was read in two different states: the transaction cannot hold. */
  get torn(): boolean {
    return this.#torn
  }

  /** A row, or that there is none. Gives the row as the caller may have it: it notices what is looked at. */
  row(table: string, uuid: Uuid, row: AnyRow | undefined): AnyRow | undefined {
    const name = `${table} ${uuid}`
    let read = this.#byUuid.get(name)
    if (!read) {
      read = { table, where: [['_uuid', '==', uuid]], rows: row ? [row] : [], columns: new Set() }
      this.#byUuid.set(name, read)
    } else if (read.rows[0] !== row) this.#torn = true
    return row && observed(row, read.columns)
  }

  /** The rows that a search gave. */
  search(table: string, where: readonly AnyCondition[], rows: readonly AnyRow[]): AnyRow[] {
    const read = { table, where, rows, columns: new Set<string>() }
    this.#searches.push(read)
    return rows.map((row) => observed(row, read.columns))
  }

  /** One `wait` for each row or search (RFC 7047 §5.2.6). They check, and do not wait. */
  operations(): AnyOperation[] {
    return [...this.#byUuid.values(), ...this.#searches].map(({ table, where, rows, columns }) => {
      const names = ['_uuid', ...[...columns].filter((name) => name !== '_uuid')]
      const wanted = rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])))
      return { op: 'wait', timeout: 0, table, where, columns: names, until: '==', rows: wanted }
    })
  }
}

/** The same row, of which every column that is looked at is noted. To copy or compare it looks at all of them. */
function observed(row: AnyRow, columns: Set<string>): AnyRow {
  return new Proxy(row, {
    get(target, name) {
      if (typeof name === 'string' && Object.hasOwn(target, name)) columns.add(name)
      return Reflect.get(target, name) as unknown
    },
    getOwnPropertyDescriptor(target, name) {
      if (typeof name === 'string' && Object.hasOwn(target, name)) columns.add(name)
      return Reflect.getOwnPropertyDescriptor(target, name)
    },
  })
}
