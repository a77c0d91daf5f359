import { addBridge, addPorts, namedUuid, type VswitchOperation } from '@streambed/ovs'
import type { MachineLinks } from '../driver/machine-links.js'
import type { SwitchDatabase } from '../driver/switch-database.js'
import { DockerDriverError } from '../errors.js'
import type { Network } from '../model/network.js'
import { formatDpid } from '../options/index.js'
import type { OtherBridgeState } from '../status/index.js'
import { BridgeFlows } from './bridge-flows.js'
import { machineBridgeIds } from './machine-ids.js'
import { machineFlows } from './machine-flows.js'
import type { MachinePlan, PlannedBridge } from './plan-machine.js'
import { planPatches } from './plan-patches.js'
import { countSteps, planMachineSteps, type MachineSteps } from './plan-steps.js'

/** What the machine's bridges are made with. */
export interface MachineParts {
  /** The driver's name: bridges of another one are not touched. */
  readonly driver: string
  readonly database: SwitchDatabase
  readonly links: MachineLinks
  /** Where Open vSwitch has the management sockets of its bridges. */
  readonly runDirectory: string
  /** Targets of the stacking bridge's controllers. */
  readonly controllers: readonly string[]
  /** Whether bridges are in userspace: where the kernel has no datapath of Open vSwitch. */
  readonly userspace: boolean
  log(level: 'info' | 'warning' | 'error', text: string): void
}

/**
 * The bridges of the machine beside those of the networks: the mirror bridge, or the stacking bridge and the loopback bridge; with
 * the links of the networks to them.
 *
 * They are there as long as a driver with their flags runs, and while there are networks. A driver that starts without the flags
 * removes them, and so does one that is closed when it has no network (any more), so that nothing is left behind.
 */
export class MachineBridges implements AsyncDisposable {
  readonly #parts: MachineParts
  readonly #flows = new Map<string, BridgeFlows>()
  readonly #told = new Set<string>()
  #work: Promise<unknown> = Promise.resolve()

  /** @param plan undefined: none of these bridges is wanted */
  constructor(
    readonly plan: MachinePlan | undefined,
    parts: MachineParts,
  ) {
    this.#parts = parts
  }

  /** Whether mirrored packets have somewhere to go. */
  get mirroring(): boolean {
    return this.plan?.bridges.some(({ purpose }) => purpose !== 'stack') ?? false
  }

  /** Names of bridges that no network can have. */
  get names(): ReadonlySet<string> {
    return new Set(this.plan?.bridges.map(({ name }) => name) ?? [])
  }

