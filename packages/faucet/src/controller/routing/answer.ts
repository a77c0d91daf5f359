import { printPort } from '@streambed/ovs/openflow'
import type { ResolvedVlan } from '../../config/index.js'
import type { Effect, Step } from '../core/effect.js'
import type { ReceivedFrame } from '../core/frame.js'
import type { DpContext, DpState } from '../core/state.js'
import type { FrameFor } from './frames.js'
import { heard, neighbourOf } from './neighbours.js'
import { sendOnPort } from './send.js'
import { isGateway, isRoutable } from './static-routes.js'
import { isVip, vipAround, type Ip } from './vip.js'

/** A packet for the router, with where it came. */
export interface Arrival extends DpContext {
  readonly frame: ReceivedFrame
  readonly vlan: ResolvedVlan
  /** Seconds. */
  readonly now: number
}

/** What a packet led to. */
export interface Answer extends Step<DpState> {
  /** Whether that was all about it. Otherwise its sender may be learned from it, and its destination asked for. */
  readonly done: boolean
}

/** Nothing. */
export function noAnswer({ state }: Pick<DpContext, 'state'>): Answer {
  return { state, effects: [], done: false }
}

/** Sends a frame back to where a packet came from. */
export function reply({ state, frame, vlan }: Arrival, answer: FrameFor): readonly Effect[] {
  return sendOnPort(state, vlan, frame.port.number, answer)
}

/** The sender of a packet becomes a neighbour whom packets are routed to. */
export function learnSender({ state, frame, vlan, now }: Arrival, ip: Ip): DpState {
  return heard(state, vlan, { ip, mac: frame.ethSrc, port: frame.port.number, isHost: true }, now)
}

/** Somebody asks who has a VIP: gets to know it, and is a neighbour from now on. */
export function answerQuestion(arrival: Arrival, asker: Ip, asked: Ip, answer: FrameFor): Answer {
  const { vlan } = arrival
  if (!isVip(vlan, asked) || !vipAround(vlan, asker)) return noAnswer(arrival)
  return { state: learnSender(arrival, asker), effects: reply(arrival, answer), done: true }
}

/** Somebody says who has an address: the neighbour is resolved, if it was wanted. `done` when routes follow from it. */
export function takeAnswer({ state, frame, vlan, now }: Arrival, ip: Ip): Answer {
  if (!vipAround(vlan, ip) || !isRoutable(vlan, ip)) return noAnswer({ state })
  const before = neighbourOf(state, vlan, ip)
  const next = heard(state, vlan, { ip, mac: frame.ethSrc, port: frame.port.number, isHost: false }, now)
  const isRouted = before?.isHost === true || isGateway(vlan, ip)
  if (next === state || !isRouted || before?.mac === frame.ethSrc) return { state: next, effects: [], done: false }
  const text = `${ip.text} is at ${frame.ethSrc} on port ${printPort(frame.port.number)}, VLAN ${String(vlan.vid)}`
  return { state: next, effects: [{ type: 'log', level: 'info', dpName: state.dp.name, text }], done: true }
}

/** Says whose address was heard (event `L3_LEARN`). */
export function tellLearned({ state: { dp }, frame, vlan }: Arrival, ip: Ip): Effect {
  const { ethSrc, port } = frame
  const event = { L3_LEARN: { eth_src: ethSrc, l3_src_ip: ip.text, port_no: port.number, vid: vlan.vid } }
  return { type: 'event', dpId: dp.dp_id, dpName: dp.name, event }
}
