import { type MetricFamily, type MetricSample, printMetrics } from '@streambed/faucet'
import { DockerDriverError } from '../errors.js'
import type { Network } from '../model/network.js'
import type { CallLog } from '../protocol/index.js'
import { DurationHistogram } from './duration-histogram.js'

/** What has happened since the daemon started, for `GET /metrics`. */
export class DriverMetrics {
  readonly #started = Date.now() / 1000
  readonly #calls = new Map<string, { readonly call: string; readonly outcome: string; count: number }>()
  readonly #durations = new Map<string, DurationHistogram>()
  readonly #errors = new Map<string, number>()
  readonly #reconciliations = { ok: 0, error: 0 }
  readonly #reconciling = new DurationHistogram()
  #repairs = 0

  /** A call of Docker that was answered: the `onLog` of `serveNetworkDriver`. */
  call({ call, seconds, status, error, cause }: CallLog): void {
    const outcome = status !== 200 ? 'refused' : error === undefined ? 'ok' : 'error'
    const key = `${call} ${outcome}`
    const counted = this.#calls.get(key)
    if (counted === undefined) this.#calls.set(key, { call, outcome, count: 1 })
    else counted.count++
    let durations = this.#durations.get(call)
    if (durations === undefined) this.#durations.set(call, (durations = new DurationHistogram()))
    durations.observe(seconds)
    if (cause !== undefined) this.error(cause)
  }

  /** A comparison of what is there with what is to be there: how long it took, how much it changed, and what it failed with. */
  reconciliation({ seconds, repairs = 0, cause }: { readonly seconds: number; readonly repairs?: number; readonly cause?: unknown }): void {
    this.#reconciliations[cause === undefined ? 'ok' : 'error']++
    this.#repairs += repairs
    this.#reconciling.observe(seconds)
    if (cause !== undefined) this.error(cause)
  }

  /** Something that failed, of a call or in the background. */
  error(cause: unknown): void {
    const code = cause instanceof DockerDriverError ? cause.code : 'internal'
    this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1)
  }

  /** All metrics, for networks as they are now. `name`: the driver's. */
  families(networks: readonly Network[], name: string): readonly MetricFamily[] {
    return [
      gauge('start_time_seconds', 'When the daemon started, in seconds since 1970.', [{ labels: { driver: name }, value: this.#started }]),
      gauge('networks', 'Networks of this driver.', [{ labels: {}, value: networks.length }]),
      gauge('network_info', 'A network: always 1.', networks.map(networkInfo)),
      gauge('endpoints', 'Containers on a network.', networks.map((network) => count(network, joined(network).length))),
      gauge('mirrored_endpoints', 'Containers on a network whose packets are mirrored.', networks.map((network) => count(network, joined(network).filter(({ mirror }) => mirror).length))),
      gauge('port_mappings', 'Ports of the machine that lead to containers of a network.', networks.map((network) => count(network, joined(network).reduce((sum, { portMappings }) => sum + portMappings.length, 0)))),
      gauge('external_ports', 'Interfaces on a network that are not of containers, given by options or found.', networks.map((network) => count(network, network.ports.size + network.foreignPorts.size))),
      counter('operations', 'Calls of Docker, by outcome: ok, error (of the driver), refused (the call itself was wrong).', [...this.#calls.values()].map(({ call, outcome, count }) => ({ labels: { operation: call, outcome }, value: count }))),
      histogram('operation_seconds', 'How long calls of Docker took.', [...this.#durations].flatMap(([call, durations]) => durations.samples({ operation: call }))),
      counter('reconciliations', 'Comparisons of Docker, Open vSwitch and the controller, by outcome.', Object.entries(this.#reconciliations).map(([outcome, value]) => ({ labels: { outcome }, value }))),
      histogram('reconciliation_seconds', 'How long these took.', this.#reconciling.samples({})),
      counter('repairs', 'What these added, removed or changed.', [{ labels: {}, value: this.#repairs }]),
      counter('errors', 'Failures, by their code.', [...this.#errors].map(([code, value]) => ({ labels: { code }, value }))),
    ]
  }

  /** The same in the text format of Prometheus. */
  print(networks: readonly Network[], name: string): string {
    return printMetrics(this.families(networks, name))
  }
}

function gauge(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name: `streambed_docker_${name}`, help, type: 'gauge', samples }
}

function counter(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name: `streambed_docker_${name}_total`, help, type: 'counter', samples }
}

function histogram(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name: `streambed_docker_${name}`, help, type: 'histogram', samples }
}

function networkInfo({ id, name, bridge, dpid, options }: Network): MetricSample {
  return { labels: { network: name, id: id.slice(0, 12), bridge, dpid: `0x${dpid.toString(16)}`, mode: options.mode, vlan: String(options.vlan) }, value: 1 }
}

/** Names of networks are not unique for Docker; bridges are. */
function count({ name, bridge }: Network, value: number): MetricSample {
  return { labels: { network: name, bridge }, value }
}

function joined({ endpoints }: Network) {
  return [...endpoints.values()].flatMap(({ joined: found }) => (found === undefined ? [] : [found]))
}
