import type { MetricSample } from '../metrics/family.js'

/** Time series by name of the metric. */
export type Samples = Readonly<Record<string, readonly MetricSample[]>>

/** A counter that the switch does not keep is all ones: it counts as 0. */
export function counted(value: bigint): bigint {
  return value === 0xffff_ffff_ffff_ffffn ? 0n : value
}

/** A line of a `text` database: time, name and value. */
export function statLine(time: string, name: string, value: bigint | number): string {
  return `${time}\t${name}\t${String(value)}\n`
}
