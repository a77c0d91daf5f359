import { randomUUID } from 'node:crypto'
import { formatDatumText } from '../../ovsdb/value-text.js'
import { zeroUuid } from '../../ovsdb/atom.js'
import { databaseError } from '../../ovsdb/database-error.js'
import { type Datum, equalData } from '../../ovsdb/datum.js'
import type { ColumnSchema, TableSchema } from '../../ovsdb/schema.js'
import {
  type Change,
  columnOf,
  indexValues,
  isSelfReference,
  references,
  refersTo,
  rowKey,
  splitRowKey,
  type StoredRow,
} from './memory-database.js'
import type { Transaction } from './transaction.js'

/**
 * Checks what only shows at the end of a transaction, in the order of ovsdb-server, and stores it: references (RFC 7047
 * §3.2), rows that nothing refers to any more, `maxRows`, indexes. Returns the changes, each with a new `_version`.
 * @throws OvsError `constraint`; nothing is stored then.
 */
export function commit(transaction: Transaction): readonly Change[] {
  for (const change of transaction.changes()) if (isNoChange(change)) transaction.drop(change)
  if (transaction.changes().length === 0) return []
  const counts = countReferences(transaction)
  collectGarbage(transaction, counts)
  checkMaxRows(transaction)
  removeWeakReferences(transaction)
  checkIndexes(transaction)
  const changes = transaction
    .changes()
    // A row that gets back what it had, because a weak reference went, still counts as changed.
    .map((change) => (change.new ? { ...change, new: withVersion(change.new) } : change))
  transaction.database.apply(changes)
  return changes
}

function withVersion(row: StoredRow): StoredRow {
  return new Map([...row, ['_version', { keys: [randomUUID()] }]])
}

function isNoChange({ table, old, new: row }: Change): boolean {
  if (!old || !row) return old === row
  return [...table.columns.keys()].every((name) => name === '_version' || sameColumn(name, old, row))
}

function sameColumn(name: string, old: StoredRow, row: StoredRow): boolean {
  return equalData(old.get(name) as Datum, row.get(name) as Datum)
}

/** How many more, or fewer, strong references lead to each row than before. */
type Counts = Map<string, number>

function countReferences(transaction: Transaction): Counts {
  const counts: Counts = new Map()
  for (const change of transaction.changes()) {
    countRow(counts, change, change.old, -1)
    countRow(counts, change, change.new, 1, (target, column) => {
      const [table, uuid] = splitRowKey(target)
      if (transaction.get(table, uuid)) return
      const details =
        `Table ${change.table.name} column ${column} row ${change.uuid} references nonexistent row ${uuid} in table ${table}.`
      throw databaseError('referential integrity violation', details)
    })
  }
  for (const { table, uuid, new: row } of transaction.changes()) {
    const count = referenceCount(transaction, counts, table.name, uuid)
    if (!row && count > 0) {
      const details = `cannot delete ${table.name} row ${uuid} because of ${count} remaining reference(s)`
      throw databaseError('referential integrity violation', details)
    }
  }
  return counts
}

function countRow(
  counts: Counts,
  { table, uuid }: Change,
  row: StoredRow | undefined,
  step: number,
  check?: (target: string, column: string) => void,
): void {
  if (!row) return
  for (const column of table.columns.values()) {
    for (const target of references({ ...table, columns: new Map([[column.name, column]]) }, row, 'strong')) {
      if (isSelfReference(target, uuid)) continue
      check?.(target, column.name)
      counts.set(target, (counts.get(target) ?? 0) + step)
    }
  }
}

function referenceCount(transaction: Transaction, counts: Counts, table: string, uuid: string): number {
  return transaction.database.referenceCount(table, uuid) + (counts.get(rowKey(table, uuid)) ?? 0)
}

/** Deletes the rows of tables that are no roots and to which nothing refers, and then those that only they kept. */
function collectGarbage(transaction: Transaction, counts: Counts): void {
  const suspects = [...transaction.changes().map(({ table, uuid }) => rowKey(table.name, uuid)), ...counts.keys()]
  for (let suspect = suspects.pop(); suspect !== undefined; suspect = suspects.pop()) {
    const [name, uuid] = splitRowKey(suspect)
    const table = transaction.database.schema.tables.get(name) as TableSchema
    const row = transaction.get(name, uuid)
    if (!row || table.isRoot || referenceCount(transaction, counts, name, uuid) > 0) continue
    const change = { table, uuid, old: row, new: undefined }
    transaction.set(table, uuid, undefined)
    countRow(counts, change, row, -1)
    suspects.push(...references(table, row, 'strong'))
  }
}

function checkMaxRows(transaction: Transaction): void {
  const sizes = new Map<TableSchema, number>()
  for (const { table, old, new: row } of transaction.changes()) {
    const size = sizes.get(table) ?? transaction.database.rows(table.name).size
    sizes.set(table, size + (row ? 1 : 0) - (old ? 1 : 0))
  }
  for (const [{ name, maxRows }, size] of sizes) {
    if (size <= maxRows) continue
    const details =
      `transaction causes "${name}" table to contain ${size} rows, greater than the schema-defined limit of ${maxRows} row(s)`
    throw databaseError('constraint violation', details)
  }
}

