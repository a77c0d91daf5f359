import { inTurn, type Step } from '../core/effect.js'
import type { DpContext, DpState, NetworkState } from '../core/state.js'
import { advertise } from './advertise.js'
import { cycle, ofNetwork, type CycleKind } from './cycle.js'
import { withoutPastBlackholes } from './fib.js'
import { routes } from './router.js'
import type { RoutingState } from './state.js'

/** Seconds between cycles of resolution, as Faucet has them. */
const interval: Readonly<Record<CycleKind, number>> = { gateways: 2, hosts: 5 }

/** Resolves gateways every two seconds and hosts every five, forgets what is past, and advertises routers, when it is time. */
export function routingTick(network: NetworkState, dpName: string, now: number): Step<NetworkState> {
  const dp = network.dps.get(dpName)?.dp
  if (!dp || !(routes(dp, 4) || routes(dp, 6))) return { state: network, effects: [] }
  return ofNetwork(network, dpName, ({ state }) => {
    const { gatewaysAt, hostsAt, advertisedAt } = state.routing
    return inTurn(state, [
      ...(now - gatewaysAt >= interval.gateways ? [cycleOf(network, 'gateways', now)] : []),
      ...(now - hostsAt >= interval.hosts ? [cycleOf(network, 'hosts', now), tidy(now)] : []),
      ...(dp.advertise_interval > 0 && now - advertisedAt >= dp.advertise_interval ? [advertiseAll(now)] : []),
    ])
  })
}

type Part = (state: DpState) => Step<DpState>

function cycleOf(network: DpContext['network'], kind: CycleKind, now: number): Part {
  return (state) => {
    const next = inTurn(
      state,
      [...state.dp.vlans.values()].flatMap((vlan) =>
        ([4, 6] as const)
          .filter((version) => vlan.faucet_vips.some((vip) => vip.version === version))
          .map((version) => (before: DpState) => cycle({ network, state: before }, vlan, version, kind, now)),
      ),
    )
    return { ...next, state: withRouting(next.state, kind === 'gateways' ? { gatewaysAt: now } : { hostsAt: now }) }
  }
}

function tidy(now: number): Part {
  return (state) => ({ state: withRouting(state, { fib: withoutPastBlackholes(state.routing.fib, now) }), effects: [] })
}

function advertiseAll(now: number): Part {
  return (state) => {
    const packets = [...state.dp.vlans.values()].flatMap((vlan) => advertise(state, vlan))
    return { state: withRouting(state, { advertisedAt: now }), effects: packets }
  }
}

function withRouting(state: DpState, changes: Partial<RoutingState>): DpState {
  return { ...state, routing: { ...state.routing, ...changes } }
}
