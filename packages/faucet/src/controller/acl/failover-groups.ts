import type { GroupInput } from '@streambed/ovs/openflow'
import type { ResolvedOutput } from '../../config/index.js'
import type { GroupPart } from '../core/part.js'
import type { DpContext } from '../core/state.js'
import { floodGroups } from '../switching/flood-groups.js'
import { appliedAcls } from './applied.js'
import { refusalOfGroup } from './refusal.js'
import { tunnelsOf } from './tunnel.js'

/** The groups of the `failover` outputs of ACLs: the first port that is up gets the packets. */
export const failoverGroups: GroupPart = function* (context) {
  // Of two groups with one number the switch has the first.
  const taken = new Set(context.state.dp.group_table ? [...floodGroups(context)].map((group) => group.groupId) : [])
  for (const step of failovers(context)) {
    const { group_id: groupId } = step.failover
    const ports: readonly number[] = step.failover.ports
    if (taken.has(groupId) || refusalOfGroup(groupId, ports) !== undefined) continue
    taken.add(groupId)
    const buckets = ports.map((port) => ({ watchPort: port, actions: [{ type: 'output', port }] as const }))
    yield { groupId, groupType: 'ff', buckets } satisfies GroupInput
  }
}

type Failover = Extract<ResolvedOutput, { readonly type: 'failover' }>

/** Those of rules that are applied, and those at the ends of tunnels. */
function* failovers(context: DpContext): Iterable<Failover> {
  const { dp } = context.state
  const isFailover = (step: ResolvedOutput): step is Failover => step.type === 'failover'
  for (const { acls } of appliedAcls(context)) {
    for (const { rules } of acls) for (const { actions } of rules) yield* actions.output.filter(isFailover)
  }
  for (const name of dp.tunnel_acls) {
    const acl = dp.acls.get(name)
    for (const tunnel of acl ? tunnelsOf(acl).values() : []) {
      if (tunnel.dp === dp.name) yield* tunnel.exit_instructions.filter(isFailover)
    }
  }
}
