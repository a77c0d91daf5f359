import type { ResolvedDp, ResolvedFaucetConfig } from '../../config/index.js'
import { differingAcls } from '../acl/differing-acls.js'
import { problemLogs } from '../acl/problem-logs.js'
import { keepLacp } from '../lacp/lacp.js'
import { noLacp } from '../lacp/state.js'
import { expiredBy } from '../learning/keep.js'
import { keepHosts } from '../learning/learn.js'
import { noLearning } from '../learning/state.js'
import { keepLldp } from '../lldp/lldp.js'
import { noLldp } from '../lldp/state.js'
import { keepRoutes } from '../routing/route.js'
import { noRouting } from '../routing/state.js'
import { isReachedByTunnel, stackOf } from '../stack/stack.js'
import type { Effect, Step } from './effect.js'
import { layoutOf, sameLayout } from './layout.js'
import type { DpState, NetworkState } from './state.js'

/** The network of a configuration, before any switch is there. */
export function initialNetwork(config: ResolvedFaucetConfig, now: number): NetworkState {
  const dps = new Map(config.dps.map((dp) => [dp.name, fresh(config, dp)]))
  return { config, dps, stack: stackOf({ config, dps }, undefined, now) }
}

/**
 * Another configuration. Dataplanes are the same when they have the same number; what was learned of them holds as far
 * as it is still possible.
 */
export function configured(network: NetworkState, config: ResolvedFaucetConfig, now: number): Step<NetworkState> {
  const before = new Map([...network.dps.values()].map((state) => [state.dp.dp_id, state]))
  const effects: Effect[] = []
  const dps = new Map<string, DpState>()
  for (const dp of config.dps) {
    const was = before.get(dp.dp_id)
    before.delete(dp.dp_id)
    const is = was ? adapted(was, config, dp, now) : fresh(config, dp)
    if (was) effects.push(...expiredBy(was, is))
    dps.set(dp.name, is)
  }
  for (const { dp } of before.values()) effects.push({ type: 'disconnect', dpId: dp.dp_id, why: `${dp.name} is no longer in the configuration` })
  const stack = stackOf({ config, dps }, network.stack, now)
  const state: NetworkState = { config, dps, stack }
  // Of those that are another configuration: the same problems need not be told again.
  for (const [name, { dp }] of dps) if (network.dps.get(name)?.dp !== dp) effects.push(...problemLogs(state, name, network))
  return { state, effects }
}

function fresh(config: ResolvedFaucetConfig, dp: ResolvedDp): DpState {
  return {
    dp,
    layout: layoutOf(dp, isReachedByTunnel(config, dp.name)),
    connected: false,
    connectedAt: undefined,
    ports: new Map(),
    learning: noLearning,
    routing: noRouting,
    lacp: noLacp,
    lldp: noLldp,
  }
}

function adapted(was: DpState, config: ResolvedFaucetConfig, dp: ResolvedDp, now: number): DpState {
  const layout = layoutOf(dp, isReachedByTunnel(config, dp.name))
  const next: DpState = { ...was, dp, layout: sameLayout(was.layout, layout) ? was.layout : layout }
  // What is known follows from other options.
  if (differingAcls(was.dp, dp)) return next
  return {
    ...next,
    learning: keepHosts(was, next, now),
    routing: keepRoutes(was, next, now),
    lacp: keepLacp(was, next, now),
    lldp: keepLldp(was, next, now),
  }
}
