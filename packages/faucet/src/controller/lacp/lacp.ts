import { printPort } from '@streambed/ovs/openflow'
import { inTurn, type Effect, type Step } from '../core/effect.js'
import type { ReceivedFrame } from '../core/frame.js'
import { isRunning } from '../core/ports.js'
import { updateDp, type DpState, type NetworkState } from '../core/state.js'
import { decodeLacp, lacpBits, sameLacp, type LacpPdu } from '../packet/lacp.js'
import { lagPorts } from './lag.js'
import { settle, type Finding } from './settle.js'
import { speak } from './speak.js'
import { actorState, type LacpState, type LagPartner } from './state.js'

/**
 * A frame of a slow protocol. A partner is answered when it says something new, or when the last answer is older than
 * `lacp_resp_interval`, after what it says has been taken in.
 */
export function lacpFrame(network: NetworkState, dpName: string, frame: ReceivedFrame, now: number): Step<NetworkState> {
  const state = network.dps.get(dpName)
  const { port } = frame
  const pdu = port.lacp > 0 ? decodeLacp(frame.data) : undefined
  if (!state || !pdu) return { state: network, effects: [] }
  const before = state.lacp.partners.get(port.number)
  const isNew = !before?.pdu || !sameLacp(before.pdu, pdu)
  const answers = isNew || before.answeredAt === undefined || now - before.answeredAt > port.lacp_resp_interval
  const partner: LagPartner = { pdu, heardAt: now, answeredAt: answers ? now : before.answeredAt }
  const actor = !isRunning(state, port.number)
    ? actorState.none
    : (pdu.actor.state & lacpBits.synchronization) !== 0 ? actorState.up : actorState.nosync
  return inTurn(network, [
    (next: NetworkState) => settle(next, dpName, [{ port: port.number, actor, partner }], now, answers ? port.number : undefined),
    (next: NetworkState) => ({ state: next, effects: answers ? answer(next, dpName, port.number) : [] }),
    (next: NetworkState) => ({ state: next, effects: before?.pdu?.actor.system === pdu.actor.system ? [] : mismatches(state, port.number, pdu) }),
  ])
}

/** Sends what is to be sent by now, expires partners that are silent. */
export function lacpTick(network: NetworkState, dpName: string, now: number): Step<NetworkState> {
  const state = network.dps.get(dpName)
  if (!state || lagPorts(state).length === 0) return { state: network, effects: [] }
  const findings = lagPorts(state).flatMap((port) => found(state, port.number, now))
  return inTurn(network, [
    (next: NetworkState) => settle(next, dpName, findings, now),
    (next: NetworkState) => advertise(next, dpName, now),
  ])
}

/**
 * A port with `lacp` came up or went down, or its switch has connected: then a partner holds that has been heard lately.
 */
export function lacpPortChanged(network: NetworkState, dpName: string, port: number, now: number): Step<NetworkState> {
  const state = network.dps.get(dpName)
  return state ? settle(network, dpName, found(state, port, now), now) : { state: network, effects: [] }
}

/** What is still true after a change of configuration: ports that are in the same aggregate stay what they are. */
export function keepLacp(before: DpState, after: DpState, _now: number): LacpState {
  const { lacp } = before
  const gone = [...lacp.ports.keys()].filter((port) => {
    const was = before.dp.ports.get(port)
    const is = after.dp.ports.get(port)
    return !is || is.lacp === 0 || is.lacp !== was?.lacp
  })
  if (gone.length === 0) return lacp
  const kept = <T>(map: ReadonlyMap<number, T>) => new Map([...map].filter(([port]) => !gone.includes(port)))
  return { ...lacp, ports: kept(lacp.ports), partners: kept(lacp.partners) }
}

/** What the time and the link of a port say about it; nothing when it is as it was. */
function found(state: DpState, port: number, now: number): readonly Finding[] {
  const { none, init, up, notConfigured } = actorState
  const { actor = notConfigured } = state.lacp.ports.get(port) ?? {}
  if (!isRunning(state, port)) return actor === none || actor === notConfigured ? [] : [{ port, actor: none, partner: undefined }]
  if (actor === none || actor === notConfigured) return [{ port, actor: init, partner: undefined }]
  const heardAt = state.lacp.partners.get(port)?.heardAt ?? -Infinity
  return actor === up && now - heardAt > state.dp.lacp_timeout ? [{ port, actor: init, partner: undefined }] : []
}

/** Active ports speak by themselves, all at the same time. */
function advertise(network: NetworkState, dpName: string, now: number): Step<NetworkState> {
  const state = network.dps.get(dpName)
  if (!state) return { state: network, effects: [] }
  const active = lagPorts(state).filter((port) => port.lacp_active)
  const { advertisedAt } = state.lacp
  const interval = state.dp.fast_advertise_interval
  if (active.length === 0 || interval === 0 || (advertisedAt !== undefined && now - advertisedAt < interval)) return { state: network, effects: [] }
  const spoken = updateDp(network, dpName, (next) => ({ ...next, lacp: { ...next.lacp, advertisedAt: now } }))
  return { state: spoken, effects: active.filter((port) => isRunning(state, port.number)).flatMap((port) => speak(state, port)) }
}

function answer(network: NetworkState, dpName: string, number: number): readonly Effect[] {
  const state = network.dps.get(dpName)
  const port = state?.dp.ports.get(number)
  return state && port ? speak(state, port) : []
}

/** Ports of one aggregate whose partners are different systems: packets would go astray. */
function mismatches(state: DpState, number: number, { actor: { system } }: LacpPdu): readonly Effect[] {
  const { dp, lacp } = state
  const lag = dp.ports.get(number)?.lacp
  return lagPorts(state).flatMap((other): Effect[] => {
    const theirs = lacp.partners.get(other.number)?.pdu?.actor.system
    if (other.lacp !== lag || other.number === number || theirs === undefined || theirs === system) return []
    const text = `LAG ${String(lag)}: the partner of port ${printPort(number)} is ${system}, that of port ${printPort(other.number)} is ${theirs}; both must be one system`
    return [{ type: 'log', level: 'error', dpName: dp.name, text }]
  })
}
