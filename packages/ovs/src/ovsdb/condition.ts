import { OvsError } from '../errors.js'
import type { JsonValue } from '../jsonrpc/json.js'
import type { SymbolTable } from './atom.js'
import { type ColumnType, columnKind, describeType } from './column-type.js'
import { databaseError } from './database-error.js'
import {
  compareData,
  type Datum,
  datumOf,
  datumToJson,
  equalData,
  excludesData,
  includesData,
  parseDatum,
} from './datum.js'
import { type AnyRow, encodeColumn } from './row.js'
import { type ColumnSchema, columnSchema, type TableSchema } from './schema.js'
import type { Input, Value, ValueInput } from './value.js'

/** The comparisons of RFC 7047 §5.1, `<function>`. The ordering ones take integers and reals only. */
export type ConditionFunction = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'includes' | 'excludes'

/** The functions that make sense for a column of type `T`. */
type FunctionFor<T> = [Extract<T, number | bigint>] extends [never]
  ? Exclude<ConditionFunction, '<' | '<=' | '>' | '>='>
  : ConditionFunction

/**
 * A test of one column (RFC 7047 §5.1, `<condition>`), or a boolean that stands for a test with this outcome
 * (ovsdb-server(7) §5.1). In the `where` of an operation all conditions must hold, and an empty list selects every row;
 * in the `where` of a monitor one is enough.
 */
export type Condition<Row> =
  | boolean
  | {
      [C in keyof Row]-?: readonly [
        column: C,
        fn: FunctionFor<Row[C]>,
        value: Input<Row[C]> | Extract<Row[C], undefined>,
      ]
    }[keyof Row]

/** A condition whatever its table. */
export type AnyCondition = boolean | readonly [column: PropertyKey, fn: ConditionFunction, value: unknown]

/** The wire form of a condition. @throws OvsError `schema`. */
export function encodeCondition(table: TableSchema, condition: AnyCondition): JsonValue {
  if (typeof condition === 'boolean') return condition
  const [column, fn, value] = condition
  const name = String(column)
  const { type } = columnSchema(table, name)
  if (!functions.includes(fn)) {
    throw new OvsError(
      'schema',
      `${table.name}.${name}: there is no comparison ${String(fn)}: use ${functions.join(', ')}`,
    )
  }
  if (isOrdering(fn) && !isOrdered(type)) {
    throw new OvsError(
      'schema',
      `${table.name}.${name}: ${fn} compares integers and reals, not a ${describeType(type)}`,
    )
  }
  if (isOrdering(fn) && value === undefined)
    throw new OvsError('schema', `${table.name}.${name}: ${fn} needs a number to compare with`)
  const use = fn === 'includes' || fn === 'excludes' ? 'elements' : 'store'
  return [name, fn, encodeColumn(table, name, value as ValueInput, use)]
}

const functions: readonly string[] = [
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'includes',
  'excludes',
] satisfies ConditionFunction[]

/** A condition that was read and checked, ready for {@link evaluateClause}. */
export type Clause =
  boolean | { readonly column: ColumnSchema; readonly fn: ConditionFunction; readonly argument: Datum }

/**
 * Reads a condition and checks it as a server does (RFC 7047 §5.1, `<condition>`).
 * @param symbols what `named-uuid` stands for
 * @throws OvsError `malformed` or `constraint`.
 */
export function parseCondition(table: TableSchema, json: JsonValue, symbols?: SymbolTable): Clause {
  if (typeof json === 'boolean') return json
  if (!Array.isArray(json) || json.length !== 3 || typeof json[0] !== 'string' || typeof json[1] !== 'string')
    throw databaseError('syntax error', 'Parse error in condition.', json)
  const column = table.columns.get(json[0])
  if (!column) throw databaseError('unknown column', `No column ${json[0]} in table ${table.name}.`, json)
  const [, fn, argument] = json as unknown as readonly [string, ConditionFunction, JsonValue]
  if (!functions.includes(fn)) throw databaseError('unknown function', `No function named ${fn}.`)
  if (isOrdering(fn) && !isOrdered(column.type)) {
    const details =
      `Type mismatch: "${fn}" operator may not be applied to column ${column.name} of type ${describeType(column.type)}.`
    throw databaseError('syntax error', details, json)
  }
  return { column, fn, argument: parseDatum(argumentType(column.type, fn), argument, symbols) }
}

