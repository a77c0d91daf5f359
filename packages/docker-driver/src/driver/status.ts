import { stringifyFaucetConfig } from '@streambed/faucet'
import { drawNetworks, parseNetworkStates } from '../diagram/index.js'
import { DriverMetrics, networksJson, serveStatus, type StatusContext, type StatusServer } from '../status/index.js'
import type { DriverContext } from './context.js'

/** Where and to whom the driver tells what it does, by HTTP. */
export interface StatusOptions {
  /** Default: all addresses. */
  readonly host?: string | undefined
  /** TCP port. dovesnap's is 9401. */
  readonly port: number
  /** Who may ask. Default `127.0.0.0/8` and `::1/128`. */
  readonly allow?: readonly string[] | undefined
}

/** Serves the status of a driver. @throws DockerDriverError `conflict` when the port is taken */
export function serveDriverStatus(context: DriverContext, options: StatusOptions, metrics: DriverMetrics, status: () => StatusContext, look: () => Promise<void>): Promise<StatusServer> {
  const networks = () => [...context.ledger.networks.values()]
  return serveStatus({
    ...options,
    graph: (format) => drawNetworks([parseNetworkStates(networksJson(networks(), status()))], format),
    allow: options.allow ?? ['127.0.0.0/8', '::1/128'],
    networks: async () => {
      await look()
      return networksJson(networks(), status())
    },
    metrics: async () => metrics.print(networks(), context.name) + (await context.controller.control.metrics().catch(() => '')),
    config: async () => stringifyFaucetConfig(context.controller.control.config()),
    health: async () => (!context.database.synchronised ? 'Open vSwitch does not answer' : context.dockerAnswers() ? undefined : 'Docker does not answer'),
  })
}
