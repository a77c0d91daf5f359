import { OvsError } from '../errors.js'
import type { JsonValue } from '../jsonrpc/json.js'

/** The types of an atom (RFC 7047 §3.1, `<atomic-type>`). */
export type AtomicType = 'integer' | 'real' | 'boolean' | 'string' | 'uuid'

/** What an atom of a column may be (RFC 7047 §3.2, `<base-type>`). */
export interface BaseType {
  readonly type: AtomicType
  /** The only values allowed, when the schema lists them. */
  readonly enum?: readonly (string | number | bigint | boolean)[]
  readonly minInteger?: number | bigint
  readonly maxInteger?: number | bigint
  readonly minReal?: number
  readonly maxReal?: number
  readonly minLength?: number
  readonly maxLength?: number
  /** The table that a uuid refers to. */
  readonly refTable?: string
  /**
   * A strong reference keeps its row alive and must not dangle; a weak one disappears with the row. Defaults to
   * `strong`.
   */
  readonly refType?: 'strong' | 'weak'
}

/** The type of a column (RFC 7047 §3.2, `<type>`). A column with `value` is a map. */
export interface ColumnType {
  readonly key: BaseType
  readonly value?: BaseType
  readonly min: number
  /** `Infinity` stands for `"unlimited"`. */
  readonly max: number
}

/** A column (RFC 7047 §3.2, `<column-schema>`). */
export interface ColumnSchema {
  readonly name: string
  readonly type: ColumnType
  /** Not kept across a restart of the server. */
  readonly ephemeral: boolean
  /** Whether it may change after the insertion of its row. */
  readonly mutable: boolean
}

/** A table (RFC 7047 §3.2, `<table-schema>`), the implicit columns `_uuid` and `_version` included. */
export interface TableSchema {
  readonly name: string
  readonly columns: ReadonlyMap<string, ColumnSchema>
  readonly maxRows: number
  /** Rows of other tables are deleted as soon as nothing refers to them. */
  readonly isRoot: boolean
  readonly indexes: readonly (readonly string[])[]
}

/** A database (RFC 7047 §3.2, `<database-schema>`). */
export interface DatabaseSchema {
  readonly name: string
  readonly version: string
  readonly tables: ReadonlyMap<string, TableSchema>
}

/** How the values of a column look in JavaScript; see {@link ColumnType}. */
export type ColumnKind = 'scalar' | 'optional' | 'set' | 'map'

/** A map has a value type, an optional is a set of at most one, a scalar has exactly one. */
export function columnKind({ value, min, max }: ColumnType): ColumnKind {
  if (value) return 'map'
  if (max !== 1) return 'set'
  return min === 1 ? 'scalar' : 'optional'
}

/**
 * Whether integers of this type are `bigint`. OVSDB integers have 64 bits, so they are, unless the schema itself keeps
 * them within ±(2^53 − 1): those are `number`.
 */
export function isBigint({ type, enum: values, minInteger, maxInteger }: BaseType): boolean {
  if (type !== 'integer') return false
  if (values) return !values.every(Number.isSafeInteger)
  return !(Number.isSafeInteger(minInteger) && Number.isSafeInteger(maxInteger))
}

/** Finds a table. @throws OvsError `schema` when there is none of that name. */
export function tableSchema(schema: DatabaseSchema, table: string): TableSchema {
  const found = schema.tables.get(table)
  if (found) return found
  throw new OvsError(
    'schema',
    `database ${schema.name} ${schema.version} has no table ${table}: it has ${[...schema.tables.keys()].join(', ')}`,
  )
}

/** Finds a column. @throws OvsError `schema` when there is none of that name. */
export function columnSchema(table: TableSchema, column: string): ColumnSchema {
  const found = table.columns.get(column)
  if (found) return found
  throw new OvsError(
    'schema',
    `table ${table.name} has no column ${column}: it has ${[...table.columns.keys()].join(', ')}`,
  )
}

/**
 * Reads and checks a database schema as `get_schema` and `.ovsschema` files give it.
 * @throws OvsError `malformed`, naming the place.
 */
