import type { ResolvedDp, ResolvedPort } from '../../config/index.js'

/** The time limits of the flows of a host, in seconds; 0 is never. */
export interface HostTimeouts {
  /** Of the flow that knows its packets: when it ends, the next packet is learned from again. */
  readonly source: { readonly idleTimeout: number; readonly hardTimeout: number }
  /** Of the flow to it. It ends later, so that a host that speaks is never flooded to. */
  readonly destination: { readonly idleTimeout: number }
}

const never: HostTimeouts = { source: { idleTimeout: 0, hardTimeout: 0 }, destination: { idleTimeout: 0 } }

/** The longest timeout that OpenFlow has. */
const longest = 0xffff

/** The time limits of a host's flows (Faucet's `_learn_host_timeouts`). @param known see `LearnedHost.known` */
export function hostTimeouts(dp: ResolvedDp, port: ResolvedPort, mac: string, known: boolean): HostTimeouts {
  if (known || port.permanent_learn) return never
  const time = jittered(dp, mac)
  const destination = { idleTimeout: dp.idle_dst || endsWhenIdle(dp) ? Math.min(time + dp.cache_update_guard_time, longest) : 0 }
  const limit = Math.min(time, longest)
  return endsWhenIdle(dp)
    ? { source: { idleTimeout: limit, hardTimeout: 0 }, destination }
    : { source: { idleTimeout: 0, hardTimeout: limit }, destination }
}

/** Whether the switch says when a host is silent (`use_idle_timeout`; Faucet does not do so in stacks). */
export function endsWhenIdle(dp: ResolvedDp): boolean {
  return dp.use_idle_timeout && !dp.stack
}

/**
 * `timeout`, less up to `learn_jitter`, so that hosts that came together do not have to be learned again together. The
 * address alone says how much, so that all dataplanes of a stack agree.
 */
function jittered({ timeout, learn_jitter: jitter, cache_update_guard_time: least }: ResolvedDp, mac: string): number {
  const share = jitter === 0 ? 0 : (hashOf(mac) % Math.abs(jitter)) * Math.sign(jitter)
  return Math.max(Math.abs(timeout - jitter + share), least)
}

/** FNV-1a, mixed at the end. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
