import type Dockerode from 'dockerode'
import type { Readable } from 'node:stream'
import { endpointText, parseEndpoint } from '../containers/endpoint.js'
import { DockerDriverError } from '../errors.js'
import type { PortMapping } from '../model/network.js'
import { openDockerode } from './open-dockerode.js'

/** A network as Docker tells of it: the part of `GET /networks/<id>` that the driver needs. */
export interface DockerNetwork {
  readonly id: string
  readonly name: string
  /** What `-o` gave. */
  readonly options: Readonly<Record<string, string>>
  readonly internal: boolean
  readonly enableIpv6: boolean
  readonly ipam: { readonly driver: string; readonly config: readonly { readonly subnet: string; readonly gateway: string | undefined; readonly ipRange: string | undefined }[] }
  /** By endpoint id. */
  readonly endpoints: ReadonlyMap<string, DockerEndpoint>
}

/** An endpoint of a network as Docker tells of it. */
export interface DockerEndpoint {
  readonly id: string
  /** `undefined` while its container is being started. */
  readonly containerId: string | undefined
  readonly containerName: string
  readonly mac: string | undefined
  /** With prefix length. */
  readonly ipv4: string | undefined
  readonly ipv6: string | undefined
}

/** A container's place on a network, or what it was when it ran last. */
export interface ContainerNetwork {
  readonly networkId: string
  readonly endpointId: string
  /** Without prefix length. */
  readonly gateway?: string | undefined
  readonly gatewayIpv6?: string | undefined
}

/** A container as `GET /containers/json` tells of it. */
export interface DockerContainer {
  readonly id: string
  /** Without the slash. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** `created`, `running`, `paused`, `restarting`, `exited`, `dead` … */
  readonly state: string
  /** By the name that the container knows the network by. */
  readonly networks: ReadonlyMap<string, ContainerNetwork>
}

/** What `GET /containers/<id>/json` tells of a container that runs. */
export interface RunningContainer {
  readonly pid: number
  /** Path of its network namespace. */
  readonly sandboxKey: string
  readonly hostname: string
  /** What `docker run -p` asked for; `hostPort` 0 where none was named. */
  readonly portMappings: readonly PortMapping[]
}

/** Something that happened to a network or a container. */
export interface DockerEvent {
  readonly type: 'network' | 'container'
  /** `create`, `destroy`, `start`, `die`, `rename` … */
  readonly action: string
  readonly id: string
  readonly attributes: Readonly<Record<string, string>>
}

/** What dockerode has, and its types do not say: a signal for these calls too. */
interface Abortable {
  info(options: { readonly abortSignal: AbortSignal }): Promise<unknown>
  listNetworks(options: { readonly filters: object; readonly abortSignal: AbortSignal }): Promise<Dockerode.NetworkInspectInfo[]>
  listContainers(options: { readonly all: boolean; readonly filters: object; readonly abortSignal: AbortSignal }): Promise<Dockerode.ContainerInfo[]>
}

interface AbortableInspect {
  inspect(options: { readonly abortSignal: AbortSignal }): Promise<Dockerode.NetworkInspectInfo>
}

/** How long a call of Docker's may take. */
const CALL_MS = 10_000

/** The few calls of Docker's API that the driver needs, each with a time limit. */
export class DockerEngine {
  readonly #docker: Dockerode
  /** Where it is, for messages. */
  readonly address: string

  /**
   * @param target path of a socket, `unix://…`, `tcp://host:port` or `ssh://user@host`; only without it the environment's `DOCKER_HOST`,
   *   then `/var/run/docker.sock`
   * @throws DockerDriverError `invalid`; `missing` when certificates for TLS cannot be read
   */
  constructor(target: string = process.env['DOCKER_HOST'] || '/var/run/docker.sock') {
    const endpoint = parseEndpoint(target, process.env, 'docker')
    this.address = endpointText(endpoint)
    this.#docker = openDockerode(endpoint)
  }