/** Weak references to rows that are gone, or never were, disappear. */
function removeWeakReferences(transaction: Transaction): void {
  const rows = new Set<string>()
  for (const { table, uuid, new: row } of transaction.changes()) {
    if (row) rows.add(rowKey(table.name, uuid))
    else for (const referrer of transaction.database.weakReferrers(table.name, uuid)) rows.add(rowKey(...referrer))
  }
  for (const key of rows) {
    const [name, uuid] = splitRowKey(key)
    const table = transaction.database.schema.tables.get(name) as TableSchema
    const row = transaction.get(name, uuid)
    if (!row) continue
    const pruned = new Map(row)
    for (const column of table.columns.values()) {
      const datum = row.get(column.name) as Datum
      const kept = livingElements(transaction, column, datum)
      if (kept.length === datum.keys.length) continue
      if (kept.length < column.type.min) throw emptied(transaction, table, column, uuid, datum, kept)
      pruned.set(column.name, {
        keys: kept.map((at) => datum.keys[at] as string),
        ...(datum.values ? { values: kept.map((at) => datum.values?.[at] as string) } : {}),
      })
    }
    if ([...pruned].some(([column, datum]) => datum !== row.get(column))) transaction.set(table, uuid, pruned)
  }
}

/** Where the elements are whose weak references lead to rows that exist. */
function livingElements(transaction: Transaction, { type }: ColumnSchema, { keys, values }: Datum): number[] {
  const weakKey = refersTo(type.key, 'weak')
  const weakValue = type.value !== undefined && refersTo(type.value, 'weak')
  const places = [...keys.keys()]
  if (!weakKey && !weakValue) return places
  return places.filter(
    (at) =>
      (!weakKey || transaction.get(type.key.refTable as string, keys[at] as string)) &&
      (!weakValue || transaction.get(type.value?.refTable as string, values?.[at] as string)),
  )
}

function emptied(
  transaction: Transaction,
  table: TableSchema,
  { name }: ColumnSchema,
  uuid: string,
  datum: Datum,
  kept: readonly number[],
): Error {
  const inserted = transaction.change(table.name, uuid)?.old === undefined && transaction.change(table.name, uuid)
  if (inserted && (datum.keys.includes(zeroUuid) || datum.values?.includes(zeroUuid))) {
    const details =
      `Weak reference column "${name}" in "${table.name}" row ${uuid} (inserted within this transaction) contained all-zeros UUID (probably as the default value for this column) but deleting this value caused a constraint volation because this column is not allowed to be empty.`
    return databaseError('constraint violation', details)
  }
  const details =
    `Deletion of ${datum.keys.length - kept.length} weak reference(s) to deleted (or never-existing) rows from column "${name}" in "${table.name}" row ${uuid}${inserted ? ' (inserted within this transaction)' : ''} caused this column to become empty, but constraints on this column disallow an empty column.`
  return databaseError('constraint violation', details)
}

function checkIndexes(transaction: Transaction): void {
  const seen = new Map<readonly string[], Map<string, Change>>()
  for (const change of transaction.changes()) {
    if (!change.new) continue
    for (const index of change.table.indexes) {
      const values = indexValues(change.table, index, change.new)
      const mine = seen.get(index) ?? new Map<string, Change>()
      seen.set(index, mine)
      const other = mine.get(values)?.uuid ?? otherRow(transaction, change, index, values)
      if (other !== undefined) throw duplicate(transaction, change, index, other)
      mine.set(values, change)
    }
  }
}

/** A row that has the same values of an index and that this transaction left alone. */
function otherRow(transaction: Transaction, { table, uuid }: Change, index: readonly string[], values: string) {
  const holder = transaction.database.indexed(index, values)
  return holder !== undefined && holder !== uuid && !transaction.change(table.name, holder) ? holder : undefined
}

function duplicate(transaction: Transaction, change: Change, index: readonly string[], other: string): Error {
  const { table, uuid, new: row } = change
  const columns = index.map((name) => table.columns.get(name) as ColumnSchema)
  const text = (of: StoredRow) => columns.map((each) => formatDatumText(each.type, columnOf(of)(each))).join(', ')
  const quoted = index.map((name) => `"${name}"`)
  const named =
    quoted.length === 1 ? `column ${quoted[0]}` : `columns ${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`
  const history = (id: string) => {
    const found = transaction.change(table.name, id)
    if (!found) return 'existed in the database before this transaction and was not modified by the transaction'
    if (!found.old) return 'was inserted by this transaction'
    if (indexValues(table, index, found.old) === indexValues(table, index, found.new as StoredRow))
      return `existed in the database before this transaction, which modified some of the row's columns but not any columns in this index`
    return `had the following index values before the transaction: ${text(found.old)}`
  }
  const details =
    `Transaction causes multiple rows in "${table.name}" table to have identical values (${text(row as StoredRow)}) for index on ${named}.  First row, with UUID ${other}, ${history(other)}.  Second row, with UUID ${uuid}, ${history(uuid)}.`
  return databaseError('constraint violation', details)
}
