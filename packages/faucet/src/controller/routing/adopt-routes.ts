import type { ResolvedVlan } from '../../config/index.js'
import type { Step } from '../core/effect.js'
import type { SwitchConnected } from '../core/event.js'
import { priority } from '../core/priority.js'
import type { DpState, NetworkState } from '../core/state.js'
import { hostKey } from '../learning/state.js'
import { ofNetwork } from './cycle.js'
import { fibEntry, withEntry } from './fib.js'
import { canBeNextHop, fresh, neighbourOf, withNeighbour } from './neighbours.js'
import { matchedVids } from './router.js'
import { isGateway, staticRoutes } from './static-routes.js'
import { hostRoute, ipOf, width, type Ip } from './vip.js'

type PresentFlow = SwitchConnected['flows'][number]

/**
 * Takes over the routes in the flows of a switch that has connected, those of the real Faucet too: so that a controller
 * that is started anew need not ask for every host before packets flow again. What is known already is not touched.
 */
export function adoptRoutes(network: NetworkState, dpName: string, flows: SwitchConnected['flows'], now: number): Step<NetworkState> {
  return ofNetwork(network, dpName, ({ state }) => {
    const routes = flows.filter(({ cookie }) => cookie === state.dp.cookie).flatMap((flow) => routeIn(flow) ?? [])
    let next = state
    for (const route of routes) {
      next = route.mac === undefined ? withBlackhole(next, route, now) : withNextHop(state, next, route, route.mac, now)
    }
    return { state: next, effects: [] }
  })
}

/** A route as its flow tells it. */
interface PresentRoute {
  readonly destination: string
  readonly ip: Ip
  readonly isHost: boolean
  /** The VID that packets come with, and leave with. */
  readonly from: number
  readonly to: number
  /** `undefined` for a blackhole. */
  readonly mac: string | undefined
  readonly timeout: number
  readonly age: number
}

/** The route of a flow; `undefined` for other flows, as those that lead to VIPs. */
function routeIn({ match, priority: level, instructions, hardTimeout, durationSec = 0 }: PresentFlow): PresentRoute | undefined {
  const fields = new Map(match.map((field) => [field.field as string, field as { readonly value?: unknown; readonly mask?: unknown }]))
  const { value: vid } = fields.get('vlan_vid') ?? {}
  const { value: address, mask } = fields.get('ipv4_dst') ?? fields.get('ipv6_dst') ?? {}
  if (fields.size !== 3 || typeof vid !== 'number' || typeof address !== 'string') return undefined
  const ip = ipOf(address)
  const prefixLength = typeof mask === 'string' ? ones(ipOf(mask).bits) : width[ip.version]
  if (level !== priority.longestPrefix + prefixLength) return undefined
  const actions = instructions.flatMap((one) => (one.type === 'apply_actions' ? one.actions : []))
  const set = new Map<string, unknown>(
    actions.flatMap((action) => {
      const isSet = action.type === 'set_field' && 'value' in action.field
      return isSet ? [[action.field.field as string, action.field.value] as const] : []
    }),
  )
  const mac = set.get('eth_dst')
  if (typeof mac !== 'string' && (instructions.length > 0 || hardTimeout === 0)) return undefined
  const to = set.get('vlan_vid') ?? vid
  return {
    destination: `${ip.text}/${String(prefixLength)}`,
    ip,
    isHost: prefixLength === width[ip.version],
    from: vid & 0xfff,
    to: Number(to) & 0xfff,
    mac: typeof mac === 'string' ? mac : undefined,
    timeout: hardTimeout,
    age: durationSec,
  }
}

/** The host of a route, or the gateway of a configured one, is where the flow sends packets. */
function withNextHop(before: DpState, state: DpState, route: PresentRoute, mac: string, now: number): DpState {
  const { destination, ip, isHost, to, age } = route
  const vlan = state.dp.vlans.get(to)
  if (!vlan) return state
  const gateway = staticRoutes(vlan).gateway.get(destination)
  const hop = gateway === undefined ? ip : ipOf(gateway)
  if ((gateway === undefined && !isHost) || !canBeNextHop(vlan, hop)) return state
  // A gateway may be adopted twice: as the next hop of routes, and as a host.
  const adopted = neighbourOf(state, vlan, hop)
  if (neighbourOf(before, vlan, hop) || (adopted && adopted.mac !== mac)) return state
  const port = state.learning.hosts.get(hostKey(to, mac))?.port
  const isRouted = gateway === undefined || adopted?.isHost === true
  return withNeighbour(state, vlan, hop, { ...fresh(hop, now - age), mac, port, isHost: isRouted })
}

function withBlackhole(state: DpState, { destination, ip, isHost, from, timeout, age }: PresentRoute, now: number): DpState {
  const vlan = [...state.dp.vlans.values()].find((one) => leadsTo(state, one, from) && canBeNextHop(one, ip))
  if (!vlan || !isHost || age >= timeout || isGateway(vlan, ip) || destination !== hostRoute(ip)) return state
  if (neighbourOf(state, vlan, ip) || fibEntry(state.routing.fib, vlan.vid, destination)) return state
  const fib = withEntry(state.routing.fib, vlan.vid, destination, { vid: vlan.vid, mac: undefined, since: now - age, timeout })
  return { ...state, routing: { ...state.routing, fib } }
}

function leadsTo({ dp }: DpState, vlan: ResolvedVlan, from: number): boolean {
  return matchedVids(dp, vlan.vid).includes(from)
}

/** How many bits a mask has, from the left. */
function ones(mask: bigint): number {
  return mask.toString(2).replaceAll('0', '').length
}
