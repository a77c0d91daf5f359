import { type FailedOperation, OvsError, type OvsErrorCode } from '../errors.js'
import type { JsonValue } from '../jsonrpc/json.js'
import type { AnyOperation } from './operation.js'

/** The error strings of RFC 7047 §3.1 and §5.2 that say that the data broke a rule of the schema. */
const constraintErrors: ReadonlySet<string> = new Set(['constraint violation', 'referential integrity violation'])

/**
 * Checks the answer to `transact` (RFC 7047 §4.1.3) and returns the results, one for each operation. On failure the
 * answer has an error object in the place of the operation that failed and null for those after it; when all of them
 * succeeded and the commit did not, it has one more element with the reason.
 * @throws OvsError `constraint` or `transaction` with a {@link FailedOperation} as its detail, `malformed`.
 */
export function checkResults(operations: readonly AnyOperation[], answer: JsonValue): readonly ResultObject[] {
  if (!Array.isArray(answer))
    throw new OvsError('malformed', 'the server answered transact with something that is no array (RFC 7047 §4.1.3)')
  const failed = answer.findIndex((result) => isObject(result) && typeof result.error === 'string')
  if (failed !== -1) throw failure(operations, failed, answer[failed] as ResultObject)
  const results = answer.slice(0, operations.length)
  if (results.length < operations.length || !results.every(isObject)) {
    throw new OvsError(
      'malformed',
      `the server answered ${operations.length} operations with ${results.filter(isObject).length} results`,
    )
  }
  return results
}

/** One element of the answer to `transact`. */
export type ResultObject = { readonly [key: string]: JsonValue | undefined }

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function failure(operations: readonly AnyOperation[], at: number, { error, details }: ResultObject): OvsError {
  const operation = operations[at]
  const detail: FailedOperation = {
    type: 'operation',
    index: operation && at,
    op: operation?.op,
    table: operation?.table,
    error: String(error),
    details: typeof details === 'string' ? details : '',
  }
  return new OvsError(
    errorCode(detail),
    `${where(detail, operations.length)}: ${detail.error}${hint(detail)}; nothing was changed`,
    { detail },
  )
}

function errorCode({ error }: FailedOperation): OvsErrorCode {
  return constraintErrors.has(error) ? 'constraint' : 'transaction'
}

function where({ index, op, table }: FailedOperation, count: number): string {
  if (index === undefined) return `the commit of ${count} operations failed`
  return `operation ${index} (${op}${table === undefined ? '' : ` ${table}`}) failed`
}

/** The server says nothing more about a `wait` than that its time is over. */
function hint({ op, error, details }: FailedOperation): string {
  if (details !== '') return `: ${details}`
  return op === 'wait' && error === 'timed out' ? ': the rows are not as the transaction expects them' : ''
}
