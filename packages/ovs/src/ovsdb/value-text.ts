import { OvsError } from '../errors.js'
import { checkAtom, formatAtom, integerAtom, isInt64, isUuidText, type SymbolTable } from './atom.js'
import { type BaseType, type ColumnType } from './column-type.js'
import { plainMessage } from './database-error.js'
import { type Datum, datumOf, makeDatum, valueOf } from './datum.js'
import type { Atom, Value } from './value.js'

/** Integers that `first-last` may stand for at most. */
const longestRange = 4096

/** The first and the last of a range of integers, written as `1-10`. */
export type AtomRange = readonly [first: Atom, last: Atom]

/**
 * Reads an atom as ovs-vsctl takes it: a string bare or in quotes, `yes`, `on`, `1` for true, `@name` for a named uuid.
 * @param symbols what `@name` stands for; without it there is no such name
 * @throws OvsError `schema`, saying what would be right.
 */
export function parseAtomText(base: BaseType, text: string, symbols?: SymbolTable): Atom {
  const atom = readAtomText(base, text, symbols)
  check(base, atom)
  return atom
}

/**
 * As {@link parseAtomText}, also reading a range of integers such as `20-25`.
 * @throws OvsError `schema`, also for a range of more than 4096 integers.
 */
export function parseAtomOrRangeText(base: BaseType, text: string, symbols?: SymbolTable): Atom | AtomRange {
  const range = base.type === 'integer' ? /^([+-]?\d+)-([+-]?\d+)$/.exec(text) : null
  if (!range) return parseAtomText(base, text, symbols)
  const first = readAtomText(base, range[1] as string, symbols)
  const last = readAtomText(base, range[2] as string, symbols)
  const length = BigInt(last as bigint) - BigInt(first as bigint) + 1n
  if (length < 2n) throw wrong(`${text} is not a range: its first integer must be less than its last`)
  if (length > longestRange) throw wrong(`the range ${text} has ${length} integers: ${longestRange} is the most`)
  for (const atom of expand(base, [first, last])) check(base, atom)
  return [first, last]
}

/**
 * Reads a value as ovs-vsctl takes it: atoms with commas or spaces between them, a set perhaps in `[]`, a map of
 * `key=value` perhaps in `{}`.
 * @throws OvsError `schema`, saying what would be right.
 */
export function parseValueText(type: ColumnType, text: string, symbols?: SymbolTable): Value {
  return valueOf(type, parseDatumText(type, text, symbols))
}

/** As {@link parseValueText}, giving a {@link Datum}. @throws OvsError `schema`. */
export function parseDatumText(type: ColumnType, text: string, symbols?: SymbolTable): Datum {
  const tokens = tokenize(text)
  const [open] = tokens
  const close = open?.text === '[' ? ']' : open?.text === '{' ? '}' : undefined
  if (close && (close === ']') === (type.value !== undefined))
    throw wrong(`${text}: ${type.value ? 'a map is written {key=value, …}' : 'a set is written [a, b, …]'}`)
  const end = close ? tokens.length - 1 : tokens.length
  if (close && (tokens.length < 2 || tokens[end]?.text !== close || tokens[end]?.quoted))
    throw wrong(`${text}: ${close} expected at the end`)
  const keys: Atom[] = []
  const values: Atom[] = []
  for (let at = close ? 1 : 0; at < end; ) {
    const key = parseAtomOrRangeText(type.key, atomToken(tokens[at++], text), symbols)
    if (type.value) {
      if (tokens[at++]?.text !== '=') throw wrong(`${text}: = expected after the key`)
      if (Array.isArray(key)) throw wrong(`${text}: a key cannot be a range`)
      keys.push(key as Atom)
      values.push(parseAtomText(type.value, atomToken(tokens[at++], text), symbols))
    } else if (Array.isArray(key)) keys.push(...expand(type.key, key as unknown as AtomRange))
    else keys.push(key as Atom)
    if (at < end && tokens[at]?.text === ',') at++
  }
  return checked(type, keys, type.value && values, text)
}

