/**
 * How wide a text may become, in the unit of `size`: an upper bound for common sans-serif fonts. The reader's font is not known where the
 * picture is laid out, and DejaVu Sans is a sixth wider than Helvetica, by which Graphviz measures.
 */
export function textWidth(text: string, size: number, bold = false): number {
  let em = 0
  for (const character of text) em += characterWidth(character)
  return Math.ceil(em * size * (bold ? 1.13 : 1))
}

/** In em. */
function characterWidth(character: string): number {
  if (/[\p{Mn}\p{Cf}]/u.test(character)) return 0
  // Han, Kana, Hangul and emoji are square.
  if ((character.codePointAt(0) ?? 0) >= 0x1100) return 1.05
  if (/[ijl.,:;|'/ ]/.test(character)) return 0.36
  if (/[mwMW@%]/.test(character)) return 1
  if (/[#&+<=>^~]/.test(character)) return 0.84
  return /\p{Lu}/u.test(character) ? 0.79 : 0.64
}
