import type { DpState, NetworkState } from '../core/state.js'
import { healthOf, type StackHealth } from './health.js'
import { stackMembers } from './links.js'

/**
 * The name of the dataplane that is to be root; `undefined` when there is nothing to choose from. The one that was
 * elected stays root while it is healthy, or while no other is and it is alive (Faucet's `nominate_stack_root`).
 */
export function electRoot(network: NetworkState, now: number): string | undefined {
  const candidates = stackMembers(network)
    .filter(({ dp }) => dp.stack?.roots.includes(dp.name))
    .map((state) => ({ state, health: healthOf(network, state, now) }))
  const healthy = candidates.filter(({ health }) => health.healthy)
  const choice = healthy.length > 0 ? healthy : candidates.filter(({ health }) => health.alive)
  const { elected } = network.stack
  if (choice.some(({ state }) => state.dp.name === elected)) return elected
  return choice.sort(compare)[0]?.state.dp.name
}

interface Candidate {
  readonly state: DpState
  readonly health: StackHealth
}

function compare(one: Candidate, other: Candidate): number {
  const { state: { dp: a }, health: first } = one
  const { state: { dp: b }, health: second } = other
  return (
    second.stack - first.stack || second.lacp - first.lacp ||
    (a.stack?.priority ?? 0) - (b.stack?.priority ?? 0) || (a.dp_id < b.dp_id ? -1 : 1)
  )
}
