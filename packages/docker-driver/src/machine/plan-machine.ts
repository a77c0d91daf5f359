import { lowestFreeOfport } from '@streambed/ovs'
import type { ConfigContext } from '../config/index.js'
import type { BridgeState } from '../driver/switch-database.js'
import type { PatchPort } from '../model/network.js'
import { loopbackBridgeName, mirrorBridgeName, stackBridge } from '../options/index.js'
import type { DataplanePort, MachineOptions } from './machine-options.js'

/** The bridges of the machine beside those of the networks: which there are to be, and what of them the configuration has. */
export interface MachinePlan {
  /** `shortEngineId` of the Docker engine. */
  readonly engine: string
  readonly bridges: readonly PlannedBridge[]
  /** What the controller is told. */
  readonly config: ConfigContext
}

/** A bridge that is to be. */
export interface PlannedBridge {
  readonly purpose: PatchPort['purpose']
  readonly name: string
  /** Only the stacking bridge has a controller, and needs one. */
  readonly dpid: bigint | undefined
  readonly interfaces: readonly PlannedInterface[]
  /** Of a loopback bridge: where what it sends back goes through the stack. */
  readonly mirrorTo: DataplanePort | undefined
}

/** An interface of the machine that is to be a port of such a bridge. */
export interface PlannedInterface {
  readonly name: string
  readonly ofport: number
  /** Of the mirror bridge: what it brings passes through, or what it takes is all that is mirrored. */
  readonly direction?: 'in' | 'out' | undefined
  /** Of the stacking bridge: the other end of the cable. */
  readonly remote?: DataplanePort | undefined
}

/**
 * The bridges that follow from the options; undefined without any. Interfaces that are ports already keep their numbers, since
 * the controllers at both ends of a stack link know them; others get the lowest free ones.
 * @param around `host`: the machine's name, for the description of the stacking bridge
 */
export function planMachine({ mirror, stack }: MachineOptions, around: { readonly engine: string; readonly host: string; readonly bridges: readonly BridgeState[] }): MachinePlan | undefined {
  const { engine, host, bridges } = around
  if (mirror !== undefined) {
    const interfaces = [{ name: mirror.out, direction: 'out' as const }, ...(mirror.in === undefined ? [] : [{ name: mirror.in, direction: 'in' as const }])]
    const name = mirrorBridgeName(engine)
    return { engine, bridges: [{ purpose: 'mirror', name, dpid: undefined, interfaces: numbered(interfaces, name, bridges), mirrorTo: undefined }], config: {} }
  }
  if (stack === undefined) return undefined
  const { name, dpid } = stackBridge(engine)
  const interfaces = numbered(stack.links.map((link) => ({ name: link.interface, remote: { dp: link.dp, port: link.port } })), name, bridges)
  const loopback: PlannedBridge = { purpose: 'loopback', name: loopbackBridgeName(engine), dpid: undefined, interfaces: [], mirrorTo: stack.mirrorTo }
  return {
    engine,
    bridges: [{ purpose: 'stack', name, dpid, interfaces, mirrorTo: undefined }, ...(stack.mirrorTo === undefined ? [] : [loopback])],
    config: {
      stack: {
        bridge: name,
        dpid,
        host,
        links: interfaces.flatMap(({ remote, ofport }) => (remote === undefined ? [] : [{ ...remote, ofport }])),
        ...(stack.priority1 !== undefined && { priority1: stack.priority1 }),
      },
      ...(stack.mirrorTo !== undefined && { mirrorTo: stack.mirrorTo }),
    },
  }
}

function numbered<T extends { readonly name: string }>(interfaces: readonly T[], bridge: string, bridges: readonly BridgeState[]): readonly (T & { readonly ofport: number })[] {
  const ports = bridges.find(({ name }) => name === bridge)?.ports ?? []
  const taken = new Set(ports.flatMap(({ ofport, requested }) => [ofport ?? 0, requested ?? 0]))
  return interfaces.map((one) => {
    const port = ports.find(({ name }) => name === one.name)
    const known = port?.requested ?? (port?.ofport !== undefined && port.ofport > 0 ? port.ofport : undefined)
    // There are 65,279 numbers, and not as many interfaces.
    const ofport = known ?? lowestFreeOfport(taken) ?? 1
    taken.add(ofport)
    return { ...one, ofport }
  })
}
