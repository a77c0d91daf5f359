import type { JsonValue } from '../../jsonrpc/json.js'
import { zeroUuid } from '../../ovsdb/atom.js'
import { type Clause, matchesAny, parseCondition } from '../../ovsdb/condition.js'
import { databaseError } from '../../ovsdb/database-error.js'
import { datumToJson, defaultDatum, diffData, equalData } from '../../ovsdb/datum.js'
import type { ColumnSchema, TableSchema } from '../../ovsdb/schema.js'
import { type Change, columnOf, type MemoryDatabase, rowToJson, type StoredRow } from './memory-database.js'
import { parseColumns } from './operations.js'

/** The method that made a monitor; it decides the form of its updates. */
export type MonitorMethod = 'monitor' | 'monitor_cond' | 'monitor_cond_since'

/** The reasons for which a monitor may want a row (RFC 7047 §4.1.5, `<monitor-select>`). */
type Reason = 'initial' | 'insert' | 'delete' | 'modify'

interface MonitoredColumn {
  readonly column: ColumnSchema
  readonly reasons: ReadonlySet<Reason>
}

interface MonitoredTable {
  readonly schema: TableSchema
  readonly columns: readonly MonitoredColumn[]
  readonly reasons: ReadonlySet<Reason>
  readonly where: readonly Clause[]
}

type Rows = { [uuid: string]: JsonValue }

/** A monitor on the side of the server: makes updates of changes, in the form that the client asked for. */
export class ServerMonitor {
  readonly database: MemoryDatabase
  readonly method: MonitorMethod
  id: JsonValue
  #tables: ReadonlyMap<string, MonitoredTable>

  /** @throws OvsError `malformed` when the requests are wrong. */
  constructor(database: MemoryDatabase, method: MonitorMethod, id: JsonValue, requests: JsonValue) {
    this.database = database
    this.method = method
    this.id = id
    this.#tables = new Map(
      entries(requests).map(([name, list]) => {
        const schema = database.schema.tables.get(name)
        if (!schema) throw databaseError('syntax error', `no table named ${name}`)
        return [name, parseTable(schema, Array.isArray(list) ? list : [list], method !== 'monitor')]
      }),
    )
  }

  /** The rows that are there when the monitor begins, as the answer has them. */
  initial(): JsonValue {
    const updates = this.#collect((table) => {
      if (!table.reasons.has('initial')) return []
      const rows = [...this.database.rows(table.schema.name)]
      return rows.flatMap(([uuid, row]) => {
        if (!matches(table, row)) return []
        return [[uuid, this.#whole(table, 'initial', row)] as const]
      })
    })
    return this.method === 'monitor_cond_since' ? [false, zeroUuid, updates ?? {}] : (updates ?? {})
  }

  /** The notification of changes; `undefined` when none of them matters here. */
  notification(changes: readonly Change[]) {
    const updates = this.#collect((table) =>
      changes.flatMap((change) => {
        if (change.table !== table.schema) return []
        const update = this.#update(table, table.where, change.old, change.new)
        return update === undefined ? [] : [[change.uuid, update] as const]
      }),
    )
    return updates === undefined ? undefined : this.#notification(updates)
  }

  /**
   * Changes conditions (ovsdb-server(7) §4.1.13); returns the notification of the rows that come and go thereby.
   * @throws OvsError `malformed`.
   */
  changeConditions(id: JsonValue, requests: JsonValue) {
    const before = this.#tables
    const changed = entries(requests).map(([name, list]) => {
      const table = before.get(name)
      if (!table) throw databaseError('syntax error', `no table named ${name} in monitor session`)
      return [name, { ...table, where: parseWheres(table.schema, Array.isArray(list) ? list : [list]) }] as const
    })
    this.#tables = new Map([...before, ...changed])
    this.id = id
    const updates = this.#collect((table) => {
      const old = before.get(table.schema.name)
      if (old === table) return []
      return [...this.database.rows(table.schema.name)].flatMap(([uuid, row]) => {
        const update = this.#update(table, old?.where ?? [], row, row)
        return update === undefined ? [] : [[uuid, update] as const]
      })
    })
    return updates === undefined ? undefined : this.#notification(updates)
  }

  #notification(updates: JsonValue) {
    switch (this.method) {
      case 'monitor':
        return { method: 'update', params: [this.id, updates] }
      case 'monitor_cond':
        return { method: 'update2', params: [this.id, updates] }
      case 'monitor_cond_since':
        return { method: 'update3', params: [this.id, zeroUuid, updates] }
    }
  }

  #collect(rows: (table: MonitoredTable) => readonly (readonly [string, JsonValue])[]): JsonValue | undefined {
    const tables = [...this.#tables].flatMap(([name, table]) => {
      const updates: Rows = Object.fromEntries(rows(table))
      return Object.keys(updates).length === 0 ? [] : [[name, updates] as const]
    })
    return tables.length === 0 ? undefined : Object.fromEntries(tables)
  }

  /** `wasWhere` is the condition that the old row had to meet. */
  #update(table: MonitoredTable, wasWhere: readonly Clause[], old?: StoredRow, row?: StoredRow): JsonValue | undefined {
    const before = old && matchesAny(wasWhere, columnOf(old)) ? old : undefined
    const after = row && matches(table, row) ? row : undefined
    if (!before && !after) return undefined
    const reason = !before ? 'insert' : !after ? 'delete' : 'modify'
    if (!table.reasons.has(reason)) return undefined
    if (!before) return this.#whole(table, 'insert', after as StoredRow)
    if (!after) return this.#removed(table, before)
    return this.#modified(table, before, after)
  }

  #whole(table: MonitoredTable, reason: 'initial' | 'insert', row: StoredRow): JsonValue {
    const columns = columnsFor(table, reason)
    if (this.method === 'monitor') return { new: rowToJson(columns, row) }
    const datum = columnOf(row)
    const set = columns.filter((column) => !equalData(datum(column), defaultDatum(column.type)))
    return { [reason]: rowToJson(set, row) }
  }

  #removed(table: MonitoredTable, row: StoredRow): JsonValue {
    return this.method === 'monitor' ? { old: rowToJson(columnsFor(table, 'delete'), row) } : { delete: null }
  }

  #modified(table: MonitoredTable, old: StoredRow, row: StoredRow): JsonValue | undefined {
    const columns = columnsFor(table, 'modify')
    const changed = columns.filter((column) => !equalData(columnOf(old)(column), columnOf(row)(column)))
    if (changed.length === 0) return undefined
    if (this.method === 'monitor') return { new: rowToJson(columns, row), old: rowToJson(changed, old) }
    return {
      modify: Object.fromEntries(
        changed.map((column) => {
          const difference = diffData(column.type, columnOf(old)(column), columnOf(row)(column))
          return [column.name, datumToJson(column.type, difference)]
        }),
      ),
    }
  }
}

