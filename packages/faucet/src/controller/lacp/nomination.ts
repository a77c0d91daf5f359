import type { DpState, NetworkState } from '../core/state.js'
import { stackRoot } from '../stack/state.js'
import { lagPorts } from './lag.js'
import { actorState } from './state.js'

/**
 * Whether the ports of an aggregate on this dataplane may be used. Alone, they may. In a stack an aggregate may have
 * ports on several dataplanes, of which one is nominated: the one with the most ports up, among equals the root, then
 * the one with the lowest number. While no port is up, those count where a partner speaks at all; while there is none,
 * nobody is nominated (Faucet's `get_lacp_dpid_nomination`).
 */
export function isNominated(network: NetworkState, state: DpState, lag: number): boolean {
  if (!state.dp.stack) return true
  return nominated(network, lag)?.dp.dp_id === state.dp.dp_id
}

/** The dataplane of the stack that is nominated for an aggregate. */
export function nominated(network: NetworkState, lag: number): DpState | undefined {
  const candidates = [...network.dps.values()].flatMap((state) => {
    if (!state.dp.stack || !state.connected) return []
    const actors = lagPorts(state).filter((port) => port.lacp === lag).map((port) => state.lacp.ports.get(port.number)?.actor)
    const up = actors.filter((actor) => actor === actorState.up).length
    return up > 0 || actors.includes(actorState.nosync) ? [{ state, up }] : []
  })
  const most = Math.max(...candidates.map(({ up }) => up))
  const best = candidates.filter(({ up }) => up === most).map(({ state }) => state)
  const root = stackRoot(network)
  return best.find(({ dp }) => dp.name === root) ?? best.sort((one, other) => (one.dp.dp_id < other.dp.dp_id ? -1 : 1))[0]
}
