import { OvsError } from '../errors.js'
import type { JsonValue } from '../jsonrpc/json.js'
import { isId } from './atom.js'
import type { BaseType, ColumnType } from './column-type.js'
import { formatColumnType, parseColumnType } from './column-type-json.js'
import { array, boolean, malformed, object, rest, string } from './schema-json.js'

export {
  type AtomicType,
  type BaseType,
  type ColumnKind,
  columnKind,
  type ColumnType,
  isBigint,
} from './column-type.js'

/** A column (RFC 7047 §3.2, `<column-schema>`). */
export interface ColumnSchema {
  readonly name: string
  readonly type: ColumnType
  /** Not kept across a restart of the server. A strong reference to a row that could be collected always is kept. */
  readonly ephemeral: boolean
  /** Whether it may change after the insertion of its row. A weak reference always may. */
  readonly mutable: boolean
}

/** A table (RFC 7047 §3.2, `<table-schema>`), the implicit columns `_uuid` and `_version` included. */
export interface TableSchema {
  readonly name: string
  readonly columns: ReadonlyMap<string, ColumnSchema>
  readonly maxRows: number
  /**
   * Rows of other tables are deleted as soon as nothing refers to them. A schema that calls no table a root means all
   * of them.
   */
  readonly isRoot: boolean
  readonly indexes: readonly (readonly string[])[]
  /** Defaults to true. */
  readonly mutable?: boolean
}

