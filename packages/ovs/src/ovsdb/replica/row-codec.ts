import { OvsError } from '../../errors.js'
import type { JsonValue } from '../../jsonrpc/json.js'
import { type AnyRow, encodeColumn } from '../row.js'
import { columnSchema, type TableSchema } from '../schema.js'
import type { Uuid, Value, ValueInput } from '../value.js'
import { type ColumnCodec, columnCodec, equalValues } from './column-codec.js'
import { type RowDraft, type RowShape, rowShape } from './row-shape.js'

/** Makes the frozen rows of one monitored table from what a server sends. */
export class RowCodec {
  /** The table's name. */
  readonly table: string
  /** The columns of the rows. */
  readonly columns: readonly string[]
  readonly #schema: TableSchema
  readonly #codecs: ReadonlyMap<string, ColumnCodec>
  readonly #shape: RowShape
  readonly #withUuid: boolean

  /**
   * @param columns when they contain `_uuid`, rows get it from the update's key, and it need not be monitored
   * @throws OvsError `schema` when the table lacks a column.
   */
  constructor(table: TableSchema, columns: readonly string[]) {
    const codecs = columns.map((name) => columnCodec(columnSchema(table, name)))
    this.#schema = table
    this.table = table.name
    this.columns = columns
    this.#codecs = new Map(codecs.map((codec) => [codec.name, codec]))
    this.#withUuid = this.#codecs.has('_uuid')
    this.#shape = rowShape(Object.fromEntries(codecs.map(({ name, initial }) => [name, initial])))
  }

  /** The columns to ask a server for. */
  get wireColumns(): readonly string[] {
    return this.columns.filter((name) => name !== '_uuid')
  }

  /** A row with the columns that `wire` has, and defaults in the others. @throws OvsError `malformed`. */
  decode(uuid: Uuid, wire: JsonValue): AnyRow {
    const row = this.#shape.create()
    if (this.#withUuid) row._uuid = uuid
    const columns = this.#object(wire)
    for (const name in columns) row[name] = this.#codec(name).decode(columns[name] as JsonValue)
    return Object.freeze(row)
  }

  /** The row after a `modify` (ovsdb-server(7) §4.1.14). @throws OvsError `malformed`. */
  modify(old: AnyRow, wire: JsonValue): AnyRow {
    const row = this.#shape.copy(old)
    const columns = this.#object(wire)
    for (const name in columns) row[name] = this.#codec(name).modify(old[name], columns[name] as JsonValue)
    return Object.freeze(row)
  }

  /** The row with some columns replaced (RFC 7047 §4.1.6); `old` itself when they are as they were. */
  replace(old: AnyRow, wire: JsonValue): AnyRow {
    return this.merge(old, { ...this.#shape.copy(old), ...this.#decodeColumns(wire) })
  }

  /** `old` itself when `row` is the same, otherwise a row that shares with `old` the values that did not change. */
  merge(old: AnyRow, row: AnyRow): AnyRow {
    let draft: RowDraft | undefined
    for (const [name, { equal }] of this.#codecs) {
      if (equal(old[name], row[name])) continue
      draft ??= this.#shape.copy(old)
      draft[name] = row[name]
    }
    return draft ? Object.freeze(draft) : old
  }

  /** The same as {@link merge} for an `old` row of another codec: the schema has changed meanwhile. */
  adopt(old: AnyRow, row: AnyRow): AnyRow {
    const same =
      Object.keys(old).length === this.columns.length &&
      this.columns.every((name) => Object.hasOwn(old, name) && equalValues(old[name], row[name]))
    return same ? old : row
  }

  /**
   * A value as rows have it, from what a caller may write: a number for a `bigint`, a set in any order.
   * @throws OvsError `schema`.
   */
  normalise(column: string, value: ValueInput): Value {
    return this.#codec(column).decode(encodeColumn(this.#schema, column, value))
  }

  #decodeColumns(wire: JsonValue): RowDraft {
    const columns = this.#object(wire)
    return Object.fromEntries(
      Object.keys(columns).map((name) => [name, this.#codec(name).decode(columns[name] as JsonValue)]),
    )
  }

  #object(wire: JsonValue): { readonly [column: string]: JsonValue } {
    if (typeof wire === 'object' && wire !== null && !Array.isArray(wire))
      return wire as { readonly [column: string]: JsonValue }
    throw new OvsError('malformed', `the server sent no object for a row of ${this.table}`)
  }

  #codec(name: string): ColumnCodec {
    const codec = this.#codecs.get(name)
    if (codec) return codec
    throw new OvsError('malformed', `the server sent the column ${this.table}.${name}, which was not asked for`)
  }
}
