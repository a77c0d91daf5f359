import { randomBytes } from 'node:crypto'
import type { ContainerEngine, ContainerNetwork, CreateEndpointReply, CreateEndpointRequest, CreateNetworkRequest, DockerNetwork, IpamDriver, JoinReply, JoinRequest, NetworkDriver, NetworkDriverServer, RequestAddressRequest, RequestPoolRequest, serveNetworkDriver } from '@streambed/docker-driver'
import { TestbedError } from '../errors.js'
import type { HostModel, NetworkModel } from '../topology/model.js'
import type { Subnet } from '../topology/subnet.js'
import { AddressBook } from './address-book.js'

/** The option and label that say which network of a testbed a network of Docker is. */
export const NETWORK_LABEL = 'streambed.network'
const HOST_OPTION = 'streambed.host'
const INTERFACE_OPTION = 'streambed.interface'
const MAC_OPTION = 'streambed.mac'
/** What Docker is told of a family that a network does not have: it wants something of IPv4 for each. */
const NO_POOL = '0.0.0.0/32'

/** What is needed of the Docker package. */
export interface PluginModule {
  readonly serveNetworkDriver: typeof serveNetworkDriver
  readonly pluginSocketPath: (name: string) => string
  /** The label by which the socket of our driver is found when this process is gone. */
  readonly PLUGIN_LABEL: string
}

/** How the networks of a testbed become networks of Docker. */
export interface DockerNetworksOptions extends PluginModule {
  readonly engine: Pick<ContainerEngine, 'createNetwork'>
  /** Begins the names of the networks; letters that Docker takes. */
  readonly prefix: string
  /** Ends them when those names are in use. */
  readonly tag: string
  /** The hosts that there are: nobody else gets their addresses. */
  readonly hosts: () => Iterable<HostModel>
  readonly hand: Hand
}

/** An interface of a host of the testbed. */
export interface PlugEvent {
  readonly host: string
  readonly interface: string
}

/** A container that somebody has put on a network with Docker's own commands. */
export interface Guest {
  /** Its name in Docker. */
  readonly container: string
  /** Of the testbed. */
  readonly network: string
  /** What Docker was told of them, without prefix length. */
  readonly addresses: readonly string[]
  readonly mac: string
}

/** What becomes of what others do with Docker's own commands. Docker waits for it. A rejection is what they are told. */
export interface Hand {
  /** An interface of a host is taken off its network, or put on it again. */
  plug(event: PlugEvent, up: boolean): Promise<void>
  /** A container comes. @returns the interface when it is that of a host */
  come(guest: Guest): Promise<PlugEvent | undefined>
  /** A container goes, that has come before. */
  go(guest: Guest): Promise<void>
}

/** What is known of an endpoint. */
interface Endpoint {
  readonly network: string
  /** The interface of a host. */
  known: PlugEvent | undefined
  guest: Guest | undefined
  readonly addresses: readonly string[]
  readonly mac: string
}

interface Entry {
  readonly model: NetworkModel
  docker: DockerNetwork | undefined
}

/**
 * The networks of a testbed as networks of Docker: a network driver of this process, under a name of its own, that lives as long as the testbed. Docker has the names, the addresses
 * and who is on which network; the cables are those that the testbed makes for every container, into its own switch. So both ways to wire give the same, and a second bridge is
 * not needed.
 *
 * It hands out the addresses itself: Docker would let no second testbed have the same subnet, and keep one address of each subnet for a gateway.
 */
export class DockerNetworks implements NetworkDriver {
  /** Name of the driver, as `docker network ls` shows it. */
  readonly driver = `streambed-${randomBytes(4).toString('hex')}`
  readonly ipam: IpamDriver
  readonly #options: DockerNetworksOptions
  readonly #networks = new Map<string, Entry>()
  readonly #endpoints = new Map<string, Endpoint>()
  readonly #book: AddressBook
  #server: NetworkDriverServer | undefined

  private constructor(options: DockerNetworksOptions) {
    this.#options = options
    this.#book = new AddressBook(options.hosts)
    this.ipam = {
      addressSpace: this.driver,
      requestPool: (request) => this.#requestPool(request),
      releasePool: () => Promise.resolve(),
      requestAddress: (request) => this.#requestAddress(request),
      releaseAddress: async ({ poolId, address }) => this.#book.release(networkOfPool(poolId), address),
    }
  }

  /** Begins to answer Docker, and makes these networks. @throws TestbedError, DockerDriverError */
  static async open(options: DockerNetworksOptions, models: Iterable<NetworkModel>): Promise<DockerNetworks> {
    const networks = new DockerNetworks(options)
    networks.#server = await options.serveNetworkDriver({ socket: options.pluginSocketPath(networks.driver), driver: networks })
    try {
      for (const model of models) await networks.add(model)
      return networks
    } catch (error) {
      await networks.close()
      throw error
    }
  }

