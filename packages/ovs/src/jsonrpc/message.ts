import { OvsError } from '../errors.js'
import type { JsonValue } from './json.js'

/** A call that expects an answer (JSON-RPC 1.0, RFC 7047 §4). */
export interface JsonRpcRequest {
  readonly type: 'request'
  readonly id: JsonValue
  readonly method: string
  readonly params: readonly JsonValue[]
}

/** A call without an answer: `id` is null or absent. */
export interface JsonRpcNotification {
  readonly type: 'notification'
  readonly method: string
  readonly params: readonly JsonValue[]
}

/** The answer to a request: exactly one of `result` and `error` counts. An error may be a string or an object. */
export interface JsonRpcResponse {
  readonly type: 'response'
  readonly id: JsonValue
  readonly result: JsonValue
  /** `null` when the request succeeded. */
  readonly error: JsonValue
}

/** Any message that a JSON-RPC peer may send. */
export type JsonRpcMessage = JsonRpcRequest | JsonRpcNotification | JsonRpcResponse

/**
 * Tells what kind of message a JSON object is.
 * @throws OvsError `malformed` when it is none.
 */
export function parseMessage(value: JsonValue): JsonRpcMessage {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(value)
  const {
    id = null,
    method,
    params,
    result = null,
    error = null,
  } = value as { readonly [key: string]: JsonValue | undefined }
  if (method === undefined) {
    if (id === null) throw malformed(value)
    return { type: 'response', id, result, error }
  }
  if (typeof method !== 'string' || !Array.isArray(params)) throw malformed(value)
  return id === null ? { type: 'notification', method, params } : { type: 'request', id, method, params }
}

function malformed(value: JsonValue): OvsError {
  return new OvsError(
    'malformed',
    `the peer sent ${excerpt(value)}, which is no JSON-RPC request, notification or response`,
  )
}

function excerpt(value: JsonValue): string {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value).slice(0, 8).join(', ') : String(value)
  return `an object with the members ${keys || '(none)'}`
}
