/** What a label of Graphviz is written with. The first font is the one whose widths Graphviz knows without fonts. */
export const FONT = 'Helvetica,Arial,sans-serif'
/** Points of text. */
export const TEXT_SIZE = 11
/** Points of a diagram's title. */
export const TITLE_SIZE = 18

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text of an HTML-like label of the DOT language (https://graphviz.org/doc/info/shapes.html#html), which is XML: an empty element is an error there. */
export function html(text: string): string {
  return text === '' ? '&#160;' : clean(text).replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
}

/** The same in bold. */
export function bold(text: string): string {
  return `<B>${html(text)}</B>`
}

/** Content of an HTML-like label, in a colour. */
export function coloured(colour: string, content: string): string {
  return `<FONT COLOR="${colour}">${content}</FONT>`
}

/** Content of an HTML-like label, of another size in points. */
export function sized(points: number, content: string): string {
  return `<FONT POINT-SIZE="${points}">${content}</FONT>`
}

/** An HTML-like table, which is the only way to make lines begin at the left: Graphviz centres by the widths of a font that the reader may not have. */
export function table(attributes: string, rows: readonly string[]): string {
  return `<TABLE ${attributes}>${rows.map((row) => `<TR>${row}</TR>`).join('')}</TABLE>`
}

/** A cell of {@link table}. */
export function cell(attributes: string, content: string): string {
  return `<TD ${attributes}>${content}</TD>`
}

/** A quoted ID. A backslash is doubled, or it would take the closing quote with it. */
export function quote(text: string): string {
  return `"${clean(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Without what XML 1.0, 2.2, forbids even as a reference, and what UTF-8 cannot say. Line breaks become spaces. */
function clean(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\t\r\n]+/g, ' ').replace(/[\u0000-\u001f\u007f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
}
