import { OvsError } from '../errors.js'
import type { JsonValue } from '../jsonrpc/json.js'
import { checkAtom, integerAtom, isInt64, type SymbolTable } from './atom.js'
import { type BaseType, columnKind, type ColumnType, describeType, unconstrained } from './column-type.js'
import { databaseError } from './database-error.js'
import {
  checkSize,
  type Datum,
  datumToJson,
  hasDuplicates,
  parseDatum,
  sortedKeys,
  subtractData,
  unionData,
} from './datum.js'
import { encodeColumn } from './row.js'
import { type ColumnSchema, columnSchema, type TableSchema } from './schema.js'
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
  const { type, mutable } = columnSchema(table, name)
  if (!mutators.includes(mutator)) {
    throw new OvsError(
      'schema',
      `${table.name}.${name}: there is no mutator ${String(mutator)}: use ${mutators.join(', ')}`,
    )
  }
  if (!mutable) throw new OvsError('schema', `${table.name}.${name} is fixed once the row exists: leave it out`)
  if (!applies(mutator, type)) {
    throw new OvsError(
      'schema',
      `${table.name}.${name}: ${mutator} does not apply to a column of type ${describeType(type)}`,
    )
  }
  return [name, mutator, encodeColumn(table, name, value as ValueInput, isArithmetic(mutator) ? 'operand' : 'elements')]
}

const mutators: readonly string[] = ['+=', '-=', '*=', '/=', '%=', 'insert', 'delete'] satisfies Mutator[]

/** A mutation that was read and checked, ready for {@link applyMutation}. */
export interface ParsedMutation {
  readonly column: ColumnSchema
  readonly mutator: Mutator
  readonly argument: Datum
}

/**
 * Reads a mutation and checks it as a server does (RFC 7047 §5.1, `<mutation>`).
 * @param symbols what `named-uuid` stands for
 * @throws OvsError `malformed` or `constraint`.
 */
export function parseMutation(table: TableSchema, json: JsonValue, symbols?: SymbolTable): ParsedMutation {
  if (!Array.isArray(json) || json.length !== 3 || typeof json[0] !== 'string' || typeof json[1] !== 'string')
    throw databaseError('syntax error', 'Parse error in mutation.', json)
  const column = table.columns.get(json[0])
  if (!column) throw databaseError('unknown column', `No column ${json[0]} in table ${table.name}.`, json)
  if (!column.mutable) {
    const details = `Cannot mutate immutable column ${column.name} in table ${table.name}.`
    throw databaseError('constraint violation', details, json)
  }
  const [, mutator, argument] = json as unknown as readonly [string, Mutator, JsonValue]
  if (!mutators.includes(mutator)) throw databaseError('unknown mutator', `No mutator named ${mutator}.`)
  if (!applies(mutator, column.type)) {
    const details =
      `Type mismatch: "${mutator}" operator may not be applied to column ${column.name} of type ${describeType(column.type)}.`
    throw databaseError('syntax error', details, json)
  }
  return { column, mutator, argument: parseArgument(column.type, mutator, argument, symbols) }
}

function parseArgument(type: ColumnType, mutator: Mutator, json: JsonValue, symbols: SymbolTable | undefined): Datum {
  if (isArithmetic(mutator)) return parseDatum({ key: unconstrained(type.key), min: 1, max: 1 }, json, symbols)
  const elements = { ...type, min: 0, max: mutator === 'delete' ? Infinity : type.max }
  if (mutator === 'insert' || !type.value || (Array.isArray(json) && json[0] === 'map'))
    return parseDatum(elements, json, symbols)
  // Of a map, keys may be deleted whatever their values.
  return parseDatum({ key: type.key, min: 0, max: Infinity }, json, symbols)
}

/** The wire form of a parsed mutation. */
export function formatMutation({ column, mutator, argument }: ParsedMutation): JsonValue {
  const type = argument.values || !column.type.value ? column.type : { ...keyType(column.type) }
  return [column.name, mutator, datumToJson(type, argument)]
}

function keyType({ key }: ColumnType): ColumnType {
  return { key, min: 0, max: Infinity }
}

/**
 * A column's value after a mutation (RFC 7047 §5.1).
 * @throws OvsError `transaction` for a division by zero and for a result that 64 bits do not hold, `constraint` for
 * what the type does not allow.
 */
export function applyMutation({ column: { type }, mutator, argument }: ParsedMutation, datum: Datum): Datum {
  if (mutator === 'insert' || mutator === 'delete') {
    const result = mutator === 'insert' ? unionData(datum, argument) : subtractData(datum, argument)
    checkSize(type, result)
    return result
  }
  const operand = argument.keys[0] as Atom
  const results = datum.keys.map((atom) => calculate(type.key, mutator, atom, operand))
  const result = { keys: sortedKeys(results) }
  if (hasDuplicates(result))
    throw databaseError('constraint violation', `Result of "${mutator}" operation contains duplicates.`)
  return result
}

type Arithmetic = Exclude<Mutator, 'insert' | 'delete'>

function calculate(base: BaseType, mutator: Arithmetic, atom: Atom, operand: Atom): Atom {
  const result =
    base.type === 'integer'
      ? integerAtom(base, integers(mutator, BigInt(atom), BigInt(operand)))
      : reals(mutator, atom as number, operand as number)
  const wrong = checkAtom(base, result)
  if (wrong !== undefined) throw databaseError('constraint violation', wrong)
  return result
}

function integers(mutator: Arithmetic, a: bigint, b: bigint): bigint {
  if ((mutator === '/=' || mutator === '%=') && b === 0n) throw databaseError('domain error', 'Division by zero.')
  const operations = {
    '+=': () => a + b,
    '-=': () => a - b,
    '*=': () => a * b,
    '/=': () => a / b,
    '%=': () => a % b,
  }
  const result = operations[mutator]()
  // The remainder that belongs to a quotient out of range is refused with it.
  if (!isInt64(result) || (mutator === '%=' && !isInt64(a / b))) throw outOfRange(mutator)
  return result
}

function reals(mutator: Arithmetic, a: number, b: number): number {
  if (mutator === '/=' && b === 0) throw databaseError('domain error', 'Division by zero.')
  const result = { '+=': a + b, '-=': a - b, '*=': a * b, '/=': a / b, '%=': NaN }[mutator] + 0
  if (!Number.isFinite(result)) throw outOfRange(mutator)
  return result
}

function outOfRange(mutator: Mutator): OvsError {
  return databaseError('range error', `Result of "${mutator}" operation is out of range.`)
}

function isArithmetic(mutator: Mutator): mutator is Arithmetic {
  return mutator !== 'insert' && mutator !== 'delete'
}

/** Whether a mutator applies to a type: arithmetic to numbers and sets of them, the others to sets and maps. */
function applies(mutator: Mutator, type: ColumnType): boolean {
  if (!isArithmetic(mutator)) return columnKind(type) !== 'scalar'
  if (type.value) return false
  return type.key.type === 'integer' || (type.key.type === 'real' && mutator !== '%=')
}
