import type { SwitchConnected } from '../core/event.js'
import type { Step } from '../core/effect.js'
import { isRunning } from '../core/ports.js'
import type { DpState, NetworkState } from '../core/state.js'
import { slowProtocolsType } from '../packet/lacp.js'
import { lagPorts } from './lag.js'
import { settle } from './settle.js'
import { actorState } from './state.js'

/**
 * Takes over from the flows of a switch that has connected which ports of aggregates forward: an earlier controller had
 * a partner there, and packets go on until it has been silent for `lacp_timeout`.
 */
export function adoptLacp(network: NetworkState, dpName: string, flows: SwitchConnected['flows'], now: number): Step<NetworkState> {
  const state = network.dps.get(dpName)
  if (!state || lagPorts(state).length === 0) return { state: network, effects: [] }
  const unknown = lagPorts(state).filter(({ number }) => isRunning(state, number) && !state.lacp.ports.has(number))
  const forwarding = unknown.filter(({ number }) => forwards(state, flows, number))
  const partner = { pdu: undefined, heardAt: now, answeredAt: undefined }
  return settle(network, dpName, forwarding.map(({ number }) => ({ port: number, actor: actorState.up, partner })), now)
}

/** Whether there is the flow that takes LACP from a port to the controller, and not the one that drops all else. */
function forwards({ dp, layout }: DpState, flows: SwitchConnected['flows'], port: number): boolean {
  const own = flows.filter(({ tableId, cookie, match }) => {
    return tableId === layout.ids.vlan && cookie === dp.cookie && match.some((field) => field.field === 'in_port' && field.value === port)
  })
  const listens = own.some(({ priority, match }) => {
    return priority === dp.highest_priority && match.some((field) => field.field === 'eth_type' && field.value === slowProtocolsType)
  })
  return listens && !own.some(({ priority, match }) => priority === dp.high_priority && match.length === 1)
}
