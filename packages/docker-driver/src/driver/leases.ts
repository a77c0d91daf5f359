import { existsSync } from 'node:fs'
import { DhcpClient, type DhcpEvent } from '../dhcp/index.js'
import type { Endpoint, Network } from '../model/network.js'
import type { DriverContext } from './context.js'
import { ofEndpoint } from './endpoint.js'
import { endpointIds } from './state.js'

/** DHCP for the containers of networks with `ovs.bridge.dhcp`: one client for each, for as long as it is on the network. */
export class Leases {
  readonly #clients = new Map<string, Promise<DhcpClient | undefined>>()
  readonly #context: () => DriverContext

  /** @param context known only when the driver is complete */
  constructor(context: () => DriverContext) {
    this.#context = context
  }

  /** Starts what is missing: of one container, or of all. Resolves when the clients run; they may have no address yet. */
  async begin(containerId?: string): Promise<void> {
    const missing = [...this.#context().ledger.networks.values()].flatMap((network) =>
      network.options.dhcp
        ? [...network.endpoints.values()].filter(({ id, joined }) => joined !== undefined && !this.#clients.has(id) && (containerId === undefined || joined.containerId === containerId)).map((endpoint) => ({ network, endpoint }))
        : [],
    )
    await Promise.all(missing.map(({ network, endpoint }) => this.#start(network, endpoint)))
  }

  /** Gives an address back. */
  async end(endpointId: string): Promise<void> {
    const client = this.#clients.get(endpointId)
    this.#clients.delete(endpointId)
    await (await client)?.close()
  }

  /** Ends all clients; the containers keep their addresses, for a driver that starts again. */
  async close(): Promise<void> {
    const clients = await Promise.all(this.#clients.values())
    this.#clients.clear()
    await Promise.all(clients.flatMap((client) => (client === undefined ? [] : [client.close({ keepLease: true })])))
  }

  async #start(network: Network, endpoint: Endpoint): Promise<void> {
    const started = this.#client(network, endpoint)
    this.#clients.set(endpoint.id, started)
    if ((await started) === undefined && this.#clients.get(endpoint.id) === started) this.#clients.delete(endpoint.id)
  }

  async #client(network: Network, { id, mac, ipv4, joined }: Endpoint): Promise<DhcpClient | undefined> {
    const { docker, log, name } = this.#context()
    if (joined === undefined) return undefined
    try {
      const container = await docker.container(joined.containerId)
      // It runs not yet, or not any more: its start is told.
      if (container === undefined) return undefined
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