  /** Docker's identity, as `docker info` shows it. */
  async engineId(timeoutMs = CALL_MS): Promise<string> {
    const info = (await this.#ask((abortSignal) => this.#abortable.info({ abortSignal }), timeoutMs)) as { ID?: string }
    return info.ID ?? ''
  }

  /** A network with its endpoints; undefined when there is none (or it is still being made). */
  async network(id: string, timeoutMs = CALL_MS): Promise<DockerNetwork | undefined> {
    try {
      return networkOf(await this.#ask((abortSignal) => (this.#docker.getNetwork(id) as unknown as AbortableInspect).inspect({ abortSignal }), timeoutMs))
    } catch (error) {
      if (isStatus(error, 404)) return undefined
      throw error
    }
  }

  /** The networks of a driver. Their endpoints are not told. */
  async networks(driver: string): Promise<readonly DockerNetwork[]> {
    const all = await this.#ask((abortSignal) => this.#abortable.listNetworks({ filters: { driver: [driver] }, abortSignal }))
    return all.map(networkOf)
  }

  /** All containers, running or not, that filters of Docker's let through. */
  async containers(filters: Readonly<Record<string, readonly string[]>> = {}, timeoutMs = CALL_MS): Promise<readonly DockerContainer[]> {
    const all = await this.#ask((abortSignal) => this.#abortable.listContainers({ all: true, filters, abortSignal }), timeoutMs)
    return all.map((item) => containerOf(item))
  }

  /** What only the record of a container that runs tells. Not to be asked while Docker starts it: Docker would wait for us. */
  async container(id: string): Promise<RunningContainer | undefined> {
    try {
      const { State, NetworkSettings, Config, HostConfig } = await this.#ask((abortSignal) => this.#docker.getContainer(id).inspect({ abortSignal }))
      if (!State.Running) return undefined
      return { pid: State.Pid, sandboxKey: NetworkSettings.SandboxKey, hostname: Config.Hostname, portMappings: bindingsOf(HostConfig.PortBindings as PortBindings | null) }
    } catch (error) {
      if (isStatus(error, 404)) return undefined
      throw error
    }
  }

  /**
   * Resolves when Docker tells of a container, whatever it tells. It does not as long as it starts the container, or connects it to a
   * network: it holds the container's lock, and we are a part of that.
   */
  async attend(id: string, signal: AbortSignal): Promise<void> {
    await this.#docker.getContainer(id).inspect({ abortSignal: signal }).catch((error: unknown) => {
      if (signal.aborted || (error as { statusCode?: number }).statusCode === undefined) throw error
    })
  }

  /** What happens to networks and containers from now on, until the signal or the connection ends. Resolves when Docker has begun to tell. */
  async events(signal: AbortSignal): Promise<AsyncIterable<DockerEvent>> {
    const stream = (await this.#told(() => this.#docker.getEvents({ filters: { type: ['network', 'container'] }, abortSignal: signal }))) as Readable
    const end = (): void => void stream.destroy()
    signal.addEventListener('abort', end, { once: true })
    stream.once('close', () => signal.removeEventListener('abort', end))
    // How it ends does not matter: the reader sees the end, and asks again.
    stream.on('error', () => stream.destroy())
    return eventsOf(stream)
  }

  get #abortable(): Abortable {
    return this.#docker as unknown as Abortable
  }

  async #ask<T>(call: (signal: AbortSignal) => Promise<T>, timeoutMs = CALL_MS): Promise<T> {
    const signal = AbortSignal.timeout(timeoutMs)
    return this.#told(() => call(signal), signal, timeoutMs)
  }

  async #told<T>(call: () => Promise<T>, signal?: AbortSignal, timeoutMs?: number): Promise<T> {
    try {
      return await call()
    } catch (cause) {
      if (signal?.aborted === true) throw new DockerDriverError('timeout', `Docker at ${this.address} did not answer within ${timeoutMs} ms`, { cause })
      const { statusCode, code, message } = cause as { statusCode?: number; code?: string; message?: string }
      if (statusCode !== undefined) throw new DockerDriverError('docker', `Docker refused: ${message ?? statusCode}`, { cause })
      if (code === 'EACCES') throw new DockerDriverError('forbidden', `this user may not use Docker's socket ${this.address}: be root or in the group docker`, { cause })
      throw new DockerDriverError('missing', `cannot reach Docker at ${this.address} (${message ?? String(cause)}): start it, for example with "systemctl start docker"`, { cause })
    }
  }
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof DockerDriverError && (error.cause as { statusCode?: number } | undefined)?.statusCode === status
}

