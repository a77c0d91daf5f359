import { OFPPS, printPort } from '@streambed/ovs/openflow'
import { lacpPortChanged } from '../lacp/lacp.js'
import { forgetPort } from '../learning/learn.js'
import { forgetNextHops } from '../routing/route.js'
import { stackChanged } from '../stack/stack.js'
import { inTurn, type Effect, type Step } from './effect.js'
import type { PortChanged } from './event.js'
import { dpById, withDp, type NetworkState } from './state.js'

/** Whether a port with these bits of `OFPPS` lets packets pass. */
export function isUp(state: number): boolean {
  return (state & OFPPS.LINK_DOWN) === 0
}

/** A port came, went or changed. */
export function portChanged(network: NetworkState, event: PortChanged, now: number): Step<NetworkState> {
  const state = dpById(network, event.dpId)
  if (!state) return { state: network, effects: [] }
  const { dp } = state
  const { portNo, reason } = event
  const up = reason !== 'delete' && isUp(event.state) && (event.state & OFPPS.BLOCKED) === 0
  const told: Effect = {
    type: 'event',
    dpId: dp.dp_id,
    dpName: dp.name,
    event: { PORT_CHANGE: { port_no: portNo, reason: String(reason).toUpperCase(), state: event.state, status: isUp(event.state) } },
  }
  const before = state.ports.get(portNo)
  const port = dp.ports.get(portNo)
  if (before?.up === up || port?.opstatus_reconf === false) return { state: network, effects: [told] }
  const changed = withDp(network, { ...state, ports: new Map(state.ports).set(portNo, { up, since: now }) })
  if (!port) return { state: changed, effects: [told] }
  const steps = [
    ...(up ? [] : [forgetPort, forgetNextHops]).map((forget) => (next: NetworkState) => forget(next, dp.name, portNo, now)),
    ...(port.lacp > 0 ? [(next: NetworkState) => lacpPortChanged(next, dp.name, portNo, now)] : []),
    (next: NetworkState) => stackChanged(next, dp.name, now),
  ]
  const result = inTurn(changed, steps)
  const text = `port ${printPort(portNo)} is ${up ? 'up' : 'down'}`
  return { state: result.state, effects: [told, { type: 'log', level: 'info', dpName: dp.name, text }, ...result.effects] }
}
