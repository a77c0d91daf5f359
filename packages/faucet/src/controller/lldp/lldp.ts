import { printPort } from '@streambed/ovs/openflow'
import { formatMac } from '../../config/address.js'
import { inTurn, type Effect, type Step } from '../core/effect.js'
import type { ReceivedFrame } from '../core/frame.js'
import { updateDp, type DpState, type NetworkState } from '../core/state.js'
import { decodeLldp } from '../packet/lldp.js'
import { stackChanged } from '../stack/stack.js'
import { beaconOf } from './beacon.js'
import { portsDue } from './due.js'
import { faucetBeacon, type FaucetBeacon } from './faucet-tlv.js'
import type { HeardBeacon, LldpState } from './state.js'

/** An LLDP frame: a beacon of another dataplane is remembered, and a stack follows it at once. */
export function lldpFrame(network: NetworkState, dpName: string, frame: ReceivedFrame, now: number): Step<NetworkState> {
  const state = network.dps.get(dpName)
  const pdu = decodeLldp(frame.data)
  if (!state || !pdu) return { state: network, effects: [] }
  const { port } = frame
  const beacon = faucetBeacon(pdu, formatMac(state.dp.faucet_dp_mac))
  const watched = inTurn(network, [(next: NetworkState) => watchPeer(next, dpName, frame)])
  if (!beacon) return watched
  const before = state.lldp.heard.get(port.number)
  const heard: HeardBeacon = { ...beacon, at: now, mac: frame.ethSrc, lost: false }
  const remembered = updateDp(watched.state, dpName, (dp) => withHeard(dp, port.number, heard))
  const effects = [...watched.effects, ...changeOf(state, port.number, before, heard), ...cabling(network, state, frame, before, beacon)]
  if (!port.stack) return { state: remembered, effects }
  const followed = stackChanged(remembered, dpName, now)
  return { state: followed.state, effects: [...effects, ...followed.effects] }
}

/** Sends beacons that are due, and notices dataplanes that are silent. */
export function lldpTick(network: NetworkState, dpName: string, now: number): Step<NetworkState> {
  return inTurn(network, [(next: NetworkState) => sendBeacons(next, dpName, now), (next: NetworkState) => noticeSilence(next, dpName, now)])
}

/** What is still true after a change of configuration: what was heard on ports that still listen for the same peer. */
export function keepLldp(before: DpState, after: DpState, _now: number): LldpState {
  const { lldp } = before
  const holds = (number: number) => {
    const was = before.dp.ports.get(number)
    const is = after.dp.ports.get(number)
    return is?.receive_lldp === true && was?.stack?.dp === is.stack?.dp && was?.stack?.port === is.stack?.port
  }
  const heard = kept(lldp.heard, holds)
  const sent = kept(lldp.sent, (number) => after.dp.ports.get(number)?.lldp_beacon?.enable === true)
  const strangers = kept(lldp.strangers, (number) => after.dp.ports.get(number)?.lldp_peer_mac === before.dp.ports.get(number)?.lldp_peer_mac)
  const same = heard === lldp.heard && sent === lldp.sent && strangers === lldp.strangers
  return same ? lldp : { heard, sent, strangers }
}

function kept<T>(map: ReadonlyMap<number, T>, holds: (port: number) => boolean): ReadonlyMap<number, T> {
  const entries = [...map].filter(([port]) => holds(port))
  return entries.length === map.size ? map : new Map(entries)
}

function sendBeacons(network: NetworkState, dpName: string, now: number): Step<NetworkState> {
  const state = network.dps.get(dpName)
  const ports = state ? portsDue(state, now) : []
  if (!state || ports.length === 0) return { state: network, effects: [] }
  const effects = ports.map((port): Effect => {
    return { type: 'packet_out', dpId: state.dp.dp_id, ports: [port.number], data: beaconOf(network, state, port, port.lldp_beacon) }
  })
  const sent = new Map(state.lldp.sent)
  for (const { number } of ports) sent.set(number, now)
  return { state: updateDp(network, dpName, (dp) => ({ ...dp, lldp: { ...dp.lldp, sent } })), effects }
}

