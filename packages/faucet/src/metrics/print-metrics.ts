import type { Labels, MetricFamily } from './family.js'

/** The `Content-Type` of what {@link printMetrics} gives. */
export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Metrics in the text format of Prometheus, version 0.0.4: `# HELP` and `# TYPE` of every family, also of one without
 * time series, then a line for each time series, with its labels in alphabetical order.
 */
export function printMetrics(families: Iterable<MetricFamily>): string {
  let text = ''
  for (const { name, help, type, samples } of families) {
    text += `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`
    for (const { suffix = '', labels, value } of samples) text += `${name}${suffix}${printLabels(labels)} ${printValue(value)}\n`
  }
  return text
}

/** Labels in braces, in alphabetical order; nothing when there are none. */
function printLabels(labels: Labels): string {
  const entries = Object.entries(labels)
  if (entries.length === 0) return ''
  entries.sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${entries.map(([name, value]) => `${name}="${escapeLabel(value)}"`).join(',')}}`
}

/** A number as Go reads it. Integers of 64 bits keep their digits; who reads them rounds them to a double. */
export function printValue(value: number | bigint): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return String(value)
}

function escapeHelp(text: string): string {
  return text.replace(/[\\\n]/g, (character) => (character === '\n' ? '\\n' : '\\\\'))
}

function escapeLabel(text: string): string {
  return text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))
}
