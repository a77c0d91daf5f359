// The figures as text.

const explanation = [
  'ours and peer: median (least to greatest). ratio: peer / ours of each pair of runs, then the same; above 1, ours is better:',
  'so many times as fast, or that much less memory.',
]

export function table(figures) {
  const head = ['figure', 'unit', 'ours', 'peer', '', 'ratio', 'target', '']
  const rows = figures.map((figure) => [
    figure.name,
    figure.unit,
    range(figure.ours),
    range(figure.peer),
    figure.peerName,
    range(figure.ratio),
    figure.target ?? '',
    figure.target === undefined ? '' : figure.reached ? 'reached' : 'NOT REACHED',
  ])
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)))
  const line = (row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line), '', ...explanation].join('\n')
}

function range({ min, median, max }) {
  return `${short(median)} (${short(min)} to ${short(max)})`
}

/** Three significant digits, and never an exponent. */
function short(value) {
  const size = Math.abs(value)
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)
}
