import type { Effect } from '../core/effect.js'
import type { NetworkEvent } from '../core/event.js'
import type { NetworkState } from '../core/state.js'
import { decodeLacp, encodeLacp, lacpBits, noLacpEnd } from '../packet/lacp.js'

/** What a partner that is in sync and uses the link says of itself. */
export const inSync = lacpBits.activity | lacpBits.timeout | lacpBits.aggregation | lacpBits.synchronization | lacpBits.collecting | lacpBits.distributing

/** A partner that does not want the link. */
export const outOfSync = lacpBits.activity | lacpBits.timeout | lacpBits.aggregation

/** An LACPDU arrives at a port of the dataplane with a number. */
export function lacpArrives(port: number, state: number, { dpId = 1n, system = '02:00:00:00:00:0a' } = {}): NetworkEvent {
  const actor = { systemPriority: 1, system, key: 5, portPriority: 2, port: port + 40, state }
  const data = encodeLacp(system, { actor, partner: noLacpEnd, collectorMaxDelay: 0 })
  return { type: 'packet_in', dpId, inPort: port, reason: 'action', cookie: 1524372928n, data, totalLen: data.length }
}

/** The link of a port changes. */
export function linkOf(portNo: number, up: boolean, dpId = 1n): NetworkEvent {
  return { type: 'port_status', dpId, portNo, reason: 'modify', state: up ? 4 : 1 }
}

/** LACPDUs that are sent: `port: state of this end, port of the partner`. */
export function sentLacp(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => {
    const pdu = effect.type === 'packet_out' ? decodeLacp(effect.data) : undefined
    if (effect.type !== 'packet_out' || !pdu) return []
    const names = Object.entries(lacpBits).flatMap(([name, bit]) => (pdu.actor.state & bit ? [name.slice(0, 4)] : []))
    return [`${effect.ports.join()}: ${names.join(' ')}, ${String(pdu.partner.port)}`]
  })
}

/** `LAG_CHANGE` events: dataplane, port, state and role. */
export function lagChanges(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => {
    if (effect.type !== 'event' || !('LAG_CHANGE' in effect.event)) return []
    const { port_no, state, role } = effect.event.LAG_CHANGE
    return [`${effect.dpName} ${String(port_no)}: ${String(state)} ${String(role)}`]
  })
}

/** By port: state and role, in Faucet's numbers. */
export function lagOf(network: NetworkState, dpName = 'sw1'): Readonly<Record<string, readonly [number, number]>> {
  const ports = network.dps.get(dpName)?.lacp.ports ?? new Map()
  return Object.fromEntries([...ports].map(([port, { actor, role }]) => [String(port), [actor, role] as const]))
}
