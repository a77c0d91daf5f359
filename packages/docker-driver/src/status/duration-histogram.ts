import type { MetricSample } from '@streambed/faucet'

/** Upper bounds in seconds, but for the last, which is infinite. An operation takes some 10 ms; 30 s is the limit of all. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const

/** How long something took, each time. */
export class DurationHistogram {
  readonly #counts = Array.from({ length: BOUNDS.length + 1 }, () => 0)
  #sum = 0

  /** Adds a duration in seconds. */
  observe(seconds: number): void {
    const found = BOUNDS.findIndex((bound) => seconds <= bound)
    const index = found < 0 ? BOUNDS.length : found
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#sum += seconds
  }

  /** The time series of Prometheus' histogram, each bucket with all that are smaller. */
  samples(labels: Readonly<Record<string, string>>): readonly MetricSample[] {
    let count = 0
    const buckets = this.#counts.map((many, index): MetricSample => {
      count += many
      return { suffix: '_bucket', labels: { ...labels, le: String(BOUNDS[index] ?? '+Inf') }, value: count }
    })
    return [...buckets, { suffix: '_count', labels, value: count }, { suffix: '_sum', labels, value: this.#sum }]
  }
}
