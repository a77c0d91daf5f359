import { LinuxError, type AgentCalls, type NamespaceJob, type Sandbox } from '@streambed/linux'
import { OvsError } from '@streambed/ovs'
import { invalidTopology, TestbedError } from './errors.js'
import { EventFeed } from './events.js'
import { checkConfig } from './topology/acls.js'
import { adoptedFiles, hasNamesakes, hostIndex, hostsFile, portVlans, resolvFile } from './plan/plan.js'
import { adaptPartition, partitionVlan, type PartitionPlan } from './plan/partition.js'
import type { Containers } from './containers/containers.js'
import type { ControlPlan, ControlPort, LinkPort, TestbedControl } from './control/control.js'
import { faucetConfigOf, knownHosts } from './plan/faucet-config.js'
import type { Switch } from './switch.js'
import { addressesOf, isContainer, namesakeNetwork, networksOf, type HostModel, type InterfaceModel, type LinkEnd, type TestbedModel } from './topology/model.js'
import { formatAddress, parseHostAddress } from './topology/subnet.js'

/** What may be done to a host and undone. */
export type HostState = 'running' | 'frozen' | 'stopped'

/** What a testbed and its hosts share: the model, the sandbox, the switch, and what was done to them. */
export class TestbedCore {
  model: TestbedModel
  partition: PartitionPlan | undefined
  readonly events = new EventFeed()
  readonly hostStates = new Map<string, HostState>()
  /** Ports whose cable is pulled. */
  readonly downPorts = new Set<string>()
  state: 'running' | 'failed' | 'closed' = 'running'
  #queue: Promise<unknown> = Promise.resolve()

  constructor(
    model: TestbedModel,
    readonly sandbox: Sandbox,
    readonly bridge: Switch,
    /** undefined: the switch learns by itself. */
    readonly control: TestbedControl | undefined,
    readonly containers: Containers,
  ) {
    this.model = model
  }

