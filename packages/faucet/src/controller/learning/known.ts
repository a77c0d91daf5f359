import { printPort } from '@streambed/ovs/openflow'
import type { Effect, Step } from '../core/effect.js'
import type { KnownHost } from '../core/event.js'
import { dpById, withDp, type NetworkState } from '../core/state.js'
import { hostAt, isPossible } from './placed.js'
import { hostKey } from './state.js'
import { heard } from '../routing/neighbours.js'
import { ipOf } from '../routing/vip.js'
import { withHost } from './table.js'

/**
 * Hosts whose place somebody else knows. They count as learned, without a packet from them and without an end, until
 * they are seen elsewhere; the newest word counts. Those that cannot be there are left out.
 */
export function knowHosts(network: NetworkState, hosts: readonly KnownHost[], now: number): Step<NetworkState> {
  const effects: Effect[] = []
  const learnings = new Map<string, NonNullable<ReturnType<typeof dpById>>>()
  for (const { dpId, port, vid, mac, addresses = [] } of hosts) {
    const found = dpById(network, dpId)
    if (!found) continue
    const { dp } = found
    const state = learnings.get(dp.name) ?? found
    if (!isPossible(state, { vid, port })) {
      const text = `${mac} cannot be on port ${printPort(port)} in VLAN ${String(vid)}: the configuration does not have that`
      effects.push({ type: 'log', level: 'warning', dpName: dp.name, text })
      continue
    }
    const before = state.learning.hosts.get(hostKey(vid, mac))
    const isNew = !before?.known || before.port !== port
    const host = { ...hostAt({ vid, mac, port, seen: now }), known: true }
    let next = isNew ? { ...state, learning: withHost(state.learning, host) } : state
    const vlan = dp.vlans.get(vid)
    for (const address of vlan ? addresses : []) if (vlan) next = heard(next, vlan, { ip: ipOf(address), mac, port, isHost: true }, now)
    learnings.set(dp.name, next)
  }
  let next = network
  for (const state of learnings.values()) next = withDp(next, state)
  return { state: next, effects }
}
