import { taggedVid, type Flow, type FlowMaker } from '../core/flow.js'
import type { ReceivedFrame } from '../core/frame.js'
import type { FlowPart } from '../core/part.js'
import { PersistentMap } from '../core/persistent-map.js'
import { priority } from '../core/priority.js'
import type { DpContext, DpState, NetworkState } from '../core/state.js'
import { hostKey } from '../learning/state.js'
import { hostTimeouts } from '../learning/timeouts.js'
import { stackRoot } from './state.js'

/** A host to which another dataplane routes packets: they come with the address of the router, which is in many places. */
export interface RoutedHost {
  readonly vid: number
  readonly mac: string
  /** Where the packet came in that told of it. */
  readonly port: number
  /** Seconds. */
  readonly seen: number
}

/**
 * Takes notice of hosts that speak with the router of their VLAN, so that the packets for them need not be looked at by
 * the controller where they come through (Faucet's `_learn_host_intervlan_routing_flows`). The root routes itself.
 */
export function routedThrough(network: NetworkState, { dp }: DpState, { port, vlan, ethSrc, ethDst }: ReceivedFrame, now: number): NetworkState {
  const mac = ethSrc === vlan?.faucet_mac ? ethDst : ethDst === vlan?.faucet_mac ? ethSrc : undefined
  if (!vlan || mac === undefined || !dp.stack?.route_learning || stackRoot(network) === dp.name) return network
  const hosts = routedHosts(network, dp.name)
  const key = hostKey(vlan.vid, mac)
  const before = hosts.get(key)
  if (before && now - before.seen < dp.cache_update_guard_time) return network
  return withRouted(network, dp.name, hosts.set(key, { vid: vlan.vid, mac, port: port.number, seen: now }))
}

/** The hosts of a dataplane to which others route packets. */
export function routedHosts({ stack }: Pick<NetworkState, 'stack'>, dpName: string): PersistentMap<RoutedHost> {
  return stack.routed.get(dpName) ?? PersistentMap.empty()
}

/** Without those whose flows are over, and those that the configuration does not have any more. */
export function expireRouted(network: NetworkState, now: number): NetworkState {
  let next = network
  for (const [name, hosts] of network.stack.routed) {
    const dp = network.dps.get(name)?.dp
    let left = hosts
    for (const [key, { vid, mac, port, seen }] of hosts.entries()) {
      const configured = dp?.ports.get(port)
      const time = dp && configured && dp.vlans.has(vid) ? hostTimeouts(dp, configured, mac, false).source.hardTimeout : -1
      if (time < 0 || (time > 0 && seen + time <= now)) left = left.delete(key)
    }
    if (left !== hosts) next = withRouted(next, name, left)
  }
  return next
}

/** The flows of all of them. */
export const routedFlows: FlowPart = function* (context, make) {
  for (const host of routedHosts(context.network, context.state.dp.name).values()) yield* flowsOfRouted(context, make, host)
}

/** The flow of one of them. */
export function* flowsOfRouted({ network, state: { dp, layout } }: DpContext, make: FlowMaker, { vid, mac, port, seen }: RoutedHost): Generator<Flow, void, undefined> {
  const router = dp.vlans.get(vid)?.faucet_mac
  const configured = dp.ports.get(port)
  if (router === undefined || !configured || stackRoot(network) === dp.name) return
  const fields = { vlan_vid: taggedVid(vid), eth_src: router, eth_dst: mac }
  const { hardTimeout } = hostTimeouts(dp, configured, mac, false).source
  yield make.flow('eth_src', priority.match - 1, fields, [make.goto(layout.output)], { hardTimeout, since: seen })
}

function withRouted(network: NetworkState, dpName: string, hosts: PersistentMap<RoutedHost>): NetworkState {
  if (routedHosts(network, dpName) === hosts) return network
  return { ...network, stack: { ...network.stack, routed: new Map(network.stack.routed).set(dpName, hosts) } }
}