  /** Runs changes one after the other: each sees the model that the one before left. */
  change<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(() => this.guard(work))
    this.#queue = result.catch(() => undefined)
    return result
  }

  /** Runs a call; when a part of the testbed has died, the error says which. */
  async guard<T>(work: () => Promise<T>): Promise<T> {
    this.assertAlive()
    try {
      return await work()
    } catch (error) {
      throw this.explain(error)
    }
  }

  /** As {@link guard}, for a call of Docker: whatever a container answers when it is being removed, the testbed is gone. */
  guardContainer<T>(work: () => Promise<T>): Promise<T> {
    return this.guard(async () => {
      try {
        return await work()
      } catch (error) {
        if (this.sandbox.failure !== undefined) throw this.#failure(this.sandbox.failure, error)
        if (this.state !== 'running') throw new TestbedError('closed', 'the testbed was closed', { cause: error })
        throw error
      }
    })
  }

  /** @throws TestbedError `closed` */
  assertAlive(): void {
    if (this.sandbox.failure !== undefined) throw this.#failure(this.sandbox.failure)
    if (this.state !== 'running') throw new TestbedError('closed', 'the testbed is closed')
  }

  /** An error of a lower package, as this one's where the testbed as a whole is meant. */
  explain(error: unknown): unknown {
    const closed = (error instanceof LinuxError || error instanceof OvsError) && error.code === 'closed'
    if (!closed) return error
    if (this.sandbox.failure !== undefined) return this.#failure(this.sandbox.failure, error)
    return new TestbedError('closed', error.message, { cause: error })
  }

  #failure(failure: Error, cause: unknown = failure): TestbedError {
    return new TestbedError('closed', `the testbed is gone: ${failure.message}`, { cause })
  }

  host(name: string): HostModel {
    const host = this.model.hosts.get(name)
    if (host === undefined) throw new TestbedError('invalid', `there is no host "${name}"; the hosts are ${[...this.model.hosts.keys()].join(', ') || 'none'}`)
    return host
  }

  /** An interface of a host by its own name or by its network; the first one by default. */
  interface(host: HostModel, name?: string): InterfaceModel {
    const found = name === undefined ? host.interfaces[0] : host.interfaces.find((item) => item.name === name || item.device === name) ?? host.interfaces.find(({ network }) => network === name)
    if (found !== undefined) return found
    const known = host.interfaces.map((item) => `${item.name} (${item.network ?? 'trunk'})`).join(', ') || 'none'
    throw new TestbedError('invalid', name === undefined ? `host "${host.name}" has no interface` : `host "${host.name}" has no interface or network "${name}"; it has ${known}`)
  }

  /** The VID of an access port as it is now. */
  vlanOf(network: string, host: string): number {
    return partitionVlan(this.model, this.partition, network, host)
  }

  /**
   * The addresses behind a name or address, best ones first for `viewer`; none when somebody nearer has all of them.
   * @throws TestbedError `invalid`
   */
  resolve(target: string, viewer: string): { readonly addresses: readonly string[]; readonly host: string | undefined } {
    const bare = target.replace(/^\[(.*)\]$/, '$1')
    const parsed = parseHostAddress(bare)
    if (parsed !== undefined) {
      // Networks whose subnets overlap may have the address twice: the one that the viewer can see is meant.
      const address = formatAddress(parsed.family, parsed.value)
      const owners = [...this.model.hosts.keys()].filter((name) => addressesOf(this.model, name).some((item) => item.address === address))
      const near = networksOf(this.model, viewer)
      const seen = owners.find((name) => addressesOf(this.model, name).some((item) => item.address === address && near.has(item.network)))
      return { addresses: [address], host: seen ?? owners[0] }
    }
    if (target === 'localhost') return { addresses: ['127.0.0.1', '::1'], host: viewer }
    const name = this.model.hosts.has(target) ? target : [...this.model.hosts.keys()].find((candidate) => candidate.toLowerCase() === target.toLowerCase())
    if (name === undefined) throw new TestbedError('invalid', `"${target}" is neither a host of the testbed nor an address; the hosts are ${[...this.model.hosts.keys()].join(', ') || 'none'}`)
    const all = addressesOf(this.model, name, viewer)
    if (all.length === 0) throw new TestbedError('invalid', `host "${name}" has no address: its networks have no subnet`)
    const addresses = all.filter((item) => namesakeNetwork(this.model, viewer, item) === undefined).map(({ address }) => address)
    return { addresses, host: name }
  }

  /** Makes a changed model the testbed's own; a partition goes on with what has changed. */
  async adopt(model: TestbedModel): Promise<void> {
    const plan = this.partition && adaptPartition(model, this.partition)
    await this.direct(model, this.partition, plan)
    this.model = model
    this.partition = plan
  }

  /** Makes the switches do what a model with a partition wants. */
  async direct(model: TestbedModel, before: PartitionPlan | undefined, after: PartitionPlan | undefined): Promise<void> {
    if (this.control === undefined) return await this.#updateVlans(model, before, after)
    await this.control.apply(controlPlan(model, after))
    // Until then the datapath may still forward by what it has cached.
    await this.bridge.revalidated()
  }

  /** Gives access ports the VIDs that one partition, or none, gives them instead of another; all in one transaction. */
  async #updateVlans(model: TestbedModel, before: PartitionPlan | undefined, after: PartitionPlan | undefined): Promise<void> {
    const ports = [...model.hosts.values()].flatMap((host) =>
      host.interfaces
        .filter(({ network }) => network !== undefined && partitionVlan(model, before, network, host.name) !== partitionVlan(model, after, network, host.name))
        .map((item) => [item.port, portVlans(model, host.name, item, (network, owner) => partitionVlan(model, after, network, owner))] as const),
    )
    if (ports.length > 0) await this.bridge.setVlans(new Map(ports))
  }

  /** Makes a model that differs only in what the controller does the testbed's own. @throws TestbedError `invalid` without a controller */
  async remodel(model: TestbedModel): Promise<void> {
    if (this.control === undefined) throw new TestbedError('invalid', "the testbed has no controller: start it without control: 'none'")
    await this.direct(model, this.partition, this.partition)
    this.model = model
  }

  /** Waits until the controller has taken note that the cables of these interfaces are plugged in. */
  async portsUp(interfaces: readonly InterfaceModel[]): Promise<void> {
    const plugged = interfaces.filter(({ port }) => !this.downPorts.has(port))
    await this.control?.portsUp(plugged.map((item) => controlPort(this.model, item)))
    if (this.control !== undefined) await this.bridge.revalidated()
  }

  /** Applies jobs in the kernel. */
  apply(jobs: readonly NamespaceJob[]): Promise<void> {
    return this.sandbox.apply(jobs)
  }

  /** Waits until the interfaces of a host, but those whose cable is pulled, can send. */
  async settle(host: HostModel): Promise<void> {
    const plugged = host.interfaces.filter(({ port }) => !this.downPorts.has(port))
    await this.sandbox.call('settle', { links: plugged.map((item) => ({ namespace: host.namespace, index: hostIndex(host, item) })) })
    await this.forgetUnresolved()
  }

  /** After something was mended: lets hosts ask at once for neighbours that did not answer before. */
  async forgetUnresolved(): Promise<void> {
    await this.sandbox.call('forgetUnresolved', {})
  }

  /** Tells the hosts each other's names. */
  async publishNames(): Promise<void> {
    await this.sandbox.call('names', namesRequest(this.model))
  }
}

/**
 * The plan for the controller: who may send what to whom, and who is where.
 * @throws TestbedError `invalid` for rules that Faucet refuses, such as one that sends to a port that is not there
 */
export function controlPlan(model: TestbedModel, partition: PartitionPlan | undefined): ControlPlan {
  const vlanOf = (network: string, host: string): number => partitionVlan(model, partition, network, host)
  const end = (item: LinkEnd): LinkPort => ({ dpId: model.switches.get(item.switch)?.dpid ?? 0n, port: item.ofport, name: item.port })
  const config = faucetConfigOf(model, vlanOf)
  // Without rules of the user's there is nothing to be refused.
  const issues = model.acls.size > 0 ? checkConfig(config) : []
  if (issues.length > 0) throw invalidTopology(issues, 'the rules')
  return {
    config,
    hosts: knownHosts(model, vlanOf),
    links: model.links.map(({ ends: [one, other] }) => ({ ends: [end(one), end(other)] })),
  }
}

/** The port of an interface, as the controller knows it. */
export function controlPort(model: TestbedModel, item: InterfaceModel): ControlPort {
  return { dpId: model.switches.get(item.switch)?.dpid ?? 0n, port: item.ofport }
}

/** The request that tells all hosts the names of all hosts. */
export function namesRequest(model: TestbedModel): AgentCalls['names']['request'] {
  const hosts = [...model.hosts.values()]
  return {
    hosts: hostsFile(model),
    ...(hasNamesakes(model) && { own: Object.fromEntries(hosts.map((host) => [host.namespace, hostsFile(model, host.name)])) }),
    resolv: Object.fromEntries(hosts.map((host) => [host.namespace, resolvFile(model, host)])),
    ...(hosts.some(isContainer) && { adopted: adoptedFiles(model) }),
  }
}
