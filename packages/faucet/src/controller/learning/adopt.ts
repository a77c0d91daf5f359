import type { Action, Match } from '@streambed/ovs/openflow'
import type { Step } from '../core/effect.js'
import type { SwitchConnected } from '../core/event.js'
import { priority } from '../core/priority.js'
import { withDp, type NetworkState } from '../core/state.js'
import { hostAt, isPossible } from './placed.js'
import { hostKey, type LearningState } from './state.js'
import { lapsedHost, withHost } from './table.js'

type PresentFlow = SwitchConnected['flows'][number]

/**
 * Takes over what is in the flows of a switch that has connected: hosts that an earlier controller had learned (Faucet
 * too; its tables may have had other numbers), so that nothing has to be learned again. A flow to a host without one from
 * it is one that has lapsed: it goes on while it is used.
 */
export function adoptHosts(network: NetworkState, dpName: string, flows: SwitchConnected['flows'], now: number): Step<NetworkState> {
  const state = network.dps.get(dpName)
  if (!state) return { state: network, effects: [] }
  const { dp } = state
  const ours = flows.filter(({ cookie }) => cookie === dp.cookie)
  let { learning } = state
  for (const flow of ours) {
    const { in_port: port, vlan_vid: vlan, eth_src: mac } = exactFields(flow.match, 3)
    if (flow.priority !== priority.match - 1 || typeof port !== 'number' || typeof vlan !== 'number' || typeof mac !== 'string') continue
    // One without an end was there for ever, or known from a plan: nobody has heard the host just now, nor missed it.
    const seen = flow.hardTimeout > 0 ? now - (flow.durationSec ?? 0) : now
    learning = adopted(learning, { vid: vlan & 0xfff, mac, port, seen }, (host) => isPossible(state, host))
  }
  for (const flow of ours) {
    const { eth_dst: mac, vlan_vid: vlan } = exactFields(flow.match, flow.match.some(({ field }) => field === 'vlan_pcp') ? 3 : 2)
    const port = destinationOf(flow)
    if (flow.priority !== priority.match || port === undefined || typeof vlan !== 'number' || typeof mac !== 'string') continue
    const host = { vid: vlan & 0xfff, mac, port, seen: now - dp.timeout }
    const key = hostKey(host.vid, mac)
    if (learning.hosts.has(key) || learning.lapsed.has(key) || !isPossible(state, host)) continue
    learning = { ...learning, lapsed: learning.lapsed.set(key, lapsedHost(hostAt(host))) }
  }
  return { state: learning === state.learning ? network : withDp(network, { ...state, learning }), effects: [] }
}

function adopted(learning: LearningState, host: Parameters<typeof hostAt>[0], isPossible: (host: Parameters<typeof hostAt>[0]) => boolean): LearningState {
  const before = learning.hosts.get(hostKey(host.vid, host.mac))
  // What is known is newer than the flows, unless another controller made them in the meantime.
  if (before && (before.known || before.port === host.port || before.seen + 2 >= host.seen)) return learning
  return isPossible(host) ? withHost(learning, hostAt(host)) : learning
}

/** The values of a match that has so many fields, none of them masked. */
function exactFields(match: Match, count: number): Readonly<Record<string, unknown>> {
  if (match.length !== count || match.some((field) => 'mask' in field || !('value' in field))) return {}
  return Object.fromEntries(match.map((field) => [field.field, 'value' in field ? field.value : undefined]))
}

/** The port where a flow sends packets last, at once or by way of the egress tables. */
function destinationOf({ instructions }: PresentFlow): number | undefined {
  for (const instruction of instructions) {
    if (instruction.type === 'write_metadata') return Number(instruction.metadata & 0xfffn)
    if (instruction.type !== 'apply_actions') continue
    const last: Action | undefined = instruction.actions.at(-1)
    return last?.type === 'output' ? last.port : undefined
  }
  return undefined
}
