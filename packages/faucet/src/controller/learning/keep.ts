import type { Effect } from '../core/effect.js'
import type { DpState } from '../core/state.js'
import { withBans } from './bans.js'
import { expired } from './expire.js'
import { forgetHosts } from './forget.js'
import { isPossible } from './placed.js'
import type { LearningState } from './state.js'
import { withHost } from './table.js'

/** What is still true of the hosts after a change of configuration: those that can still be where they are stay. */
export function keepHosts({ learning: before }: DpState, after: DpState, _now: number): LearningState {
  const { dp } = after
  let learning = forgetHosts(before, (host) => !isPossible(after, host))
  for (const host of learning.hosts.values()) {
    const blocked = dp.ports.get(host.port)?.permanent_learn ? host.blocked.filter((port) => dp.ports.has(port)) : []
    if (blocked.length < host.blocked.length) learning = withHost(learning, { ...host, blocked })
  }
  return withBans(learning, ({ type, number }) => (type === 'port' ? dp.ports : dp.vlans).has(number))
}

/** The events of the hosts that a change of configuration has made impossible. */
export function expiredBy(before: DpState, after: DpState): readonly Effect[] {
  const effects: Effect[] = []
  for (const [, host, kept] of after.learning.hosts.changesSince(before.learning.hosts)) if (host && !kept) effects.push(expired(before, host))
  return effects
}
