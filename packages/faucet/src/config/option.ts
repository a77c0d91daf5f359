import { Checker } from './checker.js'
import type { ConfigPath } from './issue.js'
import { display, get, intOf, truthy, type ConfigMap, type ConfigValue } from './value.js'

/** The type of an option as Faucet tests it: a `bool` passes for an `int`, an `int` does not for a `float`. */
export type OptionType = 'int' | 'str' | 'bool' | 'float' | 'list' | 'dict'

/** One option. Limits are checked where the option is used, as Faucet does (a rule of an unused ACL is not built). */
export interface OptionSpec {
  readonly type: OptionType | readonly OptionType[]
  readonly default?: number | string | boolean
  readonly min?: number
  readonly max?: number | bigint
  readonly doc?: string
}

/** The options of one mapping by name. */
export type OptionTable = Readonly<Record<string, OptionSpec>>

type Datum<Spec extends OptionSpec> = Spec['type'] extends 'bool'
  ? boolean
  : Spec['type'] extends 'float'
    ? number
    : Spec['type'] extends 'int'
      ? Spec extends { readonly default: number } ? number : number | undefined
      : Spec extends { readonly default: string } ? string : string | undefined

/** The values of the options of a table that are neither lists nor mappings nor have several types. */
export type OptionData<Table extends OptionTable> = {
  readonly [K in keyof Table as Table[K]['type'] extends 'bool' | 'float' | 'int' | 'str' ? K : never]: Datum<Table[K]>
}

const typeNames: Readonly<Record<OptionType, string>> = {
  int: 'a whole number',
  str: 'text',
  bool: 'true or false',
  float: 'a number with a decimal point',
  list: 'a list',
  dict: 'a mapping',
}

/** The types of an option in words. */
export function describeType(spec: OptionSpec): string {
  const types = typeof spec.type === 'string' ? [spec.type] : spec.type
  return types.map((type) => typeNames[type]).join(' or ')
}

/** Whether a value has one of the types of an option; null always has. */
export function hasType(value: ConfigValue, spec: OptionSpec): boolean {
  const types = typeof spec.type === 'string' ? [spec.type] : spec.type
  switch (value.kind) {
    case 'null':
      return true
    case 'map':
      return types.includes('dict')
    case 'bool':
      return types.includes('bool') || types.includes('int')
    case 'other':
      return false
    default:
      return types.includes(value.kind)
  }
}

/** The options of one mapping, types checked; values of a wrong type count as absent. */
export class Options<Table extends OptionTable = OptionTable> {
  readonly map: ConfigMap
  readonly path: ConfigPath
  readonly #table: Table
  readonly #bad = new Set<ConfigValue>()
  /** Whether every option is known and of its type. */
  readonly good: boolean

  constructor(checker: Checker, value: ConfigValue, path: ConfigPath, table: Table) {
    this.path = path
    this.#table = table
    this.map = value.kind === 'map' ? value : { kind: 'map', entries: [], place: value.place }
    let good = value.kind === 'map'
    if (!good) checker.fail(path, value, `${display(value)} is no mapping`, 'a mapping of options')
    for (const entry of this.map.entries) {
      const name = display(entry.key)
      const spec = entry.key.kind === 'str' && Object.hasOwn(table, name) ? table[name] : undefined
      if (!spec) {
        good = false
        checker.fail([...path, name], entry.key, `unknown option ${name}`, `one of ${Object.keys(table).join(', ')}`)
      } else if (!hasType(entry.value, spec)) {
        good = false
        this.#bad.add(entry.value)
        checker.fail([...path, name], entry.value, `${name} is ${quote(entry.value)}`, describeType(spec))
      }
    }
    this.good = good
  }

  /** The value, if it is there, not null and of its type. */
  get(name: keyof Table & string): ConfigValue | undefined {
    const value = get(this.map, name)
    return value && !this.#bad.has(value) ? value : undefined
  }

  /** Whether the option is written, be it as null. */
  has(name: keyof Table & string): boolean {
    return this.map.entries.some((entry) => entry.key.kind === 'str' && entry.key.value === name)
  }

  truthy(name: keyof Table & string): boolean {
    const value = this.get(name)
    return value ? truthy(value) : Boolean(this.#table[name]?.default)
  }

  /** A whole number, or its default (0 without one). */
  int(name: keyof Table & string): number {
    return Number(this.optionalInt(name) ?? 0)
  }

  optionalInt(name: keyof Table & string): number | undefined {
    const value = intOf(this.get(name))
    if (value !== undefined) return Number(value)
    const standard = this.#table[name]?.default
    return typeof standard === 'number' ? standard : undefined
  }

  number(name: keyof Table & string): number {
    const value = this.get(name)
    return value?.kind === 'float' ? value.value : this.int(name)
  }

  bool(name: keyof Table & string): boolean {
    return this.truthy(name)
  }

  text(name: keyof Table & string): string | undefined {
    const value = this.get(name)
    if (value?.kind === 'str') return value.value
    const standard = this.#table[name]?.default
    return typeof standard === 'string' ? standard : undefined
  }

  list(name: keyof Table & string): readonly ConfigValue[] {
    const value = this.get(name)
    return value?.kind === 'list' ? value.items : []
  }

  /** The values as plain data, without what is absent. */
  data(): OptionData<Table> {
    const data: Record<string, unknown> = {}
    for (const [name, spec] of Object.entries<OptionSpec>(this.#table)) {
      const value = this.get(name)
      const number = intOf(value)
      if (spec.type === 'bool' || spec.type === 'str') data[name] = spec.type === 'bool' ? this.bool(name) : this.text(name)
      else if (spec.type === 'float') data[name] = this.number(name)
      else if (spec.type === 'int') data[name] = number === undefined ? this.optionalInt(name) : Number(number)
    }
    return data as OptionData<Table>
  }

  /** Checks the limits of one option of its table. */
  limits(checker: Checker, name: keyof Table & string): void {
    const spec = this.#table[name]
    const value = this.get(name)
    const number = intOf(value)
    if (!spec || !value || number === undefined) return
    const { min, max } = spec
    const low = min !== undefined && number < BigInt(min)
    if (low || (max !== undefined && number > BigInt(max))) {
      const message = `${name} is ${String(number)}: too ${low ? 'small' : 'large'}`
      const limits = min === undefined ? `at most ${String(max)}` : `${String(min)} to ${String(max)}`
      const range = max === undefined ? `${String(min)} or more` : limits
      checker.fail([...this.path, name], value, message, range)
    }
  }
}

/** A value for a message: text in quotes. */
export function quote(value: ConfigValue): string {
  return value.kind === 'str' ? JSON.stringify(value.value) : display(value)
}
