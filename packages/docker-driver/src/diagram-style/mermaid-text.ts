import { COLOURS } from './palette.js'

/**
 * Text inside a quoted label of a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html): ASCII that is not known to be harmless as a character code
 * in Mermaid's own form, `#35;`. It looks for its statements `style` and `classDef` by regular expressions that do not know of labels, and takes a semicolon
 * away after them.
 */
export function mermaidText(value: string): string {
  return printable(value)
    .replace(/(?![\w .,:()/-])[\u0020-\u007e]/g, code)
    .replace(/style|classDef/g, (word) => code(word) + word.slice(1))
}

/**
 * The title in the front matter: a double-quoted scalar of YAML 1.2, 7.3.1, which takes the escapes of JSON. Mermaid would remove or complete
 * what looks like a tag and knows no escape for it there, hence other brackets.
 */
export function mermaidTitle(value: string): string {
  return JSON.stringify(printable(value).replaceAll('<', '‹').replaceAll('>', '›'))
}

/**
 * The statements that give each link its style, in the order of the links; empty for one that has none. One line for each style: Mermaid refuses texts
 * of more than 50 000 characters unless told otherwise.
 */
export function linkStyles(styles: readonly string[]): string[] {
  const numbers = new Map<string, number[]>()
  for (const [number, style] of styles.entries()) if (style !== '') numbers.set(style, [...(numbers.get(style) ?? []), number])
  return [...numbers].map(([style, which]) => `linkStyle ${which.join(',')} ${style}`)
}

/** The statement that makes a class of nodes. */
export function classDefinition(name: string, fill: string, stroke: string): string {
  return `classDef ${name} fill:${fill},stroke:${stroke},color:${COLOURS.text}`
}

function code(character: string): string {
  return `#${character.charCodeAt(0)};`
}

function printable(value: string): string {
  return value.replace(/[\t\r\n]+/g, ' ').replace(/[\p{Cc}\p{Surrogate}]/gu, '\ufffd')
}