function networkOf(info: Dockerode.NetworkInspectInfo): DockerNetwork {
  const endpoints = Object.entries(info.Containers ?? {}).map(([key, endpoint]): [string, DockerEndpoint] => [
    endpoint.EndpointID,
    {
      id: endpoint.EndpointID,
      // Docker's own words for an endpoint whose container is not there yet: `ep-` and the endpoint's id.
      containerId: key.startsWith('ep-') ? undefined : key,
      containerName: endpoint.Name,
      mac: endpoint.MacAddress || undefined,
      ipv4: endpoint.IPv4Address || undefined,
      ipv6: endpoint.IPv6Address || undefined,
    },
  ])
  const config = (info.IPAM?.Config ?? []) as readonly { Subnet?: string; Gateway?: string; IPRange?: string }[]
  return {
    id: info.Id,
    name: info.Name,
    options: info.Options ?? {},
    internal: info.Internal,
    enableIpv6: info.EnableIPv6,
    ipam: {
      driver: info.IPAM?.Driver ?? 'default',
      config: config.map(({ Subnet, Gateway, IPRange }) => ({ subnet: Subnet ?? '', gateway: Gateway || undefined, ipRange: IPRange || undefined })),
    },
    endpoints: new Map(endpoints),
  }
}

function containerOf(info: Dockerode.ContainerInfo): DockerContainer {
  const networks = Object.entries(info.NetworkSettings?.Networks ?? {}).map(([name, place]): [string, ContainerNetwork] => [
    name,
    { networkId: place.NetworkID, endpointId: place.EndpointID, gateway: place.Gateway || undefined, gatewayIpv6: place.IPv6Gateway || undefined },
  ])
  return {
    id: info.Id,
    name: (info.Names?.[0] ?? '').replace(/^\//, ''),
    labels: info.Labels ?? {},
    state: info.State,
    networks: new Map(networks),
  }
}

type PortBindings = Readonly<Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>>

function bindingsOf(bindings: PortBindings | null): readonly PortMapping[] {
  return Object.entries(bindings ?? {}).flatMap(([port, wanted]) => {
    const [, containerPort, protocol] = /^(\d+)\/(tcp|udp|sctp)$/.exec(port) ?? []
    if (containerPort === undefined) return []
    return (wanted ?? []).map(({ HostIp, HostPort = '' }): PortMapping => {
      const [first = 0, last = first] = HostPort.split('-').map((text) => Number.parseInt(text, 10) || 0)
      return {
        protocol: protocol as PortMapping['protocol'],
        containerPort: Number(containerPort),
        hostPort: first,
        ...(last > first && { hostPortEnd: last }),
        hostAddress: HostIp || undefined,
      }
    })
  })
}

async function* eventsOf(stream: Readable): AsyncGenerator<DockerEvent> {
  for await (const line of linesOf(stream)) {
    let event: { Type?: string; Action?: string; Actor?: { ID?: string; Attributes?: Record<string, string> } }
    try {
      event = JSON.parse(line) as typeof event
    } catch {
      continue
    }
    const { Type, Action, Actor } = event
    if ((Type === 'network' || Type === 'container') && Action !== undefined) {
      yield { type: Type, action: Action, id: Actor?.ID ?? '', attributes: Actor?.Attributes ?? {} }
    }
  }
}

/** The lines of a stream. How it ends does not matter (readline would never say that it was destroyed). */
async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let rest = ''
  stream.setEncoding('utf8')
  try {
    for await (const text of stream as AsyncIterable<string>) {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } catch {
    // The connection is gone, or we do not want to hear any more.
  }
}
