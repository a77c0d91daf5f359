import { randomUUID } from 'node:crypto'
import { DockerDriverError } from '../errors.js'
import { askOf } from './ask.js'
import type { Container } from './container.js'
import { createBody, endpointOf, mayBeBare, networksOf } from './create-body.js'
import { DockerContainer, type ContainerOrigin } from './docker-container.js'
import { endpointText, parseEndpoint, wellKnownEndpoints, type EngineEndpoint } from './endpoint.js'
import { EngineApi } from './engine-api.js'
import { INSTALL, refusalOf } from './engine-error.js'
import { EventHub } from './events.js'
import { inParallel } from './in-parallel.js'
import { makeNameFiles, removeFolder } from './name-files.js'
import { pullImage, type PullOptions } from './image.js'
import { createNetwork, type DockerNetwork, type NetworkSpec } from './network.js'
import { checkLimits, limitsOf, type Limit, type LimitsInfo } from './limits.js'
import { linkAlias, linkOwners } from './owned-links.js'
import { formatOwner, judge, OWNER_LABEL, parseOwner, surroundings, TESTBED_LABEL } from './owner.js'
import type { ContainerSpec } from './spec.js'
import { startReaper } from './start-reaper.js'
import { stateOf, type InspectedContainer } from './state.js'
import { labelled, sweep, type Removed, type Sweep } from './sweep.js'

/** Where Docker is, and what it is. */
export interface EngineInfo {
  /** As DOCKER_HOST would have it: `unix:///var/run/docker.sock`, `tcp://10.0.0.5:2375`, `ssh://me@box`. */
  readonly endpoint: string
  /** Docker's id of this engine, the same after a restart; undefined when it has none (podman). */
  readonly engineId: string | undefined
  readonly version: string
  readonly apiVersion: string
  readonly podman: boolean
  readonly rootless: boolean
  /** Reached by a unix socket of this machine. (Whether a container's processes are visible here is found out with each container.) */
  readonly local: boolean
  /** Containers read files of this machine only where SELinux is told so. */
  readonly selinux: boolean
  /** Resources of a container that it can limit. A rootless engine can limit none where the machine has control groups of version 1. */
  readonly limits: readonly Limit[]
}

/** How an engine is reached. */
export interface ConnectEngineOptions {
  /**
   * Path of a unix socket, `unix://`, `tcp://host:port` or `ssh://user@host` (by the `ssh` program and its configuration, with `docker` on the
   * other side). Default: the environment variable DOCKER_HOST; else the first socket that answers of `/var/run/docker.sock`,
   * `$XDG_RUNTIME_DIR/docker.sock`, `~/.docker/run/docker.sock`, `/run/podman/podman.sock`, `$XDG_RUNTIME_DIR/podman/podman.sock`.
   */
  readonly socket?: string | undefined
  /** Folder with ca.pem, cert.pem and key.pem, for TLS to `tcp://`. Default: DOCKER_CERT_PATH, or `~/.docker`, when DOCKER_TLS_VERIFY is set; else no TLS. */
  readonly certificates?: string | undefined
  /** The label `streambed.testbed` of what is made. Default: a random one. */
  readonly testbed?: string | undefined
  /** Remove, at once, what processes of this machine that are dead have left. Default true. */
  readonly removeAbandoned?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** How several containers are made. */
export interface SeveralOptions {
  /** How many at a time. Default 4. */
  readonly limit?: number | undefined
  readonly signal?: AbortSignal | undefined
}

const NAME_LENGTH = 12
const LIMIT = 4

/**
 * Docker (or podman), for containers that end with this process: whatever way it ends, a program that outlives it removes what has its label.
 */
export class ContainerEngine implements AsyncDisposable {
  readonly #api: EngineApi
  readonly #hub: EventHub
  readonly #owned = new Set<Container>()
  readonly #pulls = new Map<string, Promise<void>>()
  /** What containers with a bare network have mounted. */
  readonly #nameFiles = new Map<Container, string>()
  /** Whether this engine sees files of this machine, as far as is known. */
  #seesFiles: boolean
  #dismissReaper: (() => void) | undefined
  #closing: Promise<void> | undefined

