import type { JsonValue } from '../../jsonrpc/json.js'
import { type AnyCondition, encodeCondition } from '../condition.js'
import { type DatabaseSchema, type TableSchema, tableSchema } from '../schema.js'

/** A selection of a table, in its one full form. */
export interface FullSelection {
  readonly columns: readonly string[] | undefined
  readonly where: readonly AnyCondition[] | undefined
  readonly optional: boolean
}

/** What the user may write for it; see `TableSelection`. */
export type AnySelection =
  | true
  | readonly string[]
  | {
      readonly columns?: readonly string[]
      readonly where?: readonly AnyCondition[]
      readonly optional?: boolean
    }

/** Brings a selection to its full form. */
export function fullSelection(selection: AnySelection): FullSelection {
  if (selection === true) return { columns: undefined, where: undefined, optional: false }
  if (isList(selection)) return { columns: selection, where: undefined, optional: false }
  const { columns, where, optional = false } = selection
  return { columns, where, optional }
}

function isList(selection: AnySelection): selection is readonly string[] {
  return Array.isArray(selection)
}

/**
 * The columns of the rows, `_uuid` first, and the table's schema; `undefined` for an optional table that is not there.
 * @throws OvsError `schema` when the table is not there and not optional.
 */
export function selectColumns(
  schema: DatabaseSchema,
  name: string,
  { columns, optional }: FullSelection,
): { readonly table: TableSchema; readonly columns: readonly string[] } | undefined {
  if (optional && !schema.tables.has(name)) return undefined
  const table = tableSchema(schema, name)
  const wanted = columns ?? [...table.columns.keys()].filter((column) => column !== '_version')
  const present = optional ? wanted.filter((column) => table.columns.has(column)) : wanted
  return { table, columns: [...new Set(['_uuid', ...present])] }
}

/**
 * The wire form of the `where` of a monitor. `true` is for every row; an empty list for none, which on the wire must be
 * said, as an empty list there means all (ovsdb-server(7) §4.1.12).
 * @throws OvsError `schema` when a condition does not fit the table.
 */
export function wireWhere(table: TableSchema, where: true | readonly AnyCondition[]): JsonValue {
  if (where === true) return [true]
  return where.length === 0 ? [false] : where.map((condition) => encodeCondition(table, condition))
}
