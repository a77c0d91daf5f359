/** One value of a metric. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Reads Prometheus' text format (version 0.0.4): the values, without what is said of them. */
export function parsePrometheusText(text: string): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/.exec(line) ?? []
    return name === undefined ? [] : [{ name, labels: labelsOf(labels), value: numberOf(value ?? '') }]
  })
}

/** The values of one metric. */
export function samplesOf(samples: readonly Sample[], name: string): readonly Sample[] {
  return samples.filter((sample) => sample.name === name)
}

/** The value of a metric, of one dataplane if there is a name; `undefined` when there is none. */
export function valueOf(samples: readonly Sample[], name: string, dpName?: string): number | undefined {
  return samples.find((sample) => sample.name === name && (dpName === undefined || sample.labels.dp_name === dpName))?.value
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {}
  for (const [, name = '', value = ''] of text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
    labels[name] = value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char))
  }
  return labels
}

function numberOf(text: string): number {
  if (text.endsWith('Inf')) return text.startsWith('-') ? -Infinity : Infinity
  return Number(text)
}
