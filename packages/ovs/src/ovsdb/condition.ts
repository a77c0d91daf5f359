import type { JsonValue } from '../jsonrpc/json.js'
import { encodeColumn } from './row.js'
import type { TableSchema } from './schema.js'
import type { Input, ValueInput } from './value.js'

/** The comparisons of RFC 7047 §5.1, `<function>`. The ordering ones take integers and reals only. */
export type ConditionFunction = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'includes' | 'excludes'

/**
 * A test of one column (RFC 7047 §5.1, `<condition>`). In the `where` of an operation all conditions must hold, and an
 * empty list selects every row; in the `where` of a monitor one is enough.
 */
export type Condition<Row> = {
  [C in keyof Row]-?: readonly [column: C, fn: ConditionFunction, value: Input<Row[C]> | Extract<Row[C], undefined>]
}[keyof Row]

/** The wire form of a condition. @throws OvsError `schema`. */
export function encodeCondition(
  table: TableSchema,
  [column, fn, value]: readonly [PropertyKey, ConditionFunction, unknown],
): JsonValue {
  const name = String(column)
  return [name, fn, encodeColumn(table, name, value as ValueInput)]
}
