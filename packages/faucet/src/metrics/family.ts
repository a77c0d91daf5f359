/** Values of labels by name. */
export type Labels = Readonly<Record<string, string>>

/** One time series of a metric, at this moment. */
export interface MetricSample {
  /** What follows the name of the family: `_bucket`, `_sum` and `_count` of histograms. Defaults to nothing. */
  readonly suffix?: string
  readonly labels: Labels
  readonly value: number | bigint
}

/** A metric with all its time series. */
export interface MetricFamily {
  /** As it is printed: a counter's ends in `_total`. */
  readonly name: string
  /** For people; may be empty. */
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly samples: readonly MetricSample[]
}
