import type { GroupInput, MeterInput } from '@streambed/ovs/openflow'
import type { ResolvedDp } from '../../config/index.js'
import { aclFlows } from '../acl/flows.js'
import { failoverGroups } from '../acl/failover-groups.js'
import { meters } from '../acl/meters.js'
import { lacpFlows } from '../lacp/flows.js'
import { learningFlows } from '../learning/flows.js'
import { hostsWithFlows } from '../learning/table.js'
import { lldpFlows } from '../lldp/flows.js'
import { routeFlows, vipFlows } from '../routing/flows.js'
import { stackFlows } from '../stack/flows.js'
import { routedFlows } from '../stack/routed.js'
import { coprocessorFlows } from '../switching/coprocessor.js'
import { egressFlows } from '../switching/egress.js'
import { ethSrcFlows } from '../switching/eth-src.js'
import { floodFlows } from '../switching/flood.js'
import { floodGroups } from '../switching/flood-groups.js'
import { hostFlows } from '../switching/host-flows.js'
import { outputOnlyFlows } from '../switching/output-only.js'
import { tableMissFlows } from '../switching/table-miss.js'
import { vlanTableFlows } from '../switching/vlan-table.js'
import { FlowMaker, type Flow } from './flow.js'
import type { FlowPart } from './part.js'
import type { DpContext } from './state.js'

/** Everything that a switch is to have. */
export interface Wanted {
  /** By key. */
  readonly flows: ReadonlyMap<string, Flow>
  readonly groups: readonly GroupInput[]
  readonly meters: readonly MeterInput[]
}

/** Parts that follow from the configuration and from which ports, links and dataplanes are there. */
const structure: readonly FlowPart[] = [
  tableMissFlows, vlanTableFlows, ethSrcFlows, egressFlows, floodFlows, coprocessorFlows, aclFlows, vipFlows, lldpFlows,
  lacpFlows, stackFlows, outputOnlyFlows,
]

/** What a dataplane is to have in this state. Where two parts want the same flow, the later one has it. */
export function wantedOf(context: DpContext): Wanted {
  const flows = new Map(structureOf(context))
  for (const part of [hostsOf, learningFlows, routedFlows, routeFlows]) collect(flows, part(context, makerOf(context)))
  return { flows, groups: groupsOf(context), meters: metersOf(context) }
}

/** What the structural parts look at. */
interface Structure {
  readonly ports: DpContext['state']['ports']
  readonly lacpPorts: DpContext['state']['lacp']['ports']
  readonly topology: DpContext['network']['stack']['topology']
}

/** What was made last of each configuration: the next difference begins with it. */
const made = new WeakMap<ResolvedDp, { readonly of: Structure; readonly flows: ReadonlyMap<string, Flow> }>()

/** The flows that do not depend on what has been learned. */
export function structureOf(context: DpContext): ReadonlyMap<string, Flow> {
  const { network, state: { dp, ports, lacp } } = context
  const of = { ports, lacpPorts: lacp.ports, topology: network.stack.topology }
  const last = made.get(dp)
  if (last?.of.ports === of.ports && last.of.lacpPorts === of.lacpPorts && last.of.topology === of.topology) return last.flows
  const flows = new Map<string, Flow>()
  const make = makerOf(context)
  for (const part of structure) collect(flows, part(context, make))
  made.set(dp, { of, flows })
  return flows
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

export function makerOf({ state }: DpContext): FlowMaker {
  return new FlowMaker(state.dp, state.layout)
}

export function collect(into: Map<string, Flow>, flows: Iterable<Flow>): Map<string, Flow> {
  for (const flow of flows) into.set(flow.key, flow)
  return into
}
