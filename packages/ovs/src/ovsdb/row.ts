import { OvsError } from '../errors.js'
import type { JsonValue } from '../jsonrpc/json.js'
import { columnSchema, type TableSchema } from './schema.js'
import {
  decodeValue,
  defaultValue,
  encodeValue,
  type Input,
  type Value,
  type ValueInput,
  type ValueUse,
} from './value.js'

/** A row of a table whose columns TypeScript does not know. */
export type AnyRow = Readonly<Record<string, Value>>

/** The tables of a database, by name: what generated types such as `OpenVSwitch` look like. */
export type Tables = Readonly<Record<string, object>>

/** The tables of a database that TypeScript does not know. */
export type AnyTables = Readonly<Record<string, AnyRow>>

/**
 * Columns to write. A column that is left out keeps its value, or gets its default on insertion; `undefined` empties an
 * optional one.
 */
export type RowInput<Row> = {
  readonly [C in Exclude<keyof Row, '_uuid' | '_version'>]?: Input<Row[C]> | Extract<Row[C], undefined>
}

/** Rows from the wire (RFC 7047 §5.1, `<row>`): the columns that are there. @throws OvsError `malformed`. */
export function decodeRow(table: TableSchema, wire: JsonValue): AnyRow {
  if (typeof wire !== 'object' || wire === null || Array.isArray(wire)) {
    throw new OvsError('malformed', `the server sent no object for a row of ${table.name}`)
  }
  const row: Record<string, Value> = {}
  for (const [name, value] of Object.entries(wire as { readonly [column: string]: JsonValue })) {
    const column = table.columns.get(name)
    if (!column)
      throw new OvsError(
        'malformed',
        `the server sent the column ${table.name}.${name}, which its schema does not have`,
      )
    row[name] = decodeValue(column.type, value)
  }
  return row
}

/** A row's wire form. @throws OvsError `schema`, naming the column that does not exist or does not take the value. */
export function encodeRow(table: TableSchema, row: Readonly<Record<string, ValueInput>>): JsonValue {
  const wire: Record<string, JsonValue> = {}
  for (const name of Object.keys(row)) wire[name] = encodeColumn(table, name, row[name])
  return wire
}

/**
 * One column's value in wire form.
 * @param use what it is sent for; defaults to `store`
 * @throws OvsError `schema`, naming the column.
 */
export function encodeColumn(table: TableSchema, name: string, value: ValueInput, use: ValueUse = 'store'): JsonValue {
  const column = columnSchema(table, name)
  try {
    return encodeValue(column.type, value, use)
  } catch (error) {
    if (!(error instanceof OvsError)) throw error
    throw new OvsError('schema', `${table.name}.${name}: ${error.message.replace('[schema] ', '')}`, { cause: error })
  }
}

/** A row in which each of the columns has its default value. */
export function defaultRow(table: TableSchema, columns: readonly string[]): AnyRow {
  return Object.fromEntries(columns.map((name) => [name, defaultValue(columnSchema(table, name).type)]))
}