function matches(table: MonitoredTable, row: StoredRow): boolean {
  return matchesAny(table.where, columnOf(row))
}

function columnsFor({ columns }: MonitoredTable, reason: Reason): readonly ColumnSchema[] {
  return columns.filter(({ reasons }) => reasons.has(reason)).map(({ column }) => column)
}

const allReasons: readonly Reason[] = ['initial', 'insert', 'delete', 'modify']

function parseTable(schema: TableSchema, requests: readonly JsonValue[], conditional: boolean): MonitoredTable {
  const columns = requests.flatMap((request) => {
    const { columns: names, select = {} } = Object.fromEntries(entries(request))
    const reasons = new Set(allReasons.filter((reason) => Object.fromEntries(entries(select))[reason] !== false))
    const own =
      names === undefined
        ? [...schema.columns.values()].filter(({ name }) => name !== '_uuid')
        : parseColumns(schema, names as readonly JsonValue[])
    return { reasons, own }
  })
  const listed = columns.flatMap(({ own, reasons }) => own.map((column) => ({ column, reasons })))
  const twice = listed.find(({ column }, at) => listed.findIndex((other) => other.column === column) !== at)
  if (twice) throw databaseError('syntax error', `column ${twice.column.name} mentioned more than once`)
  return {
    schema,
    columns: listed,
    reasons: new Set(columns.flatMap(({ reasons }) => [...reasons])),
    where: conditional ? parseWheres(schema, requests) : [],
  }
}

/** One of all the conditions of a table is enough. A request without any matches every row. */
function parseWheres(schema: TableSchema, requests: readonly JsonValue[]): readonly Clause[] {
  const clauses = requests.map((request) => {
    const { where = [] } = Object.fromEntries(entries(request))
    return (Array.isArray(where) ? where : [where]).map((condition: JsonValue) => parseCondition(schema, condition))
  })
  return clauses.some((each) => each.length === 0) ? [] : clauses.flat()
}

function entries(json: JsonValue): [string, JsonValue][] {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return Object.entries(json)
  throw databaseError('syntax error', 'Object expected.', json)
}
