import type { Bucket } from '../../../openflow/bucket.js'
import { OFPG, OFPP } from '../../../openflow/constants.js'
import type { GroupType } from '../../../openflow/message/group-mod.js'

/** An entry of the group table (OpenFlow 1.3.5 §5.6) with its counters. */
export interface Group {
  readonly groupId: number
  readonly groupType: GroupType
  readonly buckets: readonly Bucket[]
  readonly created: number
  packets: number
  bytes: number
  readonly bucketPackets: number[]
  readonly bucketBytes: number[]
}

/** What decides whether a bucket is live (§6.5). */
export interface Liveness {
  readonly groups: ReadonlyMap<number, Group>
  readonly isPortLive: (portNo: number) => boolean
}

/** Whether a bucket is live: what it watches is, or it watches nothing. */
export function isBucketLive(bucket: Bucket, liveness: Liveness, depth = 0): boolean {
  const { watchPort, watchGroup } = bucket
  if (watchPort === OFPP.ANY && watchGroup === OFPG.ANY) return true
  if (watchPort !== OFPP.ANY && liveness.isPortLive(watchPort)) return true
  return watchGroup !== OFPG.ANY && isGroupLive(watchGroup, liveness, depth + 1)
}

/** Whether a group has a live bucket. Groups that watch each other in a circle are not live. */
function isGroupLive(groupId: number, liveness: Liveness, depth: number): boolean {
  const group = liveness.groups.get(groupId)
  return group !== undefined && depth < 128 && group.buckets.some((bucket) => isBucketLive(bucket, liveness, depth))
}

/** The buckets that a packet with this hash goes to. */
export function chooseBuckets(group: Group, hash: number, liveness: Liveness): number[] {
  const live = group.buckets.flatMap((bucket, index) => (isBucketLive(bucket, liveness) ? [index] : []))
  switch (group.groupType) {
    case 'all':
      return group.buckets.map((_, index) => index)
    case 'indirect':
      return [0].slice(0, group.buckets.length)
    case 'ff':
      return live.slice(0, 1)
    case 'select':
      return byWeight(group, live, hash)
  }
}

function byWeight({ buckets }: Group, live: readonly number[], hash: number): number[] {
  const total = live.reduce((sum, index) => sum + (buckets[index] as Bucket).weight, 0)
  if (total === 0) return []
  let rest = hash % total
  for (const index of live) {
    rest -= (buckets[index] as Bucket).weight
    if (rest < 0) return [index]
  }
  return []
}
