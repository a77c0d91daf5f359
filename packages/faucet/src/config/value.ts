/** Where a value stands in a text. Lines and columns count from 1. */
export interface Place {
  readonly file: string | undefined
  readonly line: number | undefined
  readonly column: number | undefined
}

/**
 * A value of a configuration with its place and its exact kind: Faucet tells 1 from 1.0 and a key 100 from "100".
 * Integers are bigints. `other` is what YAML has and no option takes: dates, binaries, lists as keys.
 */
export type ConfigValue =
  | { readonly kind: 'null'; readonly place: Place }
  | { readonly kind: 'bool'; readonly value: boolean; readonly place: Place }
  | { readonly kind: 'int'; readonly value: bigint; readonly place: Place }
  | { readonly kind: 'float'; readonly value: number; readonly place: Place }
  | { readonly kind: 'str'; readonly value: string; readonly place: Place }
  | { readonly kind: 'other'; readonly value: string; readonly place: Place }
  | ConfigList
  | ConfigMap

/** A list. */
export interface ConfigList {
  readonly kind: 'list'
  readonly items: readonly ConfigValue[]
  readonly place: Place
}

/** A mapping, in the order of the text. */
export interface ConfigMap {
  readonly kind: 'map'
  readonly entries: readonly ConfigEntry[]
  readonly place: Place
}

/** One entry of a mapping. */
export interface ConfigEntry {
  readonly key: ConfigValue
  readonly value: ConfigValue
}

/** No place: the configuration was built by a program. */
export const nowhere: Place = { file: undefined, line: undefined, column: undefined }

/** Equal for two keys that Python's dictionaries hold for the same: 1, 1.0 and true are one key, "1" is another. */
export function keyId(value: ConfigValue): string {
  switch (value.kind) {
    case 'null':
      return 'null'
    case 'bool':
      return `n:${value.value ? '1' : '0'}`
    case 'int':
      return `n:${String(value.value)}`
    case 'float':
      return Number.isInteger(value.value) ? `n:${String(BigInt(value.value))}` : `f:${String(value.value)}`
    case 'str':
      return `s:${value.value}`
    case 'other':
      return `o:${value.value}`
    case 'list':
    case 'map':
      return `unhashable:${value.kind}`
  }
}

/** A value as Python's `str()` prints it; good for names and messages. */
export function display(value: ConfigValue): string {
  switch (value.kind) {
    case 'null':
      return 'null'
    case 'bool':
      return value.value ? 'true' : 'false'
    case 'float':
      return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value)
    case 'int':
    case 'other':
      return String(value.value)
    case 'str':
      return value.value
    case 'list':
      return 'a list'
    case 'map':
      return 'a mapping'
  }
}

/** A key as it appears in a path: small integers are numbers. */
export function pathKey(key: ConfigValue): string | number {
  return key.kind === 'int' && key.value <= BigInt(Number.MAX_SAFE_INTEGER) && key.value >= 0n
    ? Number(key.value)
    : display(key)
}

/** What Python takes for true. */
export function truthy(value: ConfigValue | undefined): boolean {
  if (!value) return false
  switch (value.kind) {
    case 'null':
      return false
    case 'list':
      return value.items.length > 0
    case 'map':
      return value.entries.length > 0
    case 'int':
      return value.value !== 0n
    case 'float':
      // Unlike in JavaScript, NaN is true.
      return value.value !== 0
    default:
      return Boolean(value.value)
  }
}

/** The value of an entry, `null` values included; `undefined` when there is none. */
export function entryOf(map: ConfigMap, key: string): ConfigEntry | undefined {
  return map.entries.find((entry) => entry.key.kind === 'str' && entry.key.value === key)
}

/** The value under a text key; `undefined` when there is none or it is null. */
export function get(map: ConfigMap, key: string): ConfigValue | undefined {
  const value = entryOf(map, key)?.value
  return value?.kind === 'null' ? undefined : value
}

/** An integer as Python counts it (a bool is one); `undefined` for anything else. */
export function intOf(value: ConfigValue | undefined): bigint | undefined {
  if (value?.kind === 'int') return value.value
  if (value?.kind === 'bool') return value.value ? 1n : 0n
  return undefined
}

/** Where mappings of plain data stood in a text. */
const places = new WeakMap<object, Place>()

/**
 * Where a mapping of a configuration that was read from text stood: a rule of an ACL, a port, a VLAN, as `config` of
 * `loadFaucetConfig` and `parseFaucetConfig` has it. `undefined` for what a program has made, copies included.
 */
export function placeOf(data: object): Place | undefined {
  return places.get(data)
}

/** Plain data: integers are numbers, or bigints beyond 2^53; keys are text. Mappings know where they stood: {@link placeOf}. */
export function toData(value: ConfigValue): unknown {
  switch (value.kind) {
    case 'null':
      return null
    case 'int':
      return numberOf(value.value)
    case 'list':
      return value.items.map(toData)
    case 'map': {
      const data: Record<string, unknown> = {}
      if (value.place.line !== undefined) places.set(data, value.place)
      for (const entry of value.entries) {
        // Never the prototype's setter.
        Object.defineProperty(data, display(entry.key), {
          value: toData(entry.value),
          enumerable: true,
          configurable: true,
          writable: true,
        })
      }
      return data
    }
    default:
      return value.value
  }
}

/** A number, or the bigint itself where a number is not exact. */
export function numberOf(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value
}

const floatOptions = new Set(['port_table_scale_factor', 'min_stack_health', 'min_lacp_health'])

/** The value of plain data, as `FaucetConfig` has it: whole numbers are integers, keys that look like one are too. */
export function fromData(data: unknown, key?: string): ConfigValue {
  if (data === null || data === undefined) return { kind: 'null', place: nowhere }
  if (typeof data === 'boolean') return { kind: 'bool', value: data, place: nowhere }
  if (typeof data === 'bigint') return { kind: 'int', value: data, place: nowhere }
  if (typeof data === 'number') {
    const float = !Number.isInteger(data) || (key !== undefined && floatOptions.has(key))
    return float ? { kind: 'float', value: data, place: nowhere } : { kind: 'int', value: BigInt(data), place: nowhere }
  }
  if (typeof data === 'string') return { kind: 'str', value: data, place: nowhere }
  if (Array.isArray(data)) {
    return { kind: 'list', items: data.map((item) => fromData(item)), place: nowhere }
  }
  if (typeof data === 'object') {
    const entries: ConfigEntry[] = []
    for (const [name, item] of Object.entries(data)) {
      if (item === undefined) continue
      const number = /^(0|[1-9]\d*)$/.test(name)
      entries.push({
        key: number
          ? { kind: 'int', value: BigInt(name), place: nowhere }
          : { kind: 'str', value: name, place: nowhere },
        value: fromData(item, name),
      })
    }
    return { kind: 'map', entries, place: nowhere }
  }
  return { kind: 'other', value: typeof data, place: nowhere }
}
