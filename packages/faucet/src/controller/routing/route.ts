import { inTurn, type Step } from '../core/effect.js'
import type { ReceivedFrame } from '../core/frame.js'
import type { DpContext, DpState, NetworkState } from '../core/state.js'
import { isGroupMac } from '../packet/address.js'
import { alongTree } from '../stack/paths.js'
import { learnSender, noAnswer, type Answer, type Arrival } from './answer.js'
import { answerArp, answerPing, answerTtl } from './answer-ipv4.js'
import { answerHopLimit, answerIcmpv6 } from './answer-ipv6.js'
import { ofNetwork, resolveWaiting } from './cycle.js'
import { seekDestination } from './proactive.js'
import { isComplete, receivedPacket, type ReceivedPacket } from './received-packet.js'
import { routes } from './router.js'
import { stackPeers } from './stack-peers.js'

export { forgetNextHops } from './forget-next-hops.js'
export { keepRoutes } from './keep-routes.js'
export { routingTick } from './routing-tick.js'

/**
 * A frame of a VLAN with addresses of the controller: answers it, learns the neighbour from it, or asks for the host that
 * it is for. In a stack that routes, all dataplanes do, each as if the frame had come from the one that it came to; only
 * that one answers.
 */
export function routeFrame(network: NetworkState, dpName: string, frame: ReceivedFrame, now: number): Step<NetworkState> {
  const packet = receivedPacket(frame)
  if (!packet) return { state: network, effects: [] }
  const here = (state: NetworkState) => ofNetwork(state, dpName, (context) => routePacket(context, frame, packet, now))
  const elsewhere = stackPeers(network, dpName).map((name) => (state: NetworkState) => {
    const { state: next, effects } = ofNetwork(state, name, (context) => {
      const number = alongTree(context, dpName)
      const port = number === undefined ? undefined : context.state.dp.ports.get(number)
      const vlan = context.state.dp.vlans.get(frame.vlan?.vid ?? 0)
      return port && vlan ? routePacket(context, { ...frame, port, vlan }, packet, now) : { state: context.state, effects: [] }
    })
    return { state: next, effects: effects.filter((effect) => effect.type !== 'packet_out') }
  })
  return inTurn(network, [here, ...elsewhere])
}

function routePacket(context: DpContext, frame: ReceivedFrame, packet: ReceivedPacket, now: number): Step<DpState> {
  const { vlan } = frame
  const version = packet.type === 'ipv6' ? 6 : 4
  if (!vlan || !routes(context.state.dp, version)) return { state: context.state, effects: [] }
  const arrival: Arrival = { ...context, frame, vlan, now }
  const isForRouter = frame.ethDst === vlan.faucet_mac || isGroupMac(frame.ethDst) || frame.reason === 'invalid_ttl'
  const answer = isForRouter ? answerOf(arrival, packet) : noAnswer(context)
  if (answer.done || frame.reason !== 'action') return answer
  const learned = packet.type === 'arp' ? answer.state : learnSender({ ...arrival, state: answer.state }, packet.src)
  const asked = resolveWaiting({ ...context, state: learned }, vlan, version, now)
  return { state: asked.state, effects: [...answer.effects, ...asked.effects] }
}

function answerOf(arrival: Arrival, packet: ReceivedPacket): Answer {
  const { frame } = arrival
  if (packet.type === 'arp') return isComplete(frame) ? answerArp(arrival, packet) : noAnswer(arrival)
  if (frame.reason === 'invalid_ttl') return packet.type === 'ipv4' ? answerTtl(arrival, packet) : answerHopLimit(arrival, packet)
  const answer = packet.type === 'ipv4' ? answerPing(arrival, packet) : answerIcmpv6(arrival, packet)
  const noted = isComplete(frame) ? answer : noAnswer(arrival)
  if (noted.done) return noted
  const sought = seekDestination({ ...arrival, state: noted.state }, packet.src, packet.dst)
  return { ...sought, effects: [...noted.effects, ...sought.effects] }
}
