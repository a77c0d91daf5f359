import { BASE_NAMESPACE, execIn, LinuxError, Sandbox, type NamespaceJob, type SandboxPrivilege } from '@streambed/linux'
import { ContainerHost } from './container-host.js'
import { Containers } from './containers/containers.js'
import { hostNameFor, type Arrival } from './containers/guests.js'
import { checkContainers, type WireOption } from './containers/privilege.js'
import type { ControlPlan } from './control/control.js'
import { checkControl, startControl, type ControlOption } from './control/start-control.js'
import { controlPlan, controlPort, namesRequest, TestbedCore } from './core.js'
import { renderDiagram } from './diagram/index.js'
import type { FaucetFeedEvent } from '@streambed/faucet'
import { TestbedError } from './errors.js'
import { controlEvent, type TimedTestbedEvent } from './events.js'
import { explain } from './explain/explain.js'
import type { Explanation } from './explain/explanation.js'
import type { PacketKind } from './explain/trace-packet.js'
import { Host, type Target } from './host.js'
import type { TestbedInspection } from './inspection.js'
import { inspectTestbed } from './inspect.js'
import { Network } from './network.js'
import { adaptPartition, partitionVlan, planPartition, type PartitionPlan } from './plan/partition.js'
import { bridgeOf, deletePortJob, forgetNeighbourJobs, hostIndex, hostJobs, hostPorts, linkPorts, portsUpJob, portVlans, switchPreparationJob } from './plan/plan.js'
import { withAcl, withMeter, withoutAcl } from './topology/live.js'
import { measureReachability, type Reachability, type ReachabilityOptions } from './reachability.js'
import { privateSwitch } from './private-switch.js'
import type { SwitchHome, SwitchLocation } from './switch.js'
import { systemSwitch, type SystemOvs } from './system-switch.js'
import { buildModel, withHost, withNetwork, withoutHost, withoutNetwork } from './topology/build.js'
import { isContainer, type HostModel, type NetworkModel, type TestbedModel } from './topology/model.js'
import type { ContainerNames, HostSpec, MeterSpec, NetworkSpec, Topology, TopologyAcl, TypedTopology } from './topology/spec.js'

/** `setTimeout` fires at once when it is asked for more (2^31 - 1 ms, 24 days). */
const LONGEST_TIMER = 0x7fff_ffff

/** A step of starting a testbed. */
export interface StartProgress {
  readonly step: 'sandbox' | 'hosts' | 'containers' | 'ports' | 'control' | 'ready'
  /** In words. */
  readonly message: string
  /** Since the start, milliseconds. */
  readonly elapsedMs: number
}

/** How a testbed is started. */
export interface StartOptions {
  /** Is told each step as it begins. */
  readonly onProgress?: ((progress: StartProgress) => void) | undefined
  /** Undoes everything and rejects when it fires during the start; ends the testbed when it fires later. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds for the whole start, images that are fetched included; default 60,000. `Infinity` for no limit. */
  readonly timeout?: number | undefined
  /**
   * `user-namespace` needs no privilege; `root` makes the namespaces directly. Default: `root` when the process is root.
   */
  readonly privilege?: SandboxPrivilege | undefined
  /**
   * `private` starts an Open vSwitch of the testbed's own (the default). `system`, or the address of a database, makes a bridge in one
   * that is running already, which needs root.
   */
  readonly ovs?: 'private' | 'system' | SystemOvs | undefined
  /**
   * What says what the switches do. `embedded` (the default) is the Faucet-compatible controller in this process; `faucet` is the real Faucet, which
   * must be installed; `none`: a single switch that learns by itself, for topologies without ACLs, meters, gateways and taps.
   */
  readonly control?: ControlOption | undefined
  /**
   * Where Docker is, for hosts that are containers: the path of its socket, or what DOCKER_HOST may hold. Default: DOCKER_HOST, else the first that answers of the
   * usual sockets of Docker and podman.
   */
  readonly docker?: string | undefined
  /**
   * How containers are plugged into the switch: `direct` (the default, and faster) without Docker's knowledge; `driver` makes each network of the testbed one of Docker too, to be seen by
   * `docker network ls`. What the hosts have of it is the same.
   */
  readonly wire?: WireOption | undefined
}

