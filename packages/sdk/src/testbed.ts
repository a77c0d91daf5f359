import { BASE_NAMESPACE, execIn } from '@streambed/linux'
import { ContainerHost } from './container-host.js'
import { hostNameFor, type Arrival } from './containers/guests.js'
import type { TestbedCore } from './core.js'
import { renderDiagram } from './diagram/index.js'
import { TestbedError } from './errors.js'
import type { TimedTestbedEvent } from './events.js'
import { explain } from './explain/explain.js'
import type { Explanation } from './explain/explanation.js'
import type { PacketKind } from './explain/trace-packet.js'
import { Host, type Target } from './host.js'
import type { TestbedInspection } from './inspection.js'
import { inspectTestbed } from './inspect.js'
import { dropHost, joinHost } from './membership.js'
import { Network } from './network.js'
import { planPartition } from './plan/partition.js'
import { measureReachability, type Reachability, type ReachabilityOptions } from './reachability.js'
import { startTestbed, type StartOptions } from './start.js'
import { withNetwork, withoutNetwork } from './topology/build.js'
import { withAcl, withMeter, withoutAcl } from './topology/live.js'
import { isContainer, type NetworkModel } from './topology/model.js'
import type { ContainerNames, HostSpec, MeterSpec, NetworkSpec, Topology, TopologyAcl, TypedTopology } from './topology/spec.js'

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
  #closing: Promise<void> | undefined

  /** Resolves when the last process of the testbed is gone, with the reason. Never rejects. */
  readonly closed: Promise<TestbedEnd>

  private constructor(core: TestbedCore) {
    this.#core = core
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
    return new Testbed<NetworkName, keyof Kinds & string, ContainerNames<Kinds>>(await startTestbed(topology as Topology, options))
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
        await this.#core.adopt(model)
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
      await joinHost(this.#core, name, spec)
      const added = hostOf(this.#core, name)
      this.#hosts[name] = added
      this.#core.events.emit({ type: 'host-added', host: name })
      return added
    })
  }

  /** Removes a host: its processes are killed, its connections reset, its ports deleted. @throws TestbedError `invalid` when there is none */
  removeHost(name: string): Promise<void> {
    return this.#core.change(async () => {
      try {
        await dropHost(this.#core, name)
      } finally {
        // It is gone, also when Docker could not remove its container.
        if (Object.hasOwn(this.#hosts, name) && !this.#core.model.hosts.has(name)) {
          delete this.#hosts[name]
          this.#core.events.emit({ type: 'host-removed', host: name })
        }
      }
    })
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
      await this.#core.direct(this.#core.model, this.#core.partition, plan)
      this.#core.partition = plan
      this.#core.events.emit({ type: 'partitioned', groups: plan.groups })
    })
  }

  /** Ends a partition. Pulled cables and stopped hosts stay as they are. */
  heal(): Promise<void> {
    return this.#core.change(async () => {
      if (this.#core.partition === undefined) return
      await this.#core.direct(this.#core.model, this.#core.partition, undefined)
      this.#core.partition = undefined
      await this.#core.forgetUnresolved()
      this.#core.events.emit({ type: 'healed' })
    })
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

function hostOf(core: TestbedCore, name: string): Host {
  return isContainer(core.host(name)) ? new ContainerHost(core, name) : new Host(core, name)
}
