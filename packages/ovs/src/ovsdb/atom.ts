import type { JsonValue } from '../jsonrpc/json.js'
import { type BaseType, isBigint } from './column-type.js'
import { databaseError } from './database-error.js'
import type { Atom } from './value.js'

/** Finds the uuid that a `named-uuid` stands for, within one transaction. */
export type SymbolTable = (name: string) => string

const uuidPattern = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/
const loneSurrogate = /\p{Surrogate}/u

/** The uuid that stands for none: the default of a uuid column. */
export const zeroUuid = '00000000-0000-0000-0000-000000000000'

/** RFC 7047 §3.1 `<id>`. */
export function isId(json: JsonValue | undefined): json is string {
  return typeof json === 'string' && /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(json)
}

/** Whether a text is a uuid, in letters of either case. */
export function isUuidText(text: string): boolean {
  return uuidPattern.test(text)
}

/**
 * Orders two atoms of one type: numbers by size, false before true, strings by their UTF-8 bytes, uuids by their text.
 * Negative when `a` comes first, 0 when they are equal. An integer may be a `bigint` on one side only.
 */
export function compareAtoms(a: Atom, b: Atom): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  return a < b ? -1 : a > b ? 1 : 0
}

/** UTF-16 units sort as UTF-8 bytes do, except that surrogates belong after everything else. */
function compareText(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at)
    const y = b.charCodeAt(at)
    if (x === y) continue
    return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1
  }
  return a.length - b.length
}

function isSurrogate(unit: number): boolean {
  return (unit & 0xf800) === 0xd800
}

/** An integer in the form that its type has in JavaScript: see {@link isBigint}. */
export function integerAtom(base: BaseType, value: number | bigint): number | bigint {
  return isBigint(base) ? BigInt(value) : Number(value)
}

/**
 * Reads an atom and checks it as a server does (RFC 7047 §5.1, `<atom>`).
 * @param symbols what `named-uuid` stands for; without it there are none
 * @throws OvsError `malformed`, and `constraint` when the type does not allow it.
 */
export function parseAtom(base: BaseType, json: JsonValue, symbols?: SymbolTable): Atom {
  const atom = readAtom(base, json, symbols)
  const wrong = checkAtom(base, atom)
  if (wrong !== undefined) throw databaseError('constraint violation', wrong)
  return atom
}

function readAtom(base: BaseType, json: JsonValue, symbols: SymbolTable | undefined): Atom {
  switch (base.type) {
    case 'integer':
      if (typeof json === 'bigint' ? isInt64(json) : Number.isInteger(json) && isInt64(BigInt(json as number)))
        return integerAtom(base, json as number | bigint)
      break
    case 'real':
      // The sum turns -0 into 0: they are one atom.
      if (typeof json === 'number' || typeof json === 'bigint') return Number(json) + 0
      break
    case 'boolean':
    case 'string':
      if (typeof json === base.type) return json as Atom
      break
    case 'uuid':
      return readUuid(json, symbols)
  }
  throw databaseError('syntax error', `expected ${base.type}`, json)
}

function readUuid(json: JsonValue, symbols: SymbolTable | undefined): string {
  const [tag, text] = Array.isArray(json) && json.length === 2 ? (json as readonly JsonValue[]) : []
  if (tag === 'uuid' && typeof text === 'string') {
    if (isUuidText(text)) return text.toLowerCase()
    throw databaseError('syntax error', `"${text}" is not a valid UUID`, json)
  }
  if (tag === 'named-uuid' && symbols && typeof text === 'string') {
    if (isId(text)) return symbols(text)
    throw databaseError('syntax error', 'named-uuid string is not a valid <id>', json)
  }
  throw databaseError('syntax error', 'expected ["uuid", <string>]', json)
}

/** Whether a signed integer of 64 bits holds it. */
export function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value
}

/**
 * What the constraints of its type have against an atom (RFC 7047 §3.2, `<base-type>`), in the words of a server;
 * `undefined` when they have nothing.
 */
export function checkAtom(base: BaseType, atom: Atom): string | undefined {
  if (base.enum) {
    if (base.enum.some((allowed) => compareAtoms(allowed, atom) === 0)) return undefined
    const allowed = [...base.enum].sort(compareAtoms).map((each) => formatAtom(each))
    return `${formatAtom(atom)} is not one of the allowed values ([${allowed.join(', ')}])`
  }
  switch (base.type) {
    case 'integer':
      return checkRange(atom as number, base.minInteger, base.maxInteger)
    case 'real':
      return checkRange(atom as number, base.minReal, base.maxReal)
    case 'string':
      return checkString(base, atom as string)
    default:
      return undefined
  }
}

function checkRange(value: number | bigint, min?: number | bigint, max?: number | bigint): string | undefined {
  const low = min !== undefined && value < min
  const high = max !== undefined && value > max
  if (!low && !high) return undefined
  const text = formatAtom(value)
  if (min !== undefined && max !== undefined)
    return `${text} is not in the valid range ${formatAtom(min)} to ${formatAtom(max)} (inclusive)`
  return low
    ? `${text} is less than minimum allowed value ${formatAtom(min)}`
    : `${text} is greater than maximum allowed value ${formatAtom(max as number)}`
}

function checkString({ minLength, maxLength }: BaseType, text: string): string | undefined {
  if (loneSurrogate.test(text)) return `not a valid UTF-8 string: ${JSON.stringify(text)} has half a surrogate pair`
  if (minLength === undefined && maxLength === undefined) return undefined
  const length = [...text].length
  if (minLength !== undefined && length < minLength)
    return `"${text}" length ${length} is less than minimum allowed length ${minLength}`
  if (maxLength !== undefined && length > maxLength)
    return `"${text}" length ${length} is greater than maximum allowed length ${maxLength}`
  return undefined
}

/** The wire form of an atom (RFC 7047 §5.1, `<atom>`). */
export function atomToJson(base: BaseType, atom: Atom): JsonValue {
  if (base.type === 'uuid') return ['uuid', atom as string]
  return typeof atom === 'bigint' && Number.isSafeInteger(Number(atom)) ? Number(atom) : atom
}

/** The default of a type (RFC 7047 §5.2.1), whatever its constraints. */
export function defaultAtom(base: BaseType): Atom {
  switch (base.type) {
    case 'integer':
      return isBigint(base) ? 0n : 0
    case 'real':
      return 0
    case 'boolean':
      return false
    case 'string':
      return ''
    case 'uuid':
      return zeroUuid
  }
}

/**
 * An atom as ovs-vsctl prints it: a string in quotes unless it looks like a word. {@link parseAtomText} reads it back.
 */
export function formatAtom(atom: Atom): string {
  if (typeof atom === 'number') return formatReal(atom)
  return typeof atom === 'string' && !isWord(atom) ? JSON.stringify(atom) : String(atom)
}

function isWord(text: string): boolean {
  return (/^[a-zA-Z_][a-zA-Z0-9_.-]*$/.test(text) || isUuidText(text)) && text !== 'true' && text !== 'false'
}

/** Like `%g` of C, in as few digits as tell the number apart. */
function formatReal(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value + 0)
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 15)
    return power < 0 ? value.toFixed(mantissa.replace(/[-.]/g, '').length - 1 - power) : String(value)
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
