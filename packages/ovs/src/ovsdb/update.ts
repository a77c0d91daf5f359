import { OvsError } from '../errors.js'
import type { JsonValue } from '../jsonrpc/json.js'
import type { RowCodec } from './replica/row-codec.js'
import type { AnyRow } from './row.js'
import { parseUuid, type Uuid } from './value.js'

/** How a monitored row changed. `old` and `new` hold the monitored columns. */
export type RowChange<Row = AnyRow, Table extends string = string> =
  | { readonly type: 'insert'; readonly table: Table; readonly uuid: Uuid; readonly new: Row }
  | { readonly type: 'modify'; readonly table: Table; readonly uuid: Uuid; readonly old: Row; readonly new: Row }
  | { readonly type: 'delete'; readonly table: Table; readonly uuid: Uuid; readonly old: Row }

/** A monitored table: how its rows are made, and those that it has now. */
export interface MonitoredTable {
  readonly codec: RowCodec
  readonly rows: ReadonlyMap<Uuid, AnyRow>
  /** Whether the rows were made by an earlier codec, of another schema. */
  readonly converted?: boolean
}

/** `v1` is the notation of RFC 7047 §4.1.6, `v2` that of `update2` and `update3` (ovsdb-server(7), §4.1.14). */
export type UpdateNotation = 'v1' | 'v2'

type MonitoredTables = ReadonlyMap<string, MonitoredTable>
type WireObject = { readonly [key: string]: JsonValue | undefined }

/**
 * What a `<table-updates>` or `<table-updates2>` object does to the rows. Changes nothing itself: the caller stores the
 * new rows, when the whole update has turned out to be sound.
 * @throws OvsError `malformed`, also when a modification comes for a row that is not there: then monitor anew.
 */
export function readUpdates(tables: MonitoredTables, notation: UpdateNotation, updates: JsonValue): RowChange[] {
  const read = notation === 'v1' ? readUpdate : readUpdate2
  const changes: RowChange[] = []
  const byTable = object(updates)
  for (const name of Object.keys(byTable)) {
    const { codec, rows } = monitoredTable(tables, name)
    const byRow = object(byTable[name])
    for (const text of Object.keys(byRow)) {
      const uuid = rowUuid(text)
      const change = read(codec, uuid, rows.get(uuid), object(byRow[text]))
      if (change) changes.push(change)
    }
  }
  return changes
}

/** The rows of each table, as a server has them. */
export type Contents = ReadonlyMap<string, Map<Uuid, AnyRow>>

/**
 * Reads what a server sent as the whole contents of the tables.
 * @param updates is used up: each row is let go when it has been read. Of 20,000 ports the garbage collector would
 * otherwise copy both forms, which takes longer than to read them
 * @throws OvsError `malformed`.
 */
export function readContents(tables: MonitoredTables, notation: UpdateNotation, updates: JsonValue): Contents {
  const byTable = object(updates)
  for (const name of Object.keys(byTable)) monitoredTable(tables, name)
  const contents = new Map<string, Map<Uuid, AnyRow>>()
  for (const [table, { codec }] of tables) {
    const rows = new Map<Uuid, AnyRow>()
    contents.set(table, rows)
    const byRow: Record<string, JsonValue> = Object.hasOwn(byTable, table) ? object(byTable[table]) : {}
    for (const text of Object.keys(byRow)) {
      const uuid = rowUuid(text)
      const update = object(byRow[text])
      byRow[text] = null
      const wire = notation === 'v1' ? update.new : (update.initial ?? update.insert)
      if (wire === undefined) throw unexpected(table, uuid)
      rows.set(uuid, codec.decode(uuid, wire))
    }
  }
  return contents
}

/**
 * What turns the rows of the tables into the contents that a server sent. A row that is the same has no change, a row
 * that the server no longer has is deleted: true differences, after however long a time without a connection.
 * Deletions come first.
 */
export function contentChanges(tables: MonitoredTables, contents: Contents): RowChange[] {
  const deletions: RowChange[] = []
  const others: RowChange[] = []
  for (const [table, { codec, rows, converted }] of tables) {
    const now = contents.get(table)
    for (const [uuid, old] of rows) if (!now?.has(uuid)) deletions.push({ type: 'delete', table, uuid, old })
    for (const [uuid, fresh] of now ?? []) {
      const old = rows.get(uuid)
      if (!old) {
        others.push({ type: 'insert', table, uuid, new: fresh })
        continue
      }
      const row = converted ? codec.adopt(old, fresh) : codec.merge(old, fresh)
      if (row !== old) others.push({ type: 'modify', table, uuid, old, new: row })
    }
  }
  return deletions.concat(others)
}

/** RFC 7047 §4.1.6 `<row-update>`: `new` is the whole row, `old` is what it replaces. */
function readUpdate(codec: RowCodec, uuid: Uuid, old: AnyRow | undefined, update: WireObject): RowChange | undefined {
  if (update.new === undefined) return removal(codec, uuid, old)
  return replacement(codec, uuid, old, old ? codec.replace(old, update.new) : codec.decode(uuid, update.new))
}

/**
 * ovsdb-server(7) §4.1.14 `<row-update2>`: columns with default values are left out, a modification is a difference.
 */
function readUpdate2(codec: RowCodec, uuid: Uuid, old: AnyRow | undefined, update: WireObject): RowChange | undefined {
  const whole = update.initial ?? update.insert
  if (whole !== undefined) return replacement(codec, uuid, old, codec.decode(uuid, whole))
  if (update.modify !== undefined) {
    if (!old)
      throw new OvsError('malformed', `the server modified row ${uuid} of ${codec.table}, which it never announced`)
    return replacement(codec, uuid, old, codec.modify(old, update.modify))
  }
  if ('delete' in update) return removal(codec, uuid, old)
  throw unexpected(codec.table, uuid)
}

function replacement(codec: RowCodec, uuid: Uuid, old: AnyRow | undefined, row: AnyRow): RowChange {
  return old
    ? { type: 'modify', table: codec.table, uuid, old, new: row }
    : { type: 'insert', table: codec.table, uuid, new: row }
}

function removal(codec: RowCodec, uuid: Uuid, old: AnyRow | undefined): RowChange | undefined {
  return old && { type: 'delete', table: codec.table, uuid, old }
}

function monitoredTable(tables: MonitoredTables, name: string): MonitoredTable {
  const table = tables.get(name)
  if (table) return table
  throw new OvsError('malformed', `the server sent rows of the table ${name}, which was not asked for`)
}

/** The key of a row. Looked at by its length and dashes: the whole pattern takes as long as to make the row. */
function rowUuid(text: string): Uuid {
  const [dash, length] = [0x2d, 36]
  if (text.length === length && text.charCodeAt(8) === dash && text.charCodeAt(23) === dash) return text as Uuid
  return parseUuid(text)
}

function unexpected(table: string, uuid: Uuid): OvsError {
  return new OvsError(
    'malformed',
    `the server sent an update of row ${uuid} of ${table} that is none of initial, insert, modify, delete`,
  )
}

function object(value: JsonValue | undefined): { readonly [key: string]: JsonValue } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as { readonly [key: string]: JsonValue }
  throw new OvsError('malformed', 'the server sent an update that is no object of objects (RFC 7047 §4.1.6)')
}
