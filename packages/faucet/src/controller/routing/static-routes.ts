import type { ResolvedVlan } from '../../config/index.js'
import { isLinkLocalIp, vipAround, ipOf, type Ip } from './vip.js'

/** The configured routes of a VLAN, looked at from both ends. Of two to one destination the last one counts. */
interface StaticRoutes {
  /** By destination: the gateway. */
  readonly gateway: ReadonlyMap<string, string>
  /** By gateway: the destinations. */
  readonly destinations: ReadonlyMap<string, readonly string[]>
  /** The gateways that can be reached: they are in a network of the VLAN. */
  readonly gateways: readonly Ip[]
}

const known = new WeakMap<ResolvedVlan, StaticRoutes>()

/** The configured routes of a VLAN. */
export function staticRoutes(vlan: ResolvedVlan): StaticRoutes {
  let found = known.get(vlan)
  if (!found) {
    const gateway = new Map(vlan.routes.map((route) => [route.ip_dst, ipOf(route.ip_gw).text]))
    const destinations = new Map<string, readonly string[]>()
    for (const [destination, via] of gateway) destinations.set(via, [...(destinations.get(via) ?? []), destination])
    const gateways = [...destinations.keys()].map(ipOf).filter((ip) => vipAround(vlan, ip) !== undefined)
    found = { gateway, destinations, gateways }
    known.set(vlan, found)
  }
  return found
}

/** Whether a configured route goes by way of an address. */
export function isGateway(vlan: ResolvedVlan, ip: Ip): boolean {
  return staticRoutes(vlan).destinations.has(ip.text)
}

/** Whether packets are routed to an address: those of the link itself are not, unless a route goes by way of them. */
export function isRoutable(vlan: ResolvedVlan, ip: Ip): boolean {
  return !isLinkLocalIp(ip) || isGateway(vlan, ip)
}
