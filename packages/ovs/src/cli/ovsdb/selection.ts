import { OvsError } from '../../errors.js'
import { columnSchema, type DatabaseSchema, tableSchema } from '../../ovsdb/schema.js'

/** The columns of one table, in the order in which they are printed. */
export interface TableColumns {
  readonly table: string
  readonly columns: readonly string[]
}

/**
 * Which database the arguments mean: the first one when the server has a database of that name, or else Open_vSwitch,
 * or else the only one.
 * @throws OvsError `invalid` when it is not clear.
 */
export function chooseDatabase(
  names: readonly string[],
  rest: readonly string[],
): { readonly db: string; readonly rest: readonly string[] } {
  const [first, ...others] = rest
  if (first !== undefined && names.includes(first)) return { db: first, rest: others }
  const own = names.filter((name) => name !== '_Server')
  const db = own.includes('Open_vSwitch') ? 'Open_vSwitch' : own.length === 1 ? own[0] : undefined
  if (db === undefined) throw new OvsError('invalid', `name one of the databases of the server: ${names.join(', ')}`)
  return { db, rest }
}

/**
 * The table and the columns that the arguments name; every table when they name none, every column of a table when
 * they name none of it.
 * @throws OvsError `schema` for a name that the schema lacks.
 */
export function chooseColumns(schema: DatabaseSchema, rest: readonly string[]): readonly TableColumns[] {
  const [table, ...named] = rest
  const all = (name: string) => [...tableSchema(schema, name).columns.keys()].filter((column) => column !== '_version')
  if (table === undefined) return [...schema.tables.keys()].sort().map((name) => ({ table: name, columns: all(name) }))
  const columns = named.flatMap((item) => item.split(',')).filter((column) => column !== '')
  for (const column of columns) columnSchema(tableSchema(schema, table), column)
  return [{ table, columns: columns.length > 0 ? columns : all(table) }]
}
