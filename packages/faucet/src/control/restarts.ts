import { isDeepStrictEqual } from 'node:util'
import type { ResolvedDp, ResolvedFaucetConfig } from '../config/index.js'
import type { AppliedDataplane } from './faucet-control.js'

/** What another configuration means for a dataplane. */
export interface Restart {
  readonly dp: ResolvedDp
  readonly restart: AppliedDataplane['restart']
}

/** The new configuration with the old objects where they are equal, so that `===` shows what is the same. */
export function sharing(before: ResolvedFaucetConfig, after: ResolvedFaucetConfig): ResolvedFaucetConfig {
  const old = new Map(before.dps.map((dp) => [dp.dp_id, dp]))
  const dps = after.dps.map((dp) => {
    const was = old.get(dp.dp_id)
    return was && isDeepStrictEqual(was, dp) ? was : dp
  })
  return { ...after, dps }
}

/** The dataplanes of the new configuration in its order, then those that are gone. What is the same must be `===`. */
export function restartsOf(before: ResolvedFaucetConfig, after: ResolvedFaucetConfig): readonly Restart[] {
  const old = new Map(before.dps.map((dp) => [dp.dp_id, dp]))
  const there = after.dps.map((dp): Restart => {
    const was = old.get(dp.dp_id)
    old.delete(dp.dp_id)
    return { dp, restart: !was ? 'new' : was === dp ? 'none' : 'warm' }
  })
  return [...there, ...[...old.values()].map((dp): Restart => ({ dp, restart: 'removed' }))]
}
