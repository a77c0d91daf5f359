import type { AnyRow } from '../../ovsdb/row.js'
import { columnSchema, type DatabaseSchema, tableSchema } from '../../ovsdb/schema.js'
import { formatValueText } from '../../ovsdb/value-text.js'
import type { Value } from '../../ovsdb/value.js'
import type { JsonValue } from '../../jsonrpc/json.js'
import type { TableColumns } from './selection.js'

/** The cells of a row as ovs-vsctl writes values; empty for a column that the row lacks. */
export function rowCells(schema: DatabaseSchema, { table, columns }: TableColumns, row: AnyRow): readonly string[] {
  return columns.map((column) =>
    column in row ? formatValueText(columnSchema(tableSchema(schema, table), column).type, row[column] as Value) : '',
  )
}

/** A row for programs: an empty optional column is `null`, integers are exact. */
export function rowJson(row: AnyRow, columns: readonly string[] = Object.keys(row)): JsonValue {
  const there = columns.filter((column) => column in row)
  return Object.fromEntries(there.map((column) => [column, (row[column] ?? null) as JsonValue]))
}
