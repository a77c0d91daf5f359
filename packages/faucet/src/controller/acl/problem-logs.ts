import type { Effect } from '../core/effect.js'
import type { NetworkState } from '../core/state.js'
import { aclProblems } from './problems.js'

/** What of the ACLs of a dataplane does not work, for the log: when its switch connects, and after a change of configuration. */
export function problemLogs(network: NetworkState, dpName: string): readonly Effect[] {
  const state = network.dps.get(dpName)
  if (!state?.connected) return []
  return aclProblems({ network, state }).map((text) => ({ type: 'log', level: 'error', dpName, text }))
}
