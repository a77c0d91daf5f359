import { printPort } from '@streambed/ovs/openflow'
import type { ResolvedVlan } from '../../config/index.js'
import type { Effect, Step } from '../core/effect.js'
import type { ReceivedFrame } from '../core/frame.js'
import { withDp, type DpState, type NetworkState } from '../core/state.js'
import { learningPort } from '../stack/stack.js'
import { withBan } from './bans.js'
import { l3Addresses } from './l3-addresses.js'
import { makeRoom } from './room.js'
import { sighting } from './sighting.js'
import { hostCount, hostKey, type Ban, type LearnedHost, type LearningState } from './state.js'
import { withHost } from './table.js'

export { adoptHosts } from './adopt.js'
export { expireHosts, hostFlowRemoved } from './expire.js'
export { forgetHosts, forgetPort } from './forget.js'
export { keepHosts } from './keep.js'
export { knowHosts } from './known.js'

/** Takes notice of the source of a frame. `refused` when nobody is to learn from it now, not even a router. */
export function learn(network: NetworkState, dpName: string, frame: ReceivedFrame, now: number): Step<NetworkState> & { readonly refused: boolean } {
  const before = network.dps.get(dpName)
  const { vlan, ethSrc } = frame
  if (!before || !vlan) return { state: network, effects: [], refused: false }
  const known = before.learning.hosts.get(hostKey(vlan.vid, ethSrc))
  const room = known ? undefined : makeRoom(before, frame.port, vlan)
  if (room && room.full.length > 0) return { ...refuse(network, before, frame, room.full, now), refused: true }
  const state = room && room.learning !== before.learning ? { ...before, learning: room.learning } : before
  const number = learningPort(network, state, frame)
  const port = number === undefined ? undefined : state.dp.ports.get(number)
  if (!port) return { state: network, effects: [], refused: false }
  const seen = sighting(state, known, port, vlan.vid, ethSrc, now)
  if (seen.type === 'nothing') return { state: network, effects: [], refused: false }
  let learning = withHost(state.learning, seen.host)
  const { name } = state.dp
  const effects: Effect[] = [...(room?.effects ?? [])]
  if (seen.type === 'loop') {
    learning = withBan(learning, 'port', port.number, now, seen.began)
    learning = { ...learning, loops: new Map(learning.loops).set(port.number, now) }
    if (seen.began) {
      const text = `${ethSrc} moved from port ${printPort(known?.port ?? port.number)} to port ${printPort(port.number)} too fast: a loop, port ${printPort(port.number)} is closed for a while`
      effects.push({ type: 'log', level: 'warning', dpName: name, text })
    }
  }
  if (seen.type !== 'block') effects.push(...tell(state, frame, vlan, seen.host, known, learning))
  return { state: withDp(network, { ...state, learning }), effects, refused: false }
}

function refuse(network: NetworkState, state: DpState, { ethSrc }: ReceivedFrame, full: readonly Pick<Ban, 'type' | 'number'>[], now: number): Step<NetworkState> {
  let { learning } = state
  const effects: Effect[] = []
  for (const { type, number } of full) {
    const next = withBan(learning, type, number, now, true)
    if (next === learning) continue
    learning = next
    const where = type === 'port' ? `port ${printPort(number)}` : `VLAN ${String(number)}`
    effects.push({ type: 'log', level: 'info', dpName: state.dp.name, text: `${where} has as many hosts as it may: ${ethSrc} is not learned` })
  }
  return { state: learning === state.learning ? network : withDp(network, { ...state, learning }), effects }
}

/** The event and the line in the log of a host that was learned. */
function tell({ dp }: DpState, frame: ReceivedFrame, vlan: ResolvedVlan, host: LearnedHost, known: LearnedHost | undefined, learning: LearningState): Effect[] {
  const { src, dst } = l3Addresses(frame)
  const { stack } = frame.port
  const total = String(hostCount(learning, { vid: vlan.vid }))
  const moved = known && known.port !== host.port ? `, moved from port ${printPort(known.port)}` : ''
  const text = `learned ${host.mac} on port ${printPort(host.port)} in VLAN ${String(vlan.vid)}${moved} (${total} hosts in all)`
  return [
    {
      type: 'event',
      dpId: dp.dp_id,
      dpName: dp.name,
      event: {
        L2_LEARN: {
          port_no: host.port,
          previous_port_no: known?.port ?? null,
          vid: vlan.vid,
          eth_src: frame.ethSrc,
          eth_dst: frame.ethDst,
          eth_type: frame.ethType,
          l3_src_ip: src,
          l3_dst_ip: dst,
          ...(stack ? { stack_descr: `remote DP ${stack.dp} Port ${String(stack.port)}` } : {}),
        },
      },
    },
    { type: 'log', level: 'info', dpName: dp.name, text },
  ]
}
