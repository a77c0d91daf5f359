import type { StringMap } from '@streambed/ovs'
import type { ConfigContext } from '../config/index.js'
import { key } from '../driver/state.js'
import type { BridgeState } from '../driver/switch-database.js'
import type { PatchPort } from '../model/network.js'
import type { PlannedBridge } from './plan-machine.js'

/** What the database remembers of the machine's bridges, in `external_ids`, beside what `driver/state.ts` has. */
export const machineKey = {
  /** Of a bridge: what it is for, as {@link PatchPort.purpose}. */
  purpose: 'streambed-machine',
  /** Of a bridge: six digits that stand for the Docker engine, and are part of its name. */
  engine: 'streambed-engine',
  /** Of the loopback bridge: where mirrored packets go, as `dp:port`. */
  mirrorTo: 'streambed-mirror-to',
  /** Of an interface: it is one end of a link between a network and the machine's bridge of this purpose. */
  patch: 'streambed-patch',
} as const

type Purpose = PatchPort['purpose']

/** `external_ids` of a bridge of the machine. */
export function machineBridgeIds(driver: string, engine: string, { purpose, mirrorTo }: PlannedBridge): StringMap {
  return {
    [key.driver]: driver,
    [machineKey.purpose]: purpose,
    [machineKey.engine]: engine,
    ...(mirrorTo !== undefined && { [machineKey.mirrorTo]: `${mirrorTo.dp}:${mirrorTo.port}` }),
  }
}

/** `external_ids` of an interface of the machine on such a bridge. */
export const machineInterfaceIds: StringMap = { [key.port]: 'machine' }

/** `external_ids` of an end of a link between a network and a bridge of the machine. */
export function patchIds(purpose: Purpose, networkId: string): StringMap {
  return { [machineKey.patch]: purpose, [key.network]: networkId }
}

/** What a bridge of the machine is for; undefined for any other bridge, and for another driver's. */
export function purposeOf({ externalIds }: BridgeState, driver: string): Purpose | undefined {
  const purpose = externalIds[machineKey.purpose]
  return externalIds[key.driver] === driver && isPurpose(purpose) ? purpose : undefined
}

/** The engine that a driver's bridges are named after, when there are some. */
export function readEngine(bridges: readonly BridgeState[], driver: string): string | undefined {
  const bridge = bridges.find((one) => purposeOf(one, driver) !== undefined)
  return bridge?.externalIds[machineKey.engine]
}

/** What of a stack an earlier process has put into the configuration: enough to take it out again. */
export function readFormerContext(bridges: readonly BridgeState[], driver: string): ConfigContext {
  const stack = bridges.find((bridge) => purposeOf(bridge, driver) === 'stack')
  const loopback = bridges.find((bridge) => purposeOf(bridge, driver) === 'loopback')
  const [, dp, port] = /^(.+):(\d+)$/.exec(loopback?.externalIds[machineKey.mirrorTo] ?? '') ?? []
  return {
    ...(stack?.dpid !== undefined && { stack: { bridge: stack.name, dpid: stack.dpid, host: '', links: [] } }),
    ...(dp !== undefined && { mirrorTo: { dp, port: Number(port) } }),
  }
}

function isPurpose(text: string | undefined): text is Purpose {
  return text === 'mirror' || text === 'loopback' || text === 'stack'
}
