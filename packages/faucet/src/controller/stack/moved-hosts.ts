import { withDp, type DpState, type NetworkState } from '../core/state.js'
import { hostKey, type LearnedHost } from '../learning/state.js'
import { hostsWithFlows, withHost, withoutHost } from '../learning/table.js'
import { learnedAt, portTowardsHost } from './learning-port.js'
import { stackMembers } from './links.js'

/**
 * The stack is another one: hosts that are known behind other dataplanes are now known on the port that leads to them, and
 * those that cannot be reached, or of which nobody can tell where they are, are forgotten. (Faucet forgets them all, and
 * floods until they speak.)
 */
export function moveHosts(network: NetworkState): NetworkState {
  return spreadHosts(stackMembers(network).reduce((next, state) => withDp(next, moved(next, state)), network))
}

/** Hosts that somebody has said to be at a port (event `hosts`) are known to the other dataplanes of the stack as well. */
export function spreadHosts(network: NetworkState): NetworkState {
  const members = stackMembers(network)
  if (members.length < 2) return network
  return members.reduce((next, edge) => {
    const hosts = [...edge.learning.hosts.values()].filter((host) => host.known && !edge.dp.ports.get(host.port)?.stack)
    if (hosts.length === 0) return next
    const others = stackMembers(next).filter(({ dp }) => dp.name !== edge.dp.name)
    return others.reduce((spread, other) => withDp(spread, told(spread, other, edge.dp.name, hosts)), next)
  }, network)
}

function moved(network: NetworkState, state: DpState): DpState {
  let { learning } = state
  for (const host of hostsWithFlows(state.learning)) {
    if (!state.dp.ports.get(host.port)?.stack) continue
    const edge = learnedAt(network, state, host.vid, host.mac)
    const port = edge === undefined ? undefined : portOf(network, state, host, edge)
    if (port === undefined) learning = withoutHost(learning, hostKey(host.vid, host.mac), false)
    else if (port !== host.port) learning = withHost(learning, { ...host, port, seen: Math.max(host.seen, state.ports.get(port)?.since ?? 0), lapsed: false })
  }
  return learning === state.learning ? state : { ...state, learning }
}

function told(network: NetworkState, state: DpState, edge: string, hosts: readonly LearnedHost[]): DpState {
  let { learning } = state
  for (const host of hosts) {
    const port = portOf(network, state, host, edge)
    const before = learning.hosts.get(hostKey(host.vid, host.mac))
    if (port === undefined || (before && before.seen >= host.seen)) continue
    learning = withHost(learning, { ...host, port, lag: undefined, withheld: undefined, blocked: [] })
  }
  return learning === state.learning ? state : { ...state, learning }
}

function portOf(network: NetworkState, state: DpState, host: LearnedHost, edge: string): number | undefined {
  const vlan = state.dp.vlans.get(host.vid)
  return vlan && portTowardsHost({ network, state }, vlan, edge)
}
