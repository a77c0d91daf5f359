import type { Step } from '../core/effect.js'
import { withDp, type NetworkState } from '../core/state.js'
import { withBans } from './bans.js'
import { hostKey, type LearnedHost, type LearningState } from './state.js'
import { hostsWithFlows, withoutHost } from './table.js'

/**
 * A port is down, or another one now. The hosts there are still known, as in Faucet: they are there again when they are
 * heard, and do not count as new; without the port they have no flows. Behind a stack port others know them.
 */
export function forgetPort(network: NetworkState, dpName: string, number: number, _now: number): Step<NetworkState> {
  const state = network.dps.get(dpName)
  if (!state) return { state: network, effects: [] }
  const port = state.dp.ports.get(number)
  const unbanned = withBans(state.learning, (ban) => ban.type !== 'port' || ban.number !== number)
  const learning = forgetHosts(unbanned, (host) => host.port === number && (host.lapsed || port?.stack !== undefined) && !host.known)
  return { state: learning === state.learning ? network : withDp(network, { ...state, learning }), effects: [] }
}

/** The table without some hosts, lapsed ones too; their flows are removed. */
export function forgetHosts(learning: LearningState, isGone: (host: LearnedHost) => boolean): LearningState {
  for (const host of hostsWithFlows(learning)) {
    if (isGone(host)) learning = withoutHost(learning, hostKey(host.vid, host.mac), false)
  }
  return learning
}
