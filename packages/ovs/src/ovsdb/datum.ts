import type { JsonValue } from '../jsonrpc/json.js'
import { atomToJson, compareAtoms, defaultAtom, integerAtom, parseAtom, type SymbolTable } from './atom.js'
import { type BaseType, columnKind, type ColumnType, describeType } from './column-type.js'
import { databaseError } from './database-error.js'
import type { Atom, Value } from './value.js'

/**
 * A column's value in the form to calculate with: its atoms in ascending order and without duplicates, for a map its
 * keys so, with the value of `keys[i]` in `values[i]`. A scalar is a set of one. Integers are what {@link integerAtom}
 * makes them.
 */
export interface Datum {
  readonly keys: readonly Atom[]
  readonly values?: readonly Atom[]
}

/** The atoms in ascending order. */
export function sortedKeys(atoms: readonly Atom[]): readonly Atom[] {
  return atoms.length < 2 ? atoms : [...atoms].sort(compareAtoms)
}

/**
 * Reads a value and checks it as a server does: types, constraints, duplicates, size (RFC 7047 §5.1, `<value>`).
 * @throws OvsError `malformed`, and `constraint` when the type does not allow it.
 */
export function parseDatum(type: ColumnType, json: JsonValue, symbols?: SymbolTable): Datum {
  return type.value ? parseMap(type, type.value, json, symbols) : parseSet(type, json, symbols)
}

function parseSet(type: ColumnType, json: JsonValue, symbols: SymbolTable | undefined): Datum {
  const isSet = Array.isArray(json) && json[0] === 'set'
  if (isSet && (json.length !== 2 || !Array.isArray(json[1])))
    throw databaseError('syntax error', 'expected ["set", <array>]', json)
  const elements: readonly JsonValue[] = isSet ? (json[1] as readonly JsonValue[]) : [json]
  checkLength(type, 'set', elements.length, json)
  return makeDatum(elements.map((atom) => parseAtom(type.key, atom, symbols)))
}

function parseMap(type: ColumnType, valueType: BaseType, json: JsonValue, symbols: SymbolTable | undefined): Datum {
  const pairs = Array.isArray(json) && json.length === 2 && json[0] === 'map' ? (json[1] as JsonValue) : undefined
  if (!Array.isArray(pairs)) throw databaseError('syntax error', 'expected ["map", <array>]', json)
  checkLength(type, 'map', pairs.length, json)
  const parsed = (pairs as readonly JsonValue[]).map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw databaseError('syntax error', 'Parsing map pair failed: expected 2-element array', pair)
    return [parseAtom(type.key, pair[0], symbols), parseAtom(valueType, pair[1], symbols)] as const
  })
  return makeDatum(
    parsed.map(([key]) => key),
    parsed.map(([, value]) => value),
  )
}

function checkLength({ min, max }: ColumnType, what: string, length: number, json: JsonValue): void {
  if (length >= min && length <= max) return
  const allowed = min === max ? `exactly ${min === 1 ? 'one member' : `${min} members`}` : `${min} to ${max} members`
  const most = max === Infinity ? `at least ${min} members` : allowed
  throw databaseError('syntax error', `${what} must have ${most} but ${length} are present`, json)
}

/**
 * A datum from atoms in any order, with the values of a map in the same order.
 * @throws OvsError `malformed` when an atom, or the key of a map, comes twice.
 */
export function makeDatum(keys: readonly Atom[], values?: readonly Atom[]): Datum {
  const datum = sortDatum(keys, values)
  if (hasDuplicates(datum))
    throw databaseError('ovsdb error', values ? 'map contains duplicate key' : 'set contains duplicate')
  return datum
}

/** A datum from atoms in any order, duplicates kept. */
function sortDatum(keys: readonly Atom[], values: readonly Atom[] | undefined): Datum {
  if (!values) return { keys: sortedKeys(keys) }
  const order = keys.map((_, at) => at).sort((a, b) => compareAtoms(keys[a] as Atom, keys[b] as Atom))
  return { keys: order.map((at) => keys[at] as Atom), values: order.map((at) => values[at] as Atom) }
}

/** Whether two neighbours among the keys are equal. */
export function hasDuplicates({ keys }: Datum): boolean {
  return keys.some((key, at) => at > 0 && compareAtoms(keys[at - 1] as Atom, key) === 0)
}

/** The wire form of a datum: a set of one as a bare atom (RFC 7047 §5.1, `<value>`). */
export function datumToJson(type: ColumnType, { keys, values }: Datum): JsonValue {
  const valueType = type.value
  if (valueType)
    return [
      'map',
      keys.map((key, at) => [atomToJson(type.key, key), atomToJson(valueType, values?.[at] as Atom)]),
    ]
  if (keys.length === 1) return atomToJson(type.key, keys[0] as Atom)
  return ['set', keys.map((key) => atomToJson(type.key, key))]
}

/** The datum of a value as rows have it. The value must have the type: nothing is checked. */
export function datumOf(type: ColumnType, value: Value): Datum {
  if (value === undefined) return type.value ? { keys: [], values: [] } : { keys: [] }
  if (Array.isArray(value)) return { keys: sortedKeys(value as readonly Atom[]) }
  if (!type.value) return { keys: [value as Atom] }
  const entries = Object.entries(value as Readonly<Record<string, Atom>>)
  return sortDatum(
    entries.map(([key]) => keyAtom(type.key, key)),
    entries.map(([, item]) => item),
  )
}

/** The value as rows have it. */
export function valueOf(type: ColumnType, { keys, values }: Datum): Value {
  switch (columnKind(type)) {
    case 'scalar':
    case 'optional':
      return keys[0]
    case 'set':
      return keys
    case 'map':
      return Object.fromEntries(keys.map((key, at) => [String(key), values?.[at] as Atom]))
  }
}

