import type { ActionInput, BucketInput } from '@streambed/ovs/openflow'
import type { ResolvedVlan } from '../../config/index.js'
import type { GroupPart } from '../core/part.js'
import type { DpContext } from '../core/state.js'
import { unique, vlanFloodActions } from './flood-actions.js'

/** Between the number of a VLAN's group and that of its group for hosts that nobody knows. */
const unicastOffset = 4096

/** The groups that flood, with `group_table`: one for each VLAN, a second where unknown hosts are flooded to fewer ports. */
export const floodGroups: GroupPart = function* (context) {
  const { dp } = context.state
  if (!dp.group_table) return
  for (const vlan of dp.vlans.values()) {
    if (vlan.reserved_internal_vlan) continue
    const general = bucketsOf(vlanFloodActions(context, vlan, false))
    if (general.length === 0) continue
    yield { groupId: vlan.vid, groupType: 'all', buckets: general }
    if (floodGroupId(context, vlan, true) === vlan.vid) continue
    const unicast = bucketsOf(unique(vlanFloodActions(context, vlan, true)))
    if (unicast.length > 0) yield { groupId: vlan.vid + unicastOffset, groupType: 'all', buckets: unicast }
  }
}

/** The number of the group that floods in a VLAN. */
export function floodGroupId(context: DpContext, vlan: ResolvedVlan, unicast: boolean): number {
  if (!unicast) return vlan.vid
  const same = portsOf(vlanFloodActions(context, vlan, true)) === portsOf(vlanFloodActions(context, vlan, false))
  return same ? vlan.vid : vlan.vid + unicastOffset
}

function portsOf(actions: readonly ActionInput[]): string {
  return [...new Set(actions.flatMap((action) => (action.type === 'output' ? [action.port] : [])))].sort((a, b) => a - b).join()
}

/** A bucket for each output, with all that was done to the packet before. */
function bucketsOf(actions: readonly ActionInput[]): readonly BucketInput[] {
  const changes: ActionInput[] = []
  const buckets: BucketInput[] = []
  for (const action of actions) {
    if (action.type === 'output') buckets.push({ actions: [...changes, action] })
    else changes.push(action)
  }
  return buckets
}