  private constructor(
    api: EngineApi,
    readonly info: EngineInfo,
    /** What everything of this object is labelled with: also for networks that are made elsewhere. */
    readonly labels: Readonly<Record<'streambed.owner' | 'streambed.testbed', string>>,
  ) {
    this.#api = api
    this.#hub = new EventHub(api)
    this.#seesFiles = info.local && !info.podman && !info.rootless && !info.selinux && process.geteuid?.() === 0
  }

  /**
   * Finds Docker and asks what it is.
   * @throws DockerDriverError `missing` (there is none; how to get it), `forbidden` (this user may not), `invalid`, `aborted`
   */
  static async connect(options: ConnectEngineOptions = {}): Promise<ContainerEngine> {
    const { socket = process.env['DOCKER_HOST'] || undefined, testbed = randomUUID(), signal } = options
    const endpoints = socket === undefined ? wellKnownEndpoints() : [parseEndpoint(socket, process.env, 'socket', options.certificates)]
    const { api, version } = await firstThatAnswers(endpoints, signal)
    const info = await infoOf(api, version, signal)
    const engine = new ContainerEngine(api, info, { [OWNER_LABEL]: formatOwner(surroundings().self), [TESTBED_LABEL]: testbed })
    if (options.removeAbandoned !== false) await engine.removeAbandoned()
    return engine
  }

  /** What the alias of a link (`ip link set … alias`) has to be, for the link to be removed with the containers. */
  get linkAlias(): string {
    return linkAlias({ owner: this.labels[OWNER_LABEL], testbed: this.labels[TESTBED_LABEL] })
  }

  /**
   * Makes a container, not started; pulls its image when that is needed.
   * @throws DockerDriverError `not-found` (no such image, with the registry's words, or no such network), `conflict` (the name is in use), `missing` (the engine cannot limit
   * what is to be limited), `invalid`, `docker`, `aborted`
   */
  async create(spec: ContainerSpec, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Container> {
    this.#checkOpen()
    const { signal } = options
    const { pull = 'missing', name } = spec
    checkLimits(spec.resources, this.info)
    let nameFiles = this.#seesFiles && mayBeBare(spec) ? makeNameFiles(this.#own) : undefined
    let body = createBody(spec, this.labels, nameFiles)
    this.guard()
    if (pull === 'always') await this.#pull(spec, signal)
    const what = name === undefined ? `create a container of "${spec.image}"` : `create container "${name}"`
    const create = (): Promise<{ Id: string }> => this.#api.json({ method: 'POST', path: '/containers/create', query: { name, platform: spec.platform }, body, signal, what })
    let id: string
    try {
      id = (await create().catch(async (error: unknown) => {
        if (nameFiles !== undefined && isNoSource(error)) {
          this.#seesFiles = false
          removeFolder(nameFiles)
          nameFiles = undefined
          body = createBody(spec, this.labels)
          return await create()
        }
        throw error
      }).catch(async (error: unknown) => {
        if (!isNoImage(error)) throw error
        if (pull !== 'missing') throw new DockerDriverError('not-found', `there is no image "${spec.image}" here, and it is not pulled (pull: '${pull}'): load it, or let it be pulled with pull: 'missing'`, { cause: error })
        await this.#pull(spec, signal)
        return await create()
      })).Id
    } catch (error) {
      if (nameFiles !== undefined) removeFolder(nameFiles)
      const refusal = refusalOf(error)
      if (name !== undefined && refusal !== undefined && (refusal.statusCode === 409 || /name .* already in use/i.test(refusal.message))) throw new DockerDriverError('conflict', `there is a container "${name}" already: remove it ("docker rm -f ${name}"), join it with adopt, or take another name`, { cause: error })
      throw error
    }
    const container = this.#container({
      id,
      name: name ?? id.slice(0, NAME_LENGTH),
      image: spec.image,
      owned: true,
      readiness: spec.readiness,
      stopTimeoutMs: spec.stopTimeout,
      tty: false,
      tmpfs: (spec.mounts ?? []).flatMap((mount) => (mount.type === 'tmpfs' ? [mount.target] : [])),
    })
    this.#owned.add(container)
    if (nameFiles !== undefined) this.#nameFiles.set(container, nameFiles)
    try {
      // Closed meanwhile: what was made since would stay.
      this.#checkOpen()
      for (const network of networksOf(spec).slice(1)) {
        await this.#api.json({ method: 'POST', path: `/networks/${encodeURIComponent(network.name)}/connect`, body: { Container: id, EndpointConfig: endpointOf(network) }, signal, what: `connect container "${container.name}" to network "${network.name}"` })
      }
    } catch (error) {
      await container.remove().catch(() => undefined)
      throw error
    }
    return container
  }

