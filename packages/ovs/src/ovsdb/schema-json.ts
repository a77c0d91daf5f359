import { OvsError } from '../errors.js'
import type { JsonValue } from '../jsonrpc/json.js'

/** An object of JSON whose members may be missing. */
export type JsonObject = { readonly [key: string]: JsonValue | undefined }

/** Checks for an object. @throws OvsError `malformed`, naming the place. */
export function object(json: JsonValue | undefined, path: string): JsonObject {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw malformed(path, 'an object')
  return json as JsonObject
}

/** Checks for an array. @throws OvsError `malformed`, naming the place. */
export function array(json: JsonValue | undefined, path: string): readonly JsonValue[] {
  if (!Array.isArray(json)) throw malformed(path, 'an array')
  return json
}

/** Checks for a string. @throws OvsError `malformed`, naming the place. */
export function string(json: JsonValue | undefined, path: string): string {
  if (typeof json !== 'string') throw malformed(path, 'a string')
  return json
}

/** Checks for a boolean that may be missing. @throws OvsError `malformed`, naming the place. */
export function boolean(json: JsonValue | undefined, path: string, otherwise: boolean): boolean {
  if (json === undefined) return otherwise
  if (typeof json !== 'boolean') throw malformed(path, 'true or false')
  return json
}

/** Refuses members that have no meaning: they are misspelt more often than not. @throws OvsError `malformed`. */
export function rest(members: JsonObject, path: string): void {
  const [name] = Object.keys(members)
  if (name !== undefined) throw malformed(`${path}.${name}`, 'absent: there is no such member here')
}

/** The error for a schema that is none. */
export function malformed(path: string, expected: string): OvsError {
  return new OvsError('malformed', `not a database schema: ${path} must be ${expected} (RFC 7047 §3.2)`)
}
