import { DockerDriverError } from '../errors.js'
import { endpointOf } from './create-body.js'
import type { EngineApi } from './engine-api.js'
import { refusalOf } from './engine-error.js'
import type { ContainerNetwork } from './spec.js'

/** A network to be made. */
export interface NetworkSpec {
  readonly name: string
  /** As `docker network create -d`. */
  readonly driver: string
  /** For the driver. */
  readonly options?: Readonly<Record<string, string>> | undefined
  /** Who hands out addresses; default Docker itself. `null`: nobody. */
  readonly ipamDriver?: string | undefined
  /** For that driver. */
  readonly ipamOptions?: Readonly<Record<string, string>> | undefined
  /** In CIDR form, of both families. Default: chosen by who hands out addresses. */
  readonly subnets?: readonly string[] | undefined
  /** Docker brings no interface into its containers that leads to the outside. Default false. */
  readonly internal?: boolean | undefined
  /** Beside those that say who owns it. */
  readonly labels?: Readonly<Record<string, string>> | undefined
}

/** A network of Docker that was made by {@link ContainerEngine.createNetwork}. */
export class DockerNetwork {
  readonly #api: EngineApi

  /** @internal */
  constructor(
    api: EngineApi,
    readonly id: string,
    readonly name: string,
  ) {
    this.#api = api
  }

  /** Puts a container on it, running or not. @throws DockerDriverError `docker` with Docker's words */
  async connect(containerId: string, endpoint: Omit<ContainerNetwork, 'name'> = {}): Promise<void> {
    await this.#post('connect', { Container: containerId, EndpointConfig: endpointOf({ name: this.id, ...endpoint }) }, `connect a container to network "${this.name}"`)
  }

  /** Takes a container off it. One that is not on it is no error. */
  async disconnect(containerId: string): Promise<void> {
    await this.#post('disconnect', { Container: containerId, Force: true }, `disconnect a container from network "${this.name}"`).catch((error: unknown) => {
      const refusal = refusalOf(error)
      if (refusal === undefined || !(refusal.statusCode === 404 || /is not connected/i.test(refusal.message))) throw error
    })
  }

  /** Ids of the containers that are on it. */
  async containers(): Promise<readonly { readonly id: string; readonly endpointId: string; readonly name: string }[]> {
    const { Containers } = await this.#api.json<{ Containers?: Readonly<Record<string, { readonly Name?: string; readonly EndpointID?: string }>> | null }>({ path: `/networks/${this.id}`, what: `inspect network "${this.name}"` })
    return Object.entries(Containers ?? {}).map(([id, { Name = '', EndpointID = '' }]) => ({ id, endpointId: EndpointID, name: Name }))
  }

  /** Removes it. One that is gone is no error. @throws DockerDriverError `docker` while containers are on it */
  async remove(): Promise<void> {
    try {
      await this.#api.json({ method: 'DELETE', path: `/networks/${this.id}`, what: `remove network "${this.name}"` })
    } catch (error) {
      if (refusalOf(error)?.statusCode !== 404) throw error
    }
  }

  async #post(call: string, body: object, what: string): Promise<void> {
    await this.#api.json({ method: 'POST', path: `/networks/${this.id}/${call}`, body, what })
  }
}

/** Makes a network. @throws DockerDriverError `conflict` when the name is in use, `docker` with the words of Docker or of the driver */
export async function createNetwork(api: EngineApi, spec: NetworkSpec, labels: Readonly<Record<string, string>>): Promise<DockerNetwork> {
  const { name, driver, options, ipamDriver, ipamOptions, subnets = [], internal = false } = spec
  const body = {
    Name: name,
    // Docker itself allows several of one name, and then nobody can tell them apart by it.
    CheckDuplicate: true,
    Driver: driver,
    Internal: internal,
    EnableIPv6: subnets.some((subnet) => subnet.includes(':')),
    Options: options,
    IPAM: { Driver: ipamDriver ?? 'default', Options: ipamOptions, Config: subnets.map((Subnet) => ({ Subnet })) },
    Labels: { ...spec.labels, ...labels },
  }
  try {
    const { Id } = await api.json<{ Id: string }>({ method: 'POST', path: '/networks/create', body, what: `make network "${name}"` })
    return new DockerNetwork(api, Id, name)
  } catch (error) {
    if (refusalOf(error)?.statusCode !== 409) throw error
    throw new DockerDriverError('conflict', `there is a network "${name}" already: remove it ("docker network rm ${name}"), or take another name`, { cause: error })
  }
}
