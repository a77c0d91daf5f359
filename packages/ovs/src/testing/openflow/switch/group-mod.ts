import type { Action } from '../../../openflow/action/index.js'
import type { Bucket } from '../../../openflow/bucket.js'
import { OFPG, OFPP } from '../../../openflow/constants.js'
import type { GroupMod, GroupType } from '../../../openflow/message/group-mod.js'
import { checkActions } from '../flow/check-actions.js'
import { refusal } from '../flow/refusal.js'
import type { Group } from '../pipeline/group.js'
import type { SwitchCore } from './core.js'
import { removeFlows, usesGroup } from './flow-mod.js'

/** Changes the group table (OpenFlow 1.3.5 §7.3.4.2). @throws Refusal `group_mod_failed` */
export function groupMod(core: SwitchCore, message: GroupMod, now: number): void {
  const { groups } = core.pipeline
  const { command, groupId, groupType, buckets } = message
  if (command === 'delete') {
    for (const id of groupId === OFPG.ALL ? [...groups.keys()] : [groupId]) {
      if (groups.delete(id)) removeFlows(core, 'group_delete', now, (flow) => usesGroup(flow, id))
    }
    return
  }
  if (command !== 'add' && command !== 'modify') throw refusal('group_mod_failed', 'bad_command')
  if (groupId > OFPG.MAX) throw refusal('group_mod_failed', 'invalid_group')
  if (typeof groupType === 'number') throw refusal('group_mod_failed', 'bad_type')
  checkBuckets(groupType, buckets)
  const before = groups.get(groupId)
  if (command === 'add' && before) throw refusal('group_mod_failed', 'group_exists')
  if (command === 'modify' && !before) throw refusal('group_mod_failed', 'unknown_group')
  groups.set(groupId, {
    groupId,
    groupType,
    buckets,
    created: before?.created ?? now,
    packets: 0,
    bytes: 0,
    bucketPackets: buckets.map(() => 0),
    bucketBytes: buckets.map(() => 0),
  })
}

function checkBuckets(type: GroupType, buckets: readonly Bucket[]): void {
  if (type === 'indirect' && buckets.length !== 1) throw refusal('group_mod_failed', 'invalid_group')
  for (const { weight, watchPort, watchGroup, actions } of buckets) {
    if (type !== 'select' && weight !== 0) throw refusal('group_mod_failed', 'invalid_group')
    const watches = watchPort !== OFPP.ANY || watchGroup !== OFPG.ANY
    if (type === 'ff' && !watches) throw refusal('group_mod_failed', 'invalid_group')
    if (type !== 'ff' && type !== 'select' && watches) throw refusal('group_mod_failed', 'watch_unsupported')
    // Actions that an action set cannot have are not carried out.
    checkActions(actions, { match: undefined })
  }
}

/** How many flows and buckets use a group. */
export function referencesTo(core: SwitchCore, group: Group): number {
  let count = 0
  for (const table of core.pipeline.tables.values()) for (const flow of table.flows()) if (usesGroup(flow, group.groupId)) count++
  const inBucket = (action: Action): boolean => action.type === 'group' && action.groupId === group.groupId
  for (const { buckets } of core.pipeline.groups.values()) count += buckets.filter((b) => b.actions.some(inBucket)).length
  return count
}
