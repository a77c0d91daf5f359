import { key } from '../driver/state.js'
import type { BridgePort, BridgeState } from '../driver/switch-database.js'
import type { StringMap } from '@streambed/ovs'
import type { Network } from '../model/network.js'
import { machineInterfaceIds, machineKey, patchIds, purposeOf } from './machine-ids.js'
import type { MachinePlan, PlannedBridge } from './plan-machine.js'

/** What there is. */
export interface MachineObserved {
  readonly driver: string
  readonly plan: MachinePlan | undefined
  readonly networks: readonly Network[]
  readonly bridges: readonly BridgeState[]
  /** Names of the machine's links. */
  readonly links: ReadonlySet<string>
  /** Targets of the stacking bridge's controllers. */
  readonly controllers: readonly string[]
}

/** A port that is to be added. */
export interface WantedPort {
  readonly bridge: string
  readonly name: string
  readonly ofport: number
  readonly ids: StringMap
}

/** Both ends of a link between a network's bridge and one of the machine's. */
export interface PatchLink {
  readonly own: string
  readonly peer: string
  /** Bytes. */
  readonly mtu: number
  /** The network's bridge is in userspace, which reads checksums that the kernel may have left out. */
  readonly userspace: boolean
}

/** What is to be done, in this order, so that the machine's bridges are as they are to be. */
export interface MachineSteps {
  readonly removePorts: readonly string[]
  readonly removeBridges: readonly string[]
  readonly removeLinks: readonly string[]
  readonly makeLinks: readonly PatchLink[]
  readonly addBridges: readonly PlannedBridge[]
  /** Bridges with other controllers than they are to have. */
  readonly setControllers: readonly string[]
  readonly addPorts: readonly WantedPort[]
  /** Ports of links that are made anew: Open vSwitch is to look for their interfaces. */
  readonly touchPorts: readonly WantedPort[]
  /** Interfaces of the machine that are to be up. */
  readonly bringUp: readonly string[]
  /** What is in the way, and cannot be mended from here. */
  readonly problems: readonly { readonly code: 'not-found' | 'conflict'; readonly message: string }[]
}

/** How many differences the steps mend. */
export function countSteps({ removePorts, removeBridges, makeLinks, addBridges, setControllers, addPorts, touchPorts }: MachineSteps): number {
  return removePorts.length + removeBridges.length + makeLinks.length + addBridges.length + setControllers.length + addPorts.length + touchPorts.length
}

/** What is to be done about the machine's bridges and the links of the networks to them: nothing when all is as it is to be. */
export function planMachineSteps(observed: MachineObserved): MachineSteps {
  const { driver, plan, networks, bridges, links, controllers } = observed
  const named = new Map(bridges.map((bridge) => [bridge.name, bridge]))
  const problems: MachineSteps['problems'][number][] = []
  const usable = (plan?.bridges ?? []).filter(({ name, purpose }) => {
    const there = named.get(name)
    if (there === undefined || purposeOf(there, driver) === purpose) return true
    problems.push({ code: 'conflict', message: `there is a bridge ${name} that is not of this driver: remove it with "ovs-vsctl del-br ${name}", when nobody needs it` })
    return false
  })
  const wanted = new Map(wantedPorts(usable, networks, named).map((port) => [port.name, port]))
  const present = bridges.flatMap((bridge) => ownPorts(bridge, driver).map((port) => ({ ...port, bridge: bridge.name })))
  const kept = present.filter((port) => isAs(port, wanted.get(port.name)))
  const stale = present.filter((port) => !kept.includes(port))
  const gone = bridges.filter((bridge) => purposeOf(bridge, driver) !== undefined && !usable.some(({ name }) => name === bridge.name))
  const physical = new Map(usable.flatMap((bridge) => bridge.interfaces.map(({ name }) => [name, bridge] as const)))
  const missing = [...wanted.values()].filter(({ name }) => !kept.some((port) => port.name === name))
  const addPorts = missing.filter((port) => {
    const bridge = physical.get(port.name)
    if (bridge === undefined) return true
    const other = stale.some(({ name }) => name === port.name) ? undefined : bridges.find(({ ports }) => ports.some(({ name }) => name === port.name))
    const problem = interfaceProblem(port.name, flagOf(bridge, port.name), other, links)
    if (problem) problems.push(problem)
    return problem === undefined
  })
  const patches = patchLinks(usable, networks, named)
  const broken = patches.filter(({ own, peer }) => !links.has(own) || !links.has(peer))
  return {
    removePorts: stale.map(({ name }) => name),
    removeBridges: gone.map(({ name }) => name),
    removeLinks: [
      ...stale.filter(({ name, externalIds }) => externalIds[machineKey.patch] !== undefined && !wanted.has(name)).map(({ name }) => name),
      // Half a link is none, and has a name that is needed.
      ...broken.flatMap(({ own, peer }) => [own, peer].filter((end) => links.has(end))),
    ],
    makeLinks: broken,
    addBridges: usable.filter(({ name }) => !named.has(name)),
    setControllers: usable.filter(({ purpose, name }) => purpose === 'stack' && named.has(name) && !sameSet(named.get(name)?.controllers ?? [], controllers)).map(({ name }) => name),
    addPorts,
    touchPorts: broken.flatMap(({ own, peer }) => [own, peer]).flatMap((name) => (kept.some((port) => port.name === name) ? (wanted.get(name) ?? []) : [])),
    bringUp: [...physical.keys()].filter((name) => links.has(name) && wanted.has(name)),
    problems,
  }
}

