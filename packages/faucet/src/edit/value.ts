import { FaucetError } from '../errors.js'

/** Any value of a configuration, as YAML gives it. Whole numbers beyond 2^53 are `bigint`. */
export type ConfigValue = null | boolean | number | bigint | string | readonly ConfigValue[] | ConfigMapping

/** A mapping of a configuration; a key without a value (`undefined`) counts as absent. */
export interface ConfigMapping {
  readonly [key: string]: ConfigValue | undefined
}

/** The way from the root of a configuration to a value: mapping keys, from the outermost. */
export type ConfigPath = readonly string[]

/** Whether a value is a mapping, and not a list or a scalar. */
export function isMapping(value: unknown): value is ConfigMapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The entries of a mapping that have a value. */
export function entriesOf(mapping: ConfigMapping): [string, ConfigValue][] {
  return Object.entries(mapping).filter((entry): entry is [string, ConfigValue] => entry[1] !== undefined)
}

/** The value of a mapping's own key; `undefined` when there is none (or only one inherited from `Object`). */
export function ownValue(mapping: ConfigMapping, key: string): ConfigValue | undefined {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined
}

/** A copy with a value at a path, the mappings on the way made where they are missing (or are not mappings). */
export function withValueAt(root: ConfigValue | undefined, path: ConfigPath, value: ConfigValue): ConfigValue {
  const [key, ...rest] = path
  if (key === undefined) return value
  const mapping = isMapping(root) ? root : {}
  return { ...mapping, [key]: withValueAt(ownValue(mapping, key), rest, value) }
}

/** A copy without the value at a path; the same object when there is none. */
export function withoutValueAt(root: ConfigMapping, path: ConfigPath): ConfigMapping {
  const [key, ...rest] = path
  if (key === undefined || !Object.hasOwn(root, key)) return root
  if (rest.length === 0) return Object.fromEntries(Object.entries(root).filter(([name]) => name !== key))
  const child = ownValue(root, key)
  return isMapping(child) ? { ...root, [key]: withoutValueAt(child, rest) } : root
}

/** Whether two values are the same configuration: the order of keys and `number` or `bigint` make no difference. */
export function equalValues(one: ConfigValue | undefined, other: ConfigValue | undefined): boolean {
  if (one === other || (Number.isNaN(one) && Number.isNaN(other))) return true
  if (isNumeric(one) && isNumeric(other)) return one <= other && one >= other
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => equalValues(item, other[index]))
  }
  if (!isMapping(one) || !isMapping(other)) return false
  const entries = entriesOf(one)
  return (
    entries.length === entriesOf(other).length &&
    entries.every(([key, value]) => equalValues(value, ownValue(other, key)))
  )
}

/** A value in the words of an error message: JSON, cut to a readable length. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  const plain = (_: string, item: unknown) => (typeof item === 'bigint' ? `${item}` : item)
  const text = JSON.stringify(value, plain) ?? typeof value
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

/** The mapping that a value must be. Throws `FaucetError` `invalid`, naming it by `what`. */
export function mappingOf(value: unknown, what: string): ConfigMapping {
  if (isMapping(value)) return value
  throw new FaucetError('invalid', `${what} is ${describeValue(value)}; it must be a mapping`)
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}
