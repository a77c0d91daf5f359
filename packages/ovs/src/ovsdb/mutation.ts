import type { JsonValue } from '../jsonrpc/json.js'
import { encodeColumn } from './row.js'
import type { TableSchema } from './schema.js'
import type { Atom, AtomInput, Input, ValueInput } from './value.js'

/** The mutators of RFC 7047 §5.1: arithmetic for numbers, `insert` and `delete` for sets and maps. */
export type Mutator = '+=' | '-=' | '*=' | '/=' | '%=' | 'insert' | 'delete'

/** What a mutation of a column may take: its own kind of value, and for a map a list of keys to delete. */
type MutationInput<T> =
  Input<T> | (T extends Atom | undefined | readonly unknown[] ? never : readonly AtomInput<keyof T & Atom>[])

/** A change of one column that does not depend on its whole value (RFC 7047 §5.1, `<mutation>`). */
export type Mutation<Row> = {
  [C in keyof Row]-?: readonly [column: C, mutator: Mutator, value: MutationInput<NonNullable<Row[C]>>]
}[keyof Row]

/** The wire form of a mutation. @throws OvsError `schema`. */
export function encodeMutation(
  table: TableSchema,
  [column, mutator, value]: readonly [PropertyKey, Mutator, unknown],
): JsonValue {
  const name = String(column)
  return [name, mutator, encodeColumn(table, name, value as ValueInput)]
}
