import type { ResolvedDp, ResolvedVlan } from '../../config/index.js'
import { vipAround, type Ip, type IpVersion, type Vip } from './vip.js'

/**
 * The VID that all routed packets have in the tables of routes (`global_vlan`); `undefined` when each has its own. There
 * must be exactly one router for it.
 */
export function globalVid(dp: ResolvedDp): number | undefined {
  return dp.global_vlan > 0 && dp.routers.size === 1 ? dp.global_vlan : undefined
}

const peersOf = new WeakMap<ResolvedDp, ReadonlyMap<number, readonly number[]>>()

/** The VIDs of the VLANs that have a router in common with a VLAN, itself included, ascending. */
export function routedVids(dp: ResolvedDp, vid: number): readonly number[] {
  let peers = peersOf.get(dp)
  if (!peers) {
    const together = new Map<number, Set<number>>()
    for (const { vlans } of dp.routers.values()) {
      for (const one of vlans) together.set(one, new Set([...(together.get(one) ?? []), ...vlans]))
    }
    peers = new Map([...together].map(([one, others]) => [one, [...others].sort((a, b) => a - b)]))
    peersOf.set(dp, peers)
  }
  return peers.get(vid) ?? [vid]
}

/** The VIDs by which routes of a VLAN are matched. */
export function matchedVids(dp: ResolvedDp, vid: number): readonly number[] {
  const global = globalVid(dp)
  return global === undefined ? routedVids(dp, vid) : [global]
}

/**
 * The VLAN that packets of another VLAN for a connected host are routed to, and the VIP there: the one with the longest
 * prefix, and the VLAN itself before others. `undefined` when no VLAN in reach has the network.
 */
export function vlanTowards(dp: ResolvedDp, from: ResolvedVlan, ip: Ip): { readonly vlan: ResolvedVlan; readonly vip: Vip } | undefined {
  let best: { readonly vlan: ResolvedVlan; readonly vip: Vip } | undefined
  for (const vid of [from.vid, ...routedVids(dp, from.vid)]) {
    const vlan = dp.vlans.get(vid)
    const vip = vlan && vipAround(vlan, ip)
    if (vip && (!best || vip.prefixLength > best.vip.prefixLength)) best = { vlan, vip }
  }
  return best
}

/** Whether a dataplane routes a version of IP at all. */
export function routes(dp: ResolvedDp, version: IpVersion): boolean {
  for (const vlan of dp.vlans.values()) if (vlan.faucet_vips.some((vip) => vip.version === version)) return true
  return false
}
