import { inTurn, type Effect, type Step } from './effect.js'
import type { PacketArrived } from './event.js'
import { receivedFrame } from './received-frame.js'
import { dpById, type NetworkState } from './state.js'
import { lacpFrame } from '../lacp/lacp.js'
import { learn } from '../learning/learn.js'
import { lldpFrame } from '../lldp/lldp.js'
import { routeFrame } from '../routing/route.js'
import { isToldByNeighbour, shareLearning } from '../stack/shared-learning.js'

const slowProtocols = 0x8809
const lldp = 0x88cc

/** A switch sent a packet. */
export function packetArrived(network: NetworkState, event: PacketArrived, now: number): Step<NetworkState> {
  const state = dpById(network, event.dpId)
  if (!state?.connected) return { state: network, effects: [] }
  const { name: dpName } = state.dp
  const count = (metric: string): Effect => ({ type: 'count', metric, dpName })
  const frame = receivedFrame(network, state, event)
  if (typeof frame === 'string') {
    return { state: network, effects: [count('of_packet_ins'), count('of_unexpected_packet_ins'), { type: 'log', level: 'debug', dpName, text: frame }] }
  }
  if (frame.vlan === undefined) {
    const handler = frame.ethType === slowProtocols ? lacpFrame : frame.ethType === lldp ? lldpFrame : undefined
    const result = handler?.(network, dpName, frame, now) ?? { state: network, effects: [] }
    return { state: result.state, effects: [count('of_packet_ins'), count('of_non_vlan_packet_ins'), ...result.effects] }
  }
  if (isToldByNeighbour(network, dpName, frame)) return { state: network, effects: [count('of_packet_ins'), count('of_vlan_packet_ins')] }
  const learned = frame.reason === 'action' ? learn(network, dpName, frame, now) : { state: network, effects: [], refused: false }
  const counts = [count('of_packet_ins'), count('of_vlan_packet_ins')]
  if (learned.refused) return { state: learned.state, effects: [...counts, ...learned.effects] }
  const handlers = frame.vlan.faucet_vips.length === 0 ? [shareLearning] : [shareLearning, routeFrame]
  const routed = inTurn(learned.state, handlers.map((handler) => (next: NetworkState) => handler(next, dpName, frame, now)))
  return { state: routed.state, effects: [...counts, ...learned.effects, ...routed.effects] }
}
