import {
  type BaseType,
  type ColumnSchema,
  columnKind,
  type DatabaseSchema,
  isBigint,
  type TableSchema,
} from './schema.js'

/**
 * TypeScript row types for every table of a database schema, as the text of a module. Columns keep their OVSDB
 * spelling.
 *
 * - a scalar is an atom, an optional one is `T | undefined`, a set is a `readonly` array, a map is a `Readonly<Record>`
 * - an integer is `bigint`, unless the schema itself bounds it within ±(2^53 − 1)
 * - an enumeration is a union of literals
 *
 * @param from where the module imports `Uuid` from
 */
export function generateTypes(schema: DatabaseSchema, from: string): string {
  const tables = [...schema.tables.values()]
  const names = typeNames(schema)
  const rowName = (table: string) => names.get(table) as string
  const version = schema.version === '' ? '' : `version ${schema.version} of `
  return [
    `// GENERATED from ${version}the database schema ${schema.name} by generate-types.ts: do not edit.`,
    ...(schema.name === 'Open_vSwitch'
      ? [`// The schema is part of Open vSwitch, licensed under the Apache License 2.0.`]
      : []),
    `import type { Uuid } from '${from}'`,
    '',
    ...tables.flatMap((table) => [...tableLines(table, rowName), '']),
    `/** The tables of the database ${schema.name}. */`,
    `export type ${names.get('')} = {`,
    ...tables.map(({ name }) => `  readonly ${name}: ${rowName(name)}`),
    '}',
    '',
  ].join('\n')
}

/** A name of its own for the type of each table, and under the empty name for that of the database. */
function typeNames(schema: DatabaseSchema): ReadonlyMap<string, string> {
  // The name of an import, or of a global type that the module needs, is taken.
  const taken = new Set(['Uuid', 'Record', 'Readonly', 'Partial'])
  const take = (wanted: string) => {
    let name = wanted
    for (let at = 2; taken.has(name); at++) name = `${wanted}${at}`
    taken.add(name)
    return name
  }
  const wanted = [...schema.tables.keys()].map((table) => [table, `${typeName(table)}Row`] as const)
  return new Map([...wanted, ['', typeName(schema.name)] as const].map(([table, name]) => [table, take(name)]))
}

type RowName = (table: string) => string

function tableLines(table: TableSchema, rowName: RowName): string[] {
  return [
    `/** A row of the table ${table.name}. */`,
    `export interface ${rowName(table.name)} {`,
    ...[...table.columns.values()].flatMap((column) => columnLines(column, rowName)),
    '}',
  ]
}

function columnLines(column: ColumnSchema, rowName: RowName): string[] {
  const remarks = [
    ...[column.type.key, column.type.value].flatMap((base) =>
      base?.refTable ? [`${reference(base)} {@link ${rowName(base.refTable)}}`] : [],
    ),
    ...(column.ephemeral ? ['not kept across a restart of the server'] : []),
    ...(column.mutable || column.name.startsWith('_') ? [] : ['fixed once the row exists']),
  ]
  const line = `  readonly ${column.name}: ${columnTypeName(column)}`
  return remarks.length === 0 ? [line] : [`  /** ${capitalise(remarks.join('; '))}. */`, line]
}

function reference({ refType }: BaseType): string {
  return refType === 'weak' ? 'refers weakly to' : 'refers to'
}

function columnTypeName({ type }: ColumnSchema): string {
  const key = atomName(type.key)
  switch (columnKind(type)) {
    case 'scalar':
      return key
    case 'optional':
      return `${key} | undefined`
    case 'set':
      return `readonly ${key.includes('|') ? `(${key})` : key}[]`
    case 'map':
      return `Readonly<${recordName(type.key, type.value as BaseType)}>`
  }
}

function recordName(key: BaseType, value: BaseType): string {
  const record = `Record<${keyName(key)}, ${atomName(value)}>`
  // Of the keys that an enumeration allows, a map has some.
  return key.enum && key.type === 'string' ? `Partial<${record}>` : record
}

function atomName(base: BaseType): string {
  if (base.enum && base.type !== 'uuid')
    return base.enum.map((value) => literal(isBigint(base) ? BigInt(value) : value)).join(' | ')
  switch (base.type) {
    case 'integer':
      return isBigint(base) ? 'bigint' : 'number'
    case 'real':
      return 'number'
    case 'uuid':
      return 'Uuid'
    default:
      return base.type
  }
}

/** A property name: integers that are `number` index a record as such, everything else as its text. */
function keyName(base: BaseType): string {
  if (base.enum && base.type === 'string') return atomName(base)
  return base.type === 'integer' && !isBigint(base) ? 'number' : 'string'
}

function literal(value: string | number | bigint | boolean): string {
  if (typeof value === 'string')
    return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
  return typeof value === 'bigint' ? `${value}n` : String(value)
}

/** `Open_vSwitch` becomes `OpenVSwitch`. */
function typeName(name: string): string {
  return name.split('_').map(capitalise).join('')
}

function capitalise(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
