import type { PersistentMap } from '../core/persistent-map.js'
import { countKey, hostKey, type LearnedHost, type LearningState } from './state.js'

/** The table with a host, in place of what it had of it. */
export function withHost(learning: LearningState, host: LearnedHost): LearningState {
  const key = hostKey(host.vid, host.mac)
  const before = learning.hosts.get(key)
  if (before === host) return learning
  const moved = before?.port !== host.port
  return {
    ...learning,
    hosts: learning.hosts.set(key, host),
    lapsed: learning.lapsed.delete(key),
    counts: moved ? counted(before ? counted(learning.counts, before, -1) : learning.counts, host, 1) : learning.counts,
    oldest: Math.min(learning.oldest, host.seen),
  }
}

/** The table without a host. @param goesOn whether its flow goes on while it is used */
export function withoutHost(learning: LearningState, key: string, goesOn: boolean): LearningState {
  const before = learning.hosts.get(key)
  const hosts = learning.hosts.delete(key)
  const counts = before ? counted(learning.counts, before, -1) : learning.counts
  const lapsed = goesOn && before ? learning.lapsed.set(key, lapsedHost(before)) : learning.lapsed.delete(key)
  if (hosts === learning.hosts && lapsed === learning.lapsed) return learning
  return { ...learning, hosts, lapsed, counts }
}

/** What is left of a host of which nothing was heard for too long. */
export function lapsedHost(host: LearnedHost): LearnedHost {
  return { ...(host.withheld?.before ?? host), lapsed: true, blocked: [] }
}

/** Everything that may have flows, lapsed hosts too. */
export function* hostsWithFlows({ hosts, lapsed }: LearningState): Generator<LearnedHost, void, undefined> {
  yield* hosts.values()
  yield* lapsed.values()
}

/** The host of a key that may have flows. */
export function hostWithFlows({ hosts, lapsed }: LearningState, key: string): LearnedHost | undefined {
  return hosts.get(key) ?? lapsed.get(key)
}

/** The hosts whose flows may differ between two states, with what they were and what they are. */
export function* hostChanges(
  before: LearningState,
  after: LearningState,
): Generator<readonly [key: string, before: LearnedHost | undefined, after: LearnedHost | undefined], void, undefined> {
  if (before === after) return
  const keys = new Set<string>()
  for (const [key] of after.hosts.changesSince(before.hosts)) keys.add(key)
  for (const [key] of after.lapsed.changesSince(before.lapsed)) keys.add(key)
  for (const key of keys) yield [key, hostWithFlows(before, key), hostWithFlows(after, key)]
}

function counted(counts: PersistentMap<number>, { port, vid }: LearnedHost, by: number): PersistentMap<number> {
  for (const key of [countKey(port, undefined), countKey(undefined, vid), countKey(port, vid)]) {
    const count = (counts.get(key) ?? 0) + by
    counts = count > 0 ? counts.set(key, count) : counts.delete(key)
  }
  return counts
}
