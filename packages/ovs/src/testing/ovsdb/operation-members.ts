import type { JsonValue } from '../../jsonrpc/json.js'
import { isId } from '../../ovsdb/atom.js'
import { databaseError } from '../../ovsdb/database-error.js'
import type { DatabaseSchema, TableSchema } from '../../ovsdb/schema.js'
import { OvsError } from '../../errors.js'

/** The kinds of member that an operation has. */
interface Kinds {
  readonly id: string
  readonly string: string
  readonly number: number
  readonly boolean: boolean
  readonly array: readonly JsonValue[]
  readonly object: { readonly [member: string]: JsonValue }
}

const tests: { readonly [K in keyof Kinds]: (json: JsonValue) => boolean } = {
  id: isId,
  string: (json) => typeof json === 'string',
  number: (json) => typeof json === 'number',
  boolean: (json) => typeof json === 'boolean',
  array: (json) => Array.isArray(json),
  object: (json) => typeof json === 'object' && json !== null && !Array.isArray(json),
}

/**
 * Reads the members of one operation. The first mistake counts; members that nobody asked for are one. What cannot be
 * read is `undefined`, so check with {@link finish} before you use any.
 */
export class OperationMembers {
  readonly json: JsonValue
  readonly #members: { readonly [member: string]: JsonValue | undefined }
  readonly #left: Set<string>
  readonly #where: string
  #error: OvsError | undefined

  /** @throws OvsError `malformed` when the operation is no object. */
  constructor(json: JsonValue, index: number, count: number) {
    this.json = json
    this.#where = `Parsing ovsdb operation ${index + 1} of ${count} failed`
    if (!tests.object(json)) throw databaseError('syntax error', `${this.#where}: Object expected.`)
    this.#members = json as { readonly [member: string]: JsonValue }
    this.#left = new Set(Object.keys(this.#members))
  }

  /** A member that must be there. */
  required<K extends keyof Kinds>(name: string, kind: K): Kinds[K] {
    const value = this.optional(name, kind)
    if (this.#members[name] === undefined) this.fail(`Required '${name}' member is missing.`)
    return value as Kinds[K]
  }

  /** A member that may be missing. */
  optional<K extends keyof Kinds>(name: string, kind: K): Kinds[K] | undefined {
    this.#left.delete(name)
    const value = this.#members[name]
    if (value === undefined) return undefined
    if (tests[kind](value)) return value as Kinds[K]
    this.fail(`Type mismatch for member '${name}'.`)
    return undefined
  }

  /** The table that the operation is on. */
  table(schema: DatabaseSchema): TableSchema {
    const name = this.required('table', 'id')
    const table = schema.tables.get(name)
    if (!table && name !== undefined) this.fail(`No table named ${name}.`)
    return table as TableSchema
  }

  /** Notes a mistake, unless there was one before. */
  fail(details: string): void {
    this.#error ??= databaseError('syntax error', `${this.#where}: ${details}`, this.json)
  }

  /** Call when every member has been asked for. @throws OvsError `malformed` for the first mistake. */
  finish(): void {
    for (const name of this.#left) this.fail(`Member '${name}' is present but not allowed here.`)
    if (this.#error) throw this.#error
  }
}
