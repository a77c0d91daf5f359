import { randomUUID } from 'node:crypto'
import type { BaseType } from '../../ovsdb/column-type.js'
import { type Datum, datumToJson, defaultDatum } from '../../ovsdb/datum.js'
import {
  type ColumnSchema,
  type DatabaseSchema,
  formatSchema,
  parseSchema,
  type TableSchema,
} from '../../ovsdb/schema.js'
import type { JsonValue } from '../../jsonrpc/json.js'

/** A row as the server keeps it: a datum for every column, `_uuid` and `_version` included. Never changed in place. */
export type StoredRow = ReadonlyMap<string, Datum>

/** What a transaction did to a row. `old` is absent for an insertion, `new` for a deletion. */
export interface Change {
  readonly table: TableSchema
  readonly uuid: string
  readonly old: StoredRow | undefined
  readonly new: StoredRow | undefined
}

/** The rows of a database and what must be known about them to keep its constraints. */
export class MemoryDatabase {
  readonly schema: DatabaseSchema
  readonly #tables: ReadonlyMap<string, Map<string, StoredRow>>
  /** How many strong references lead to a row, those from itself not counted. */
  readonly #referenceCounts = new Map<string, number>()
  /** The rows that refer to a row weakly. */
  readonly #weakReferrers = new Map<string, Set<string>>()
  /** For each index of each table, the row that has given values. */
  readonly #indexes = new Map<readonly string[], Map<string, string>>()

  /** @throws OvsError `malformed` when the schema is none. */
  constructor(schemaJson: JsonValue) {
    this.schema = parseSchema(schemaJson)
    this.#tables = new Map([...this.schema.tables.keys()].map((name) => [name, new Map()]))
    for (const { indexes } of this.schema.tables.values())
      for (const index of indexes) this.#indexes.set(index, new Map())
  }

  /** The schema as `get_schema` answers it. */
  get schemaJson(): JsonValue {
    return formatSchema(this.schema)
  }

  /** The rows of a table by uuid. */
  rows(table: string): ReadonlyMap<string, StoredRow> {
    return this.#tables.get(table) ?? new Map()
  }

  /** How many strong references lead to a row. */
  referenceCount(table: string, uuid: string): number {
    return this.#referenceCounts.get(rowKey(table, uuid)) ?? 0
  }

  /** The rows that refer to a row weakly, each as its table and uuid. */
  weakReferrers(table: string, uuid: string): readonly (readonly [table: string, uuid: string])[] {
    return [...(this.#weakReferrers.get(rowKey(table, uuid)) ?? [])].map(splitRowKey)
  }

  /** The uuid of the row that has these values of an index. */
  indexed(index: readonly string[], values: string): string | undefined {
    return this.#indexes.get(index)?.get(values)
  }

  /** Stores what a transaction did, which must keep every constraint. */
  apply(changes: readonly Change[]): void {
    for (const { table, uuid, old } of changes) if (old) this.#forget(table, uuid, old)
    for (const { table, uuid, new: row } of changes) if (row) this.#store(table, uuid, row)
  }

  #forget(table: TableSchema, uuid: string, row: StoredRow): void {
    this.#tables.get(table.name)?.delete(uuid)
    this.#count(table, uuid, row, -1)
    const key = rowKey(table.name, uuid)
    for (const target of references(table, row, 'weak')) this.#weakReferrers.get(target)?.delete(key)
    for (const index of table.indexes) this.#indexes.get(index)?.delete(indexValues(table, index, row))
  }

  #store(table: TableSchema, uuid: string, row: StoredRow): void {
    this.#tables.get(table.name)?.set(uuid, row)
    this.#count(table, uuid, row, 1)
    const key = rowKey(table.name, uuid)
    for (const target of references(table, row, 'weak')) {
      const referrers = this.#weakReferrers.get(target) ?? new Set()
      this.#weakReferrers.set(target, referrers.add(key))
    }
    for (const index of table.indexes) this.#indexes.get(index)?.set(indexValues(table, index, row), uuid)
  }

  #count(table: TableSchema, uuid: string, row: StoredRow, step: number): void {
    for (const target of references(table, row, 'strong')) {
      if (isSelfReference(target, uuid)) continue
      const count = (this.#referenceCounts.get(target) ?? 0) + step
      if (count === 0) this.#referenceCounts.delete(target)
      else this.#referenceCounts.set(target, count)
    }
  }
}

/** A row of default values with a uuid of its own. */
export function newRow(table: TableSchema, uuid: string): StoredRow {
  const row = new Map([...table.columns.values()].map(({ name, type }) => [name, defaultDatum(type)]))
  row.set('_uuid', { keys: [uuid] })
  row.set('_version', { keys: [randomUUID()] })
  return row
}

/** A column's datum of a row. */
export function columnOf(row: StoredRow): (column: ColumnSchema) => Datum {
  return ({ name, type }) => row.get(name) ?? defaultDatum(type)
}

/** The wire form of columns of a row. */
export function rowToJson(columns: Iterable<ColumnSchema>, row: StoredRow): { readonly [column: string]: JsonValue } {
  const datum = columnOf(row)
  return Object.fromEntries([...columns].map((column) => [column.name, datumToJson(column.type, datum(column))]))
}

/** The values of an index's columns as a text, alike for rows that the index holds for equal. */
export function indexValues(table: TableSchema, index: readonly string[], row: StoredRow): string {
  const columns = index.map((name) => table.columns.get(name) as ColumnSchema)
  return JSON.stringify(Object.values(rowToJson(columns, row)), (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  )
}

/** One text for a table and a uuid. */
export function rowKey(table: string, uuid: string): string {
  return `${table} ${uuid}`
}

/** The table and uuid of a {@link rowKey}. */
export function splitRowKey(key: string): readonly [table: string, uuid: string] {
  const [table = '', uuid = ''] = key.split(' ')
  return [table, uuid]
}

/**
 * Whether a row refers to itself, which neither keeps it alive nor stands in the way of its deletion. ovsdb-server
 * compares the uuids only.
 */
export function isSelfReference(target: string, uuid: string): boolean {
  return splitRowKey(target)[1] === uuid
}

/** The rows that a row refers to, as {@link rowKey}s; one that is referred to twice comes twice. */
export function* references(table: TableSchema, row: StoredRow, kind: 'strong' | 'weak'): Generator<string> {
  for (const { name, type } of table.columns.values()) {
    const { keys = [], values = [] } = row.get(name) ?? {}
    if (refersTo(type.key, kind)) for (const uuid of keys) yield rowKey(type.key.refTable as string, uuid as string)
    if (type.value && refersTo(type.value, kind))
      for (const uuid of values) yield rowKey(type.value.refTable as string, uuid as string)
  }
}

/** Whether atoms of a type are references of the kind. */
export function refersTo({ refTable, refType }: BaseType, kind: 'strong' | 'weak'): boolean {
  return refTable !== undefined && (refType === 'weak') === (kind === 'weak')
}
