import type { OvsError } from '../../errors.js'
import { parseInteger } from './integer.js'
import { parsePort } from './port.js'
import { atPlace, syntaxError } from './syntax.js'

/** A stretch of a text that is being read, which remembers where it stands so that errors can point at it. */
export class Piece {
  readonly whole: string
  readonly start: number
  readonly end: number

  constructor(whole: string, start = 0, end = whole.length) {
    this.whole = whole
    this.start = start
    this.end = end
  }

  get text(): string {
    return this.whole.slice(this.start, this.end)
  }

  /** The part between two indexes of this piece's own text. */
  slice(from: number, to = this.end - this.start): Piece {
    return new Piece(this.whole, this.start + from, this.start + to)
  }

  /** Without white space at both ends. */
  trim(): Piece {
    const { text } = this
    const from = text.length - text.trimStart().length
    return this.slice(from, from + text.trim().length)
  }

  /** The error `invalid` that points at this piece. */
  error(what: string): OvsError {
    return syntaxError(what, this.whole, this.start)
  }

  /** Runs what throws errors relative to this piece. */
  read<T>(parse: (text: string) => T): T {
    return atPlace(this.whole, this.start, () => parse(this.text))
  }

  /** An unsigned integer of 1, 2 or 4 bytes, as ovs-ofctl reads it. */
  number(bytes: 1 | 2 | 4, what: string): number {
    return Number(this.bigint(bytes, what))
  }

  /** An unsigned integer of so many bytes, as ovs-ofctl reads it; of eight bytes, -1 is the greatest. */
  bigint(bytes: number, what: string): bigint {
    if (bytes < 8 && this.text.startsWith('-')) throw this.error(`${what} must not be negative`)
    return this.read((text) => parseInteger(text, bytes, what))
  }

  /** A port: a number, or the name of a reserved one. */
  port(): number {
    return this.read(parsePort)
  }

  /** The two pieces around the first `separator`, or `undefined` when there is none. */
  splitAt(separator: string): readonly [Piece, Piece] | undefined {
    const at = this.text.indexOf(separator)
    return at === -1 ? undefined : [this.slice(0, at), this.slice(at + separator.length)]
  }

  /** The pieces between commas or white space, none of them empty. */
  words(): Piece[] {
    return Array.from(this.text.matchAll(/[^,\s]+/g), ({ 0: word, index }) => this.slice(index, index + word.length))
  }

  /** The pieces between commas. */
  list(separator = ','): Piece[] {
    const pieces: Piece[] = []
    let from = 0
    for (const part of this.text.split(separator)) {
      pieces.push(this.slice(from, from + part.length).trim())
      from += part.length + separator.length
    }
    return pieces
  }
}

/** One part of a list such as `a=1,b(2,3),c`. */
export interface KeyValue {
  readonly key: Piece
  /** Empty when there is none. */
  readonly value: Piece
}

const space = new Set(', \t\r\n')
const keyEnds = new Set(':=(, \t\r\n')

/**
 * The parts of a list, as ovs-ofctl takes it apart: they are separated by commas or white space; the value follows
 * after `:` or `=` and ends at a separator outside of parentheses, or it is in parentheses. `(x)->y` is a value `x)->y`.
 */
export function* keyValues({ whole, start, end }: Piece): Generator<KeyValue> {
  for (let at = start; ; ) {
    while (at < end && space.has(whole[at] as string)) at++
    if (at === end) return
    const keyStart = at
    while (at < end && !keyEnds.has(whole[at] as string)) at++
    const key = new Piece(whole, keyStart, at)
    const delimiter = at < end ? whole[at] : ''
    if (delimiter !== ':' && delimiter !== '=' && delimiter !== '(') {
      yield { key, value: new Piece(whole, at, at) }
      continue
    }
    const valueStart = ++at
    const ends = delimiter === '(' ? closing : space
    at = valueEnd(whole, at, end, ends)
    if (delimiter === '(' && at < end && whole.startsWith(')->', at)) at = valueEnd(whole, at, end, space)
    const value = new Piece(whole, valueStart, at)
    if (delimiter === '(' && at === end && !value.text.includes(')->')) {
      throw new Piece(whole, valueStart - 1, valueStart).error(`the parenthesis after ${key.text} is not closed`)
    }
    if (at < end) at++
    yield { key, value }
  }
}

const closing = new Set(')')

function valueEnd(whole: string, from: number, end: number, ends: ReadonlySet<string>): number {
  let at = from
  let level = 0
  for (; at < end; at++) {
    const character = whole[at] as string
    if (level === 0 && ends.has(character)) return at
    if (character === '(') level++
    else if (character === ')' && level > 0) level--
  }
  return at
}