/** Why a testbed ended: `error` is undefined after `close()`. */
export interface TestbedEnd {
  readonly error: TestbedError | undefined
}

/**
 * A running testbed. `close()` it, or declare it with `await using`; when this process ends in any other way, the kernel takes it back.
 * @typeParam NetworkName names of the networks of the topology
 * @typeParam HostName names of its hosts
 * @typeParam ContainerName names of those hosts that are containers
 */
export class Testbed<NetworkName extends string = string, HostName extends string = string, ContainerName extends string = never> implements AsyncDisposable {
  readonly #core: TestbedCore
  readonly #hosts: Record<string, Host> = {}
  readonly #networks: Record<string, Network> = {}
  readonly #wire: WireOption
  #closing: Promise<void> | undefined

  /** Resolves when the last process of the testbed is gone, with the reason. Never rejects. */
  readonly closed: Promise<TestbedEnd>

  private constructor(core: TestbedCore, wire: WireOption) {
    this.#core = core
    this.#wire = wire
    for (const name of core.model.hosts.keys()) this.#hosts[name] = hostOf(core, name)
    core.containers.hosts = () => core.model.hosts.values()
    core.containers.onPlug = (event, up) => this.#plugged(event.host, event.interface, up)
    core.containers.onGuest = { come: (arrival) => this.#welcome(arrival), go: (host) => this.#farewell(host) }
    core.containers.onEnd = (namespace, exitCode) => void core.change(() => this.#containerEnded(namespace, exitCode)).catch(() => undefined)
    for (const name of core.model.networks.keys()) this.#networks[name] = new Network(core, name)
    void core.sandbox.failed.then((error) => {
      core.state = 'failed'
      void core.control?.close()
      void core.bridge.close(error)
      core.containers.close().catch(() => undefined)
      core.events.emit({ type: 'failed', error })
    })
    this.closed = core.sandbox.closed.then(async ({ error }) => {
      await core.containers.close().catch(() => undefined)
      core.events.emit({ type: 'closed' })
      core.events.end()
      return { error: error === undefined ? undefined : (core.explain(error) as TestbedError) }
    })
  }

  /**
   * Starts a testbed. When it resolves, every port is up and every address usable: the first packet gets through.
   * @throws TestbedError `invalid` (with every mistake in the topology; nothing was touched), `missing` (a tool, device or permission, with
   * what to install or set), `timeout`, `aborted`, `failed`; after any of them nothing is left
   */
  static async start<const NetworkName extends string, const Kinds>(
    topology: TypedTopology<NetworkName, Kinds>,
    options: StartOptions = {},
  ): Promise<Testbed<NetworkName, keyof Kinds & string, ContainerNames<Kinds>>> {
    if (options.signal?.aborted === true) throw new TestbedError('aborted', 'the start of the testbed was aborted', { cause: options.signal.reason })
    const started = performance.now()
    const progress = (step: StartProgress['step'], message: string): void => options.onProgress?.({ step, message, elapsedMs: performance.now() - started })
    // Mistakes in the topology first, whatever the machine lacks.
    const checked = buildModel(topology as Topology)
    const limit = options.timeout ?? 60_000
    if (!(limit > 0)) throw new TestbedError('invalid', `timeout must be a number of milliseconds above 0 (got ${limit})`)
    const location = findLocation(options.ovs ?? 'private')
    const model = location.site === checked.site ? checked : buildModel(topology as Topology, location.site)
    const kind = options.control ?? 'embedded'
    checkControl(model, kind)
    const wire = options.wire ?? 'direct'
    checkContainers(model, wire, (options.privilege ?? (process.geteuid?.() === 0 ? 'root' : 'user-namespace')) === 'root')
    const plan = controlPlan(model, undefined)
    const home = location.home({ name: model.name, switches: [...model.switches.values()], controlled: kind !== 'none' })
    progress('sandbox', 'starting Open vSwitch and the agent')
    let sandbox: Sandbox
    try {
      sandbox = new Sandbox({ privilege: options.privilege, ...home.sandbox, signal: options.signal })
    } catch (error) {
      throw startError(error)
    }
    const over = new AbortController()
    void sandbox.failed.then((error) => over.abort(error))
    const containers = new Containers({
      docker: options.docker,
      testbed: model.name,
      wire,
      signal: over.signal,
      onPull: ({ image, layer, status, current, total }) => progress('containers', `fetching ${image}: ${status.toLowerCase()}${layer === undefined ? '' : ` ${layer}`}${current === undefined || total === undefined ? '' : ` (${megabytes(current)} of ${megabytes(total)} MB)`}`),
    })
    const timer = setTimeout(() => sandbox.abort(new LinuxError('timeout', `the testbed did not start in ${limit} ms`)), Math.min(limit, LONGEST_TIMER))
    try {
      const core = await build(model, plan, kind, home, sandbox, containers, progress)
      progress('ready', `${model.hosts.size} hosts on ${model.networks.size} networks`)
      return new Testbed<NetworkName, keyof Kinds & string, ContainerNames<Kinds>>(core, wire)
    } catch (error) {
      const reason = sandbox.failure ?? error
      sandbox.abort(new LinuxError('closed', 'the start failed', { cause: error }))
      await Promise.all([sandbox.closed, containers.close().catch(() => undefined)])
      throw startError(reason)
    } finally {
      clearTimeout(timer)
    }
  }

  /** The testbed's name. */
  get name(): string {
    return this.#core.model.name
  }

  /** The hosts by name; those added later too. */
  get hosts(): { readonly [Name in HostName]: Name extends ContainerName ? ContainerHost : Host } {
    return this.#hosts as { readonly [Name in HostName]: Name extends ContainerName ? ContainerHost : Host }
  }

  /** The networks by name; those added later too. */
  get networks(): Readonly<Record<NetworkName, Network>> {
    return this.#networks as Record<NetworkName, Network>
  }

  /** A host by a name that is only known at run time. @throws TestbedError `invalid` when there is none */
  host(name: string): Host {
    this.#core.host(name)
    return this.#hosts[name] as Host
  }

  /** A host that is a container, by a name that is only known at run time. @throws TestbedError `invalid` when there is none, or it is no container */
  container(name: string): ContainerHost {
    const host = this.host(name)
    if (!(host instanceof ContainerHost)) throw new TestbedError('invalid', `host "${name}" is no container`)
    return host
  }

  /** Adds a network. During a partition it is split like the others. @throws TestbedError `invalid` */
  addNetwork(name: string, spec: NetworkSpec = {}): Promise<Network> {
    return this.#core.change(async () => {
      const model = withNetwork(this.#core.model, name, spec)
      await this.#core.containers.addNetwork(model.networks.get(name) as NetworkModel)
      try {
        await this.#adopt(model)
      } catch (error) {
        await this.#core.containers.removeNetwork(name).catch(() => undefined)
        throw error
      }
      const network = new Network(this.#core, name)
      this.#networks[name] = network
      this.#core.events.emit({ type: 'network-added', network: name })
      return network
    })
  }

  /** Removes a network that no host is on. @throws TestbedError `invalid` when there is none, or hosts are on it */
  removeNetwork(name: string): Promise<void> {
    return this.#core.change(async () => {
      const model = withoutNetwork(this.#core.model, name)
      await this.#core.containers.removeNetwork(name)
      this.#core.model = model
      delete this.#networks[name]
      this.#core.events.emit({ type: 'network-removed', network: name })
    })
  }

  /**
   * Adds a host, ready when it resolves. During a partition it joins the hosts that are in no named group.
   * @throws TestbedError `invalid`, also when a partition is impossible with a trunk of the host; of a container also `missing` and `failed`
   */
  addHost(name: string, spec: HostSpec & ({ readonly image: string } | { readonly container: string })): Promise<ContainerHost>
  addHost(name: string, spec: HostSpec): Promise<Host>
  addHost(name: string, spec: HostSpec): Promise<Host> {
    return this.#core.change(async () => {
      const core = this.#core
      const model = withHost(core.model, name, spec)
      const host = model.hosts.get(name) as HostModel
      const plan = core.partition && adaptPartition(model, core.partition)
      checkContainers(model, this.#wire, core.sandbox.privilege === 'root')
      const boxed = isContainer(host) ? [host] : []
      try {
        const [pid] = await core.containers.start(boxed)
        await applyTo(core.containers, core.sandbox, boxed, [...hostJobs(model, host, pid), portsUpJob(model.site, host.interfaces)])
        await core.settle(host)
        // The others first: the new host must not be among those that it is kept apart from, not even for a moment.
        await this.#direct(core.control === undefined ? core.model : model, core.partition, plan)
        await core.bridge.add(hostPorts(model, [host], core.control ? undefined : (network, owner) => partitionVlan(model, plan, network, owner)))
        await core.control?.portsUp(host.interfaces.map((item) => controlPort(model, item)))
        await core.bridge.revalidated()
        if (boxed.length > 0) {
          await core.sandbox.call('names', namesRequest(model))
          await core.containers.ready(boxed)
        }
      } catch (error) {
        // What went wrong first is what the caller must know.
        await this.#discard(host).catch(() => undefined)
        await this.#direct(core.model, plan, core.partition).catch(() => undefined)
        if (boxed.length > 0) await core.publishNames().catch(() => undefined)
        throw error
      }
      core.model = model
      core.partition = plan
      await core.forgetUnresolved()
      await core.publishNames()
      const added = hostOf(core, name)
      this.#hosts[name] = added
      core.events.emit({ type: 'host-added', host: name })
      return added
    })
  }

