import type { Labels, MetricSample } from './family.js'

/** Upper bounds in seconds of the buckets of Faucet's histograms, without the last, which is infinite. */
export const secondsBuckets = [0.0001, 0.001, 0.01, 0.1, 1] as const

/** How many values were how large. */
export interface HistogramData {
  /** For each bound of {@link secondsBuckets} and beyond the last: values up to this bound and above the one before. */
  readonly counts: readonly number[]
  readonly sum: number
}

/** Before anything was observed. */
export const emptyHistogram: HistogramData = { counts: Array.from({ length: secondsBuckets.length + 1 }, () => 0), sum: 0 }

/** The histogram with one more value, or several that are the same. */
export function observed({ counts, sum }: HistogramData, value: number, times = 1): HistogramData {
  const found = secondsBuckets.findIndex((bound) => value <= bound)
  const index = found < 0 ? secondsBuckets.length : found
  return { counts: counts.with(index, (counts[index] ?? 0) + times), sum: sum + value * times }
}

/** The time series of a histogram: its buckets, each with all that are smaller, their number and their sum. */
export function histogramSamples(labels: Labels, { counts, sum }: HistogramData): readonly MetricSample[] {
  const bounds = [...secondsBuckets.map((bound) => (Number.isInteger(bound) ? bound.toFixed(1) : String(bound))), '+Inf']
  let count = 0
  const buckets = bounds.map((le, index): MetricSample => {
    count += counts[index] ?? 0
    return { suffix: '_bucket', labels: { ...labels, le }, value: count }
  })
  return [...buckets, { suffix: '_count', labels, value: count }, { suffix: '_sum', labels, value: sum }]
}
