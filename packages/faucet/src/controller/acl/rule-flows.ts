import type { Match, OxmField } from '@streambed/ovs/openflow'
import type { ResolvedAcl, ResolvedAclRule } from '../../config/index.js'
import type { Flow, FlowMaker } from '../core/flow.js'
import { priority } from '../core/priority.js'
import type { DpContext } from '../core/state.js'
import type { AclPlace, AppliedAcls } from './applied.js'
import { effectOf, type RuleEffect } from './rule.js'

/** A rule in one of its places, with its flow, or the reason that there is none. */
export interface RuleFlow {
  readonly acl: ResolvedAcl
  readonly rule: ResolvedAclRule
  readonly place: AclPlace
  readonly flow: Flow | undefined
  readonly problem: string | undefined
}

/**
 * What rules without tunnels become, but for the port or the VLAN: by table, as a rule is the same wherever it is
 * applied in one table.
 */
export type KnownEffects = Map<AppliedAcls['table'], WeakMap<ResolvedAclRule, RuleEffect>>

/** The rules of the ACLs of one place (Faucet's `build_acl_ofmsgs`). */
export function* flowsOfPlace(context: DpContext, make: FlowMaker, applied: AppliedAcls, known: KnownEffects): Iterable<RuleFlow> {
  const effects = known.get(applied.table) ?? new WeakMap<ResolvedAclRule, RuleEffect>()
  known.set(applied.table, effects)
  let next: number = priority.filter
  for (const acl of applied.acls) {
    for (const rule of acl.rules) {
      const effect = effects.get(rule) ?? effectOf(context, applied, rule)
      if (!hasTunnel(rule)) effects.set(rule, effect)
      const at = applied.exact ? priority.filter : next--
      yield { acl, rule, place: applied.place, ...flowOf(make, applied, rule, effect, at) }
    }
  }
}

/** Whether a rule leads into a tunnel: where that leads depends on the stack, and on where it starts. */
export function hasTunnel({ actions }: ResolvedAclRule): boolean {
  return actions.output.some((step) => step.type === 'tunnel')
}

function flowOf(
  make: FlowMaker,
  { table, own }: AppliedAcls,
  { cookie }: ResolvedAclRule,
  { flow, problem }: RuleEffect,
  at: number,
): Pick<RuleFlow, 'flow' | 'problem'> {
  if (!flow) return { flow: undefined, problem }
  // The lowest priority is that of packets for which there is no rule.
  if (at < 1) return { flow: undefined, problem: `there are more than ${String(priority.filter)} rules in one place` }
  const options = cookie === undefined ? {} : { cookie: BigInt(cookie) }
  return { flow: make.matched(table, at, inPlace(flow.match, own), flow.instructions, options), problem }
}

/** A match with the port or the VLAN of a place, instead of that of the place where it was made. */
function inPlace(match: Match, { in_port: port, vlan_vid: vid }: AppliedAcls['own']): Match {
  return match.map((field): OxmField => {
    if (field.field === 'in_port' && port !== undefined) return { field: 'in_port', value: port }
    return field.field === 'vlan_vid' && vid !== undefined ? { field: 'vlan_vid', value: vid } : field
  })
}
