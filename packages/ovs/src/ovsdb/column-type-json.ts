import { OvsError } from '../errors.js'
import type { JsonValue } from '../jsonrpc/json.js'
import type { AtomicType, BaseType, ColumnType } from './column-type.js'
import { plainMessage } from './database-error.js'
import { datumToJson, parseDatum, sortedKeys } from './datum.js'
import { isId } from './atom.js'
import { type JsonObject, malformed, object, rest, string } from './schema-json.js'

/** Reads and checks a type (RFC 7047 §3.2, `<type>`). @throws OvsError `malformed`, naming the place. */
export function parseColumnType(json: JsonValue | undefined, path: string): ColumnType {
  if (typeof json === 'string') return { key: parseBaseType(json, path), min: 1, max: 1 }
  const { key, value, min = 1, max = 1, ...others } = object(json, path)
  const type = {
    key: parseBaseType(key, `${path}.key`),
    ...(value === undefined ? {} : { value: parseBaseType(value, `${path}.value`) }),
    min: count(min, `${path}.min`, 'an integer from 0'),
    max: max === 'unlimited' ? Infinity : count(max, `${path}.max`, 'an integer from 0, or "unlimited"'),
  }
  rest(others, path)
  if (type.min > 1) throw malformed(`${path}.min`, `0 or 1, not ${type.min}`)
  if (type.max < 1 || type.max < type.min) throw malformed(`${path}.max`, `at least 1, not ${type.max}`)
  return type
}

/** The JSON form of a type, what is a default left out. */
export function formatColumnType({ key, value, min, max }: ColumnType): JsonValue {
  const keyJson = formatBaseType(key)
  if (min === 1 && max === 1 && !value && typeof keyJson === 'string') return keyJson
  return {
    key: keyJson,
    ...(value ? { value: formatBaseType(value) } : {}),
    ...(min === 1 ? {} : { min }),
    ...(max === 1 ? {} : { max: max === Infinity ? 'unlimited' : max }),
  }
}

const atomicTypes: readonly string[] = ['integer', 'real', 'boolean', 'string', 'uuid'] satisfies AtomicType[]
const largestLength = 2 ** 32 - 1

/** Reads and checks a base type (RFC 7047 §3.2, `<base-type>`). @throws OvsError `malformed`, naming the place. */
export function parseBaseType(json: JsonValue | undefined, path: string): BaseType {
  const { type: name, enum: values, ...others } = typeof json === 'string' ? { type: json } : object(json, path)
  const type = string(name, path) as AtomicType
  if (!atomicTypes.includes(type)) throw malformed(path, `an atomic type, not ${type}`)
  if (values !== undefined) {
    rest(others, path)
    return { type, enum: parseEnum(type, values, `${path}.enum`) }
  }
  switch (type) {
    case 'integer':
      return { type, ...limits(others, 'minInteger', 'maxInteger', path, isInteger, 'a 64-bit integer') }
    case 'real':
      return { type, ...limits(others, 'minReal', 'maxReal', path, isReal, 'a number') }
    case 'string':
      return {
        type,
        ...limits(others, 'minLength', 'maxLength', path, isLength, `an integer from 0 to ${largestLength}`),
      }
    case 'boolean':
      rest(others, path)
      return { type }
    case 'uuid':
      return { type, ...reference(others, path) }
  }
}

/** The JSON form of a base type: a bare name when there is nothing more to say. */
export function formatBaseType(base: BaseType): JsonValue {
  const { enum: values, ...others } = base
  if (Object.keys(base).length === 1) return base.type
  const enumType = { key: { type: base.type }, min: 1, max: Infinity }
  return { ...others, ...(values ? { enum: datumToJson(enumType, { keys: sortedKeys(values) }) } : {}) }
}

/** An enumeration is a `<value>`: a bare atom, or a set of them. */
function parseEnum(type: AtomicType, json: JsonValue, path: string): NonNullable<BaseType['enum']> {
  try {
    parseDatum({ key: { type }, min: 1, max: Infinity }, json)
    const atoms = Array.isArray(json) && json[0] === 'set' ? (json[1] as readonly JsonValue[]) : [json]
    return atoms.map((atom) => (Array.isArray(atom) ? (atom[1] as string) : (atom as string | number | bigint | boolean)))
  } catch (error) {
    if (!(error instanceof OvsError)) throw error
    throw malformed(path, `a set of ${type} atoms (${plainMessage(error)})`)
  }
}

function limits(
  members: JsonObject,
  lowest: string,
  highest: string,
  path: string,
  fits: (json: JsonValue) => boolean,
  expected: string,
): Partial<BaseType> {
  const { [lowest]: min, [highest]: max, ...others } = members
  for (const [name, limit] of [
    [lowest, min],
    [highest, max],
  ] as const)
    if (limit !== undefined && !fits(limit)) throw malformed(`${path}.${name}`, expected)
  rest(others, path)
  if (min !== undefined && max !== undefined && (min as number) > (max as number))
    throw malformed(`${path}.${highest}`, `at least ${lowest}: ${lowest} exceeds ${highest}`)
  return { ...(min === undefined ? {} : { [lowest]: min }), ...(max === undefined ? {} : { [highest]: max }) }
}

function reference(members: JsonObject, path: string): Partial<BaseType> {
  const { refTable, refType, ...others } = members
  if (refTable === undefined) {
    rest(members, path)
    return {}
  }
  if (!isId(refTable)) throw malformed(`${path}.refTable`, 'the name of a table')
  if (refType !== undefined && refType !== 'strong' && refType !== 'weak')
    throw malformed(`${path}.refType`, '"strong" or "weak"')
  rest(others, path)
  return { refTable, ...(refType === 'weak' ? { refType } : {}) }
}

function isInteger(json: JsonValue): boolean {
  return typeof json === 'bigint' ? BigInt.asIntN(64, json) === json : Number.isInteger(json)
}

function isReal(json: JsonValue): boolean {
  return typeof json === 'number' || typeof json === 'bigint'
}

function isLength(json: JsonValue): boolean {
  return Number.isInteger(json) && (json as number) >= 0 && (json as number) <= largestLength
}

function count(json: JsonValue, path: string, expected: string): number {
  if (!isLength(json)) throw malformed(path, expected)
  return json as number
}
