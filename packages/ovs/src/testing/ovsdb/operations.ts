import { randomUUID } from 'node:crypto'
import type { JsonValue } from '../../jsonrpc/json.js'
import { checkAtom, isUuidText } from '../../ovsdb/atom.js'
import { type Clause, matchesAll, parseCondition } from '../../ovsdb/condition.js'
import { databaseError } from '../../ovsdb/database-error.js'
import { compareData, type Datum, defaultDatum, parseDatum } from '../../ovsdb/datum.js'
import { applyMutation, parseMutation } from '../../ovsdb/mutation.js'
import type { ColumnSchema, TableSchema } from '../../ovsdb/schema.js'
import { stringifyJson } from '../../jsonrpc/json.js'
import { columnOf, newRow, rowToJson, type StoredRow } from './memory-database.js'
import { OperationMembers } from './operation-members.js'
import type { Transaction } from './transaction.js'

/** What operations need beside the database. */
export interface OperationContext {
  /** Milliseconds since the transaction came. */
  readonly elapsed: number
  readonly ownsLock: (lock: string) => boolean
}

/**
 * What a `wait` gives whose time is not over: try the transaction again when the database has changed, or after
 * `milliseconds`.
 */
export interface NotYet {
  readonly notYet: true
  readonly milliseconds: number | undefined
}

/** What an operation gives: a result, or nothing for now. */
export type Outcome = { readonly [member: string]: JsonValue } | NotYet

type Result = { readonly [member: string]: JsonValue }
type Operation = (members: OperationMembers, transaction: Transaction, context: OperationContext) => Outcome

/**
 * Carries out one operation (RFC 7047 §5.2).
 * @throws OvsError what the answer then says.
 */
export function execute(
  json: JsonValue,
  index: number,
  count: number,
  transaction: Transaction,
  context: OperationContext,
): Outcome {
  const members = new OperationMembers(json, index, count)
  const op = members.required('op', 'id')
  const operation = operations.get(op)
  if (!operation) {
    if (op !== undefined) members.fail(`No operation "${op}"`)
    members.finish()
  }
  return (operation as Operation)(members, transaction, context)
}

const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['insert', insert],
  ['select', select],
  ['update', update],
  ['mutate', mutate],
  ['delete', remove],
  ['wait', wait],
  ['commit', commitOperation],
  ['abort', abort],
  ['comment', comment],
  ['assert', assertLock],
])

function insert(members: OperationMembers, transaction: Transaction): Result {
  const table = members.table(transaction.database.schema)
  const json = members.required('row', 'object')
  const name = members.optional('uuid-name', 'id')
  const chosen = members.optional('uuid', 'string')
  members.finish()
  const uuid = newUuid(transaction, table, name, chosen)
  const given = parseRow(transaction, table, json)
  for (const column of table.columns.values()) if (!given.has(column.name)) checkDefault(column)
  transaction.set(table, uuid, new Map([...newRow(table, uuid), ...withoutImplicit(given)]))
  return { uuid: ['uuid', uuid] }
}

function newUuid(transaction: Transaction, table: TableSchema, name?: string, chosen?: string): string {
  if (chosen !== undefined && !isUuidText(chosen)) throw databaseError('syntax error', 'bad uuid', chosen)
  if (chosen !== undefined && transaction.knows(table.name, chosen.toLowerCase())) {
    const details =
      'This UUID would duplicate a UUID already present within the table or deleted within the same transaction.'
    throw databaseError('duplicate uuid', details, chosen)
  }
  if (name === undefined) return chosen?.toLowerCase() ?? randomUUID()
  const uuid = transaction.insertSymbol(name, chosen?.toLowerCase())
  if (uuid !== undefined) return uuid
  throw databaseError('duplicate uuid-name', 'This "uuid-name" appeared on an earlier "insert" operation.', name)
}

/** A default may break the constraints of its column, which then must be given. */
function checkDefault({ name, type }: ColumnSchema): void {
  if (name.startsWith('_') || type.min === 0) return
  const { keys, values = [] } = defaultDatum(type)
  for (const [base, atoms] of [
    [type.key, keys],
    [type.value ?? type.key, values],
  ] as const)
    for (const atom of atoms) {
      const wrong = checkAtom(base, atom)
      if (wrong !== undefined) throw databaseError('constraint violation', wrong)
    }
}

function select(members: OperationMembers, transaction: Transaction): Result {
  const table = members.table(transaction.database.schema)
  const where = members.required('where', 'array')
  const columnNames = members.optional('columns', 'array')
  const sortNames = members.optional('sort', 'array')
  members.finish()
  const clauses = parseWhere(transaction, table, where)
  const columns = parseColumns(table, columnNames)
  const rows = matching(transaction, table, clauses).map(([, row]) => row)
  if (sortNames) sortRows(rows, parseColumns(table, sortNames))
  return { rows: rows.map((row) => rowToJson(columns, row)) }
}

function sortRows(rows: StoredRow[], columns: readonly ColumnSchema[]): void {
  rows.sort((a, b) => {
    for (const column of columns) {
      const order = compareData(columnOf(a)(column), columnOf(b)(column))
      if (order !== 0) return order
    }
    return 0
  })
}

function update(members: OperationMembers, transaction: Transaction): Result {
  const table = members.table(transaction.database.schema)
  const where = members.required('where', 'array')
  const json = members.required('row', 'object')
  members.finish()
  const given = parseRow(transaction, table, json)
  for (const name of given.keys()) {
    if (table.columns.get(name)?.mutable) continue
    const details = `Cannot update immutable column ${name} in table ${table.name}.`
    throw databaseError('constraint violation', details, members.json)
  }
  const rows = matching(transaction, table, parseWhere(transaction, table, where))
  for (const [uuid, row] of rows) transaction.set(table, uuid, new Map([...row, ...given]))
  return { count: rows.length }
}

