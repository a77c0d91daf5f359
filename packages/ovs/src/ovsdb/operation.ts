import type { JsonValue } from '../jsonrpc/json.js'
import { type Condition, encodeCondition } from './condition.js'
import { encodeMutation, type Mutation } from './mutation.js'
import { type AnyTables, encodeRow, type RowInput, type Tables } from './row.js'
import { type DatabaseSchema, tableSchema } from './schema.js'
import type { Uuid, ValueInput } from './value.js'

/** Inserts a row (RFC 7047 §5.2.1). */
export interface InsertOperation<Table, Row> {
  readonly op: 'insert'
  readonly table: Table
  readonly row: RowInput<Row>
  /** A name by which the same transaction may refer to the row: see `namedUuid`. */
  readonly 'uuid-name'?: string
  /** The uuid that the row shall have. An extension of Open vSwitch (ovsdb-server(7), §5.2.1), since 2.13. */
  readonly uuid?: Uuid
}

/** Reads rows (RFC 7047 §5.2.2). */
export interface SelectOperation<Table, Row> {
  readonly op: 'select'
  readonly table: Table
  readonly where: readonly Condition<Row>[]
  /** Defaults to every column. */
  readonly columns?: readonly (keyof Row)[]
}

/** Overwrites columns (RFC 7047 §5.2.3). */
export interface UpdateOperation<Table, Row> {
  readonly op: 'update'
  readonly table: Table
  readonly where: readonly Condition<Row>[]
  readonly row: RowInput<Row>
}

/** Changes columns relative to what they hold (RFC 7047 §5.2.4). */
export interface MutateOperation<Table, Row> {
  readonly op: 'mutate'
  readonly table: Table
  readonly where: readonly Condition<Row>[]
  readonly mutations: readonly Mutation<Row>[]
}

/** Deletes rows (RFC 7047 §5.2.5). Rows of tables that are not roots go by themselves with their last reference. */
export interface DeleteOperation<Table, Row> {
  readonly op: 'delete'
  readonly table: Table
  readonly where: readonly Condition<Row>[]
}

/** Waits until columns have, or no longer have, the given values; with `timeout: 0` checks it (RFC 7047 §5.2.6). */
export interface WaitOperation<Table, Row> {
  readonly op: 'wait'
  readonly table: Table
  readonly where: readonly Condition<Row>[]
  readonly columns: readonly (keyof Row)[]
  readonly until: '==' | '!='
  readonly rows: readonly RowInput<Row>[]
  /** Milliseconds. Without it the server waits for ever. */
  readonly timeout?: number
}

/** With `durable`, the transaction is on the disk before it is answered (RFC 7047 §5.2.7). */
export interface CommitOperation {
  readonly op: 'commit'
  readonly durable: boolean
}

/** Makes the transaction fail (RFC 7047 §5.2.8). */
export interface AbortOperation {
  readonly op: 'abort'
}

/** Text for the server's log (RFC 7047 §5.2.9). */
export interface CommentOperation {
  readonly op: 'comment'
  readonly comment: string
}

/** Fails unless this client holds the lock (RFC 7047 §5.2.10). */
export interface AssertOperation {
  readonly op: 'assert'
  readonly lock: string
}

/** An operation on one table. */
export type TableOperation<Table, Row> =
  | InsertOperation<Table, Row>
  | SelectOperation<Table, Row>
  | UpdateOperation<Table, Row>
  | MutateOperation<Table, Row>
  | DeleteOperation<Table, Row>
  | WaitOperation<Table, Row>

/** An operation that belongs to no table. */
export type ControlOperation = CommitOperation | AbortOperation | CommentOperation | AssertOperation

/** One operation of a transaction (RFC 7047 §5.2), typed by the tables of its database. */
export type Operation<T extends Tables = AnyTables> =
  { [K in keyof T & string]: TableOperation<K, T[K]> }[keyof T & string] | ControlOperation

/** An operation whatever its database: what the encoder looks at. */
export interface AnyOperation {
  readonly op: string
  readonly table?: string
}

type Loose = Readonly<Record<string, unknown>> & {
  readonly where?: readonly never[]
  readonly rows?: readonly object[]
}

/** The wire form of an operation. @throws OvsError `schema`, naming the table and column that do not fit. */
export function encodeOperation(schema: DatabaseSchema, operation: AnyOperation): JsonValue {
  if (operation.table === undefined) return operation as unknown as JsonValue
  const table = tableSchema(schema, operation.table)
  const wire: Record<string, JsonValue | undefined> = {
    ...(operation as unknown as { readonly [key: string]: JsonValue }),
  }
  const { where, row, rows, mutations } = operation as AnyOperation & Loose
  if (where) wire.where = where.map((condition) => encodeCondition(table, condition))
  if (row !== undefined) wire.row = encodeRow(table, row as Readonly<Record<string, ValueInput>>)
  if (rows) wire.rows = rows.map((each) => encodeRow(table, each as Readonly<Record<string, ValueInput>>))
  if (mutations !== undefined) {
    wire.mutations = (mutations as readonly never[]).map((mutation) => encodeMutation(table, mutation))
  }
  return wire as JsonValue
}
