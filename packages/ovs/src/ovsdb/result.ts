import { OvsError } from '../errors.js'
import type { JsonValue } from '../jsonrpc/json.js'
import { checkResults, type ResultObject } from './error.js'
import type { AnyOperation } from './operation.js'
import { decodeRow, type Tables } from './row.js'
import { type DatabaseSchema, tableSchema } from './schema.js'
import { parseUuid, type Uuid } from './value.js'

/** What an `insert` gives: the uuid of the new row (RFC 7047 §5.2.1). */
export interface InsertResult {
  readonly uuid: Uuid
}

/** What a `select` gives (RFC 7047 §5.2.2). */
export interface SelectResult<Row> {
  readonly rows: readonly Row[]
}

/** What an `update`, `mutate` or `delete` gives: how many rows it matched (RFC 7047 §5.2.3 to §5.2.5). */
export interface CountResult {
  readonly count: number
}

/** What every other operation gives: nothing. */
export type EmptyResult = Readonly<Record<string, never>>

/** The columns that a `select` reads. */
type Selected<Row, Op> = Op extends { readonly columns: readonly (infer C)[] } ? Pick<Row, C & keyof Row> : Row

/** The result of one operation. */
export type OperationResult<T extends Tables, Op> = Op extends { readonly op: 'insert' }
  ? InsertResult
  : Op extends { readonly op: 'select'; readonly table: infer K extends keyof T }
    ? SelectResult<Selected<T[K], Op>>
    : Op extends { readonly op: 'update' | 'mutate' | 'delete' }
      ? CountResult
      : EmptyResult

/** The results of a transaction, each in the place of its operation. */
export type OperationResults<T extends Tables, Ops extends readonly unknown[]> = {
  readonly [I in keyof Ops]: OperationResult<T, Ops[I]>
}

/**
 * Checks and decodes the answer to `transact`.
 * @throws OvsError as {@link checkResults} does.
 */
export function decodeResults(
  schema: DatabaseSchema,
  operations: readonly AnyOperation[],
  answer: JsonValue,
): readonly object[] {
  return checkResults(operations, answer).map((result, index) =>
    decodeResult(schema, operations[index] as AnyOperation, result),
  )
}

function decodeResult(schema: DatabaseSchema, { op, table }: AnyOperation, result: ResultObject): object {
  if (op === 'insert') return { uuid: decodeUuid(result.uuid) }
  if (op === 'select' && table !== undefined) {
    if (!Array.isArray(result.rows)) throw new OvsError('malformed', `the server answered select ${table} without rows`)
    const rows: readonly JsonValue[] = result.rows
    return { rows: rows.map((row) => decodeRow(tableSchema(schema, table), row)) }
  }
  return result
}

function decodeUuid(wire: JsonValue | undefined): Uuid {
  if (Array.isArray(wire) && wire[0] === 'uuid' && typeof wire[1] === 'string') return parseUuid(wire[1])
  throw new OvsError('malformed', 'the server answered an insert without a uuid')
}
