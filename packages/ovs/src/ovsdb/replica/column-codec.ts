import type { JsonValue } from '../../jsonrpc/json.js'
import { type BaseType, type ColumnSchema, columnKind, type ColumnType, isBigint } from '../schema.js'
import { type Atom, decodeValue, defaultValue, type Value } from '../value.js'

type MapValue = Readonly<Record<string, Atom>>

/**
 * What a replica does with the values of one column, made once for each column: a replica of 20,000 ports decodes
 * hundreds of thousands of values. All values are frozen, and sets are in ascending order, so that equal sets look
 * equal however they came about.
 */
export interface ColumnCodec {
  readonly name: string
  /** The value of a column that an update leaves out (RFC 7047 §5.2.1). */
  readonly initial: Value
  /** The value from its wire form (RFC 7047 §5.1, `<value>`). @throws OvsError `malformed`. */
  readonly decode: (wire: JsonValue) => Value
  /**
   * The value after a `modify` (ovsdb-server(7) §4.1.14): a column of at most one element is replaced; elements of a
   * set that are in both go, the others are added; a map loses the pairs that are in both and takes every other pair.
   * @throws OvsError `malformed`.
   */
  readonly modify: (old: Value, difference: JsonValue) => Value
  readonly equal: (one: Value, other: Value) => boolean
}

/** Makes the codec of a column. */
export function columnCodec({ name, type }: ColumnSchema): ColumnCodec {
  const decode = decoder(type)
  const initial = canonical(defaultValue(type))
  if (type.value) {
    const modify = (old: Value, wire: JsonValue) => mapDifference(old as MapValue, decode(wire) as MapValue)
    return { name, initial, decode, modify: type.max === 1 ? (_old, wire) => decode(wire) : modify, equal: equalMaps }
  }
  if (columnKind(type) !== 'set')
    return { name, initial, decode, modify: (_old, wire) => decode(wire), equal: (one, other) => one === other }
  const modify = (old: Value, wire: JsonValue) =>
    symmetricDifference(old as readonly Atom[], decode(wire) as readonly Atom[])
  return { name, initial, decode, modify, equal: equalSets }
}

/** Whether two values of the same column are equal, of whatever kind it is. */
export function equalValues(one: Value, other: Value): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object') return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  return Array.isArray(one) ? equalSets(one, other) : equalMaps(one, other)
}

/** Takes the common forms by itself and leaves every other to {@link decodeValue}, which also refuses what is wrong. */
function decoder(type: ColumnType): (wire: JsonValue) => Value {
  const slow = (wire: JsonValue) => canonical(decodeValue(type, wire))
  const key = atomDecoder(type.key)
  switch (columnKind(type)) {
    case 'scalar':
      return (wire) => key(wire) ?? slow(wire)
    case 'optional':
      return (wire) => (isEmptySet(wire) ? undefined : (key(wire) ?? slow(wire)))
    case 'set':
      return (wire) => setFrom(wire, key) ?? slow(wire)
    case 'map': {
      const value = atomDecoder(type.value as BaseType)
      return (wire) => mapFrom(wire, key, value) ?? slow(wire)
    }
  }
}

/** Gives `undefined` for what is not quite usual. */
type AtomDecoder = (wire: JsonValue | undefined) => Atom | undefined

function atomDecoder(base: BaseType): AtomDecoder {
  switch (base.type) {
    case 'integer':
      return isBigint(base)
        ? (wire) => (Number.isInteger(wire) ? BigInt(wire as number) : undefined)
        : (wire) => (Number.isInteger(wire) ? (wire as number) : undefined)
    case 'real':
      return (wire) => (typeof wire === 'number' ? wire : undefined)
    case 'boolean':
      return (wire) => (typeof wire === 'boolean' ? wire : undefined)
    case 'string':
      return (wire) => (typeof wire === 'string' ? wire : undefined)
    case 'uuid':
      return (wire) =>
        Array.isArray(wire) && wire[0] === 'uuid' && typeof wire[1] === 'string' ? wire[1] : undefined
  }
}

const emptySet: readonly Atom[] = Object.freeze([])
const emptyMap: MapValue = Object.freeze({})

