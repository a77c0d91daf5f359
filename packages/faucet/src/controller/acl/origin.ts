import { printMatch, type CurrentFlow } from '@streambed/ovs/openflow'
import type { ResolvedAcl } from '../../config/index.js'
import type { Flow, FlowMaker } from '../core/flow.js'
import type { DpContext } from '../core/state.js'
import { makerOf } from '../core/wanted.js'
import type { AclPlace } from './applied.js'
import { ruleFlows } from './places.js'
import { tunnelFlows } from './tunnel.js'

/** The rule that a flow comes from. */
export interface AclOrigin {
  /** The name of the ACL. */
  readonly acl: string
  /** From 0: the position of the rule in its ACL. */
  readonly rule: number
  /** Where the ACL is applied; or the tunnel that its packets are in, with the VID of its tag. */
  readonly place: AclPlace | { readonly type: 'tunnel'; readonly vid: number; readonly direction: 'forward' | 'reverse' }
}

/**
 * Which rule of which ACL a flow of a dataplane comes from; `undefined` when from none. The match is compared by what it
 * says, so that the flow may come from the switch.
 */
export function aclOrigin(
  context: DpContext,
  flow: Pick<CurrentFlow, 'tableId' | 'priority' | 'match' | 'cookie'>,
): AclOrigin | undefined {
  const wanted = printMatch(flow.match)
  let origin: AclOrigin | undefined
  for (const [made, from] of origins(context, makerOf(context))) {
    const { tableId, priority, cookie, match = [] } = made.flow
    if (tableId !== flow.tableId || priority !== flow.priority || cookie !== flow.cookie) continue
    // Of two rules with the same match and priority the last one counts.
    if (printMatch(match) === wanted) origin = from
  }
  return origin
}

function* origins(context: DpContext, make: FlowMaker): Iterable<readonly [Flow, AclOrigin]> {
  for (const { acl, rule, place, flow } of ruleFlows(context)) {
    if (flow) yield [flow, { acl: acl.name, rule: rule.index, place }]
  }
  for (const { acl, tunnelId: vid, direction, flow } of tunnelFlows(context, make)) {
    if (flow) yield [flow, { acl: acl.name, rule: ruleOfTunnel(acl, vid), place: { type: 'tunnel', vid, direction } }]
  }
}

/** The last rule with a tunnel: the one that says how it is. */
function ruleOfTunnel({ rules }: ResolvedAcl, vid: number): number {
  const isTunnel = (rule: ResolvedAcl['rules'][number]) =>
    rule.actions.output.some((step) => step.type === 'tunnel' && step.tunnel.tunnel_id === vid)
  return rules.findLast(isTunnel)?.index ?? 0
}