export function parseSchema(json: JsonValue): DatabaseSchema {
  const { name, version, tables } = object(json, 'the schema')
  return {
    name: string(name, 'name'),
    version: version === undefined ? '' : string(version, 'version'),
    tables: mapEntries(tables, 'tables', parseTable),
  }
}

const uuidType: ColumnType = { key: { type: 'uuid' }, min: 1, max: 1 }
const implicitColumns: readonly ColumnSchema[] = ['_uuid', '_version'].map((name) => ({
  name,
  type: uuidType,
  ephemeral: false,
  mutable: false,
}))

function parseTable(name: string, json: JsonValue, path: string): TableSchema {
  const { columns, maxRows, isRoot, indexes } = object(json, path)
  const own = mapEntries(columns, `${path}.columns`, parseColumn)
  return {
    name,
    columns: new Map([...implicitColumns.map((column) => [column.name, column] as const), ...own]),
    maxRows: maxRows === undefined ? Infinity : number(maxRows, `${path}.maxRows`),
    isRoot: isRoot === true,
    indexes:
      indexes === undefined
        ? []
        : array(indexes, `${path}.indexes`).map((index) => array(index, path).map((column) => string(column, path))),
  }
}

function parseColumn(name: string, json: JsonValue, path: string): ColumnSchema {
  const { type, ephemeral, mutable } = object(json, path)
  return { name, type: parseType(type, `${path}.type`), ephemeral: ephemeral === true, mutable: mutable !== false }
}

function parseType(json: JsonValue | undefined, path: string): ColumnType {
  if (typeof json === 'string') return { key: parseBase(json, path), min: 1, max: 1 }
  const { key, value, min, max } = object(json, path)
  return {
    key: parseBase(key, `${path}.key`),
    ...(value === undefined ? {} : { value: parseBase(value, `${path}.value`) }),
    min: min === undefined ? 1 : number(min, `${path}.min`),
    max: max === undefined ? 1 : max === 'unlimited' ? Infinity : number(max, `${path}.max`),
  }
}

const atomicTypes: readonly string[] = ['integer', 'real', 'boolean', 'string', 'uuid'] satisfies AtomicType[]

function parseBase(json: JsonValue | undefined, path: string): BaseType {
  const { type, enum: values, ...limits } = typeof json === 'string' ? { type: json } : object(json, path)
  const name = string(type, path)
  if (!atomicTypes.includes(name)) throw malformed(path, `an atomic type, not ${name}`)
  return {
    ...(limits as Omit<BaseType, 'type' | 'enum'>),
    type: name as AtomicType,
    ...(values === undefined ? {} : { enum: parseEnum(values, path) }),
  }
}

/** An enumeration is a `<value>`: a bare atom, or a set of them. */
function parseEnum(json: JsonValue, path: string): NonNullable<BaseType['enum']> {
  const atoms = Array.isArray(json) && json[0] === 'set' ? array(json[1], path) : [json]
  return atoms as NonNullable<BaseType['enum']>
}

type JsonObject = { readonly [key: string]: JsonValue | undefined }

function object(json: JsonValue | undefined, path: string): JsonObject {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw malformed(path, 'an object')
  return json as JsonObject
}

function array(json: JsonValue | undefined, path: string): readonly JsonValue[] {
  if (!Array.isArray(json)) throw malformed(path, 'an array')
  return json
}

function string(json: JsonValue | undefined, path: string): string {
  if (typeof json !== 'string') throw malformed(path, 'a string')
  return json
}

function number(json: JsonValue | undefined, path: string): number {
  if (typeof json !== 'number') throw malformed(path, 'a number')
  return json
}

function mapEntries<T>(
  json: JsonValue | undefined,
  path: string,
  parse: (name: string, json: JsonValue, path: string) => T,
): Map<string, T> {
  const entries = Object.entries(object(json, path)) as [string, JsonValue][]
  return new Map(entries.map(([name, value]) => [name, parse(name, value, `${path}.${name}`)]))
}

function malformed(path: string, expected: string): OvsError {
  return new OvsError('malformed', `not a database schema: ${path} must be ${expected} (RFC 7047 §3.2)`)
}
