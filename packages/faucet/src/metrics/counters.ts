import type { Count } from '../controller/core/effect.js'
import { emptyHistogram, observed, type HistogramData } from './histogram.js'

/** One counter with its labels. */
export interface Counted {
  /** `undefined` for a counter of the whole network. */
  readonly dpName: string | undefined
  /** Beside those of the dataplane. */
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

/** The values of a histogram with its labels. */
export interface Observed extends Omit<Counted, 'value'> {
  readonly data: HistogramData
}

/** Something measured. */
export interface Observation {
  /** Faucet's name: `faucet_packet_in_secs`, `faucet_valve_service_secs`. */
  readonly metric: string
  readonly dpName: string
  readonly labels?: Readonly<Record<string, string | number>>
  readonly seconds: number
  /** How often that was measured. Defaults to 1. */
  readonly times?: number
}

/** What has been counted and measured since the controller started: the sum of all `count` effects. */
export class Counters {
  readonly #counted = new Map<string, Map<string, Counted>>()
  readonly #observed = new Map<string, Map<string, Observed>>()

  /** Adds to a counter. Faucet's name; an empty `dpName` is for a counter of the whole network. */
  add({ metric, dpName, labels = {}, by = 1 }: Omit<Count, 'type'>): void {
    const all = series(this.#counted, metric)
    const key = keyOf(dpName, labels)
    const value = (all.get(key)?.value ?? 0) + by
    all.set(key, { dpName: dpName === '' ? undefined : dpName, labels, value })
  }

  /** Adds to a histogram. */
  observe({ metric, dpName, labels = {}, seconds, times = 1 }: Observation): void {
    const all = series(this.#observed, metric)
    const key = keyOf(dpName, labels)
    all.set(key, { dpName, labels, data: observed(all.get(key)?.data ?? emptyHistogram, seconds, times) })
  }

  /** The value of a counter; 0 when nothing was counted. */
  value(metric: string, dpName = '', labels: Counted['labels'] = {}): number {
    return this.#counted.get(metric)?.get(keyOf(dpName, labels))?.value ?? 0
  }

  /** All of a counter. */
  counted(metric: string): Iterable<Counted> {
    return this.#counted.get(metric)?.values() ?? []
  }

  /** All of a histogram. */
  observed(metric: string): Iterable<Observed> {
    return this.#observed.get(metric)?.values() ?? []
  }
}

function series<T>(all: Map<string, Map<string, T>>, metric: string): Map<string, T> {
  let found = all.get(metric)
  if (!found) all.set(metric, (found = new Map()))
  return found
}

function keyOf(dpName: string, labels: Counted['labels']): string {
  const entries = Object.entries(labels)
  if (entries.length === 0) return dpName
  return JSON.stringify([dpName, entries.sort(([one], [other]) => (one < other ? -1 : 1))])
}