function keyAtom(base: BaseType, key: string): Atom {
  if (base.type === 'integer') return integerAtom(base, BigInt(key))
  if (base.type === 'real') return Number(key)
  return base.type === 'boolean' ? key === 'true' : key
}

/** What a column holds when an insertion does not name it (RFC 7047 §5.2.1). */
export function defaultDatum(type: ColumnType): Datum {
  const keys = type.min === 0 ? [] : [defaultAtom(type.key)]
  return type.value ? { keys, values: type.min === 0 ? [] : [defaultAtom(type.value)] } : { keys }
}

/** Whether two data of one type are equal. */
export function equalData(a: Datum, b: Datum): boolean {
  return a === b || compareData(a, b) === 0
}

/** Orders two data of one type: the smaller one first, then by their keys, then by their values. */
export function compareData(a: Datum, b: Datum): number {
  if (a.keys.length !== b.keys.length) return a.keys.length - b.keys.length
  return compareLists(a.keys, b.keys) || compareLists(a.values ?? [], b.values ?? [])
}

function compareLists(a: readonly Atom[], b: readonly Atom[]): number {
  for (const [at, atom] of a.entries()) {
    const order = compareAtoms(atom, b[at] as Atom)
    if (order !== 0) return order
  }
  return 0
}

/** Where `key` is among the keys of a datum, or -1. */
export function findKey({ keys }: Datum, key: Atom): number {
  let low = 0
  let high = keys.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const order = compareAtoms(keys[middle] as Atom, key)
    if (order === 0) return middle
    if (order < 0) low = middle + 1
    else high = middle - 1
  }
  return -1
}

/** Whether a datum has this atom, or for a map this pair. */
function has(datum: Datum, key: Atom, value: Atom | undefined): boolean {
  const at = findKey(datum, key)
  return at !== -1 && (value === undefined || compareAtoms(datum.values?.[at] as Atom, value) === 0)
}

/** Whether every element of `part` is in `whole`; of a map, every pair. */
export function includesData(whole: Datum, part: Datum): boolean {
  return part.keys.every((key, at) => has(whole, key, part.values?.[at]))
}

/** Whether no element of `part` is in `whole`; of a map, no pair. */
export function excludesData(whole: Datum, part: Datum): boolean {
  return !part.keys.some((key, at) => has(whole, key, part.values?.[at]))
}

/** A datum with the elements of another; a key that is there already keeps its value. */
export function unionData(a: Datum, b: Datum): Datum {
  return merge(a, b, (mine) => mine)
}

/**
 * A datum without the elements of another. From a map pairs are taken, or keys when `b` is a set.
 */
export function subtractData(a: Datum, b: Datum): Datum {
  return pick(a, (key, value) => !has(b, key, b.values && value))
}

/**
 * What changes one datum into another (ovsdb-server(7) §4.1.14, `<row-update2>`): for a column of at most one element
 * the new datum itself, otherwise the elements that are in one of the two only. A key with another value stands with
 * its new value.
 */
export function diffData(type: ColumnType, before: Datum, after: Datum): Datum {
  if (type.max === 1) return after
  return merge(subtractKeysAndPairs(before, after), subtractData(after, before), (_mine, theirs) => theirs)
}

/** The elements of `a` whose key `b` lacks. */
function subtractKeysAndPairs(a: Datum, b: Datum): Datum {
  return pick(a, (key) => findKey(b, key) === -1)
}

/**
 * A datum after what {@link diffData} made: elements that are in both go, the others come; a key with another value
 * takes it.
 * @throws OvsError `constraint` when the result is larger than the type allows.
 */
export function applyDiff(type: ColumnType, before: Datum, diff: Datum): Datum {
  if (type.max === 1) return diff
  const after = merge(subtractData(before, diff), subtractData(diff, before), (_mine, theirs) => theirs)
  checkSize(type, after)
  return after
}

/** Checks the number of elements. @throws OvsError `constraint`. */
export function checkSize(type: ColumnType, { keys }: Datum): void {
  if (keys.length < type.min || keys.length > type.max) {
    throw databaseError(
      'constraint violation',
      `Attempted to store ${keys.length} elements in ${describeType(type)}.`,
    )
  }
}

function pick({ keys, values }: Datum, keep: (key: Atom, value: Atom | undefined) => boolean): Datum {
  const kept = keys.flatMap((key, at) => (keep(key, values?.[at]) ? [at] : []))
  if (kept.length === keys.length) return values ? { keys, values } : { keys }
  const picked = kept.map((at) => keys[at] as Atom)
  return values ? { keys: picked, values: kept.map((at) => values[at] as Atom) } : { keys: picked }
}

/** Both, in order; `choose` says which value a key gets that is in both. */
function merge(a: Datum, b: Datum, choose: (mine: Atom, theirs: Atom) => Atom): Datum {
  const keys: Atom[] = []
  const values: Atom[] = []
  let i = 0
  let j = 0
  while (i < a.keys.length || j < b.keys.length) {
    const order =
      i === a.keys.length ? 1 : j === b.keys.length ? -1 : compareAtoms(a.keys[i] as Atom, b.keys[j] as Atom)
    keys.push((order <= 0 ? a.keys[i] : b.keys[j]) as Atom)
    if (a.values && b.values) {
      const mine = a.values[i] as Atom
      const theirs = b.values[j] as Atom
      values.push(order < 0 ? mine : order > 0 ? theirs : choose(mine, theirs))
    }
    if (order <= 0) i++
    if (order >= 0) j++
  }
  return a.values ? { keys, values } : { keys }
}
