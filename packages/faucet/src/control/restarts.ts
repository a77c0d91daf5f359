import { isDeepStrictEqual } from 'node:util'
import type { ResolvedDp, ResolvedFaucetConfig } from '../config/index.js'
import type { AppliedDataplane } from './faucet-control.js'

/** What another configuration means for a dataplane. */
export interface Restart {
  readonly dp: ResolvedDp
  readonly restart: AppliedDataplane['restart']
}

/**
 * The new configuration with the old objects where they are equal, so that `===` shows what is the same: whole
 * dataplanes, their options, and each of their ports, VLANs and ACLs.
 */
export function sharing(before: ResolvedFaucetConfig, after: ResolvedFaucetConfig): ResolvedFaucetConfig {
  const old = new Map(before.dps.map((dp) => [dp.dp_id, dp]))
  const dps = after.dps.map((dp) => {
    const was = old.get(dp.dp_id)
    return was && was !== dp ? sharedDp(was, dp) : dp
  })
  return { ...after, dps }
}

function sharedDp(was: ResolvedDp, dp: ResolvedDp): ResolvedDp {
  const old: Readonly<Record<string, unknown>> = { ...was }
  const entries = Object.entries(dp).map(([key, value]: [string, unknown]) => [key, shared(old[key], value)] as const)
  const isSame = entries.every(([key, value]) => value === old[key]) && entries.length === Object.keys(old).length
  return isSame ? was : Object.freeze(Object.fromEntries(entries) as unknown as ResolvedDp)
}

function shared(was: unknown, is: unknown): unknown {
  if (was === is) return is
  if (!(was instanceof Map && is instanceof Map)) return isDeepStrictEqual(was, is) ? was : is
  const old: ReadonlyMap<unknown, unknown> = was
  const entries = [...(is as ReadonlyMap<unknown, unknown>)].map(([key, value]) => [key, shared(old.get(key), value)] as const)
  // In the same order, too: the order of ACLs counts.
  const keys = [...old.keys()]
  return entries.length === keys.length && entries.every(([key, value], index) => keys[index] === key && old.get(key) === value) ? was : new Map(entries)
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
