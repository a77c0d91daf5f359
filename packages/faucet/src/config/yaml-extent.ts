/** The offset after the closing quote of the text in quotes that begins at an offset; `undefined` without one. */
export function endOfQuotes(text: string, start: number): number | undefined {
  const pattern = text[start] === '"' ? /"(?:[^"\\]|\\[^])*"/y : /'(?:[^']|'')*'/y
  pattern.lastIndex = start
  return pattern.test(text) ? pattern.lastIndex : undefined
}

/** The offset after the bracket that closes the collection which begins at an offset; `undefined` without one. */
export function endOfFlow(text: string, start: number): number | undefined {
  let depth = 0
  // Quotes within a plain text, and a # in a word, are characters as others.
  let isPlain = false
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? ''
    const blank = /\s/.test(character)
    if (character === '#' && /\s/.test(text[at - 1] ?? ' ')) {
      const end = text.indexOf('\n', at)
      if (end < 0) return undefined
      at = end
    } else if (/[[\]{},]/.test(character)) {
      isPlain = false
      if (character === '[' || character === '{') depth++
      if ((character === ']' || character === '}') && --depth === 0) return at + 1
    } else if (!isPlain && (character === '"' || character === "'")) {
      const end = endOfQuotes(text, at)
      if (end === undefined) return undefined
      at = end - 1
    } else if (!isPlain && /[!&*]/.test(character)) {
      // A tag, an anchor or an alias: as far as the next blank.
      while (at + 1 < text.length && !/[\s[\]{},]/.test(text[at + 1] ?? '')) at++
    } else if (character === ':' && /[\s[\]{},"']|^$/.test(text[at + 1] ?? '')) isPlain = false
    else if (!blank && !(character === '?' && /\s/.test(text[at + 1] ?? ' '))) isPlain = true
  }
  return undefined
}
