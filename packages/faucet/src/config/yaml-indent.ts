import { CST, Lexer } from 'yaml'
import { endOfFlow, endOfQuotes } from './yaml-extent.js'

/** A text whose lines have been indented further. */
export interface Indented {
  readonly text: string
  /** So many blanks were put before the line; lines count from 1. */
  readonly added: ReadonlyMap<number, number>
}

/** More places than this are not mended: each costs another look at the text. */
const mostPlaces = 1000

/**
 * Within brackets and quotes Faucet's parser (libyaml) does not care how far a line is indented; YAML 1.2 asks for more
 * than before. Blanks before such lines mean nothing: this puts enough of them there. `undefined` where there is nothing
 * to do, or where it does not help.
 */
export function indented(text: string): Indented | undefined {
  const added = new Map<number, number>()
  let now = text
  for (let left = mostPlaces; left > 0; left--) {
    const extent = shallow(now)
    if (!extent) break
    const { start, end, blanks } = extent
    const inside = now.slice(start, end)
    if (/\n(?:---|\.\.\.)(?=\s|$)/.test(inside)) return undefined
    const first = now.slice(0, start).split('\n').length
    const breaks = inside.split('\n').length - 1
    for (let line = first + 1; line <= first + breaks; line++) added.set(line, (added.get(line) ?? 0) + blanks)
    now = now.slice(0, start) + inside.replaceAll('\n', `\n${' '.repeat(blanks)}`) + now.slice(end)
  }
  return added.size > 0 ? { text: now, added } : undefined
}

interface Extent {
  readonly start: number
  readonly end: number
  /** Enough for each of its lines. */
  readonly blanks: number
}

/** The first collection in brackets, or text in quotes, with a line that is not indented enough for YAML 1.2. */
function shallow(text: string): Extent | undefined {
  let offset = 0
  // Where the outermost bracket stands, and how many are open.
  let opened = 0
  let depth = 0
  let isContent = false
  for (const token of new Lexer().lex(text)) {
    const wasContent = isContent
    isContent = token === CST.SCALAR
    if (token === CST.FLOW_END) return extent(text, opened, endOfFlow(text, opened))
    // These stand for no character of the text.
    if (isContent || token === CST.DOCUMENT) continue
    const type = wasContent ? 'scalar' : CST.tokenType(token)
    if (type === 'flow-map-start' || type === 'flow-seq-start') {
      if (depth === 0) opened = offset
      depth++
    } else if (type === 'flow-map-end' || type === 'flow-seq-end') depth = Math.max(0, depth - 1)
    else if (type === 'double-quoted-scalar' || type === 'single-quoted-scalar') {
      const end = endOfQuotes(text, offset)
      if (end !== offset + token.length) return depth > 0 ? extent(text, opened, endOfFlow(text, opened)) : extent(text, offset, end)
    }
    offset += token.length
  }
  return undefined
}

function extent(text: string, start: number, end: number | undefined): Extent | undefined {
  if (end === undefined || !text.slice(start, end).includes('\n')) return undefined
  return { start, end, blanks: start - (text.lastIndexOf('\n', start - 1) + 1) + 1 }
}
