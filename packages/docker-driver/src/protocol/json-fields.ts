import { DockerDriverError } from '../errors.js'

/** A JSON object of a request. */
export type JsonObject = Readonly<Record<string, unknown>>

/** What a value is, in words for a message: short, and never its whole content. */
export function describeJson(value: unknown): string {
  if (value === undefined) return 'absent'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/** The error about a field. `path` as in `Interface.Address`. */
export function wrongField(path: string, expected: string, value: unknown): DockerDriverError {
  return new DockerDriverError('invalid', `${path} has to be ${expected}; it is ${describeJson(value)}`)
}

/** An object. @throws DockerDriverError `invalid` */
export function readObject(value: unknown, path: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongField(path, 'an object', value)
  return value as JsonObject
}

/** An object; Go's `null`, which is its empty map, and nothing at all are an empty one. @throws DockerDriverError `invalid` */
export function readOptionalObject(value: unknown, path: string): JsonObject {
  return value === undefined || value === null ? {} : readObject(value, path)
}

/** An array; Go's `null`, which is its empty slice, and nothing at all are an empty one. @throws DockerDriverError `invalid` */
export function readArray(value: unknown, path: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw wrongField(path, 'an array', value)
  return value
}

/** A string. @throws DockerDriverError `invalid` */
export function readString(value: unknown, path: string): string {
  if (typeof value !== 'string') throw wrongField(path, 'a string', value)
  return value
}

/** A string; nothing for Go's empty value of it. @throws DockerDriverError `invalid` */
export function readOptionalString(value: unknown, path: string): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  return readString(value, path)
}

/** True or false; false when it is not said. @throws DockerDriverError `invalid` */
export function readBoolean(value: unknown, path: string): boolean {
  if (value === undefined || value === null) return false
  if (typeof value !== 'boolean') throw wrongField(path, 'true or false', value)
  return value
}

/** A whole number of a range. @throws DockerDriverError `invalid` */
export function readInteger(value: unknown, path: string, from: number, to: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < from || value > to) throw wrongField(path, `a whole number, ${from} to ${to}`, value)
  return value
}

/** An object of strings. @throws DockerDriverError `invalid` */
export function readStrings(value: unknown, path: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(readOptionalObject(value, path)).map(([name, item]) => [name, readString(item, `${path}[${describeJson(name)}]`)]))
}

/**
 * Docker's id of a network or an endpoint: 64 hex digits; 25 letters and digits for a network of a swarm. Names of interfaces are made of it,
 * hence nothing else.
 * @throws DockerDriverError `invalid`
 */
export function readId(value: unknown, path: string): string {
  if (typeof value !== 'string' || !/^[0-9a-z]{12,64}$/.test(value)) throw wrongField(path, 'an id of Docker, 12 to 64 digits and small letters', value)
  return value
}