  /** The links that a network is to have. */
  patchesOf(network: Network, others: readonly Network[]): Network['patches'] {
    return planPatches(network, this.plan, others, this.#parts.database.bridges())
  }

  /** The bridges, for the status and the diagram. */
  status(): Readonly<Record<string, OtherBridgeState>> {
    return Object.fromEntries((this.plan?.bridges ?? []).map((bridge) => [bridge.name, statusOf(bridge, this.plan)]))
  }

  /**
   * Makes bridges, links, ports and flows what follows from the plan and these networks; whatever of this driver's is no more wanted
   * is removed. Resolves when Open vSwitch has confirmed it, with the number of differences that there were. What cannot be had, such
   * as an interface that is not there, is logged once.
   * @throws DockerDriverError `switch`, `kernel`; with `strict` also `not-found` and `conflict` for what cannot be had
   */
  apply(networks: readonly Network[], { strict = false }: { readonly strict?: boolean } = {}): Promise<number> {
    return this.#one(() => this.#apply(networks, this.plan, strict))
  }

  /** Removes the bridges, and the links to them. */
  async remove(): Promise<void> {
    await this.#one(() => this.#apply([], undefined, false))
  }

  /** Ends the connections. The bridges stay. Idempotent. */
  async close(): Promise<void> {
    await this.#work
    await Promise.all([...this.#flows.values()].map((flows) => flows.close()))
    this.#flows.clear()
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #one<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(work)
    this.#work = result.catch(() => undefined)
    return result
  }

  async #apply(networks: readonly Network[], plan: MachinePlan | undefined, strict: boolean): Promise<number> {
    const { driver, database, links, controllers } = this.#parts
    const bridges = database.bridges()
    const present = plan === undefined ? [] : (await links.list()).map(({ name }) => name)
    const steps = planMachineSteps({ driver, plan, networks, bridges, links: new Set(present), controllers })
    const [problem] = steps.problems
    if (strict && problem) throw new DockerDriverError(problem.code, problem.message)
    this.#tell(steps.problems)
    await this.#carryOut(steps, plan)
    const flows = await Promise.all(
      (plan?.bridges ?? []).filter(({ name }) => database.bridge(name) !== undefined).map((bridge) => this.#setFlows(bridge, networks)),
    )
    return countSteps(steps) + flows.reduce((sum, count) => sum + count, 0)
  }

  /** A problem is told when it comes, not each time that it is still there. */
  #tell(problems: MachineSteps['problems']): void {
    const messages = problems.map(({ message }) => message)
    for (const message of messages) if (!this.#told.has(message)) this.#parts.log('warning', message)
    this.#told.clear()
    for (const message of messages) this.#told.add(message)
  }

  async #carryOut(steps: MachineSteps, plan: MachinePlan | undefined): Promise<void> {
    const { database, links, userspace } = this.#parts
    for (const name of steps.removeBridges) {
      await this.#flows.get(name)?.close()
      this.#flows.delete(name)
    }
    await database.commit([...database.removePorts(steps.removePorts), ...database.removeBridges(steps.removeBridges)])
    for (const name of steps.removeLinks) await links.remove(name)
    for (const link of steps.makeLinks) await links.makeLink({ ends: [link.own, link.peer], mtu: link.mtu, plainChecksums: userspace || link.userspace })
    const wanted = [...steps.addPorts, ...steps.touchPorts]
    const ofports = await database.commit(
      [
        ...steps.addBridges.flatMap((bridge) => this.#bridgeOperations(bridge, plan?.engine ?? '')),
        ...steps.setControllers.flatMap((bridge) => this.#controllerOperations(bridge)),
        ...[...groupBy(steps.addPorts, ({ bridge }) => bridge)].flatMap(([bridge, ports]) => addPorts(bridge, ports.map(({ name, ofport, ids }) => ({ name, ofport_request: ofport, external_ids: ids })))),
        ...steps.touchPorts.flatMap(({ name, ids }) => database.setIds('Interface', name, ids)),
      ],
      { interfaces: wanted.map(({ name }) => name) },
    )
    await Promise.all(steps.bringUp.map((name) => links.bringUp(name, [])))
    for (const { bridge, name, ofport } of wanted) {
      if (ofports.get(name) !== ofport) throw new DockerDriverError('switch', `Open vSwitch gave the interface ${name} port number ${ofports.get(name)} of bridge ${bridge} instead of ${ofport}: somebody else's port may have it`)
    }
  }

  #bridgeOperations(bridge: PlannedBridge, engine: string): VswitchOperation[] {
    const { driver, userspace } = this.#parts
    const { name, dpid, purpose } = bridge
    return [
      ...addBridge({
        name,
        datapath_type: userspace ? 'netdev' : 'system',
        // Without a controller too: nothing but the flows below may forward anything.
        fail_mode: 'secure',
        ...(dpid !== undefined && { datapath_id: formatDpid(dpid) }),
        external_ids: machineBridgeIds(driver, engine, bridge),
      }),
      { op: 'update', table: 'Bridge', where: [['name', '==', name]], row: { stp_enable: false } },
      ...(purpose === 'stack' ? this.#controllerOperations(name) : []),
    ]
  }

  #controllerOperations(bridge: string): VswitchOperation[] {
    const targets = this.#parts.controllers.map((target, index) => ({ target, name: `machine_controller${index}` }))
    return [
      ...targets.map(({ target, name }): VswitchOperation => ({ op: 'insert', table: 'Controller', 'uuid-name': name, row: { target, max_backoff: 1000n } })),
      { op: 'update', table: 'Bridge', where: [['name', '==', bridge]], row: { controller: targets.map(({ name }) => namedUuid(name)) } },
    ]
  }

  async #setFlows(bridge: PlannedBridge, networks: readonly Network[]): Promise<number> {
    const flows = machineFlows(bridge, networks)
    if (flows.length === 0) return 0
    const { runDirectory, log } = this.#parts
    const present = this.#flows.get(bridge.name)
    const bridgeFlows = present ?? new BridgeFlows(bridge.name, `${runDirectory}/${bridge.name}.mgmt`, (error) => log('warning', `the flows of bridge ${bridge.name}: ${error.message}`))
    this.#flows.set(bridge.name, bridgeFlows)
    return bridgeFlows.set(flows)
  }
}

function statusOf({ purpose, interfaces, mirrorTo }: PlannedBridge, plan: MachinePlan | undefined): OtherBridgeState {
  const entries = interfaces.map(({ name, ofport, direction, remote }) => [
    name,
    { OFPort: ofport, ...(direction !== undefined && { Direction: direction }), ...(remote !== undefined && { RemoteDp: remote.dp, RemotePort: remote.port }) },
  ])
  const priority1 = purpose === 'stack' ? plan?.config.stack?.priority1 : undefined
  return {
    Kind: purpose,
    Interfaces: Object.fromEntries(entries) as OtherBridgeState['Interfaces'],
    ...(mirrorTo !== undefined && { MirrorTo: { Dp: mirrorTo.dp, Port: mirrorTo.port } }),
    ...(priority1 !== undefined && { StackPriority1: priority1 }),
  }
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}
