import type { KnownHost } from '../core/event.js'
import { dpById, type NetworkState } from '../core/state.js'
import { alongTree } from '../stack/paths.js'
import { ofNetwork } from './cycle.js'
import { heard } from './neighbours.js'
import { stackPeers } from './stack-peers.js'
import { ipOf } from './vip.js'

/**
 * Tells the other dataplanes of a stack of hosts whose addresses somebody knows: each routes by itself, on the port
 * towards the one that the host is at.
 */
export function spreadNeighbours(network: NetworkState, hosts: readonly KnownHost[], now: number): NetworkState {
  let next = network
  for (const { dpId, vid, mac, addresses = [] } of hosts) {
    const { name = '' } = dpById(network, dpId)?.dp ?? {}
    for (const peer of addresses.length > 0 ? stackPeers(network, name) : []) {
      next = ofNetwork(next, peer, (context) => {
        const port = alongTree(context, name)
        const vlan = context.state.dp.vlans.get(vid)
        if (port === undefined || !vlan) return { state: context.state, effects: [] }
        const known = { mac, port, isHost: true }
        const state = addresses.reduce((before, address) => heard(before, vlan, { ...known, ip: ipOf(address) }, now), context.state)
        return { state, effects: [] }
      }).state
    }
  }
  return next
}
