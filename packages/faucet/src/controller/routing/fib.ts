import type { ResolvedVlan } from '../../config/index.js'
import type { PersistentMap } from '../core/persistent-map.js'
import { neighboursOf, type RoutingState } from './state.js'
import { staticRoutes } from './static-routes.js'
import { ipOf } from './vip.js'

/** Where packets for a destination go. */
export type FibEntry = NextHop | Blackhole

/** To a host. */
export interface NextHop {
  /** The VLAN where it is. */
  readonly vid: number
  readonly mac: string
}

/** Nowhere for a while, since nobody has answered yet: so that not each packet asks for the host again. */
export interface Blackhole {
  readonly vid: number
  readonly mac: undefined
  /** Seconds; when it began. */
  readonly since: number
  /** Seconds; how long it lasts. */
  readonly timeout: number
}

type Fib = PersistentMap<readonly FibEntry[]>

/** The entry of a destination behind a VLAN. */
export function fibEntry(fib: Fib, vid: number, destination: string): FibEntry | undefined {
  return fib.get(destination)?.find((entry) => entry.vid === vid)
}

/** With another entry of a destination behind a VLAN, or without one. */
export function withEntry(fib: Fib, vid: number, destination: string, entry: FibEntry | undefined): Fib {
  const before = fib.get(destination) ?? []
  const others = before.filter((one) => one.vid !== vid)
  if (!entry) return others.length === before.length ? fib : others.length > 0 ? fib.set(destination, others) : fib.delete(destination)
  return fib.set(destination, [...others, entry].sort((one, other) => one.vid - other.vid))
}

/** With what follows from the neighbours for some destinations behind a VLAN. Blackholes stay until there is better. */
export function withRoutes(routing: RoutingState, vlan: ResolvedVlan, destinations: Iterable<string>): Fib {
  let { fib } = routing
  for (const destination of destinations) {
    const mac = nextHopMac(routing, vlan, destination)
    const before = fibEntry(fib, vlan.vid, destination)
    if (before?.mac === mac) continue
    fib = withEntry(fib, vlan.vid, destination, mac === undefined ? undefined : { vid: vlan.vid, mac })
  }
  return fib
}

/** Without the blackholes whose time is over; the same when there are none. */
export function withoutPastBlackholes(fib: Fib, now: number): Fib {
  for (const [destination, entries] of fib.entries()) {
    for (const entry of entries) {
      if (entry.mac === undefined && entry.since + entry.timeout <= now) fib = withEntry(fib, entry.vid, destination, undefined)
    }
  }
  return fib
}

/** The host that packets for a destination go to: by a configured route, otherwise the destination itself. */
function nextHopMac(routing: RoutingState, vlan: ResolvedVlan, destination: string): string | undefined {
  const gateway = staticRoutes(vlan).gateway.get(destination)
  const [address = '', prefixLength] = destination.split('/')
  const { text, version } = ipOf(address)
  const { entries } = neighboursOf(routing, vlan.vid, version)
  const via = gateway === undefined ? undefined : entries.get(gateway)?.mac
  if (via !== undefined || prefixLength !== (version === 4 ? '32' : '128')) return via
  const host = entries.get(text)
  return host?.isHost ? host.mac : undefined
}
