import { lacpTick } from '../lacp/lacp.js'
import { expireHosts } from '../learning/learn.js'
import { lldpTick } from '../lldp/lldp.js'
import { routingTick } from '../routing/route.js'
import { stackTick } from '../stack/stack.js'
import { inTurn, type Step } from './effect.js'
import type { NetworkState } from './state.js'

/** Time went by: what is due. */
export function ticked(network: NetworkState, now: number): Step<NetworkState> {
  const names = [...network.dps].filter(([, state]) => state.connected).map(([name]) => name)
  const perDp = [lldpTick, lacpTick, expireHosts, routingTick]
  return inTurn(network, [
    ...names.flatMap((name) => perDp.map((tick) => (state: NetworkState) => tick(state, name, now))),
    (state: NetworkState) => stackTick(state, now),
  ])
}
