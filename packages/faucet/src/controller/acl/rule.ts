import { OvsError } from '@streambed/ovs'
import { encodeMessage, match, type ActionInput, type InstructionInput, type Match, type MatchFields } from '@streambed/ovs/openflow'
import type { ResolvedAclActions, ResolvedAclRule } from '../../config/index.js'
import type { Layout } from '../core/layout.js'
import type { DpContext } from '../core/state.js'
import type { AppliedAcls } from './applied.js'
import { conntrackAction } from './conntrack-action.js'
import { matchOfRule } from './field-value.js'
import { meterProblem } from './meters.js'
import { actionsOf } from './output-actions.js'
import { refusalOf, refusalOfFields, refusalOfGroup } from './refusal.js'
import { instructionsOf } from './trim.js'
import { tunnelEntrance } from './tunnel.js'

/** What becomes of a rule where it is applied. */
export interface RuleEffect {
  /** `undefined` when the switch would refuse the flow: then nothing is sent. */
  readonly flow: { readonly match: Match; readonly instructions: readonly InstructionInput[] } | undefined
  /** What does not work, in words. */
  readonly problem: string | undefined
}

/** The match and the instructions of a rule (Faucet's `build_acl_entry`). */
export function effectOf(context: DpContext, applied: AppliedAcls, rule: ResolvedAclRule): RuleEffect {
  const fields = matchOfRule(rule, applied.own)
  if (typeof fields === 'string') return refused(fields)
  const checked = matchOrProblem(fields)
  if (typeof checked === 'string') return refused(checked)
  const missing = refusalOfNeeds(context, rule)
  if (missing !== undefined) return refused(missing)
  const instructions = instructionsOfRule(context, applied, rule, true)
  const problem = refusalOfFlow(checked, instructions)
  if (problem === undefined) return { flow: { match: checked, instructions }, problem: undefined }
  if (rule.actions.output.every((step) => step.type !== 'tunnel')) return refused(problem)
  // The switch keeps what it had of the rule before Faucet knew the way of the tunnel.
  const without = instructionsOfRule(context, applied, rule, false)
  return refusalOfFlow(checked, without) === undefined
    ? { flow: { match: checked, instructions: without }, problem: `the tunnel is left out: ${problem}` }
    : refused(problem)
}

function refused(problem: string): RuleEffect {
  return { flow: undefined, problem }
}

/** Why a meter or a group that a rule needs cannot be there. */
function refusalOfNeeds({ state: { dp } }: DpContext, { actions }: ResolvedAclRule): string | undefined {
  const meter = actions.meter === undefined ? undefined : dp.meters.get(actions.meter)
  const ofMeter = meter && meterProblem(meter)
  if (meter && ofMeter !== undefined) return `meter ${meter.name}: ${ofMeter}`
  for (const step of actions.output) {
    const ofGroup = step.type === 'failover' ? refusalOfGroup(step.failover.group_id, step.failover.ports) : undefined
    if (ofGroup !== undefined) return ofGroup
  }
  return undefined
}

function matchOrProblem(fields: MatchFields): Match | string {
  return orProblem(() => {
    const made = match(fields)
    return refusalOfFields(made, fields) ?? made
  })
}

/** Why the switch would refuse a flow, or why no message can say it. */
function refusalOfFlow(match: Match, instructions: readonly InstructionInput[]): string | undefined {
  return refusalOf(match, instructions) ?? orProblem(() => {
    encodeMessage({ type: 'flow_mod', command: 'add', tableId: 0, match, instructions })
    return undefined
  })
}

function orProblem<T>(make: () => T): T | string {
  try {
    return make()
  } catch (error) {
    // The message begins with the code.
    if (error instanceof OvsError && error.code === 'invalid') return error.message.replace('[invalid] ', '')
    throw error
  }
}

function instructionsOfRule(
  context: DpContext,
  applied: AppliedAcls,
  { actions }: ResolvedAclRule,
  withTunnel: boolean,
): readonly InstructionInput[] {
  const { dp, layout } = context.state
  const meter = actions.meter === undefined ? undefined : dp.meters.get(actions.meter)
  const list: ActionInput[] = actions.mirror === undefined ? [] : [{ type: 'output', port: actions.mirror }]
  const gotos: number[] = []
  for (const step of actions.output) {
    if (step.type !== 'tunnel') list.push(...actionsOf(step))
    else if (withTunnel && applied.source) {
      const entrance = tunnelEntrance(context, step.tunnel, applied.source)
      list.push(...(entrance?.actions ?? []))
      if (entrance?.goto) gotos.push(idOf(layout, entrance.goto))
    }
  }
  const allowed = isAllowed(actions)
  if (actions.ct && (allowed || !ends(actions))) list.push(conntrackAction(actions.ct))
  if (allowed) gotos.push(idOf(layout, actions.force_port_vlan ? applied.next.forced : applied.next.allowed))
  return instructionsOf(meter?.meter_id, list, gotos)
}

/** Whether the packet goes on through the pipeline: as the rule says, otherwise when it is mirrored. */
function isAllowed({ allow, mirror }: ResolvedAclActions): boolean {
  return allow ?? mirror !== undefined
}

/** Whether an output is the last thing that happens to a packet that is not allowed on, so that `ct` does not count. */
function ends({ ordered, output }: ResolvedAclActions): boolean {
  return ordered || output.some((step) => step.type === 'port')
}

function idOf({ ids }: Layout, table: keyof Layout['ids']): number {
  return ids[table] ?? 0
}
