import { printPort } from '@streambed/ovs/openflow'
import type { FlowMaker } from '../core/flow.js'
import type { DpContext } from '../core/state.js'
import { makerOf } from '../core/wanted.js'
import type { AclPlace } from './applied.js'
import { placesOf } from './places.js'
import { tunnelFlows } from './tunnel.js'

/**
 * What of the ACLs of a dataplane does not work, a sentence for each rule: flows and meters that the switch would refuse
 * are not sent, as they would take every other change with them. The same rule in many places is told once.
 */
export function aclProblems(context: DpContext): readonly string[] {
  const places = new Map<string, Set<string>>()
  for (const [text, place] of problems(context, makerOf(context))) {
    places.set(text, (places.get(text) ?? new Set()).add(place))
  }
  return [...places].map(([text, where]) => `${text} (${[...where].join(', ')})`)
}

function* problems(context: DpContext, make: FlowMaker): Iterable<readonly [text: string, place: string]> {
  for (const { acl, rule, place, problem } of placesOf(context).flatMap(({ flows, hasProblem }) => (hasProblem ? flows : []))) {
    if (problem !== undefined) yield [`rule ${String(rule.index + 1)} of ACL ${acl.name}: ${problem}`, placeText(place)]
  }
  for (const { acl, tunnelId, problem } of tunnelFlows(context, make)) {
    if (problem !== undefined) yield [`tunnel ${String(tunnelId)} of ACL ${acl.name}: ${problem}`, `in ${context.state.dp.name}`]
  }
}

function placeText(place: AclPlace): string {
  switch (place.type) {
    case 'port':
      return `port ${printPort(place.port)}`
    case 'vlan':
      return `VLAN ${String(place.vid)} ${place.direction === 'in' ? 'inbound' : 'outbound'}`
    case 'dataplane':
      return 'all ports'
  }
}
