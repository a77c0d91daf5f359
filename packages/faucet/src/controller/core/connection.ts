import { OFPP } from '@streambed/ovs/openflow'
import { adoptLacp } from '../lacp/adopt.js'
import { problemLogs } from '../acl/problem-logs.js'
import { lacpPortChanged } from '../lacp/lacp.js'
import { adoptHosts } from '../learning/learn.js'
import { adoptRoutes } from '../routing/adopt-routes.js'
import { stackChanged } from '../stack/stack.js'
import { inTurn, type Effect, type Step } from './effect.js'
import type { SwitchConnected } from './event.js'
import { isUp } from './port-changed.js'
import { dpById, withDp, type DpState, type NetworkState, type PortState } from './state.js'

/**
 * A switch is there. What was known of it before holds on, as far as its ports are what they were: the comparison of its
 * flows, which follows, brings it back.
 */
export function connected(network: NetworkState, event: SwitchConnected, now: number): Step<NetworkState> {
  const state = dpById(network, event.dpId)
  if (!state) {
    const text = `a switch with the number 0x${event.dpId.toString(16)} is not in the configuration`
    return { state: network, effects: [{ type: 'log', level: 'warning', dpName: '', text }, { type: 'disconnect', dpId: event.dpId, why: text }] }
  }
  const { dp } = state
  const { name: dpName } = dp
  const ports = portsOf(state, event, now)
  const changed = withDp(network, { ...state, connected: true, connectedAt: now, ports })
  const status = Object.fromEntries([...dp.ports.keys()].map((port) => [String(port), ports.get(port)?.up === true]))
  const lacpPorts = [...dp.ports.values()].filter((port) => port.lacp > 0)
  const { state: settled, effects } = inTurn(changed, [
    (next: NetworkState) => adoptLacp(next, dpName, event.flows, now),
    (next: NetworkState) => adoptHosts(next, dpName, event.flows, now),
    (next: NetworkState) => adoptRoutes(next, dpName, event.flows, now),
    ...lacpPorts.map(({ number }) => (next: NetworkState) => lacpPortChanged(next, dpName, number, now)),
    (next: NetworkState) => stackChanged(next, dpName, now),
  ])
  return {
    state: settled,
    effects: [
      ...portsFound(state, event),
      { type: 'event', dpId: dp.dp_id, dpName, event: { DP_CHANGE: { reason: 'cold_start' } } },
      { type: 'event', dpId: dp.dp_id, dpName, event: { PORTS_STATUS: status } },
      { type: 'count', metric: 'of_dp_connections', dpName },
      { type: 'log', level: 'info', dpName, text: 'connected' },
      ...problemLogs(settled, dpName),
      ...effects,
    ],
  }
}

/** Tells of the ports that are up as Faucet does, in whose eyes they come up when the switch connects. */
function portsFound({ dp }: DpState, event: SwitchConnected): readonly Effect[] {
  const up = event.ports.filter(({ portNo, state }) => isUp(state) && (portNo !== OFPP.LOCAL || dp.ports.has(portNo)))
  const strange = up.filter(({ portNo }) => !dp.ports.has(portNo))
  const configured = up.filter(({ portNo }) => dp.ports.has(portNo)).sort((one, other) => one.portNo - other.portNo)
  return [...strange, ...configured].map(({ portNo }) => {
    const reason = dp.ports.has(portNo) ? 'ADD' : 'MODIFY'
    return { type: 'event', dpId: dp.dp_id, dpName: dp.name, event: { PORT_CHANGE: { port_no: portNo, reason, state: 0, status: true } } }
  })
}

/** A switch is gone. It goes on forwarding as it was told, and what is known of it is kept until it is back. */
export function disconnected(network: NetworkState, dpId: bigint, now: number): Step<NetworkState> {
  const state = dpById(network, dpId)
  if (!state?.connected) return { state: network, effects: [] }
  const { name: dpName } = state.dp
  const next = stackChanged(withDp(network, { ...state, connected: false }), dpName, now)
  return {
    state: next.state,
    effects: [
      { type: 'event', dpId, dpName, event: { DP_CHANGE: { reason: 'disconnect' } } },
      { type: 'count', metric: 'of_dp_disconnections', dpName },
      { type: 'log', level: 'warning', dpName, text: 'disconnected' },
      ...next.effects,
    ],
  }
}

/**
 * The ports of a switch. One that was up before and is up now has been up all the time, as far as anybody can tell; at
 * the first connection since ever. Ports whose status is to be ignored (`opstatus_reconf: false`) count as up.
 */
function portsOf(state: DpState, event: SwitchConnected, now: number): ReadonlyMap<number, PortState> {
  const first = state.connectedAt === undefined
  const ports = new Map<number, PortState>()
  const set = (number: number, up: boolean) => {
    const before = state.ports.get(number)
    ports.set(number, before?.up === up ? before : { up, since: first ? 0 : now })
  }
  for (const { portNo, state: bits } of event.ports) if (portNo !== OFPP.LOCAL || state.dp.ports.has(portNo)) set(portNo, isUp(bits))
  for (const port of state.dp.ports.values()) if (!port.opstatus_reconf) set(port.number, true)
  return ports
}