/** A database (RFC 7047 §3.2, `<database-schema>`). */
export interface DatabaseSchema {
  readonly name: string
  /** `x.y.z`, or empty when the schema gives none. */
  readonly version: string
  /** The checksum that the schema carries, when it does. It is not compared with anything. */
  readonly cksum?: string
  readonly tables: ReadonlyMap<string, TableSchema>
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
 * Reads and checks a database schema as `get_schema` and `.ovsschema` files give it. Refuses what ovsdb-server refuses.
 * @throws OvsError `malformed`, naming the place.
 */
export function parseSchema(json: JsonValue): DatabaseSchema {
  const { name, version, cksum, tables, ...others } = object(json, 'the schema')
  if (!isId(string(name, 'name'))) throw malformed('name', `an identifier, not ${JSON.stringify(name)}`)
  if (version !== undefined && !/^\d+\.\d+\.\d+$/.test(string(version, 'version')))
    throw malformed('version', `of the form x.y.z, not ${JSON.stringify(version)}`)
  const parsed = mapEntries(tables, 'tables', 'a table', parseTable)
  rest(others, 'the schema')
  return {
    name: name as string,
    version: (version as string | undefined) ?? '',
    ...(cksum === undefined ? {} : { cksum: string(cksum, 'cksum') }),
    tables: settleReferences(withRoots(parsed)),
  }
}

/** The JSON form of a schema: what {@link parseSchema} reads, what is a default left out. */
export function formatSchema({ name, version, cksum, tables }: DatabaseSchema): JsonValue {
  const allRoots = [...tables.values()].every(({ isRoot }) => isRoot)
  return {
    name,
    ...(version === '' ? {} : { version }),
    ...(cksum === undefined ? {} : { cksum }),
    tables: Object.fromEntries([...tables.values()].map((table) => [table.name, formatTable(table, allRoots)])),
  }
}

const uuidType: ColumnType = { key: { type: 'uuid' }, min: 1, max: 1 }
const implicitColumns: readonly ColumnSchema[] = ['_uuid', '_version'].map((name) => ({
  name,
  type: uuidType,
  ephemeral: false,
  mutable: false,
}))

/** Reads a table (RFC 7047 §3.2, `<table-schema>`). @throws OvsError `malformed`, naming the place. */
export function parseTable(name: string, json: JsonValue, path: string): TableSchema {
  const { columns, maxRows, isRoot, indexes, mutable, ...others } = object(json, path)
  const own = mapEntries(columns, `${path}.columns`, 'a column', parseColumn)
  const table = {
    name,
    columns: new Map([...implicitColumns.map((column) => [column.name, column] as const), ...own]),
    maxRows: maxRows === undefined ? Infinity : rowLimit(maxRows, `${path}.maxRows`),
    isRoot: boolean(isRoot, `${path}.isRoot`, false),
    indexes:
      indexes === undefined
        ? []
        : array(indexes, `${path}.indexes`).map((index, at) => parseIndex(own, index, `${path}.indexes[${at}]`)),
    ...(boolean(mutable, `${path}.mutable`, true) ? {} : { mutable: false }),
  }
  rest(others, path)
  if (own.size === 0) throw malformed(`${path}.columns`, 'at least one column')
  return table
}

/**
 * The JSON form of a table.
 * @param rootByDefault whether the reader takes the table for a root without being told
 */
export function formatTable(table: TableSchema, rootByDefault = false): JsonValue {
  const own = [...table.columns.values()].filter(({ name }) => !name.startsWith('_'))
  return {
    columns: Object.fromEntries(own.map((column) => [column.name, formatColumn(column)])),
    ...(table.mutable === false ? { mutable: false } : {}),
    ...(table.isRoot === rootByDefault ? {} : { isRoot: table.isRoot }),
    ...(table.maxRows === Infinity ? {} : { maxRows: table.maxRows }),
    ...(table.indexes.length === 0 ? {} : { indexes: table.indexes }),
  }
}

/** Reads a column (RFC 7047 §3.2, `<column-schema>`). @throws OvsError `malformed`, naming the place. */
export function parseColumn(name: string, json: JsonValue, path: string): ColumnSchema {
  const { type, ephemeral, mutable, ...others } = object(json, path)
  const column = {
    name,
    type: parseColumnType(type, `${path}.type`),
    ephemeral: boolean(ephemeral, `${path}.ephemeral`, false),
    mutable: boolean(mutable, `${path}.mutable`, true),
  }
  rest(others, path)
  return column
}

/** The JSON form of a column. */
export function formatColumn({ type, ephemeral, mutable }: ColumnSchema): JsonValue {
  return {
    type: formatColumnType(type),
    ...(ephemeral ? { ephemeral: true } : {}),
    ...(mutable ? {} : { mutable: false }),
  }
}

function parseIndex(columns: ReadonlyMap<string, ColumnSchema>, json: JsonValue, path: string): readonly string[] {
  const names = array(json, path).map((name, at) => {
    const column = columns.get(string(name, `${path}[${at}]`))
    if (!column) throw malformed(`${path}[${at}]`, `a column of the table, not ${JSON.stringify(name)}`)
    if (column.ephemeral) throw malformed(`${path}[${at}]`, `a column that is kept: ${column.name} is ephemeral`)
    return column.name
  })
  if (names.length === 0) throw malformed(path, 'a list of at least one column')
  if (new Set(names).size < names.length) throw malformed(path, 'a list of distinct columns')
  return names
}

function withRoots(tables: ReadonlyMap<string, TableSchema>): ReadonlyMap<string, TableSchema> {
  if ([...tables.values()].some(({ isRoot }) => isRoot)) return tables
  return new Map([...tables].map(([name, table]) => [name, { ...table, isRoot: true }]))
}

/** Every reference must lead to a table; some columns cannot be ephemeral or immutable because of where they lead. */
function settleReferences(tables: ReadonlyMap<string, TableSchema>): ReadonlyMap<string, TableSchema> {
  const settle = (column: ColumnSchema, path: string): ColumnSchema => {
    const references = [column.type.key, column.type.value].filter((base) => base?.refTable !== undefined) as BaseType[]
    for (const { refTable } of references)
      if (!tables.has(refTable as string))
        throw malformed(`${path}.type`, `of a table that exists: ${refTable} does not`)
    const collectable = references.some(
      ({ refType, refTable }) => refType !== 'weak' && tables.get(refTable as string)?.isRoot === false,
    )
    const weak = references.some(({ refType }) => refType === 'weak')
    if (!(collectable && column.ephemeral) && !(weak && !column.mutable)) return column
    return { ...column, ephemeral: column.ephemeral && !collectable, mutable: column.mutable || weak }
  }
  return new Map(
    [...tables].map(([name, table]) => {
      const columns = [...table.columns].map(
        ([column, schema]) => [column, settle(schema, `tables.${name}.columns.${column}`)] as const,
      )
      return [name, { ...table, columns: new Map(columns) }]
    }),
  )
}

function rowLimit(json: JsonValue, path: string): number {
  if (json === 'unlimited') return Infinity
  if (!Number.isInteger(json) || (json as number) < 1) throw malformed(path, 'an integer from 1')
  return json as number
}

function mapEntries<T>(
  json: JsonValue | undefined,
  path: string,
  what: string,
  parse: (name: string, json: JsonValue, path: string) => T,
): Map<string, T> {
  const entries = Object.entries(object(json, path)) as [string, JsonValue][]
  return new Map(
    entries.map(([name, value]) => {
      if (!isId(name)) throw malformed(`${path}.${name}`, `an identifier: it names ${what}`)
      if (name.startsWith('_'))
        throw malformed(`${path}.${name}`, 'another name: those beginning with "_" are reserved')
      return [name, parse(name, value, `${path}.${name}`)]
    }),
  )
}