  /** Removes a host: its processes are killed, its connections reset, its ports deleted. @throws TestbedError `invalid` when there is none */
  removeHost(name: string): Promise<void> {
    return this.#core.change(async () => {
      const core = this.#core
      const model = withoutHost(core.model, name)
      const host = core.host(name)
      await core.sandbox.owned.closeNamespace(host.namespace, new TestbedError('closed', `host "${name}" was removed`))
      await this.#discard(host)
      await core.apply(forgetNeighbourJobs(model, host))
      await this.#adopt(model)
      core.hostStates.delete(name)
      for (const { port } of host.interfaces) core.downPorts.delete(port)
      delete this.#hosts[name]
      await core.publishNames()
      core.events.emit({ type: 'host-removed', host: name })
    })
  }

  /** Takes away whatever of a host is there. */
  async #discard(host: HostModel): Promise<void> {
    const [first] = host.interfaces
    try {
      if (first !== undefined) await this.#core.bridge.removeIfThere(bridgeOf(this.#core.model, first.switch), host.interfaces.map(({ port }) => port))
      // The cables first: a socket that somebody still holds keeps the namespace, and with it a cable, alive.
      await this.#core.apply(host.interfaces.map((item) => deletePortJob(this.#core.model.site, item)))
      await this.#core.sandbox.call('remove', { namespaces: [host.namespace] })
    } finally {
      await this.#core.containers.remove(host)
    }
  }

  /** Makes a container a host that somebody has put on a network of Docker. */
  async #welcome({ container, spec }: Arrival): Promise<void> {
    const core = this.#core
    try {
      await this.addHost(hostNameFor(container, core.model.hosts.keys()), spec)
    } catch (error) {
      if (core.state === 'running') core.events.emit({ type: 'guest-refused', container, error: error as Error })
      throw error
    }
  }

  async #farewell(host: string): Promise<void> {
    if (this.#core.state === 'running' && this.#core.model.hosts.has(host)) await this.removeHost(host)
  }

  /** Somebody has told Docker to take a container off one of its networks, or to put it on again. */
  async #plugged(name: string, which: string, up: boolean): Promise<void> {
    const core = this.#core
    const host = this.#hosts[name]
    const port = core.state === 'running' ? core.model.hosts.get(name)?.interfaces.find((item) => item.name === which)?.port : undefined
    if (host === undefined || port === undefined || core.downPorts.has(port) !== up) return
    await (up ? host.linkUp(which) : host.linkDown(which))
  }

  /** A container has ended by itself. */
  async #containerEnded(namespace: string, exitCode: number): Promise<void> {
    const host = [...this.#core.model.hosts.values()].find((candidate) => candidate.namespace === namespace)
    const object = host && this.#hosts[host.name]
    // It may be running again since.
    if (host !== undefined && object instanceof ContainerHost && !this.#core.containers.isRunning(host)) await object.ended(exitCode)
  }

  /** Makes an ACL, or gives the one of that name other rules, wherever it is used. @throws TestbedError `invalid`: nothing has changed */
  setAcl(name: string, rules: TopologyAcl): Promise<void> {
    return this.#core.change(() => this.#core.remodel(withAcl(this.#core.model, name, rules)))
  }

  /** Removes an ACL that nothing uses. @throws TestbedError `invalid` */
  removeAcl(name: string): Promise<void> {
    return this.#core.change(() => this.#core.remodel(withoutAcl(this.#core.model, name)))
  }

  /** Makes a meter, or gives the one of that name another limit. @throws TestbedError `invalid` */
  setMeter(name: string, meter: MeterSpec): Promise<void> {
    return this.#core.change(() => this.#core.remodel(withMeter(this.#core.model, name, meter)))
  }

  /**
   * Why a packet gets through, or does not: what the switches would do with it now, table by table in words, with the ACL, the rule and the line of
   * the source that decided. Nothing is sent: the switch's own trace answers.
   * @param options hosts, and what kind of packet: `{ from: 'laptop', to: 'web', tcp: 80 }`
   * @throws TestbedError `invalid`, also when the hosts have no way to reach each other at all
   */
  explain(options: PacketKind & { readonly from: Target; readonly to: Target; readonly family?: 4 | 6 }): Promise<Explanation> {
    const nameOf = (target: Target): string => (typeof target === 'string' ? target : target.name)
    return this.#core.guard(() => explain(this.#core, { ...options, from: nameOf(options.from), to: nameOf(options.to) }))
  }

  /** Tries every ordered pair of hosts with real echo requests, all at once. */
  reachability(options: ReachabilityOptions = {}): Promise<Reachability> {
    return this.#core.guard(() => measureReachability(this.#core, options))
  }

  /**
   * Splits the testbed: hosts of different groups do not reach each other on any network, as if the switch had broken apart. Hosts in
   * no group stay together as one more group. A second partition replaces the first.
   * @throws TestbedError `invalid`
   */
  partition(...groups: readonly (readonly string[])[]): Promise<void> {
    return this.#core.change(async () => {
      const plan = planPartition(this.#core.model, groups)
      await this.#direct(this.#core.model, this.#core.partition, plan)
      this.#core.partition = plan
      this.#core.events.emit({ type: 'partitioned', groups: plan.groups })
    })
  }

  /** Ends a partition. Pulled cables and stopped hosts stay as they are. */
  heal(): Promise<void> {
    return this.#core.change(async () => {
      if (this.#core.partition === undefined) return
      await this.#direct(this.#core.model, this.#core.partition, undefined)
      this.#core.partition = undefined
      await this.#core.forgetUnresolved()
      this.#core.events.emit({ type: 'healed' })
    })
  }

  /** Makes a changed model the testbed's own; a partition goes on with what has changed. */
  async #adopt(model: TestbedModel): Promise<void> {
    const core = this.#core
    const plan = core.partition && adaptPartition(model, core.partition)
    await this.#direct(model, core.partition, plan)
    core.model = model
    core.partition = plan
  }

  /** Makes the switches do what a model with a partition wants. */
  async #direct(model: TestbedModel, before: PartitionPlan | undefined, after: PartitionPlan | undefined): Promise<void> {
    const { control, bridge } = this.#core
    if (control === undefined) return await this.#updateVlans(model, before, after)
    await control.apply(controlPlan(model, after))
    // Until then the datapath may still forward by what it has cached.
    await bridge.revalidated()
  }

  /** Gives access ports the VIDs that one partition, or none, gives them instead of another; all in one transaction. */
  async #updateVlans(model: TestbedModel, before: PartitionPlan | undefined, after: PartitionPlan | undefined): Promise<void> {
    const ports = [...model.hosts.values()].flatMap((host) =>
      host.interfaces
        .filter(({ network }) => network !== undefined && partitionVlan(model, before, network, host.name) !== partitionVlan(model, after, network, host.name))
        .map((item) => [item.port, portVlans(model, host.name, item, (network, owner) => partitionVlan(model, after, network, owner))] as const),
    )
    if (ports.length > 0) await this.#core.bridge.setVlans(new Map(ports))
  }

  /** What the testbed consists of, as plain data. */
  inspect(): TestbedInspection {
    return inspectTestbed(this.#core)
  }

  /** A picture of the testbed as text: Graphviz DOT, SVG, or Mermaid. */
  diagram(format: 'dot' | 'svg' | 'mermaid'): Promise<string> {
    return renderDiagram(this.inspect(), format)
  }

  /** What happens from now on, as an async iterator; ends with the testbed. */
  events(): AsyncIterableIterator<TimedTestbedEvent> {
    return this.#core.events.read()
  }

  /** Runs a program beside the switch: `ovs-vsctl`, `ovs-ofctl` and `ovs-appctl` find the testbed's own Open vSwitch. */
  exec: Host['exec'] = (argv, options = {}) => this.#core.guard(() => execIn(this.#core.sandbox, BASE_NAMESPACE, 'the switch', argv, options))

  /**
   * Ends the testbed. Pending calls reject. When it resolves, every link is deleted and every process killed; `closed` resolves, some
   * milliseconds later, when the kernel has taken the last process apart. May be called again.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const core = this.#core
    if (core.state === 'running') core.state = 'closed'
    const removed = core.containers.close()
    removed.catch(() => undefined)
    await core.control?.close()
    await core.bridge.close(new TestbedError('closed', 'the testbed was closed'))
    await core.sandbox.close(core.model.site.group)
    await removed
  }

  /** {@link close}, and waits until the last process is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
    await this.closed
  }
}

/** Builds everything in a new sandbox: one message to the agent, one transaction to the switch. */
async function build(model: TestbedModel, plan: ControlPlan, kind: ControlOption, home: SwitchHome, sandbox: Sandbox, containers: Containers, progress: (step: StartProgress['step'], message: string) => void): Promise<TestbedCore> {
  const hosts = [...model.hosts.values()]
  const opening = home.open(sandbox)
  opening.catch(() => undefined)
  // Whoever listens does so when there is a testbed.
  let emit = (_event: FaucetFeedEvent): void => undefined
  const starting = startControl(kind, plan, (event) => emit(event))
  starting.catch(() => undefined)
  try {
    progress('hosts', `making ${model.hosts.size} hosts`)
    const names = sandbox.call('names', namesRequest(model))
    const boxed = hosts.filter(isContainer)
    containers.hosts = () => hosts
    const opened = containers.openNetworks(model.networks.values())
    const first = [switchPreparationJob(model.site), ...hosts.filter((host) => !isContainer(host)).flatMap((host) => hostJobs(model, host))]
    const last = portsUpJob(model.site, hosts.flatMap(({ interfaces }) => interfaces), true)
    const applied = boxed.length === 0 ? sandbox.apply([...first, last]) : applyWithContainers(model, boxed, first, last, sandbox, containers, progress)
    // Whichever of the others fails first, nobody else hears of it.
    for (const step of [opened, names, applied]) step.catch(() => undefined)
    const ports = [...linkPorts(model), ...hostPorts(model, hosts, kind === 'none' ? (network) => model.networks.get(network)?.vlan ?? 0 : undefined)]
    const [ovs, control] = await Promise.all([opening, starting, names, applied, opened])
    progress('ports', 'connecting them to the switch')
    // The agent watches the links while the switch takes its ends.
    await Promise.all([
      ovs.addFirst(ports, home.ready),
      sandbox.call('settle', { links: hosts.flatMap((host) => host.interfaces.map((item) => ({ namespace: host.namespace, index: hostIndex(host, item) }))) }),
    ])
    if (control !== undefined) {
      progress('control', 'telling the switch what to do')
      await control.takeOver(ovs, [...model.switches.values()].map(({ bridge }) => bridge))
      await control.portsUp(hosts.flatMap(({ interfaces }) => interfaces).map((item) => controlPort(model, item)))
    }
    await containers.ready(boxed)
    const core = new TestbedCore(model, sandbox, ovs, control, containers)
    emit = (event) => core.events.emit(controlEvent(event))
    return core
  } catch (error) {
    // A bridge in an Open vSwitch that goes on without this testbed must not stay.
    await starting.then((control) => control?.close(), () => undefined)
    await opening.then((ovs) => ovs.close(error as Error), () => undefined)
    throw error
  }
}

/** Starts containers while the hosts that are namespaces are made, and makes them hosts as soon as they run. */
async function applyWithContainers(model: TestbedModel, boxed: readonly HostModel[], first: readonly NamespaceJob[], last: NamespaceJob, sandbox: Sandbox, containers: Containers, progress: (step: StartProgress['step'], message: string) => void): Promise<void> {
  progress('containers', `starting ${boxed.length} containers`)
  const [pids] = await Promise.all([containers.start(boxed), sandbox.apply(first)])
  progress('containers', 'plugging them in')
  await applyTo(containers, sandbox, boxed, [...boxed.flatMap((host, index) => hostJobs(model, host, pids[index])), last])
  await sandbox.call('names', namesRequest(model))
}

/** Applies jobs in which containers take part; when one of these has ended meanwhile, the error says so instead of what the kernel says. */
async function applyTo(containers: Containers, sandbox: Sandbox, boxed: readonly HostModel[], jobs: readonly NamespaceJob[]): Promise<void> {
  try {
    await sandbox.apply(jobs)
  } catch (error) {
    if (sandbox.failure === undefined) await containers.assertRunning(boxed)
    throw error
  }
}

function hostOf(core: TestbedCore, name: string): Host {
  return isContainer(core.host(name)) ? new ContainerHost(core, name) : new Host(core, name)
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}

function findLocation(ovs: NonNullable<StartOptions['ovs']>): SwitchLocation {
  try {
    return ovs === 'private' ? privateSwitch() : systemSwitch(ovs === 'system' ? {} : ovs)
  } catch (error) {
    throw startError(error)
  }
}

function startError(error: unknown): TestbedError {
  if (error instanceof TestbedError) return error
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof LinuxError) {
    if (error.code === 'missing' || error.code === 'forbidden') return new TestbedError('missing', message, { cause: error })
    if (error.code === 'aborted' || error.code === 'timeout') return new TestbedError(error.code, error.code === 'aborted' ? 'the start of the testbed was aborted' : message, { cause: error.cause ?? error })
  }
  return new TestbedError('failed', `the testbed could not be started: ${message}`, { cause: error })
}