  /** Makes, starts and awaits a container. When that fails it is removed again. @throws DockerDriverError also `not-ready` */
  async run(spec: ContainerSpec, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Container> {
    const container = await this.create(spec, options)
    try {
      await container.start(options)
      return container
    } catch (error) {
      await container.remove().catch(() => undefined)
      throw error
    }
  }

  /** {@link create} for several. When one fails, all are removed again and its error is thrown. */
  createAll(specs: readonly ContainerSpec[], options: SeveralOptions = {}): Promise<Container[]> {
    return this.#several(specs, options, (spec) => this.create(spec, options))
  }

  /** {@link run} for several. When one fails, all are removed again and its error is thrown. */
  runAll(specs: readonly ContainerSpec[], options: SeveralOptions = {}): Promise<Container[]> {
    return this.#several(specs, options, (spec) => this.run(spec, options))
  }

  async #several(specs: readonly ContainerSpec[], { limit = LIMIT }: SeveralOptions, make: (spec: ContainerSpec) => Promise<Container>): Promise<Container[]> {
    const made: Container[] = []
    try {
      return await inParallel(specs, limit, async (spec) => {
        const container = await make(spec)
        made.push(container)
        return container
      })
    } catch (error) {
      await inParallel(made, limit, (container) => container.remove()).catch(() => undefined)
      throw error
    }
  }

  /** Joins a container that exists, by name or id. Closing the engine leaves it as it is. @throws DockerDriverError `not-found` */
  async adopt(nameOrId: string): Promise<Container> {
    this.#checkOpen()
    const inspected = await this.#api.json<InspectedContainer>({ path: `/containers/${encodeURIComponent(nameOrId)}/json`, what: `join container "${nameOrId}"` })
    const { Id, Name, Config, HostConfig = {} } = inspected
    return this.#container(
      {
        id: Id,
        name: Name.replace(/^\//, ''),
        image: Config.Image,
        owned: false,
        readiness: undefined,
        stopTimeoutMs: undefined,
        tty: Config.Tty === true,
        tmpfs: [...Object.keys(HostConfig.Tmpfs ?? {}), ...(HostConfig.Mounts ?? []).filter(({ Type }) => Type === 'tmpfs').map(({ Target }) => Target)],
      },
      stateOf(inspected).pid,
    )
  }

