import type { Effect } from '../core/effect.js'
import type { NetworkState } from '../core/state.js'
import { differingPlaces } from './places.js'
import { aclProblems } from './problems.js'

/**
 * What of the ACLs of a dataplane does not work, for the log: when its switch connects, and after a change of configuration.
 * @param before what the network was then
 */
export function problemLogs(network: NetworkState, dpName: string, before?: NetworkState): readonly Effect[] {
  const state = network.dps.get(dpName)
  if (!state?.connected) return []
  const was = before?.dps.get(dpName)
  // Makes what has changed alone, where it can.
  if (before && was) differingPlaces({ network: before, state: was }, { network, state })
  return aclProblems({ network, state }).map((text) => ({ type: 'log', level: 'error', dpName, text }))
}
