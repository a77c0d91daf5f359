import { type FailedOperation, OvsError, type OvsErrorCode } from '../errors.js'
import { type JsonValue, stringifyJson } from '../jsonrpc/json.js'

/** The errors of RFC 7047 §3.1 and §5.2, as they stand in the member `error` of an answer. */
export type DatabaseErrorName =
  | 'aborted'
  | 'constraint violation'
  | 'domain error'
  | 'duplicate uuid'
  | 'duplicate uuid-name'
  | 'not owner'
  | 'ovsdb error'
  | 'range error'
  | 'referential integrity violation'
  | 'syntax error'
  | 'timed out'
  | 'unknown column'
  | 'unknown database'
  | 'unknown function'
  | 'unknown mutator'

/** An error as it stands in an answer (RFC 7047 §3.1, `<error>`). */
export type WireError = {
  readonly error: string
  readonly details: string
  /** The piece of JSON that is to blame, as text. */
  readonly syntax?: string
}

/**
 * The error that a database server would answer with, as an {@link OvsError}: `malformed` for what cannot be read,
 * `constraint` for what breaks a rule of the schema, `transaction` for the rest. {@link wireError} gets it back.
 * @param syntax the piece of JSON that is to blame
 */
export function databaseError(error: DatabaseErrorName, details: string, syntax?: JsonValue): OvsError {
  const detail: FailedOperation & { readonly syntax?: string } = {
    type: 'operation',
    index: undefined,
    op: undefined,
    table: undefined,
    error,
    details,
    ...(syntax === undefined ? {} : { syntax: stringifyJson(sortMembers(syntax)) }),
  }
  const at = detail.syntax === undefined ? '' : `syntax ${JSON.stringify(detail.syntax)}: `
  return new OvsError(errorCode(error), `${at}${error}: ${details}`, { detail })
}

/** What a server sends of an error; `undefined` when it did not come from {@link databaseError}. */
export function wireError(error: unknown): WireError | undefined {
  if (!(error instanceof OvsError) || error.detail?.type !== 'operation') return undefined
  const { error: name, details, syntax } = error.detail as FailedOperation & { readonly syntax?: string }
  return syntax === undefined ? { error: name, details } : { error: name, details, syntax }
}

/** The message of an error without its code in brackets. */
export function plainMessage(error: OvsError): string {
  return error.message.slice(error.code.length + 3)
}

function errorCode(error: DatabaseErrorName): OvsErrorCode {
  if (error === 'syntax error' || error.startsWith('unknown') || error === 'ovsdb error') return 'malformed'
  return error.endsWith('violation') ? 'constraint' : 'transaction'
}

/** Servers write the members of an object in the order of their names. */
function sortMembers(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortMembers)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, sortMembers(member)]))
}
