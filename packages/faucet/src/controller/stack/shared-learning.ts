import { inTurn, type Step } from '../core/effect.js'
import type { ReceivedFrame } from '../core/frame.js'
import type { NetworkState } from '../core/state.js'
import { learn } from '../learning/learn.js'
import { stackMembers } from './links.js'
import { alongTree } from './paths.js'
import { routedThrough } from './routed.js'

/**
 * Whether a frame of a VLAN is to be left alone: in a stack that routes (`route_learning`) the dataplane where it came from
 * tells all others, and only the packets of the routers are of interest to them.
 */
export function isToldByNeighbour(network: NetworkState, dpName: string, { port, vlan, ethSrc }: ReceivedFrame): boolean {
  if (!network.dps.get(dpName)?.dp.stack?.route_learning || !vlan || !port.stack) return false
  if (!network.dps.get(port.stack.dp)?.connected || ethSrc === vlan.faucet_mac) return false
  return !stackMembers(network).some(({ dp }) => dp.faucet_dp_mac.toLowerCase() === ethSrc)
}

/**
 * In a stack that routes, all dataplanes learn what one learns, each as if the frame had come from the one that it came
 * to. (Faucet tells the others first, so that they learn a new host only from its second packet.)
 */
export function shareLearning(network: NetworkState, dpName: string, frame: ReceivedFrame, now: number): Step<NetworkState> {
  if (!network.dps.get(dpName)?.dp.stack?.route_learning) return { state: network, effects: [] }
  const others = stackMembers(network).filter(({ dp, connected }) => connected && dp.name !== dpName)
  return inTurn(noticed(network, dpName, frame, now), others.map(({ dp: { name } }) => (next: NetworkState) => {
    const there = frameAt(next, name, dpName, frame)
    if (!there) return { state: next, effects: [] }
    const learned = frame.reason === 'action' ? learn(next, name, there, now) : { state: next, effects: [] }
    return { state: noticed(learned.state, name, there, now), effects: learned.effects }
  }))
}

/** The frame as another dataplane would get it. */
function frameAt(network: NetworkState, name: string, from: string, frame: ReceivedFrame): ReceivedFrame | undefined {
  const state = network.dps.get(name)
  const number = state && alongTree({ network, state }, from)
  const port = number === undefined ? undefined : state?.dp.ports.get(number)
  const vlan = state?.dp.vlans.get(frame.vlan?.vid ?? 0)
  return port && vlan && { ...frame, port, vlan }
}

function noticed(network: NetworkState, dpName: string, frame: ReceivedFrame, now: number): NetworkState {
  const state = network.dps.get(dpName)
  return state ? routedThrough(network, state, frame, now) : network
}
