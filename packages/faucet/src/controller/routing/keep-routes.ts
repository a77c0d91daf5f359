import type { DpState } from '../core/state.js'
import { fibEntry, withEntry } from './fib.js'
import { allNeighbours, canBeNextHop, neighbourOf, withNeighbour } from './neighbours.js'
import type { Neighbour } from './state.js'
import { noRouting } from './state.js'
import { isGateway } from './static-routes.js'
import { ipOf, width } from './vip.js'

/**
 * What is still true of the neighbours after a change of configuration: those whose network and port are still there,
 * for hosts that can still be next hops. Routes follow from them anew.
 */
export function keepRoutes(before: DpState, after: DpState, _now: number): DpState['routing'] {
  if (before.dp === after.dp) return before.routing
  const { gatewaysAt, hostsAt, advertisedAt } = before.routing
  let next: DpState = { ...after, routing: { ...noRouting, gatewaysAt, hostsAt, advertisedAt } }
  for (const [{ vid }, ip, neighbour] of allNeighbours(before)) {
    const vlan = after.dp.vlans.get(vid)
    if (!vlan || !canBeNextHop(vlan, ip) || !isStillThere(after, vid, neighbour)) continue
    if (neighbour.isHost || isGateway(vlan, ip)) next = withNeighbour(next, vlan, ip, neighbour)
  }
  return { ...next.routing, fib: withBlackholes(before, next) }
}

/** Whether the port where a neighbour was heard still is in its VLAN. */
function isStillThere({ dp }: DpState, vid: number, { port: number }: Neighbour): boolean {
  if (number === undefined) return true
  const port = dp.ports.get(number)
  return port !== undefined && (port.stack !== undefined || port.native_vlan === vid || port.tagged_vlans.includes(vid))
}

function withBlackholes(before: DpState, after: DpState): DpState['routing']['fib'] {
  let { fib } = after.routing
  for (const [destination, entries] of before.routing.fib.entries()) {
    const [address = '', prefixLength] = destination.split('/')
    const ip = ipOf(address)
    for (const entry of entries) {
      const vlan = after.dp.vlans.get(entry.vid)
      if (entry.mac !== undefined || !vlan || prefixLength !== String(width[ip.version]) || !canBeNextHop(vlan, ip)) continue
      if (neighbourOf(after, vlan, ip)?.mac !== undefined || fibEntry(fib, entry.vid, destination)) continue
      fib = withEntry(fib, entry.vid, destination, entry)
    }
  }
  return fib
}
