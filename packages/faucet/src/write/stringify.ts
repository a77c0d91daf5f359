import type { FaucetConfig } from '../config/model.js'
import { entriesOf, isMapping } from '../edit/value.js'
import type { ConfigMapping, ConfigPath, ConfigValue } from '../edit/value.js'
import { formatScalar, formatText, formatTextKey } from './scalar.js'

/** How a configuration is written. */
export interface StringifyOptions {
  /** Columns by which a mapping within another one is moved to the right; 2 by default. */
  readonly indent?: number
}

/** The top-level keys in the order in which they are written; others follow. */
const TOP_LEVEL = ['version', 'include', 'include-optional', 'meters', 'acls', 'vlans', 'routers', 'dps']

/** Options that Faucet wants with a decimal point: it refuses `1` where it expects `1.0`. */
const FLOAT_OPTIONS = new Set(['min_stack_health', 'min_lacp_health', 'port_table_scale_factor'])

/**
 * Where keys of digits are names, not numbers: Faucet compares the names of dataplanes and meters as text.
 */
const TEXT_KEYS = new Set(['dps', 'meters'])

const LIST_WIDTH = 80

/**
 * A configuration as the text of `faucet.yaml`: a section after the other, an empty line between them, keys in the
 * order that they have, lists of scalars on one line where they fit. The text depends on nothing but the configuration.
 * Reading it gives the same configuration, in YAML 1.1 and 1.2: numbers of any size are exact, and text is quoted where
 * it would be read as something else.
 *
 * Throws `FaucetError` `invalid` for a key that is too long for YAML (1000 characters).
 */
export function stringifyFaucetConfig(config: FaucetConfig, options: StringifyOptions = {}): string {
  const entries = entriesOf(config as ConfigMapping)
  const rank = (key: string) => (TOP_LEVEL.includes(key) ? TOP_LEVEL.indexOf(key) : TOP_LEVEL.length)
  const sections = entries
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([key, value]) => formatPair(key, value, [], options).join('\n'))
  return sections.length === 0 ? '{}\n' : `${sections.join('\n\n')}\n`
}

/**
 * A key and its value as lines of block YAML, the first one without indentation. `path` is where the mapping lies that
 * the pair belongs to; `keyText` stands for the key when the file has a way of its own to write it.
 */
export function formatPair(
  key: string,
  value: ConfigValue,
  path: ConfigPath,
  options: StringifyOptions = {},
  keyText = formatKey(key, path),
): readonly string[] {
  const place = [...path, key]
  const inline = formatInline(value, place, LIST_WIDTH - keyText.length - 2)
  if (inline !== undefined) return [`${keyText}: ${inline}`]
  const pad = ' '.repeat(options.indent ?? 2)
  return [`${keyText}:`, ...formatBlock(value, place, options).map((line) => pad + line)]
}

/** An item of a list as lines of block YAML, the first with its dash. `path` is where the list lies. */
export function formatItem(value: ConfigValue, path: ConfigPath, options: StringifyOptions = {}): readonly string[] {
  const inline = formatInline(value, path, LIST_WIDTH)
  if (inline !== undefined) return [`- ${inline}`]
  return formatBlock(value, path, options).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`))
}

/** A value in flow style, on one line. */
export function formatFlow(value: ConfigValue, path: ConfigPath): string {
  if (Array.isArray(value)) return `[${value.map((item: ConfigValue) => formatFlow(item, path)).join(', ')}]`
  if (!isMapping(value)) return formatScalar(value as Scalar, isFloat(path))
  const pairs = entriesOf(value).map(([key, item]) => `${formatKey(key, path)}: ${formatFlow(item, [...path, key])}`)
  return `{${pairs.join(', ')}}`
}

/** The key of a mapping as YAML: digits are a number, except where Faucet wants a name. */
export function formatKey(key: string, path: ConfigPath): string {
  const section = path.at(-1)
  const isText = path.length === 1 && section !== undefined && TEXT_KEYS.has(section)
  return /^(?:0|[1-9]\d*)$/.test(key) && !isText ? key : formatTextKey(key)
}

type Scalar = null | boolean | number | bigint | string

/** What is written on the line of its key: scalars, empty collections and short lists of scalars. */
function formatInline(value: ConfigValue, path: ConfigPath, width: number): string | undefined {
  const isShort = Array.isArray(value)
    ? value.every((item: ConfigValue) => typeof item !== 'object' || item === null)
    : !isMapping(value) || entriesOf(value).length === 0
  if (!isShort) return undefined
  const text = formatFlow(value, path)
  return !Array.isArray(value) || value.length === 0 || text.length <= width ? text : undefined
}

function formatBlock(value: ConfigValue, path: ConfigPath, options: StringifyOptions): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: ConfigValue) => formatItem(item, path, options))
  if (!isMapping(value)) return [formatText(String(value))]
  return entriesOf(value).flatMap(([key, item]) => formatPair(key, item, path, options))
}

function isFloat(path: ConfigPath): boolean {
  const option = path.at(-1)
  return option !== undefined && FLOAT_OPTIONS.has(option)
}
