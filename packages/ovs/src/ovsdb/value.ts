import { OvsError } from '../errors.js'
import type { JsonValue } from '../jsonrpc/json.js'
import { checkAtom, defaultAtom, isInt64 } from './atom.js'
import { describeType } from './column-type.js'
import { type BaseType, type ColumnType, columnKind, isBigint } from './schema.js'

declare const uuidBrand: unique symbol

/** The uuid of a row, in the usual lower-case form with dashes. */
export type Uuid = string & { readonly [uuidBrand]: true }

/**
 * Stands, within one transaction, for the uuid of a row that the transaction inserts (RFC 7047 §5.1, `<named-uuid>`).
 */
export interface NamedUuid {
  readonly namedUuid: string
}

/** An atom in JavaScript (RFC 7047 §5.1, `<atom>`). For which integers are `bigint` see {@link isBigint}. */
export type Atom = string | number | bigint | boolean

/**
 * A column's value in JavaScript: an atom; `undefined` for an optional atom that is absent; an array for a set; a
 * record for a map, its keys written as property names (`'1'` for the integer 1).
 */
export type Value = Atom | undefined | readonly Atom[] | Readonly<Record<string, Atom>>

/** A column's value as a caller may give it: references may be named, and a `bigint` may be a `number`. */
export type ValueInput =
  Atom | NamedUuid | undefined | readonly (Atom | NamedUuid)[] | Readonly<Record<string, Atom | NamedUuid>>

/** What a caller may write where a row has an atom of type `A`. */
export type AtomInput<A> = A extends Uuid ? Uuid | NamedUuid : A extends bigint ? bigint | number : A

/** What a caller may write where a row has a value of type `T`. */
export type Input<T> = T extends undefined | Atom
  ? AtomInput<T>
  : T extends readonly (infer A)[]
    ? readonly AtomInput<A>[]
    : { readonly [K in keyof T]: AtomInput<T[K]> }

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Checks the text of a uuid. @throws OvsError `malformed`. */
export function parseUuid(text: string): Uuid {
  if (!uuidPattern.test(text)) throw new OvsError('malformed', `${JSON.stringify(text)} is not a uuid`)
  return text as Uuid
}

/**
 * Refers to the row that an `insert` with this `uuid-name` makes. The name must be an identifier: letters, digits and
 * underscores.
 */
export function namedUuid(name: string): NamedUuid {
  return { namedUuid: name }
}

/**
 * The value of a column from its wire form (RFC 7047 §5.1, `<value>`). A set of one may arrive as a bare atom.
 * @throws OvsError `malformed` when it does not have the column's type.
 */
export function decodeValue(type: ColumnType, wire: JsonValue): Value {
  switch (columnKind(type)) {
    case 'scalar':
      return decodeAtom(type.key, wire)
    case 'optional': {
      const [atom] = setElements(wire)
      return atom === undefined ? undefined : decodeAtom(type.key, atom)
    }
    case 'set':
      return setElements(wire).map((atom) => decodeAtom(type.key, atom))
    case 'map':
      return Object.fromEntries(
        mapPairs(wire).map(([key, value]) => [
          decodeAtom(type.key, key).toString(),
          decodeAtom(type.value as BaseType, value),
        ]),
      )
  }
}

/**
 * What a value is sent for: to be stored, so that its size counts too; as some elements of a set or map; or as the
 * operand of arithmetic, which the column itself need not be able to hold.
 */
export type ValueUse = 'store' | 'elements' | 'operand'

/**
 * The wire form of a value, checked against every constraint of its type. A set of one becomes a bare atom. For a map
 * an array stands for a set of keys, as the mutator `delete` takes it (RFC 7047 §5.1, `<mutation>`).
 * @param use defaults to `elements`
 * @throws OvsError `schema` when the column's type does not allow the value.
 */
export function encodeValue(type: ColumnType, value: ValueInput, use: ValueUse = 'elements'): JsonValue {
  if (use === 'operand') return encodeAtom({ type: type.key.type }, value as Atom)
  if (use === 'store') checkCount(type, value)
  if (value === undefined) return [type.value ? 'map' : 'set', []]
  if (Array.isArray(value)) {
    const atoms = (value as readonly (Atom | NamedUuid)[]).map((atom) => encodeAtom(type.key, atom))
    return atoms.length === 1 ? (atoms[0] as JsonValue) : ['set', atoms]
  }
  if (!type.value) return encodeAtom(type.key, value as Atom | NamedUuid)
  if (typeof value !== 'object') throw mismatch('a map', value)
  const valueType = type.value
  return [
    'map',
    Object.entries(value).map(([key, item]) => [
      encodeKey(type.key, key),
      encodeAtom(valueType, item as Atom | NamedUuid),
    ]),
  ]
}

