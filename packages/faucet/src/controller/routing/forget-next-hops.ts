import { printPort } from '@streambed/ovs/openflow'
import type { ResolvedVlan } from '../../config/index.js'
import { inTurn, type Step } from '../core/effect.js'
import type { DpState, NetworkState } from '../core/state.js'
import { ofNetwork } from './cycle.js'
import { allNeighbours, fresh, portOf, withNeighbour } from './neighbours.js'
import { forget } from './resolve.js'
import type { Neighbour } from './state.js'
import { isGateway } from './static-routes.js'
import type { Ip } from './vip.js'

/**
 * A port is down: the next hops behind it are not known any more. Those that have been seen at another port meanwhile
 * are; and so are those behind a port of a stack, to whom there may be another way.
 */
export function forgetNextHops(network: NetworkState, dpName: string, port: number, now: number): Step<NetworkState> {
  return ofNetwork(network, dpName, ({ state }) => {
    if (state.dp.ports.get(port)?.stack) return { state, effects: [] }
    const gone = [...allNeighbours(state)].filter(([{ vid }, , neighbour]) => portOf(state, vid, neighbour) === port)
    return inTurn(
      state,
      gone.map(([vlan, ip, neighbour]) => (next: DpState) => {
        if (isGateway(vlan, ip)) return { state: withLostGateway(next, vlan, ip, neighbour, now), effects: [] }
        return forget(next, vlan, ip, `port ${printPort(port)} is down`)
      }),
    )
  })
}

/**
 * Routes go on by way of the gateway, to whatever port its MAC turns up at: who moves a cable loses nothing. It is asked
 * for everywhere, at once.
 */
function withLostGateway(state: DpState, vlan: ResolvedVlan, ip: Ip, { mac }: Neighbour, now: number): DpState {
  return withNeighbour(state, vlan, ip, { ...fresh(ip, now), mac, since: -Infinity })
}
