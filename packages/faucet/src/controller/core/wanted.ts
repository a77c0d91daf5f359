import type { GroupInput, MeterInput } from '@streambed/ovs/openflow'
import { failoverGroups } from '../acl/failover-groups.js'
import { meters } from '../acl/meters.js'
import { learningFlows } from '../learning/flows.js'
import { hostsWithFlows } from '../learning/table.js'
import { routeFlows } from '../routing/flows.js'
import { routedFlows } from '../stack/routed.js'
import { floodGroups } from '../switching/flood-groups.js'
import { hostFlows } from '../switching/host-flows.js'
import { makerOf, type Flow } from './flow.js'
import type { FlowPart } from './part.js'
import type { DpContext } from './state.js'
import { structureOf } from './structure.js'

export { makerOf } from './flow.js'

/** Everything that a switch is to have. */
export interface Wanted {
  /** By key. */
  readonly flows: ReadonlyMap<string, Flow>
  readonly groups: readonly GroupInput[]
  readonly meters: readonly MeterInput[]
}

/** What a dataplane is to have in this state. Where two parts want the same flow, the later one has it. */
export function wantedOf(context: DpContext): Wanted {
  const flows = new Map(structureOf(context))
  for (const part of [hostsOf, learningFlows, routedFlows, routeFlows]) collect(flows, part(context, makerOf(context)))
  return { flows, groups: groupsOf(context), meters: metersOf(context) }
}

/** The flows of all hosts, and to those that have lapsed. */
export const hostsOf: FlowPart = function* (context, make) {
  for (const host of hostsWithFlows(context.state.learning)) yield* hostFlows(context, make, host)
}

export function groupsOf(context: DpContext): readonly GroupInput[] {
  return [...floodGroups(context), ...failoverGroups(context)]
}

export function metersOf(context: DpContext): readonly MeterInput[] {
  return [...meters(context)]
}

export function collect(into: Map<string, Flow>, flows: Iterable<Flow>): Map<string, Flow> {
  for (const flow of flows) into.set(flow.key, flow)
  return into
}
