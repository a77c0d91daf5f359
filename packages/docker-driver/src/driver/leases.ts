import { existsSync } from 'node:fs'
import { DhcpClient, type DhcpEvent } from '../dhcp/index.js'
import type { Endpoint, Network } from '../model/network.js'
import type { DriverContext } from './context.js'
import { ofEndpoint } from './endpoint.js'
import { endpointIds } from './state.js'

/** A client, or one that is being started. */
interface Lease {
  readonly abandon: AbortController
  readonly started: Promise<DhcpClient | undefined>
  /** It was asked for once more while it was being started: what Docker said then may be out of date. */
  again: boolean
}

/** DHCP for the containers of networks with `ovs.bridge.dhcp`: one client for each, for as long as it is on the network. */
export class Leases {
  readonly #clients = new Map<string, Lease>()
  #isClosed = false
  readonly #context: () => DriverContext

  /** @param context known only when the driver is complete */
  constructor(context: () => DriverContext) {
    this.#context = context
  }

  /**
   * Starts what is missing: of one container, or of all. Clients whose endpoint is gone end. Resolves when the clients run; they may have
   * no address yet. Never fails: what goes wrong is logged.
   */
  async begin(containerId?: string): Promise<void> {
    if (this.#isClosed) return
    const networks = [...this.#context().ledger.networks.values()]
    const gone = [...this.#clients.keys()].filter((id) => !networks.some(({ endpoints }) => endpoints.has(id)))
    const wanted = networks.flatMap((network) =>
      network.options.dhcp
        ? [...network.endpoints.values()].filter(({ joined }) => joined !== undefined && (containerId === undefined || joined.containerId === containerId)).map((endpoint) => ({ network, endpoint }))
        : [],
    )
    await Promise.all([...gone.map((id) => this.end(id)), ...wanted.map(({ network, endpoint }) => this.#start(network, endpoint))])
  }

  /** Gives an address back. What is still being started is not: Docker may be waiting for us, with the answer that this waits for. */
  async end(endpointId: string): Promise<void> {
    const lease = this.#clients.get(endpointId)
    this.#clients.delete(endpointId)
    lease?.abandon.abort()
    await (await lease?.started)?.close()
  }

  /** Ends all clients; the containers keep their addresses, for a driver that starts again. */
  async close(): Promise<void> {
    this.#isClosed = true
    const leases = [...this.#clients.values()]
    this.#clients.clear()
    for (const { abandon } of leases) abandon.abort()
    const clients = await Promise.all(leases.map(({ started }) => started))
    await Promise.all(clients.flatMap((client) => (client === undefined ? [] : [client.close({ keepLease: true })])))
  }

  async #start(network: Network, endpoint: Endpoint): Promise<void> {
    const present = this.#clients.get(endpoint.id)
    if (present !== undefined) {
      present.again = true
      await present.started
      return
    }
    const abandon = new AbortController()
    const lease: Lease = { abandon, started: this.#client(network, endpoint, abandon.signal), again: false }
    this.#clients.set(endpoint.id, lease)
    if ((await lease.started) !== undefined || this.#clients.get(endpoint.id) !== lease) return
    this.#clients.delete(endpoint.id)
    if (lease.again) await this.#start(network, endpoint)
  }

  async #client(network: Network, { id, mac, ipv4, joined }: Endpoint, signal: AbortSignal): Promise<DhcpClient | undefined> {
    const { docker, log, name } = this.#context()
    if (joined === undefined) return undefined
    try {
      const container = await Promise.race([docker.container(joined.containerId), aborted(signal)])
      // It runs not yet, or not any more: its start is told.
      if (container === undefined || signal.aborted) return undefined
      const sandbox = joined.sandboxKey || container.sandboxKey
      return await DhcpClient.start({
        // Process ids are given again; Docker's name of the namespace is not, but may not be visible from here.
        netns: existsSync(sandbox) ? sandbox : `/proc/${container.pid}/ns/net`,
        mac,
        folder: `/run/streambed/${name}/dhcp`,
        hostname: container.hostname,
        ...(ipv4 !== undefined && { previous: ipv4 }),
        onEvent: (event) => this.#heard(network.id, id, event),
      })
    } catch (error) {
      log('error', `no DHCP for container ${joined.containerName} on network ${network.name}: ${(error as Error).message}`)
      return undefined
    }
  }

  #heard(networkId: string, endpointId: string, event: DhcpEvent): void {
    const { ledger, database, log, event: tell } = this.#context()
    const network = ledger.networks.get(networkId)
    const endpoint = network?.endpoints.get(endpointId)
    if (network === undefined || endpoint === undefined) return
    if (event.type === 'trouble') return log('warning', `DHCP for container ${endpoint.joined?.containerName ?? endpointId.slice(0, 12)} on network ${network.name}: ${event.message}`)
    const ipv4 = event.type === 'lost' ? undefined : event.lease.address
    if (ipv4 === endpoint.ipv4) return
    const after: Endpoint = { ...endpoint, ipv4 }
    ledger.note(ofEndpoint(networkId, endpointId, (was) => was && { ...was, ipv4 }))
    database.commit(database.setIds('Interface', endpoint.hostInterface, endpointIds(after)), { carriedOut: false }).catch((error: unknown) => log('warning', (error as Error).message))
    tell({ type: 'container', operation: 'address', network, endpoint: after })
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }))
}
