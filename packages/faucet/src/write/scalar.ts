import { FaucetError } from '../errors.js'
import { describeValue } from '../edit/value.js'

/** Plain words that some reader of YAML (1.1 or 1.2) takes for something else than text. */
const RESERVED = /^(?:true|false|null|yes|no|on|off|y|n)$/i
const PLAIN_TEXT = /^[A-Za-z_/](?:[A-Za-z0-9_./+ -]*[A-Za-z0-9_./+-])?$/
// What a reader of YAML refuses or takes for a line break even between quotes, except what JSON escapes already.
const UNREADABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g
const LONGEST_KEY = 1000

/**
 * Text as YAML: plain where every reader of YAML 1.1 and 1.2 takes it for text, else between double quotes (MAC and IP
 * addresses, digits, `yes`, dates, empty text and the like).
 */
export function formatText(text: string): string {
  if (PLAIN_TEXT.test(text) && !RESERVED.test(text) && !text.includes('  ')) return text
  return JSON.stringify(text).replace(UNREADABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Text as a YAML key. Throws `FaucetError` `invalid` where it is longer than a key may be (1000 characters). */
export function formatTextKey(text: string): string {
  const key = formatText(text)
  if (key.length <= LONGEST_KEY) return key
  const name = describeValue(text)
  throw new FaucetError('invalid', `the key ${name} has ${key.length} characters; YAML allows ${LONGEST_KEY}`)
}

/** A scalar as YAML. `float` writes a whole number with a decimal point, for options that Faucet wants so. */
export function formatScalar(value: null | boolean | number | bigint | string, float = false): string {
  if (typeof value === 'string') return formatText(value)
  if (typeof value !== 'number') return String(value)
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  if (!Number.isInteger(value)) return formatFraction(value)
  return float ? `${BigInt(value)}.0` : String(BigInt(value))
}

/** Readers of YAML 1.1 want a decimal point before an exponent, and a sign after it. */
function formatFraction(value: number): string {
  const text = String(value)
  const [digits, exponent] = text.split('e')
  return exponent === undefined || digits === undefined || digits.includes('.') ? text : `${digits}.0e${exponent}`
}