/** The value that a column has when an insertion does not name it (RFC 7047 §5.2.1). */
export function defaultValue(type: ColumnType): Value {
  switch (columnKind(type)) {
    case 'scalar':
      return defaultAtom(type.key)
    case 'optional':
      return undefined
    case 'set':
      return type.min === 0 ? [] : [defaultAtom(type.key)]
    case 'map':
      return type.min === 0 ? {} : { [String(defaultAtom(type.key))]: defaultAtom(type.value as BaseType) }
  }
}

function decodeAtom(base: BaseType, wire: JsonValue): Atom {
  switch (base.type) {
    case 'integer':
      if (typeof wire === 'bigint' || Number.isInteger(wire))
        return isBigint(base) ? BigInt(wire as bigint) : Number(wire)
      break
    case 'real':
      if (typeof wire === 'number' || typeof wire === 'bigint') return Number(wire)
      break
    case 'boolean':
    case 'string':
      if (typeof wire === base.type) return wire as Atom
      break
    case 'uuid':
      if (Array.isArray(wire) && wire[0] === 'uuid' && typeof wire[1] === 'string') return wire[1]
  }
  throw new OvsError('malformed', `the server sent ${excerpt(wire)} for a column of the type ${base.type}`)
}

function encodeAtom(base: BaseType, atom: Atom | NamedUuid): JsonValue {
  const wire = encodeUnchecked(base, atom)
  const objection = typeof wire === 'object' ? undefined : checkAtom(base, wire as Atom)
  if (objection !== undefined) throw new OvsError('schema', objection)
  return wire
}

function encodeUnchecked(base: BaseType, atom: Atom | NamedUuid): JsonValue {
  switch (base.type) {
    case 'integer':
      if (typeof atom === 'bigint' && isInt64(atom)) return Number.isSafeInteger(Number(atom)) ? Number(atom) : atom
      if (Number.isSafeInteger(atom)) return atom as number
      break
    case 'real':
      if (typeof atom === 'bigint' || Number.isFinite(atom)) return Number(atom)
      break
    case 'boolean':
    case 'string':
      if (typeof atom === base.type) return atom as JsonValue
      break
    case 'uuid':
      if (typeof atom === 'object' && 'namedUuid' in atom) return ['named-uuid', atom.namedUuid]
      if (typeof atom === 'string' && uuidPattern.test(atom)) return ['uuid', atom]
  }
  throw mismatch(base.type, atom)
}

/** Checks the number of elements of a value to be stored, and that none comes twice. @throws OvsError `schema`. */
function checkCount(type: ColumnType, value: ValueInput): void {
  if (Array.isArray(value) && type.value) throw mismatch('a map', value)
  // The commonest value of all: one element where one may be.
  if (!type.value && value !== undefined && !Array.isArray(value)) return
  const elements = value === undefined ? [] : type.value ? Object.keys(value) : (value as readonly unknown[])
  if (elements.length < type.min || elements.length > type.max)
    throw mismatch(`a ${describeType(type)}`, value === undefined ? 'nothing' : value)
  const seen = new Set<unknown>(elements)
  if (seen.size < elements.length) throw mismatch('distinct elements', value)
}

/** A map's key from its property name. */
function encodeKey(base: BaseType, key: string): JsonValue {
  switch (base.type) {
    case 'integer':
      if (/^-?\d+$/.test(key)) return encodeAtom(base, BigInt(key))
      break
    case 'real':
      if (key.trim() !== '') return encodeAtom(base, Number(key))
      break
    case 'boolean':
      if (key === 'true' || key === 'false') return key === 'true'
      break
    case 'string':
    case 'uuid':
      return encodeAtom(base, key)
  }
  throw mismatch(base.type, key)
}

/** RFC 7047 §5.1 `<set>`: `["set", [atom, …]]`, or the atom itself when there is one. */
function setElements(wire: JsonValue): readonly JsonValue[] {
  if (!Array.isArray(wire) || wire[0] !== 'set') return [wire]
  if (!Array.isArray(wire[1]))
    throw new OvsError('malformed', `the server sent the set ${excerpt(wire)}, which has no list of atoms`)
  return wire[1]
}

/** RFC 7047 §5.1 `<map>`: `["map", [[key, value], …]]`. */
function mapPairs(wire: JsonValue): readonly (readonly [JsonValue, JsonValue])[] {
  const pairs = Array.isArray(wire) && wire[0] === 'map' ? wire[1] : undefined
  if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    throw new OvsError('malformed', `the server sent ${excerpt(wire)} for a map`)
  }
  return pairs
}

function mismatch(expected: string, value: unknown): OvsError {
  return new OvsError('schema', `expected ${expected === 'integer' ? 'an integer' : expected}, got ${excerpt(value)}`)
}

function excerpt(value: unknown): string {
  const text =
    JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item)) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