  /**
   * Makes a network. It has this object's labels, and is removed with what else has them.
   * @throws DockerDriverError `conflict` when the name is in use, `docker` with the words of Docker or of the driver
   */
  createNetwork(spec: NetworkSpec): Promise<DockerNetwork> {
    this.guard()
    return createNetwork(this.#api, spec, this.labels)
  }

  /** Fetches an image. Two calls for one image at a time fetch it once. @throws DockerDriverError `not-found` with the registry's words */
  async pull(image: string, options: PullOptions = {}): Promise<void> {
    this.#checkOpen()
    const running = this.#pulls.get(image)
    if (running !== undefined) return await running
    const pull = pullImage(this.#api, image, options).finally(() => this.#pulls.delete(image))
    this.#pulls.set(image, pull)
    await pull
  }

  async #pull({ image, platform, onPullProgress, registryAuth }: ContainerSpec, signal: AbortSignal | undefined): Promise<void> {
    await this.pull(image, { onProgress: onPullProgress, auth: registryAuth, platform, signal })
  }

  /** Starts the program that cleans up after this process, unless it runs. `create` does it; needed before networks or links are made with our labels. */
  guard(): void {
    this.#checkOpen()
    this.#dismissReaper ??= startReaper(this.#api.endpoint, { owner: this.labels[OWNER_LABEL], testbed: this.labels[TESTBED_LABEL] })
  }

  /** Removes containers, networks and links with this owner label. */
  removeOwned(owner: string): Promise<Removed> {
    return sweep(askOf(this.#api.endpoint), { owner })
  }

  /** Removes what processes of this machine left that are not there any more, told by their label. What belongs to other machines, or cannot be judged, stays. */
  async removeAbandoned(): Promise<Removed> {
    const ask = askOf(this.#api.endpoint)
    const found = await Promise.all([labelled(ask, 'containers'), labelled(ask, 'networks'), linkOwners()])
    const owners = new Set(found.flat().map((item) => (typeof item === 'string' ? item : item.owner)))
    const around = surroundings()
    let removed: Removed = { containers: 0, networks: 0, links: 0 }
    for (const text of owners) {
      const owner = parseOwner(text)
      if (owner === undefined || judge(owner, around) !== 'dead') continue
      const more = await sweep(ask, { owner: text })
      removed = { containers: removed.containers + more.containers, networks: removed.networks + more.networks, links: removed.links + more.links }
    }
    return removed
  }

  /** Removes everything that was made through this object, networks and links with its labels too; adopted containers stay. Idempotent. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    this.#hub.close()
    // Nothing was made, and nothing has our label.
    if (this.#dismissReaper === undefined) return
    await inParallel([...this.#owned], LIMIT, (container) => container.remove())
    await sweep(askOf(this.#api.endpoint), { owner: this.labels[OWNER_LABEL], testbed: this.labels[TESTBED_LABEL] })
    this.#dismissReaper()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #container(origin: ContainerOrigin, pid?: number): Container {
    const { endpoint } = this.#api
    return new DockerContainer(
      origin,
      { api: this.#api, hub: this.#hub, host: endpoint.type === 'tcp' ? endpoint.host : endpoint.type === 'ssh' ? endpoint.destination.replace(/^.*@/, '') : '127.0.0.1', local: endpoint.type === 'unix', podman: this.info.podman, onRemoved: (container) => this.#removed(container) },
      pid,
    )
  }

  #removed(container: Container): void {
    this.#owned.delete(container)
    const folder = this.#nameFiles.get(container)
    if (folder === undefined) return
    this.#nameFiles.delete(container)
    removeFolder(folder)
  }

  get #own(): Sweep {
    return { owner: this.labels[OWNER_LABEL], testbed: this.labels[TESTBED_LABEL] }
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new DockerDriverError('closed', 'the engine was closed')
  }
}

/** The engine runs with other files than this process. */
function isNoSource(error: unknown): boolean {
  return /bind source path does not exist/i.test(refusalOf(error)?.message ?? '')
}

function isNoImage(error: unknown): boolean {
  const refusal = refusalOf(error)
  return refusal?.statusCode === 404 && /image/i.test(refusal.message)
}

interface Version {
  readonly Version: string
  readonly ApiVersion: string
  readonly Components?: readonly { readonly Name: string }[]
}

async function firstThatAnswers(endpoints: readonly EngineEndpoint[], signal: AbortSignal | undefined): Promise<{ readonly api: EngineApi; readonly version: Version }> {
  const failures: DockerDriverError[] = []
  for (const endpoint of endpoints) {
    const api = new EngineApi(endpoint)
    try {
      return { api, version: await api.json<Version>({ path: '/version', signal, what: 'ask Docker for its version' }) }
    } catch (error) {
      if (!(error instanceof DockerDriverError) || error.code === 'aborted') throw error
      failures.push(error)
    }
  }
  // A socket that is there and forbidden is a better answer than one that is not.
  const best = failures.find(({ code }) => code === 'forbidden') ?? (failures.length === 1 ? failures[0] : undefined)
  throw best ?? new DockerDriverError('missing', `there is no Docker: none of ${endpoints.map(endpointText).join(', ')} answers. You may want to ${INSTALL}`, { cause: failures[0] })
}

async function infoOf(api: EngineApi, { Version, ApiVersion, Components = [] }: Version, signal: AbortSignal | undefined): Promise<EngineInfo> {
  const said = await api.json<LimitsInfo & { readonly ID?: string; readonly SecurityOptions?: readonly string[] | null; readonly Rootless?: boolean }>({ path: '/info', signal, what: 'ask Docker what it is' })
  const { ID, SecurityOptions, Rootless } = said
  const podman = Components.some(({ Name }) => /podman/i.test(Name))
  const rootless = Rootless === true || (SecurityOptions ?? []).some((option) => option.includes('name=rootless'))
  return {
    endpoint: endpointText(api.endpoint),
    // podman makes up a new one for each call.
    engineId: podman || ID === '' ? undefined : ID,
    version: Version,
    apiVersion: ApiVersion,
    podman,
    rootless,
    local: api.endpoint.type === 'unix',
    selinux: (SecurityOptions ?? []).some((option) => option.includes('name=selinux')),
    limits: limitsOf(said, rootless),
  }
}
