import { lowestFreeOfport } from '@streambed/ovs'
import { DockerDriverError } from '../errors.js'
import type { BridgeState } from '../driver/switch-database.js'
import type { Network, PatchPort } from '../model/network.js'
import { patchNames } from '../options/index.js'
import type { MachinePlan, PlannedBridge } from './plan-machine.js'

/**
 * The links that a network is to have to the machine's bridges, by the interface at its end. The port that mirrored packets leave
 * by is `ovs.bridge.lbport`; a link to the stack has the lowest number that is free on the network's bridge. Links that are there
 * already keep their numbers.
 * @param others the other networks, whose links have ports on the machine's bridges too
 * @throws DockerDriverError `conflict` when a bridge has no number left
 */
export function planPatches(network: Network, plan: MachinePlan | undefined, others: readonly Network[], bridges: readonly BridgeState[]): Network['patches'] {
  const patches = new Map<string, PatchPort>()
  for (const target of plan?.bridges ?? []) {
    const names = patchNames(network.bridge, target.name)
    const former = network.patches.get(names.own)
    const ofport = target.purpose === 'stack' ? (former?.ofport ?? requestedOf(bridges, network.bridge, names.own) ?? freeOn(network, patches, bridges)) : network.options.lbPort
    const peer = former?.peer.ofport ?? requestedOf(bridges, target.name, names.peer) ?? freeBeside(target, others, bridges)
    patches.set(names.own, { name: names.own, ofport, purpose: target.purpose, peer: { bridge: target.name, name: names.peer, ofport: peer } })
  }
  return patches
}

/** Networks as they were found, with the links that they are to have now: flags may have changed since they were made. */
export function withPatches(networks: readonly Network[], plan: MachinePlan | undefined, bridges: readonly BridgeState[]): readonly Network[] {
  return networks.reduce<readonly Network[]>((done, network, at) => [...done, { ...network, patches: planPatches(network, plan, [...done, ...networks.slice(at + 1)], bridges) }], [])
}

function requestedOf(bridges: readonly BridgeState[], bridge: string, name: string): number | undefined {
  return bridges.find((one) => one.name === bridge)?.ports.find((port) => port.name === name)?.requested
}

function freeOn({ bridge, options, ports, preallocated, endpoints, foreignPorts }: Network, patches: Network['patches'], bridges: readonly BridgeState[]): number {
  return free(bridge, [
    options.lbPort,
    ...ports.values(),
    ...preallocated,
    ...[...endpoints.values()].flatMap(({ joined }) => joined?.ofport ?? []),
    ...[...foreignPorts.values(), ...patches.values()].map(({ ofport }) => ofport),
    ...numbersOf(bridges, bridge),
  ])
}

function freeBeside({ name, interfaces }: PlannedBridge, others: readonly Network[], bridges: readonly BridgeState[]): number {
  const peers = others.flatMap(({ patches }) => [...patches.values()].map(({ peer }) => peer)).filter(({ bridge }) => bridge === name)
  return free(name, [...interfaces.map(({ ofport }) => ofport), ...peers.map(({ ofport }) => ofport), ...numbersOf(bridges, name)])
}

function numbersOf(bridges: readonly BridgeState[], name: string): readonly number[] {
  return (bridges.find((bridge) => bridge.name === name)?.ports ?? []).flatMap(({ ofport, requested }) => [ofport ?? 0, requested ?? 0])
}

function free(bridge: string, taken: readonly number[]): number {
  const number = lowestFreeOfport(new Set(taken))
  if (number === undefined) throw new DockerDriverError('conflict', `bridge ${bridge} has no free OpenFlow port number for one more link`)
  return number
}
