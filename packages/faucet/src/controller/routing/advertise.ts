import type { ResolvedVlan } from '../../config/index.js'
import type { SendPacket } from '../core/effect.js'
import type { DpState } from '../core/state.js'
import { allNodes } from '../packet/ipv6.js'
import { routerAdvertisement } from './frames.js'
import { sendOnVlan } from './send.js'
import { vipsOf } from './vip.js'

/** Tells everybody in a VLAN, on this dataplane, of the router, once for each link-local VIP (RFC 4861 6.2). */
export function advertise(state: DpState, vlan: ResolvedVlan): readonly SendPacket[] {
  const vips = vipsOf(vlan, 6)
  const prefixes = vips.filter((vip) => !vip.isLinkLocal)
  return vips
    .filter((vip) => vip.isLinkLocal)
    .flatMap((vip) => sendOnVlan(state, vlan, routerAdvertisement({ mac: vlan.faucet_mac, ip: vip.text }, allNodes, prefixes)))
}
