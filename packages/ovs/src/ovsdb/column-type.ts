/** The types of an atom (RFC 7047 §3.1, `<atomic-type>`). */
export type AtomicType = 'integer' | 'real' | 'boolean' | 'string' | 'uuid'

/** What an atom of a column may be (RFC 7047 §3.2, `<base-type>`). */
export interface BaseType {
  readonly type: AtomicType
  /** The only values allowed, when the schema lists them, in its order. */
  readonly enum?: readonly (string | number | bigint | boolean)[]
  readonly minInteger?: number | bigint
  readonly maxInteger?: number | bigint
  readonly minReal?: number
  readonly maxReal?: number
  /** Of a string, in characters (Unicode code points). */
  readonly minLength?: number
  readonly maxLength?: number
  /** The table that a uuid refers to. */
  readonly refTable?: string
  /**
   * A strong reference keeps its row alive and must not dangle; a weak one disappears with the row. Defaults to
   * `strong`.
   */
  readonly refType?: 'strong' | 'weak'
}

/** The type of a column (RFC 7047 §3.2, `<type>`). A column with `value` is a map. */
export interface ColumnType {
  readonly key: BaseType
  readonly value?: BaseType
  readonly min: number
  /** `Infinity` stands for `"unlimited"`. */
  readonly max: number
}

/** How the values of a column look in JavaScript; see {@link ColumnType}. */
export type ColumnKind = 'scalar' | 'optional' | 'set' | 'map'

/** A map has a value type, an optional is a set of at most one, a scalar has exactly one. */
export function columnKind({ value, min, max }: ColumnType): ColumnKind {
  if (value) return 'map'
  if (max !== 1) return 'set'
  return min === 1 ? 'scalar' : 'optional'
}

/**
 * Whether integers of this type are `bigint`. OVSDB integers have 64 bits, so they are, unless the schema itself keeps
 * them within ±(2^53 − 1): those are `number`.
 */
export function isBigint({ type, enum: values, minInteger, maxInteger }: BaseType): boolean {
  if (type !== 'integer') return false
  if (values) return !values.every(Number.isSafeInteger)
  return !(Number.isSafeInteger(minInteger) && Number.isSafeInteger(maxInteger))
}

/** A base type without its constraints: what an operand may be that is not stored itself. */
export function unconstrained({ type }: BaseType): BaseType {
  return { type }
}

/** A type in words, as a server names it in its errors. */
export function describeType({ key, value, min, max }: ColumnType): string {
  if (min === 1 && max === 1 && !value) return key.type
  const range =
    max === Infinity
      ? min === 0
        ? ''
        : `${min} or more `
      : min === 0
        ? `up to ${max} `
        : min === max
          ? `${min} `
          : `${min} to ${max} `
  return value ? `map of ${range}(${key.type}, ${value.type}) pairs` : `set of ${range}${key.type}s`
}
