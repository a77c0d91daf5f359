import { OvsError } from '../../errors.js'
import { type AnyCondition, rowFilter } from '../condition.js'
import type { AnyRow } from '../row.js'
import type { TableSchema } from '../schema.js'
import type { MonitoredTable, RowChange } from '../update.js'
import type { Atom, Uuid, Value } from '../value.js'
import type { RowCodec } from './row-codec.js'
import { columnKey, columnKeys, type IndexPart, type KeyFunction, RowIndex } from './row-index.js'

/** An index as the user writes it: columns, or a function of the row. */
export type IndexDefinition = readonly IndexPart[] | KeyFunction

interface ColumnIndex {
  readonly parts: readonly IndexPart[]
  readonly index: RowIndex
}

/** The rows of one table and what they are found by. Changes come from outside; nothing here talks to a server. */
export class ReplicaTable implements MonitoredTable {
  readonly #definitions: Readonly<Record<string, IndexDefinition>>
  #rows = new Map<Uuid, AnyRow>()
  #indexes: readonly RowIndex[] = []
  /** Whether the rows were made before {@link convert}. */
  converted = false
  #schema: TableSchema
  #codec: RowCodec
  /** Indexes over columns, those with the most columns first: they leave the fewest rows to look at. */
  #columnIndexes: readonly ColumnIndex[] = []
  #named: ReadonlyMap<string, RowIndex> = new Map()

  /**
   * @param definitions indexes of the user's choice, by name; those of the schema are there besides
   * @throws OvsError `schema` when an index has a column that the rows do not have.
   */
  constructor(schema: TableSchema, codec: RowCodec, definitions: Readonly<Record<string, IndexDefinition>> = {}) {
    this.#definitions = definitions
    this.#schema = schema
    this.#codec = codec
    this.#makeIndexes()
  }

  get codec(): RowCodec {
    return this.#codec
  }

  get rows(): ReadonlyMap<Uuid, AnyRow> {
    return this.#rows
  }

  get schema(): TableSchema {
    return this.#schema
  }

  /** Follows a change of the schema. The rows stay, to be compared with what the server sends next. */
  convert(schema: TableSchema, codec: RowCodec): void {
    this.converted = true
    this.#schema = schema
    this.#codec = codec
    this.#makeIndexes()
  }

  /** Stores a change. */
  apply(change: RowChange): void {
    const { uuid } = change
    const row = change.type === 'delete' ? undefined : change.new
    if (row) this.#rows.set(uuid, row)
    else this.#rows.delete(uuid)
    const old = change.type === 'insert' ? undefined : change.old
    for (const index of this.#indexes) index.changed(uuid, old, row)
  }

  /** Stores the rows of a table that has had none. */
  fill(rows: Map<Uuid, AnyRow>): void {
    this.#rows = rows
    this.#makeIndexes()
  }

  /**
   * The rows that an index has under a key: the values of its columns, or what its function gives.
   * @throws OvsError `schema` when there is no such index.
   */
  lookup(name: string, key: readonly Value[]): AnyRow[] {
    const index = this.#named.get(name)
    if (!index) {
      const known = [...this.#named.keys()].join(', ') || 'none'
      throw new OvsError('schema', `the replica has no index ${name} of the table ${this.#schema.name}: it has ${known}`)
    }
    return index.get(typeof this.#definitions[name] === 'function' ? (key[0] as Atom) : columnKey(key))
  }

  /**
   * The rows for which all conditions hold. An index is used when `==` (or, for a map's key, `includes`) names all of
   * its columns; otherwise every row is looked at.
   * @throws OvsError `schema` when a condition does not fit the table.
   */
  find(conditions: readonly AnyCondition[]): AnyRow[] {
    const matches = rowFilter(this.#schema, conditions)
    return this.#candidates(conditions).filter((row) => matches(row))
  }

  #candidates(conditions: readonly AnyCondition[]): readonly AnyRow[] {
    const known = new Map<IndexPart, Value>()
    for (const condition of conditions) {
      if (typeof condition === 'boolean') continue
      const [column, fn, value] = condition as readonly [string, string, Value]
      if (fn === '==' && column === '_uuid') return this.#byUuid(value as Uuid)
      if (fn === '==') known.set(column, value)
      if (fn !== '==' && fn !== 'includes') continue
      if (typeof value === 'object' && !Array.isArray(value))
        for (const [key, item] of Object.entries(value)) known.set(`${column}:${key}`, item as Value)
    }
    const usable = this.#columnIndexes.find(({ parts }) => parts.every((part) => known.has(part)))
    if (!usable) return [...this.#rows.values()]
    return usable.index.get(columnKey(usable.parts.map((part) => this.#canonical(part, known.get(part)))))
  }

  #byUuid(uuid: Uuid): readonly AnyRow[] {
    const row = this.#rows.get(uuid)
    return row ? [row] : []
  }

  /** The value as rows have it: the caller may have written a number for a bigint, or a set in any order. */
  #canonical(part: IndexPart, value: Value): Value {
    return part.includes(':') ? value : this.#codec.normalise(part, value)
  }

  #makeIndexes(): void {
    const columns = new Set(this.#codec.columns)
    const columnIndexes: ColumnIndex[] = []
    const named = new Map<string, RowIndex>()
    for (const [name, definition] of Object.entries(this.#definitions)) {
      const isFunction = typeof definition === 'function'
      const missing = isFunction ? undefined : definition.find((part) => !columns.has(columnOf(part)))
      if (missing !== undefined)
        throw new OvsError(
          'schema',
          `the index ${name} needs the column ${this.#schema.name}.${columnOf(missing)}, which the replica does not have`,
        )
      const index = new RowIndex(isFunction ? definition : columnKeys(definition), this.#rows)
      named.set(name, index)
      if (!isFunction) columnIndexes.push({ parts: definition, index })
    }
    for (const parts of this.#schema.indexes) {
      if (parts.every((part) => columns.has(part)))
        columnIndexes.push({ parts, index: new RowIndex(columnKeys(parts), this.#rows) })
    }
    this.#named = named
    this.#indexes = [...new Set([...named.values(), ...columnIndexes.map(({ index }) => index)])]
    this.#columnIndexes = columnIndexes.sort((one, other) => other.parts.length - one.parts.length)
  }
}

function columnOf(part: IndexPart): string {
  const [column = part] = part.split(':', 1)
  return column
}