function mutate(members: OperationMembers, transaction: Transaction): Result {
  const table = members.table(transaction.database.schema)
  const where = members.required('where', 'array')
  const json = members.required('mutations', 'array')
  members.finish()
  const mutations = json.map((mutation) => parseMutation(table, mutation, transaction.symbol))
  const rows = matching(transaction, table, parseWhere(transaction, table, where))
  for (const [uuid, row] of rows) {
    const changed = new Map(row)
    for (const mutation of mutations)
      changed.set(mutation.column.name, applyMutation(mutation, columnOf(changed)(mutation.column)))
    transaction.set(table, uuid, changed)
  }
  return { count: rows.length }
}

function remove(members: OperationMembers, transaction: Transaction): Result {
  const table = members.table(transaction.database.schema)
  const where = members.required('where', 'array')
  members.finish()
  const rows = matching(transaction, table, parseWhere(transaction, table, where))
  for (const [uuid] of rows) transaction.set(table, uuid, undefined)
  return { count: rows.length }
}

function wait(members: OperationMembers, transaction: Transaction, { elapsed }: OperationContext): Outcome {
  const table = members.table(transaction.database.schema)
  const timeout = members.optional('timeout', 'number')
  const where = members.required('where', 'array')
  const columnNames = members.optional('columns', 'array')
  const until = members.required('until', 'string')
  const rows = members.required('rows', 'array')
  members.finish()
  if (until !== '==' && until !== '!=') throw databaseError('syntax error', '"until" must be "==" or "!="', until)
  const clauses = parseWhere(transaction, table, where)
  const columns = parseColumns(table, columnNames)
  const expected = rows.map((row) => new Map([...newRow(table, ''), ...parseRow(transaction, table, row)]))
  const found = matching(transaction, table, clauses).map(([, row]) => row)
  if (sameRows(columns, expected, found) === (until === '==')) return {}
  if (timeout !== undefined && elapsed >= timeout) {
    const details =
      elapsed === 0 || timeout === 0 ? '"where" clause test failed' : `"wait" timed out after ${Math.round(elapsed)} ms`
    throw databaseError('timed out', details)
  }
  return { notYet: true, milliseconds: timeout === undefined ? undefined : timeout - elapsed }
}

/** Whether two lists have the same rows as far as the columns go, however often and in whatever order. */
function sameRows(columns: readonly ColumnSchema[], a: readonly StoredRow[], b: readonly StoredRow[]): boolean {
  const [left, right] = [a, b].map((rows) => new Set(rows.map((row) => stringifyJson(rowToJson(columns, row)))))
  return left?.size === right?.size && [...(left ?? [])].every((row) => right?.has(row))
}

function commitOperation(members: OperationMembers): Result {
  members.required('durable', 'boolean')
  members.finish()
  return {}
}

function abort(members: OperationMembers): Result {
  members.finish()
  throw databaseError('aborted', 'aborted by request')
}

function comment(members: OperationMembers): Result {
  members.required('comment', 'string')
  members.finish()
  return {}
}

function assertLock(members: OperationMembers, _transaction: Transaction, { ownsLock }: OperationContext): Result {
  const lock = members.required('lock', 'string')
  members.finish()
  if (!ownsLock(lock)) throw databaseError('not owner', `Asserted lock ${lock} not held.`)
  return {}
}

function parseWhere(transaction: Transaction, table: TableSchema, json: readonly JsonValue[]): readonly Clause[] {
  return json.map((condition) => parseCondition(table, condition, transaction.symbol))
}

function matching(transaction: Transaction, table: TableSchema, clauses: readonly Clause[]) {
  const uuid = clauses.flatMap((clause) =>
    typeof clause === 'object' && clause.column.name === '_uuid' && clause.fn === '==' ? clause.argument.keys : [],
  )[0] as string | undefined
  const row = uuid === undefined ? undefined : transaction.get(table.name, uuid)
  const candidates = uuid === undefined ? transaction.rows(table.name) : row ? [[uuid, row] as const] : []
  return [...candidates].filter(([, each]) => matchesAll(clauses, columnOf(each)))
}

function parseRow(transaction: Transaction, table: TableSchema, json: JsonValue): Map<string, Datum> {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw databaseError('syntax error', 'row must be JSON object', json)
  return new Map(
    Object.entries(json as { readonly [column: string]: JsonValue }).map(([name, value]) => {
      const column = table.columns.get(name)
      if (!column) throw databaseError('unknown column', `No column ${name} in table ${table.name}.`, json)
      return [name, parseDatum(column.type, value, transaction.symbol)]
    }),
  )
}

/**
 * Columns by name; without names all of them.
 * @throws OvsError `malformed`.
 */
export function parseColumns(table: TableSchema, json: readonly JsonValue[] | undefined): readonly ColumnSchema[] {
  if (!json) return [...table.columns.values()]
  const columns = json.map((name) => {
    if (typeof name !== 'string') throw databaseError('syntax error', 'array of distinct column names expected', json)
    const column = table.columns.get(name)
    if (!column) throw databaseError('syntax error', `${name} is not a valid column name`, json)
    return column
  })
  if (new Set(columns).size < columns.length)
    throw databaseError('syntax error', 'array of distinct column names expected', json)
  return columns
}

function withoutImplicit(row: ReadonlyMap<string, Datum>): [string, Datum][] {
  return [...row].filter(([name]) => name !== '_uuid' && name !== '_version')
}
