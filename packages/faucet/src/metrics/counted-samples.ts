import type { NetworkState } from '../controller/core/state.js'
import type { Counted, Counters } from './counters.js'
import type { MetricDefinition } from './definitions.js'
import type { Labels, MetricSample } from './family.js'
import { histogramSamples } from './histogram.js'
import { dpLabels, portLabels } from './labels.js'

/** The time series of a counter: for dataplanes all those of the configuration, from 0. */
export function countedSamples(definition: MetricDefinition, network: NetworkState, counters: Counters): readonly MetricSample[] {
  const metric = definition.name.replace(/_total$/, '')
  if (definition.counted === 'network') return [{ labels: {}, value: counters.value(metric) }]
  if (definition.counted === 'dp') {
    return [...network.dps.values()].map(({ dp }) => ({ labels: dpLabels(dp), value: counters.value(metric, dp.name) }))
  }
  return [...counters.counted(metric)].flatMap((one) => {
    const labels = labelsOf(network, one)
    return labels ? [{ labels, value: one.value }] : []
  })
}

/** The time series of a histogram. */
export function observedSamples(metric: string, network: NetworkState, counters: Counters): readonly MetricSample[] {
  return [...counters.observed(metric)].flatMap((one) => {
    const labels = labelsOf(network, one)
    return labels ? histogramSamples(labels, one.data) : []
  })
}

/** Labels in full: `port` is a number here, and Faucet's name and description there. None without the dataplane. */
function labelsOf(network: NetworkState, { dpName, labels: { port, ...rest } }: Omit<Counted, 'value'>): Labels | undefined {
  const dp = dpName === undefined ? undefined : network.dps.get(dpName)?.dp
  if (!dp) return undefined
  const texts = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)]))
  return { ...(port === undefined ? dpLabels(dp) : portLabels(dp, Number(port))), ...texts }
}