function isEmptySet(wire: JsonValue): boolean {
  return Array.isArray(wire) && wire[0] === 'set' && Array.isArray(wire[1]) && wire[1].length === 0
}

function setFrom(wire: JsonValue, decode: AtomDecoder): readonly Atom[] | undefined {
  const single = decode(wire)
  if (single !== undefined) return Object.freeze([single])
  if (!Array.isArray(wire) || wire[0] !== 'set' || !Array.isArray(wire[1])) return undefined
  const elements = wire[1] as readonly JsonValue[]
  if (elements.length === 0) return emptySet
  const atoms: Atom[] = []
  for (const element of elements) {
    const atom = decode(element)
    if (atom === undefined) return undefined
    atoms.push(atom)
  }
  return canonicalSet(atoms)
}

function mapFrom(wire: JsonValue, decodeKey: AtomDecoder, decodeItem: AtomDecoder): MapValue | undefined {
  if (!Array.isArray(wire) || wire[0] !== 'map' || !Array.isArray(wire[1])) return undefined
  const pairs = wire[1] as readonly JsonValue[]
  if (pairs.length === 0) return emptyMap
  const map: Record<string, Atom> = {}
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) return undefined
    const key = decodeKey(pair[0])
    const item = decodeItem(pair[1])
    // An assignment to __proto__ makes no property.
    if (key === undefined || item === undefined || key === '__proto__') return undefined
    map[key as string] = item
  }
  return Object.freeze(map)
}

function canonical(value: Value): Value {
  if (typeof value !== 'object') return value
  return Array.isArray(value) ? canonicalSet([...(value as readonly Atom[])]) : Object.freeze(value)
}

/** Freezes a set in ascending order. A server sends sets in order, so there is nothing to sort as a rule. */
function canonicalSet(atoms: Atom[]): readonly Atom[] {
  if (atoms.length === 0) return emptySet
  for (let at = 1; at < atoms.length; at++) {
    if ((atoms[at - 1] as Atom) < (atoms[at] as Atom)) continue
    return Object.freeze([...new Set(atoms)].sort(ascending))
  }
  return Object.freeze(atoms)
}

function ascending(one: Atom, other: Atom): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** Differences up to this size are put in one by one: a bridge with 20,000 ports that gets one more. */
const fewElements = 16

function symmetricDifference(old: readonly Atom[], difference: readonly Atom[]): readonly Atom[] {
  if (difference.length === 0) return old
  if (old.length === 0) return difference
  const result = difference.length <= fewElements ? putIn([...old], difference) : merge(old, difference)
  return result.length === 0 ? emptySet : Object.freeze(result)
}

function putIn(result: Atom[], difference: readonly Atom[]): Atom[] {
  for (const atom of difference) {
    let low = 0
    let high = result.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((result[middle] as Atom) < atom) low = middle + 1
      else high = middle
    }
    if (result[low] === atom) result.splice(low, 1)
    else result.splice(low, 0, atom)
  }
  return result
}

function merge(one: readonly Atom[], other: readonly Atom[]): Atom[] {
  const result: Atom[] = []
  let at = 0
  for (const atom of other) {
    while (at < one.length && (one[at] as Atom) < atom) result.push(one[at++] as Atom)
    if (one[at] === atom) at++
    else result.push(atom)
  }
  while (at < one.length) result.push(one[at++] as Atom)
  return result
}

function mapDifference(old: MapValue, difference: MapValue): MapValue {
  const result = new Map(Object.entries(old))
  for (const [key, item] of Object.entries(difference)) {
    if (result.get(key) === item) result.delete(key)
    else result.set(key, item)
  }
  return result.size === 0 ? emptyMap : Object.freeze(Object.fromEntries(result))
}

function equalSets(one: Value, other: Value): boolean {
  if (one === other) return true
  const [left, right] = [one as readonly Atom[], other as readonly Atom[]]
  return left.length === right.length && left.every((atom, at) => atom === right[at])
}

function equalMaps(one: Value, other: Value): boolean {
  if (one === other) return true
  const [left, right] = [one as MapValue, other as MapValue]
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length && keys.every((key) => Object.hasOwn(right, key) && left[key] === right[key])
  )
}
