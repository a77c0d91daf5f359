import { OvsError } from '../errors.js'
import type { JsonValue } from '../jsonrpc/json.js'
import { type AnyRow, decodeRow, defaultRow } from './row.js'
import { columnSchema, type DatabaseSchema, type TableSchema, tableSchema } from './schema.js'
import { type Atom, parseUuid, type Uuid, type Value } from './value.js'

/** How a monitored row changed. `old` and `new` hold the monitored columns. */
export type RowChange<Row = AnyRow, Table extends string = string> =
  | { readonly type: 'insert'; readonly table: Table; readonly uuid: Uuid; readonly new: Row }
  | { readonly type: 'modify'; readonly table: Table; readonly uuid: Uuid; readonly old: Row; readonly new: Row }
  | { readonly type: 'delete'; readonly table: Table; readonly uuid: Uuid; readonly old: Row }

/** Which columns of which tables a monitor asked for, and the rows that it holds now. */
export interface MonitoredTables {
  readonly schema: DatabaseSchema
  readonly columns: ReadonlyMap<string, readonly string[]>
  /** Finds a row by its table and uuid. */
  readonly row: (table: string, uuid: Uuid) => AnyRow | undefined
}

/** `v1` is the notation of RFC 7047 §4.1.6, `v2` that of `update2` and `update3` (ovsdb-server(7), §4.1.14). */
export type UpdateNotation = 'v1' | 'v2'

/**
 * What a `<table-updates>` or `<table-updates2>` object does to the rows. Changes nothing itself: the caller stores the
 * new rows.
 * @throws OvsError `malformed`, also when a modification comes for a row that is not there: then monitor anew.
 */
export function readUpdates(monitored: MonitoredTables, notation: UpdateNotation, updates: JsonValue): RowChange[] {
  const changes: RowChange[] = []
  for (const [name, rows] of Object.entries(object(updates))) {
    const table = tableSchema(monitored.schema, name)
    for (const [uuid, update] of Object.entries(object(rows))) {
      const id = parseUuid(uuid)
      const old = monitored.row(name, id)
      const columns = monitored.columns.get(name) ?? []
      const change =
        notation === 'v1'
          ? readUpdate(table, id, old, object(update))
          : readUpdate2(table, columns, id, old, object(update))
      if (change) changes.push(change)
    }
  }
  return changes
}

type Update = { readonly [key: string]: JsonValue | undefined }

/** RFC 7047 §4.1.6 `<row-update>`: `new` is the whole row, `old` is what it replaces. */
function readUpdate(table: TableSchema, uuid: Uuid, old: AnyRow | undefined, update: Update): RowChange | undefined {
  if (update.new === undefined) return removal(table, uuid, old)
  return replacement(table, uuid, old, { ...old, ...decodeRow(table, update.new) })
}

/**
 * ovsdb-server(7) §4.1.14 `<row-update2>`: columns with default values are left out, a modification is a difference.
 */
function readUpdate2(
  table: TableSchema,
  columns: readonly string[],
  uuid: Uuid,
  old: AnyRow | undefined,
  update: Update,
): RowChange | undefined {
  const whole = update.initial ?? update.insert
  if (whole !== undefined)
    return replacement(table, uuid, old, { ...defaultRow(table, columns), ...decodeRow(table, whole) })
  if (update.modify !== undefined) {
    if (!old)
      throw new OvsError('malformed', `the server modified row ${uuid} of ${table.name}, which it never announced`)
    return replacement(table, uuid, old, applyDifference(table, old, decodeRow(table, update.modify)))
  }
  if ('delete' in update) return removal(table, uuid, old)
  throw new OvsError(
    'malformed',
    `the server sent an update of row ${uuid} of ${table.name} that is none of initial, insert, modify, delete`,
  )
}

function replacement(table: TableSchema, uuid: Uuid, old: AnyRow | undefined, row: AnyRow): RowChange {
  return old
    ? { type: 'modify', table: table.name, uuid, old, new: row }
    : { type: 'insert', table: table.name, uuid, new: row }
}

function removal(table: TableSchema, uuid: Uuid, old: AnyRow | undefined): RowChange | undefined {
  return old && { type: 'delete', table: table.name, uuid, old }
}

/**
 * A row after a `modify` (ovsdb-server(7) §4.1.14): a column of at most one element is replaced; elements of a set that
 * are in both go, the others are added; a map loses the pairs that are in both and takes every other pair.
 */
export function applyDifference(table: TableSchema, row: AnyRow, difference: AnyRow): AnyRow {
  const changed = Object.entries(difference).map(
    ([name, value]) => [name, applyColumn(table, name, row[name], value)] as const,
  )
  return { ...row, ...Object.fromEntries(changed) }
}

function applyColumn(table: TableSchema, name: string, old: Value, difference: Value): Value {
  const { type } = columnSchema(table, name)
  if (type.max === 1) return difference
  return type.value
    ? mapDifference(old as MapValue | undefined, difference as MapValue)
    : symmetricDifference(old as readonly Atom[] | undefined, difference as readonly Atom[])
}

function symmetricDifference(old: readonly Atom[] = [], difference: readonly Atom[]): readonly Atom[] {
  const result = new Set(old)
  for (const atom of difference) if (!result.delete(atom)) result.add(atom)
  return [...result]
}

type MapValue = Readonly<Record<string, Atom>>

function mapDifference(old: MapValue = {}, difference: MapValue): MapValue {
  const result = new Map(Object.entries(old))
  for (const [key, value] of Object.entries(difference)) {
    if (result.get(key) === value) result.delete(key)
    else result.set(key, value)
  }
  return Object.fromEntries(result)
}

function object(value: JsonValue | undefined): { readonly [key: string]: JsonValue } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as { readonly [key: string]: JsonValue }
  throw new OvsError('malformed', 'the server sent an update that is no object of objects (RFC 7047 §4.1.6)')
}