/** The wire form of a clause. */
export function formatClause(clause: Clause): JsonValue {
  if (typeof clause === 'boolean') return clause
  const { column, fn, argument } = clause
  return [column.name, fn, datumToJson(column.type, argument)]
}

/** The order in which a server evaluates clauses: those that decide for most rows first. */
export function sortClauses(clauses: readonly Clause[]): readonly Clause[] {
  const rank = (clause: Clause) => {
    if (typeof clause === 'boolean') return -2
    return clause.column.name === '_uuid' && clause.fn === '==' ? -1 : order.indexOf(clause.fn)
  }
  return [...clauses].sort((a, b) => rank(a) - rank(b))
}

const order: readonly ConditionFunction[] = ['==', 'includes', '<=', '<', '>=', '>', 'excludes', '!=']

/** Whether a row passes a clause. */
export function evaluateClause(clause: Clause, datum: (column: ColumnSchema) => Datum): boolean {
  if (typeof clause === 'boolean') return clause
  const { column, fn, argument } = clause
  const field = datum(column)
  switch (fn) {
    case '==':
      return equalData(field, argument)
    case '!=':
      return !equalData(field, argument)
    case 'includes':
      return includesData(field, argument)
    case 'excludes':
      return excludesData(field, argument)
    default:
      // An optional that is absent is in no order.
      return field.keys.length > 0 && holds(fn, compareData(field, argument))
  }
}

function holds(fn: '<' | '<=' | '>' | '>=', order: number): boolean {
  if (fn === '<') return order < 0
  if (fn === '<=') return order <= 0
  return fn === '>' ? order > 0 : order >= 0
}

/** Whether every clause holds: the `where` of an operation (RFC 7047 §5.2). */
export function matchesAll(clauses: readonly Clause[], datum: (column: ColumnSchema) => Datum): boolean {
  return clauses.every((clause) => evaluateClause(clause, datum))
}

/** Whether one clause holds, or there is none: the `where` of a monitor (ovsdb-server(7) §4.1.12). */
export function matchesAny(clauses: readonly Clause[], datum: (column: ColumnSchema) => Datum): boolean {
  return clauses.length === 0 || clauses.some((clause) => evaluateClause(clause, datum))
}

/**
 * Makes a filter of conditions, to evaluate on this side what a server would.
 * @param mode `all` as in operations, `any` as in monitors
 * @throws OvsError `schema`.
 */
export function rowFilter(
  table: TableSchema,
  conditions: readonly AnyCondition[],
  mode: 'all' | 'any' = 'all',
): (row: AnyRow) => boolean {
  const clauses = conditions.map((condition) => parseCondition(table, encodeCondition(table, condition)))
  const matches = mode === 'all' ? matchesAll : matchesAny
  return (row) => matches(clauses, ({ name, type }) => datumOf(type, row[name] as Value))
}

/** Ordering takes integers and reals, perhaps optional ones. */
function isOrdered(type: ColumnType): boolean {
  const kind = columnKind(type)
  return (kind === 'scalar' || kind === 'optional') && (type.key.type === 'integer' || type.key.type === 'real')
}

function isOrdering(fn: ConditionFunction): boolean {
  return fn === '<' || fn === '<=' || fn === '>' || fn === '>='
}

/** Of a set, a part may be asked for, or more than it may hold. */
function argumentType(type: ColumnType, fn: ConditionFunction): ColumnType {
  if (isOrdering(fn)) return { ...type, min: 1 }
  if (columnKind(type) === 'scalar' || fn === '==' || fn === '!=') return type
  return fn === 'includes' ? { ...type, min: 0 } : { ...type, min: 0, max: Infinity }
}