  /** Makes a network. @throws DockerDriverError `docker` with Docker's words, TestbedError `missing` when Docker does not find this driver */
  async add(model: NetworkModel): Promise<void> {
    const entry: Entry = { model, docker: undefined }
    this.#networks.set(model.name, entry)
    try {
      entry.docker = await this.#create(model)
    } catch (error) {
      this.#networks.delete(model.name)
      throw error
    }
  }

  async #create({ name, subnets }: NetworkModel): Promise<DockerNetwork> {
    const { engine, prefix, tag, pluginSocketPath, PLUGIN_LABEL } = this.#options
    const create = (dockerName: string): Promise<DockerNetwork> =>
      engine.createNetwork({
        name: dockerName,
        driver: this.driver,
        options: { [NETWORK_LABEL]: name },
        ipamDriver: subnets.length === 0 ? 'null' : this.driver,
        ...(subnets.length > 0 && { ipamOptions: { [NETWORK_LABEL]: name }, subnets: subnets.map(({ cidr }) => cidr) }),
        internal: true,
        labels: { [NETWORK_LABEL]: name, [PLUGIN_LABEL]: pluginSocketPath(this.driver) },
      })
    try {
      return await create(`${prefix}-${name}`).catch((error: unknown) => {
        if ((error as { code?: unknown }).code !== 'conflict') throw error
        return create(`${prefix}-${name}-${tag}`)
      })
    } catch (error) {
      if (!/plugin.*not found/i.test(String(error))) throw error
      throw new TestbedError('missing', `Docker does not find the network driver of this process at ${pluginSocketPath(this.driver)}, since it runs with other files (rootless, or in a container or virtual machine): wire containers directly (wire: 'direct')`, { cause: error })
    }
  }

  /** Removes a network. @throws DockerDriverError `docker` while containers are on it */
  async remove(name: string): Promise<void> {
    await this.#networks.get(name)?.docker?.remove()
    this.#networks.delete(name)
  }

  /** The network of Docker that a network of the testbed is. */
  of(name: string): { readonly id: string; readonly name: string } | undefined {
    return this.#networks.get(name)?.docker
  }

  /** How Docker is told the interfaces of a host that are on networks of it; trunks and taps are on none. */
  attachments(host: HostModel): ContainerNetwork[] {
    return host.interfaces.flatMap((item): ContainerNetwork[] => {
      const docker = item.network === undefined ? undefined : this.of(item.network)
      if (docker === undefined) return []
      const address = (family: 4 | 6): string | undefined => item.addresses.find((other) => other.family === family)?.address
      const [ipv4, ipv6] = [address(4), address(6)]
      return [{
        name: docker.id,
        driverOptions: { [HOST_OPTION]: host.name, [INTERFACE_OPTION]: item.name, [MAC_OPTION]: item.mac },
        ...(ipv4 !== undefined && { ipv4 }),
        ...(ipv6 !== undefined && { ipv6 }),
      }]
    })
  }

  /** Puts a container that exists on the networks of a host. @throws TestbedError `failed`, DockerDriverError when Docker cannot */
  async connect(host: HostModel, containerId: string): Promise<void> {
    for (const { name, ...endpoint } of this.attachments(host)) {
      await this.#byId(name)?.docker?.connect(containerId, endpoint).catch((error: unknown) => {
        if (!/\(none\) mode|host network mode|sharing/i.test(String(error))) throw error
        throw new TestbedError('failed', `${(error as Error).message}. Wire containers directly (wire: 'direct'), or start it on a network of Docker`, { cause: error })
      })
    }
  }

  /** Takes it off them. */
  async disconnect(host: HostModel, containerId: string): Promise<void> {
    for (const { name } of this.attachments(host)) await this.#byId(name)?.docker?.disconnect(containerId)
  }

  /** Takes a container off one of them. */
  async expel(name: string, containerId: string): Promise<void> {
    await this.#networks.get(name)?.docker?.disconnect(containerId)
  }

  /** Stops answering Docker. The networks have to be gone by then. Idempotent. */
  async close(): Promise<void> {
    await this.#server?.close()
  }

  createNetwork({ networkId, options }: CreateNetworkRequest): Promise<void> {
    const entry = this.#networks.get(options[NETWORK_LABEL] ?? '')
    // Docker asks again for what it has, after it was restarted.
    if (entry !== undefined && (entry.docker === undefined || entry.docker.id === networkId)) return Promise.resolve()
    return Promise.reject(new TestbedError('invalid', `the driver "${this.driver}" is that of a testbed, and has no other networks: make one with testbed.addNetwork("name")`))
  }

  deleteNetwork(): Promise<void> {
    return Promise.resolve()
  }

  createEndpoint({ networkId, endpointId, ipv4, ipv6, mac, driverOptions = {} }: CreateEndpointRequest): Promise<CreateEndpointReply> {
    const { [HOST_OPTION]: host, [INTERFACE_OPTION]: name, [MAC_OPTION]: own } = driverOptions
    const network = this.#byId(networkId)?.model.name
    if (network === undefined) return Promise.reject(new TestbedError('invalid', `there is no network ${networkId.slice(0, 12)} in the testbed any more`))
    const known = host === undefined || name === undefined ? undefined : { host, interface: name }
    const addresses = [ipv4, ipv6].flatMap((address) => (address === undefined || address === NO_POOL ? [] : [address.split('/')[0] ?? '']))
    const endpoint: Endpoint = { network, known, guest: undefined, addresses, mac: mac ?? own ?? randomMac() }
    this.#endpoints.set(endpointId, endpoint)
    return Promise.resolve({ mac: endpoint.mac })
  }

  async join({ networkId, endpointId }: JoinRequest): Promise<JoinReply> {
    const endpoint = this.#endpoints.get(endpointId)
    const { hand } = this.#options
    if (endpoint !== undefined) {
      const { network, addresses, mac } = endpoint
      // Who it is can only be asked now: before, Docker itself does not know.
      if (endpoint.known === undefined) {
        const guest = { container: await this.#whoIs(networkId, endpointId), network, addresses, mac }
        endpoint.known = await hand.come(guest)
        if (endpoint.known === undefined) endpoint.guest = guest
      }
      if (endpoint.known !== undefined) await hand.plug(endpoint.known, true)
    }
    // The testbed brings the interface: before the container runs there is no namespace that it could be put into with everything that the topology says.
    return { srcName: '', dstPrefix: 'eth', disableGatewayService: true }
  }

  async leave({ endpointId }: { readonly endpointId: string }): Promise<void> {
    const { known, guest } = this.#endpoints.get(endpointId) ?? {}
    if (known !== undefined) await this.#options.hand.plug(known, false)
    if (guest !== undefined) await this.#options.hand.go(guest)
  }

  async deleteEndpoint({ endpointId }: { readonly endpointId: string }): Promise<void> {
    this.#endpoints.delete(endpointId)
    await Promise.resolve()
  }

  endpointInfo({ endpointId }: { readonly endpointId: string }): Promise<Readonly<Record<string, string>>> {
    const { host, interface: name } = this.#endpoints.get(endpointId)?.known ?? {}
    return Promise.resolve(host === undefined || name === undefined ? {} : { host, interface: name })
  }

  /** The name of the container that an endpoint is for. */
  async #whoIs(networkId: string, endpointId: string): Promise<string> {
    const containers = (await this.#byId(networkId)?.docker?.containers()) ?? []
    // While it is being joined, Docker has no id of the container beside it.
    const found = containers.find((item) => item.endpointId === endpointId || item.id === `ep-${endpointId}`)
    if (found === undefined) throw new TestbedError('failed', 'Docker does not say which container joins the network')
    return found.name
  }

  programExternalConnectivity(): Promise<void> {
    return Promise.resolve()
  }

  revokeExternalConnectivity(): Promise<void> {
    return Promise.resolve()
  }

  #byId(id: string): Entry | undefined {
    return [...this.#networks.values()].find(({ docker }) => docker?.id === id)
  }

  #requestPool({ pool, options }: RequestPoolRequest): Promise<{ readonly poolId: string; readonly pool: string }> {
    const name = options[NETWORK_LABEL] ?? ''
    if (!this.#networks.has(name)) return Promise.reject(new TestbedError('invalid', `"${this.driver}" hands out the addresses of its testbed's networks only: leave --ipam-driver out`))
    return Promise.resolve({ poolId: `${name} ${pool ?? ''}`, pool: pool ?? NO_POOL })
  }

  #requestAddress({ poolId, address, gateway }: RequestAddressRequest): Promise<string> {
    const [name = '', cidr = ''] = poolId.split(' ')
    const model = this.#networks.get(name)?.model
    if (model === undefined) return Promise.reject(new TestbedError('invalid', `there is no network "${name}" any more`))
    const subnet = model.subnets.find((candidate) => candidate.cidr === cidr)
    if (subnet === undefined) return Promise.resolve(NO_POOL)
    return gateway ? Promise.resolve(`${this.#book.gateway(model, subnet)}/${subnet.prefixLength}`) : this.#take(model, subnet, address)
  }

  async #take(model: NetworkModel, subnet: Subnet, wanted: string | undefined): Promise<string> {
    const address = wanted === undefined ? this.#book.next(model, subnet) : this.#book.take(model, wanted)
    await Promise.resolve()
    return `${address}/${subnet.prefixLength}`
  }
}

/** Locally administered, and none of those that the testbed chooses. */
function randomMac(): string {
  return ['02', '73', '64', ...[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':')
}

function networkOfPool(poolId: string): string {
  return poolId.split(' ')[0] ?? ''
}
