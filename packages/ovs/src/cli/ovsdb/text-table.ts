/**
 * Text in columns under headings and rules, as ovsdb-client prints it. Cells in which a line breaks are written as JSON
 * strings are.
 */
export function textTable(
  title: string | undefined,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const cells = rows.map((row) => row.map(oneLine))
  const widths = headings.map((heading, at) => Math.max(heading.length, ...cells.map((row) => row[at]?.length ?? 0)))
  const line = (row: readonly string[]) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' ').trimEnd()
  const rules = widths.map((width) => '-'.repeat(width))
  return [...(title === undefined ? [] : [title]), line(headings), line(rules), ...cells.map(line)].join('\n')
}

function oneLine(cell: string): string {
  return /[\r\n]/.test(cell) ? JSON.stringify(cell) : cell
}