function checked(type: ColumnType, keys: readonly Atom[], values: readonly Atom[] | undefined, text: string): Datum {
  if (keys.length < type.min || keys.length > type.max) {
    const limit = keys.length < type.min ? `at least ${type.min}` : `at most ${type.max}`
    throw wrong(`${text}: ${keys.length} ${type.value ? 'pairs' : 'values'} given, the column takes ${limit}`)
  }
  try {
    return makeDatum(keys, values)
  } catch (error) {
    if (!(error instanceof OvsError)) throw error
    throw wrong(`${text}: ${plainMessage(error).replace('ovsdb error: ', '')}`)
  }
}

/** A value as ovs-vsctl prints it; {@link parseValueText} reads it back. */
export function formatValueText(type: ColumnType, value: Value): string {
  return formatDatumText(type, datumOf(type, value))
}

/** As {@link formatValueText}, for a {@link Datum}. */
export function formatDatumText(type: ColumnType, { keys, values }: Datum): string {
  const elements = keys.map((key, at) => formatAtom(key) + (values ? `=${formatAtom(values[at] as Atom)}` : ''))
  if (type.max === 1 && elements.length === 1) return elements[0] as string
  return type.value ? `{${elements.join(', ')}}` : `[${elements.join(', ')}]`
}

function readAtomText(base: BaseType, text: string, symbols: SymbolTable | undefined): Atom {
  switch (base.type) {
    case 'integer':
      if (/^[+-]?\d+$/.test(text) && isInt64(BigInt(text.replace('+', ''))))
        return integerAtom(base, BigInt(text.replace('+', '')))
      throw wrong(`${JSON.stringify(text)} is not a valid integer`)
    case 'real':
      if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text))) return Number(text) + 0
      throw wrong(`${JSON.stringify(text)} is not a valid real number`)
    case 'boolean':
      if (['true', 'yes', 'on', '1'].includes(text)) return true
      if (['false', 'no', 'off', '0'].includes(text)) return false
      throw wrong(`${JSON.stringify(text)} is not a valid boolean: use "true" or "false"`)
    case 'string':
      return text.startsWith('"') ? unquote(text) : bare(text)
    case 'uuid':
      if (text.startsWith('@') && symbols) return symbols(text.slice(1))
      if (isUuidText(text)) return text.toLowerCase()
      throw wrong(`${JSON.stringify(text)} is not a valid UUID`)
  }
}

function bare(text: string): string {
  if (text === '') throw wrong('an empty string must be written ""')
  return text
}

function unquote(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'string') return value
  } catch {
    // Said below.
  }
  throw wrong(`${text} is not a quoted string: escape quotes and backslashes with a backslash, and end it with a quote`)
}

function check(base: BaseType, atom: Atom): void {
  const objection = checkAtom(base, atom)
  if (objection !== undefined) throw wrong(`constraint violation: ${objection}`)
}

function expand(base: BaseType, [first, last]: AtomRange): Atom[] {
  const length = Number(BigInt(last as bigint) - BigInt(first as bigint)) + 1
  return Array.from({ length }, (_, at) => integerAtom(base, BigInt(first as bigint) + BigInt(at)))
}

interface Token {
  readonly text: string
  readonly quoted: boolean
}

/** Words, quoted strings with their quotes, and the characters that part them. */
function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  const pattern = /\s+|"(?:[^"\\]|\\.)*"|[[\]{}=,:!<>]|[^\s"[\]{}=,:!<>]+|"/gs
  for (const [word] of text.matchAll(pattern)) {
    if (word === '"') throw wrong(`${text}: a quoted string extends past the end`)
    if (word.trim() !== '') tokens.push({ text: word, quoted: word.startsWith('"') })
  }
  return tokens
}

function atomToken(token: Token | undefined, text: string): string {
  if (!token || (!token.quoted && /^[[\]{}=,:!<>]$/.test(token.text)))
    throw wrong(`${text}: a value expected, not ${token ? token.text : 'the end'}`)
  return token.text
}

function wrong(message: string): OvsError {
  return new OvsError('schema', message)
}