/** Every port that is to be: interfaces of the machine, and both ends of links; of links only where both bridges are, or will be. */
function wantedPorts(planned: readonly PlannedBridge[], networks: readonly Network[], named: ReadonlyMap<string, BridgeState>): readonly WantedPort[] {
  const interfaces = planned.flatMap(({ name: bridge, interfaces }) => interfaces.map(({ name, ofport }) => ({ bridge, name, ofport, ids: machineInterfaceIds })))
  const ends = networks.flatMap(({ id, bridge, patches }) =>
    [...patches.values()]
      .filter(({ peer }) => named.has(bridge) && planned.some(({ name }) => name === peer.bridge))
      .flatMap(({ name, ofport, purpose, peer }) => [
        { bridge, name, ofport, ids: patchIds(purpose, id) },
        { ...peer, ids: patchIds(purpose, id) },
      ]),
  )
  return [...interfaces, ...ends]
}

function patchLinks(planned: readonly PlannedBridge[], networks: readonly Network[], named: ReadonlyMap<string, BridgeState>): readonly PatchLink[] {
  return networks.flatMap(({ bridge, patches, options }) =>
    [...patches.values()]
      .filter(({ peer }) => named.has(bridge) && planned.some(({ name }) => name === peer.bridge))
      .map(({ name, peer }): PatchLink => ({ own: name, peer: peer.name, mtu: options.mtu, userspace: options.userspace })),
  )
}

/** The ports of a bridge of this driver that are there for the machine's bridges. */
function ownPorts(bridge: BridgeState, driver: string): readonly BridgePort[] {
  if (bridge.externalIds[key.driver] !== driver) return []
  const ofMachine = purposeOf(bridge, driver) !== undefined
  return bridge.ports.filter(({ externalIds }) => externalIds[machineKey.patch] !== undefined || (ofMachine && externalIds[key.port] === machineInterfaceIds[key.port]))
}

function isAs({ bridge, requested, externalIds }: BridgePort & { readonly bridge: string }, wanted: WantedPort | undefined): boolean {
  return wanted !== undefined && bridge === wanted.bridge && requested === wanted.ofport && Object.entries(wanted.ids).every(([name, value]) => externalIds[name] === value)
}

function interfaceProblem(name: string, flag: string, other: BridgeState | undefined, links: ReadonlySet<string>): MachineSteps['problems'][number] | undefined {
  if (other) return { code: 'conflict', message: `${flag}: interface ${name} is a port of bridge ${other.name} already; remove it there first ("ovs-vsctl del-port ${name}")` }
  if (!links.has(name)) return { code: 'not-found', message: `${flag}: there is no interface ${name} on this machine ("ip link" shows those that there are)` }
  return undefined
}

function flagOf({ purpose, interfaces }: PlannedBridge, name: string): string {
  if (purpose === 'stack') return '--stacking_interfaces'
  return interfaces.find((one) => one.name === name)?.direction === 'in' ? '--mirror_bridge_in' : '--mirror_bridge_out'
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one))
}
