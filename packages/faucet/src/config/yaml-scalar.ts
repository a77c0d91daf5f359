import type { ConfigValue, Place } from './value.js'

// The plain scalars of YAML 1.2 as Faucet's parser (ruamel, "safe") reads them, tried in this order.
const boolean = /^(?:true|True|TRUE|false|False|FALSE)$/
const float =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const integer = /^(?:[-+]?0b[01_]+|[-+]?0o?[0-7_]+|[-+]?[0-9_]+|[-+]?0x[0-9a-fA-F_]+)$/
const nothing = /^(?:~|null|Null|NULL|)$/
const timestamp =
  /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/

/**
 * The value of a plain (unquoted) scalar: `0x10` is 16, `010` is 10, `yes` is text. `undefined` when it looks like a
 * number and is none.
 */
export function plainScalar(text: string, place: Place): ConfigValue | undefined {
  if (boolean.test(text)) return { kind: 'bool', value: text.toLowerCase() === 'true', place }
  if (float.test(text) && /^[-+.0-9]/.test(text)) return floatValue(text, place)
  if (integer.test(text) && /^[-+0-9]/.test(text)) return intValue(text, place)
  if (nothing.test(text)) return { kind: 'null', place }
  if (timestamp.test(text)) {
    return Number.isNaN(Date.parse(text.slice(0, 10).trim())) && text.length === 10
      ? undefined
      : { kind: 'other', value: text, place }
  }
  return { kind: 'str', value: text, place }
}

/** The value of a scalar with the tag `!!int` or one that looks like an integer. */
export function intValue(text: string, place: Place): ConfigValue | undefined {
  const bare = text.replaceAll('_', '')
  const negative = bare.startsWith('-')
  const digits = bare.replace(/^[-+]/, '')
  if (!/^(?:0b[01]+|0o[0-7]+|0x[0-9a-fA-F]+|[0-9]+)$/.test(digits)) return undefined
  const value = BigInt(digits.replace(/^0+(?=\d)/, ''))
  return { kind: 'int', value: negative ? -value : value, place }
}

/** The value of a scalar with the tag `!!float` or one that looks like a fraction. */
export function floatValue(text: string, place: Place): ConfigValue | undefined {
  const bare = text.replaceAll('_', '').toLowerCase()
  const digits = bare.replace(/^[-+]/, '')
  const sign = bare.startsWith('-') ? -1 : 1
  if (digits === '.inf') return { kind: 'float', value: sign * Infinity, place }
  if (digits === '.nan') return { kind: 'float', value: NaN, place }
  const value = Number(digits)
  return digits === '' || digits === '.' || Number.isNaN(value) ? undefined : { kind: 'float', value: sign * value, place }
}
