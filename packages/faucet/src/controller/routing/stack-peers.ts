import type { NetworkState } from '../core/state.js'

/** The other dataplanes of a stack in which all learn routes of each other (option `route_learning`), by name. */
export function stackPeers(network: NetworkState, dpName: string): readonly string[] {
  const stack = network.dps.get(dpName)?.dp.stack
  if (!stack?.route_learning) return []
  return [...network.dps.values()].filter(({ dp, connected }) => connected && dp.stack && dp.name !== dpName).map(({ dp }) => dp.name)
}
