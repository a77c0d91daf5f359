import type { DpState } from '../core/state.js'
import { banKey, type Ban, type LearningState } from './state.js'

/** Seconds after which packets that come in spite of a ban were not just under way when it began. */
const underWay = 1

/** Bans learning on a port or in a VLAN for a while. @param counts whether it is another ban, not one that goes on */
export function withBan(learning: LearningState, type: Ban['type'], number: number, now: number, counts: boolean): LearningState {
  const key = banKey(type, number)
  const before = learning.bans.get(key)
  if (before && now - before.since < underWay) return learning
  const banCounts = counts ? new Map(learning.banCounts).set(key, (learning.banCounts.get(key) ?? 0) + 1) : learning.banCounts
  return { ...learning, bans: new Map(learning.bans).set(key, { type, number, since: now }), banCounts }
}

/** Without the bans that are over, or that are not wanted. */
export function withBans(learning: LearningState, wanted: (ban: Ban) => boolean): LearningState {
  const bans = [...learning.bans].filter(([, ban]) => wanted(ban))
  return bans.length === learning.bans.size ? learning : { ...learning, bans: new Map(bans) }
}

/** Without the bans whose time is over. */
export function withoutOldBans({ learning, dp }: DpState, now: number): LearningState {
  return withBans(learning, ({ since }) => since + dp.learn_ban_timeout > now)
}
