import type { Uuid } from '@streambed/ovs'
import { testNetwork } from '../config/network.test-data.js'
import { key } from '../driver/state.js'
import type { BridgePort, BridgeState } from '../driver/switch-database.js'
import type { Network } from '../model/network.js'
import { patchNames } from '../options/index.js'
import { machineBridgeIds } from './machine-ids.js'
import { parseMachineOptions, type MachineFlags } from './machine-options.js'
import { planMachine, type MachinePlan } from './plan-machine.js'
import type { MachineObserved, MachineSteps, PatchLink } from './plan-steps.js'

export const driver = 'dovesnap'
export const engine = '0A1B2C'

/** The plan for flags, with what is there. */
export function planOf(flags: MachineFlags, bridges: readonly BridgeState[] = []): MachinePlan | undefined {
  return planMachine(parseMachineOptions(flags, { embedded: true, defaultControllers: [] }), { engine, host: 'host1', bridges })
}

export const mirrorFlags: MachineFlags = { mirrorBridgeOut: 'eth1', mirrorBridgeIn: 'eth2' }
export const stackFlags: MachineFlags = { stackingInterfaces: 'odsrootsw:7:eth9', stackPriority1: 'odsrootsw', stackMirrorInterface: 'odsrootsw:88' }

/** Networks `net1`, `net2` and so on. */
export function networkAt(number: number, options: Readonly<Record<string, string>> = {}): Network {
  const id = String(number).repeat(64)
  return testNetwork({ vlan: String(100 + number), ...options }, { id, name: `net${number}`, bridge: `odsbr${id.slice(0, 5)}`, dpid: BigInt(number) })
}

/** A port of a bridge. */
export function port(name: string, ofport: number, externalIds: BridgePort['externalIds'] = {}): BridgePort {
  return { uuid: name as Uuid, name, type: '', ofport, requested: ofport, error: undefined, mac: undefined, ifindex: 1, options: {}, externalIds }
}

/** A bridge with its own port. */
export function bridge(name: string, externalIds: BridgeState['externalIds'], ports: readonly BridgePort[] = []): BridgeState {
  return { uuid: name as Uuid, name, dpid: 0xffn, externalIds, controllers: [], ports: [{ ...port(name, 65534), type: 'internal' }, ...ports] }
}

/** The bridge of a network. */
export function networkBridge(network: Network, ports: readonly BridgePort[] = []): BridgeState {
  return bridge(network.bridge, { [key.driver]: driver, [key.network]: network.id }, ports)
}

/** What there is when the steps have been carried out. */
export function carriedOut(observed: MachineObserved, steps: MachineSteps): MachineObserved {
  const removed = new Set(steps.removePorts)
  const added = steps.addBridges.map((planned) => ({ ...bridge(planned.name, machineBridgeIds(driver, engine, planned)), controllers: planned.purpose === 'stack' ? observed.controllers : [] }))
  const bridges = [...observed.bridges.filter(({ name }) => !steps.removeBridges.includes(name)), ...added].map((one): BridgeState => ({
    ...one,
    controllers: steps.setControllers.includes(one.name) ? observed.controllers : one.controllers,
    ports: [
      ...one.ports.filter(({ name }) => !removed.has(name)),
      ...steps.addPorts.filter((wanted) => wanted.bridge === one.name).map(({ name, ofport, ids }) => port(name, ofport, ids)),
    ],
  }))
  const links = new Set(observed.links)
  for (const name of steps.removeLinks) {
    links.delete(name)
    links.delete(otherEnd(name))
  }
  for (const { own, peer } of steps.makeLinks satisfies readonly PatchLink[]) links.add(own).add(peer)
  return { ...observed, bridges, links }
}

function otherEnd(name: string): string {
  for (let number = 1; number < 10; number++) {
    for (const bridgeName of [`odsmir${engine}`, `odslb${engine}`, `dovesnap${engine}`]) {
      const { own, peer } = patchNames(networkAt(number).bridge, bridgeName)
      if (name === own) return peer
      if (name === peer) return own
    }
  }
  return name
}
