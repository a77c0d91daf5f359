import type { NetworkState } from '../controller/core/state.js'
import { countedSamples, observedSamples } from './counted-samples.js'
import type { Counters } from './counters.js'
import { definitions } from './definitions.js'
import { dpSamples } from './dp-samples.js'
import type { MetricFamily, MetricSample } from './family.js'
import { hostSamples, type Samples } from './host-samples.js'
import { lacpSamples } from './lacp-samples.js'
import { printMetrics } from './print-metrics.js'
import { routingSamples } from './routing-samples.js'
import type { ControllerInfo, MetricsSource } from './source.js'
import { stackSamples } from './stack-samples.js'
import { version } from './version.js'

/**
 * The metrics of a controller, with the names, labels and values of Faucet's. Left out are `*_created`, which only say
 * when a counter began, and what Python's client says of Python.
 */
export function faucetMetrics(network: NetworkState, counters: Counters, info: ControllerInfo): readonly MetricFamily[] {
  const states = [...network.dps.values()]
  const parts: readonly Samples[] = [
    networkSamples(network, info),
    stackSamples(network),
    ...states.flatMap((state) => [
      dpSamples(state, info.descriptions.get(state.dp.name)), hostSamples(state), routingSamples(state), lacpSamples(state),
    ]),
  ]
  return definitions.map((definition) => {
    const { name, help, type, counted } = definition
    const known = parts.flatMap((part) => part[name] ?? [])
    if (known.length > 0) return { name, help, type, samples: known }
    if (type === 'histogram') return { name, help, type, samples: observedSamples(name, network, counters) }
    return { name, help, type, samples: counted ? countedSamples(definition, network, counters) : [] }
  })
}

/** The metrics of a controller as text, for Prometheus. */
export function printFaucetMetrics({ network, counters, info }: MetricsSource): string {
  return printMetrics(faucetMetrics(network, counters, info))
}

function networkSamples(network: NetworkState, info: ControllerInfo): Samples {
  const one = (value: number, labels: MetricSample['labels'] = {}): readonly MetricSample[] => [{ labels, value }]
  const states = [...network.dps.values()]
  const applied = states.filter(({ connected }) => connected).length
  const { configHash, configLoadError, configReloadRequests, lastEventId } = info
  return {
    faucet_pbr_version: one(1, { version }),
    ryu_config: Object.entries(info.ryuConfig ?? {}).map(([param, value]) => ({ labels: { param }, value })),
    faucet_config_reload_requests_total: one(configReloadRequests),
    faucet_config_load_error: one(configLoadError ? 1 : 0),
    faucet_config_hash_info: one(1, { ...configHash }),
    faucet_config_hash_func: one(0, { algorithm: 'sha256' }),
    faucet_config_applied: one(states.length > 0 ? applied / states.length : 0),
    faucet_event_id: one(lastEventId),
  }
}