function noticeSilence(network: NetworkState, dpName: string, now: number): Step<NetworkState> {
  const state = network.dps.get(dpName)
  const interval = state?.dp.lldp_beacon?.send_interval
  if (!state || interval === undefined) return { state: network, effects: [] }
  const lost = [...state.lldp.heard].filter(([port, beacon]) => {
    return !beacon.lost && now - beacon.at > interval * (state.dp.ports.get(port)?.max_lldp_lost ?? 0)
  })
  if (lost.length === 0) return { state: network, effects: [] }
  const heard = new Map(state.lldp.heard)
  for (const [port, beacon] of lost) {
    if (state.dp.ports.get(port)?.stack) heard.set(port, { ...beacon, lost: true })
    else heard.delete(port)
  }
  return {
    state: updateDp(network, dpName, (dp) => ({ ...dp, lldp: { ...dp.lldp, heard } })),
    effects: lost.map(([port, { at }]): Effect => {
      return { type: 'log', level: 'info', dpName, text: `no LLDP on port ${printPort(port)} for ${String(Math.floor(now - at))} seconds` }
    }),
  }
}

function withHeard(state: DpState, port: number, beacon: HeardBeacon): DpState {
  return { ...state, lldp: { ...state.lldp, heard: new Map(state.lldp.heard).set(port, beacon) } }
}

/** Whether the frame came from the peer that the configuration names. As in Faucet, it counts in any case. */
function watchPeer(network: NetworkState, dpName: string, { port, ethSrc }: ReceivedFrame): Step<NetworkState> {
  const strangers = network.dps.get(dpName)?.lldp.strangers
  const peer = port.lldp_peer_mac && formatMac(port.lldp_peer_mac)
  const stranger = peer && peer !== ethSrc ? ethSrc : undefined
  if (!strangers || strangers.get(port.number) === stranger) return { state: network, effects: [] }
  const next = new Map(strangers)
  if (stranger === undefined) next.delete(port.number)
  else next.set(port.number, stranger)
  const text = `LLDP on port ${printPort(port.number)} is from ${ethSrc}, lldp_peer_mac says ${String(peer)}`
  return {
    state: updateDp(network, dpName, (dp) => ({ ...dp, lldp: { ...dp.lldp, strangers: next } })),
    effects: stranger === undefined ? [] : [{ type: 'log', level: 'warning', dpName, text }],
  }
}

function changeOf({ dp }: DpState, port: number, before: HeardBeacon | undefined, now: HeardBeacon): readonly Effect[] {
  if (before && !before.lost && saysSame(before, now) && before.stackState === now.stackState) return []
  const state = now.stackState === undefined ? '' : `, stack state ${String(now.stackState)}`
  const text = `LLDP on port ${printPort(port)} from ${now.mac}: dataplane 0x${now.dpId.toString(16)} ${now.dpName ?? ''}, port ${printPort(now.port)}${state}`
  return [{ type: 'log', level: 'info', dpName: dp.name, text }]
}

/** Counts what a stack port hears, and whether it is the port that the configuration says. */
function cabling(network: NetworkState, { dp }: DpState, { port }: ReceivedFrame, before: HeardBeacon | undefined, beacon: FaucetBeacon): readonly Effect[] {
  if (!port.stack) return []
  const { dp: dpName, port: number } = port.stack
  const count = (metric: string): Effect => ({ type: 'count', metric, dpName: dp.name })
  const expected = { dpId: network.dps.get(dpName)?.dp.dp_id, dpName, port: number }
  if (saysSame(expected, beacon)) return [count('stack_probes_received')]
  const name = (end: { readonly dpName: string | undefined; readonly port: number }) => `${end.dpName ?? 'a dataplane without a name'} port ${printPort(end.port)}`
  const text = `port ${printPort(port.number)} is connected to ${name(beacon)}, the configuration says ${name(expected)}`
  const isNews = !before || before.lost || !saysSame(before, beacon)
  const log: readonly Effect[] = isNews ? [{ type: 'log', level: 'error', dpName: dp.name, text }] : []
  return [count('stack_probes_received'), count('stack_cabling_errors'), ...log]
}

interface Sender {
  readonly dpId: bigint | undefined
  readonly dpName: string | undefined
  readonly port: number
}

function saysSame(one: Sender, other: Sender): boolean {
  return one.dpId === other.dpId && one.dpName === other.dpName && one.port === other.port
}
