import { OvsError } from '../errors.js'

/** What {@link parseJson} makes: JSON, except that an integer beyond ±(2^53 − 1) is a `bigint`. */
export type JsonValue =
  null | boolean | number | bigint | string | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/**
 * A mark that no string of the text begins with: a run of U+0001 that is longer than any in the text. A raw control
 * character is not legal in JSON.
 */
function freeMark(text: string): string {
  let mark = '\\u0001'
  while (text.includes(mark)) mark += '\\u0001'
  return mark
}

/**
 * Parses a JSON text, integers exact: OVSDB integers have 64 bits (RFC 7047 §3.1), of which `JSON.parse` keeps 53. The
 * common text, with no run of 16 digits, goes straight to `JSON.parse`.
 * @param hasLongIntegers whether there is such a run outside strings, when it is known already: saves a look
 * @throws OvsError `malformed` when the text is not JSON.
 */
export function parseJson(text: string, hasLongIntegers?: boolean): JsonValue {
  if (!(hasLongIntegers ?? /\d{16}/.test(text))) return nativeParse(text)
  const mark = freeMark(text)
  const marked = markUnsafeIntegers(text, mark)
  const value = nativeParse(marked)
  return marked === text ? value : unmark(value, JSON.parse(`"${mark}"`))
}

function nativeParse(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new OvsError('malformed', `the peer sent a text that is not JSON: ${text.slice(0, 80)}`, { cause })
  }
}

/** Turns each unsafe integer literal outside strings into a string that begins with `mark`. One pass over the text. */
function markUnsafeIntegers(text: string, mark: string): string {
  const token = /"|-?\d{16,}(?![\d.eE])/g
  let out = ''
  let copied = 0
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === '"') {
      token.lastIndex = endOfString(text, match.index)
    } else if (!startsInsideNumber(text, match.index) && !Number.isSafeInteger(Number(match[0]))) {
      out += `${text.slice(copied, match.index)}"${mark}${match[0]}"`
      copied = token.lastIndex
    }
  }
  return out + text.slice(copied)
}

/** The digits after a decimal point or exponent are no integer of their own. */
function startsInsideNumber(text: string, at: number): boolean {
  return at > 0 && '.eE+-0123456789'.includes(text.charAt(at - 1))
}

function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5c) at++
    else if (code === 0x22) return at + 1
  }
  return text.length
}

function unmark(value: JsonValue, mark: string): JsonValue {
  if (typeof value === 'string') return value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value
  if (Array.isArray(value)) return value.map((item) => unmark(item, mark))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unmark(item, mark)]))
}

/** Writes a value as JSON, a `bigint` as an integer of full precision. */
export function stringifyJson(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    // JSON.stringify refuses bigints. Looking for them first would cost every message.
    if (!containsBigint(value)) throw error
    return write(value)
  }
}

function containsBigint(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint'
  return Array.isArray(value) ? value.some(containsBigint) : Object.values(value).some(containsBigint)
}

function write(value: unknown): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`).join(',')}}`
}

/**
 * Whether a JSON text has a string that Open vSwitch refuses, and ends the connection for: one with a zero character or
 * with half a surrogate pair. `JSON.stringify` writes both as escapes, and no whole pair.
 */
export function hasRefusedCharacters(text: string): boolean {
  if (!text.includes('\\u')) return false
  const escape = /\\+u(?:0000|d[89a-f])/g
  for (let match = escape.exec(text); match !== null; match = escape.exec(text)) {
    // An even number of backslashes is backslashes, and plain letters after them.
    if (match[0].lastIndexOf('\\') % 2 === 0) return true
  }
  return false
}
