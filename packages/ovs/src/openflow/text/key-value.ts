import { syntaxError } from './syntax.js'

/** One item of a text in ovs-ofctl's flow syntax, with its places in the text. */
export interface KeyValue {
  readonly key: string
  /** Empty when the item is a key alone. */
  readonly value: string
  /** Index of the key's first character. */
  readonly keyAt: number
  /** Index of the value's first character; where it would be, when there is none. */
  readonly valueAt: number
}

const SPACE = new Set([' ', '\t', '\r', '\n', ','])
const KEY_END = new Set([...SPACE, ':', '=', '('])

/**
 * Splits `key=value`, `key:value`, `key(value)` and `key` items, which commas or white space separate. Commas and white
 * space inside of parentheses belong to the value.
 *
 * @throws OvsError `invalid`, showing the place, when a parenthesis is not closed.
 */
export function splitKeyValues(text: string): KeyValue[] {
  const items: KeyValue[] = []
  let at = 0
  for (;;) {
    while (at < text.length && SPACE.has(text[at] as string)) at++
    if (at >= text.length) return items
    const keyAt = at
    while (at < text.length && !KEY_END.has(text[at] as string)) at++
    const key = text.slice(keyAt, at)
    const delimiter = text[at]
    if (delimiter === '(') {
      const end = closing(text, at)
      items.push({ key, value: text.slice(at + 1, end), keyAt, valueAt: at + 1 })
      at = end + 1
    } else if (delimiter === '=' || delimiter === ':') {
      const valueAt = ++at
      while (at < text.length && !SPACE.has(text[at] as string)) at = text[at] === '(' ? closing(text, at) + 1 : at + 1
      items.push({ key, value: text.slice(valueAt, at), keyAt, valueAt })
    } else {
      items.push({ key, value: '', keyAt, valueAt: at })
    }
  }
}

/** The index of the parenthesis that closes the one at `open`. */
function closing(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(') depth++
    else if (text[at] === ')' && --depth === 0) return at
  }
  throw syntaxError('this parenthesis is not closed', text, open)
}
