import type { ResolvedDp } from '../../config/index.js'
import { aclFlows } from '../acl/flows.js'
import { differingPlaces, type PlaceFlows } from '../acl/places.js'
import { lacpFlows } from '../lacp/flows.js'
import { lldpFlows } from '../lldp/flows.js'
import { vipFlows } from '../routing/flows.js'
import { stackFlows } from '../stack/flows.js'
import { coprocessorFlows } from '../switching/coprocessor.js'
import { egressFlows } from '../switching/egress.js'
import { ethSrcFlows } from '../switching/eth-src.js'
import { floodFlows } from '../switching/flood.js'
import { outputOnlyFlows } from '../switching/output-only.js'
import { tableMissFlows } from '../switching/table-miss.js'
import { vlanTableFlows } from '../switching/vlan-table.js'
import { makerOf, type Flow } from './flow.js'
import type { FlowPart } from './part.js'
import type { DpContext } from './state.js'

/** Parts that follow from the configuration and from which ports, links and dataplanes are there. */
const parts: readonly FlowPart[] = [
  tableMissFlows, vlanTableFlows, ethSrcFlows, egressFlows, floodFlows, coprocessorFlows, aclFlows, vipFlows, lldpFlows,
  lacpFlows, stackFlows, outputOnlyFlows,
]

/** What the structural parts look at. */
interface Structure {
  readonly ports: DpContext['state']['ports']
  readonly lacpPorts: DpContext['state']['lacp']['ports']
  readonly topology: DpContext['network']['stack']['topology']
  /** The whole network, where there are tunnels: they may come from any dataplane. */
  readonly tunnels: DpContext['network']['config'] | undefined
}

/** What was made last of a configuration. */
interface Made {
  readonly of: Structure
  readonly flows: ReadonlyMap<string, Flow>
  /** Flows that several parts want: if the later one wanted it no more, the earlier one would have it. */
  readonly contested: ReadonlySet<string>
}

/** By configuration: the next difference begins with it. */
const made = new WeakMap<ResolvedDp, Made>()

/** The flows that do not depend on what has been learned. */
export function structureOf(context: DpContext): ReadonlyMap<string, Flow> {
  return madeOf(context).flows
}

/** Whether anything differs that flows follow from, but for what has been learned. */
export function structureDiffers(old: DpContext, context: DpContext): boolean {
  return old.state.dp !== context.state.dp || !isSame(structure(old), structure(context))
}

/** Flows by key, before and after. */
export interface FlowChange {
  readonly gone: ReadonlyMap<string, Flow>
  readonly come: ReadonlyMap<string, Flow>
}

/**
 * The structural flows that may differ when nothing but ACLs has changed, without a look at the others. `undefined` when
 * it takes more than that: something else has changed, or groups, tunnels or flows of others have to do with it.
 */
export function aclChange(old: DpContext, context: DpContext): FlowChange | undefined {
  const of = structure(context)
  if (!isSame(structure(old), of)) return undefined
  const places = differingPlaces(old, context)
  if (!places || places.some((place) => place.some(hasGroup))) return undefined
  const was = madeOf(old)
  const gone = new Map(places.flatMap(([place]) => entriesOf(place)))
  const entries = places.flatMap(([, place]) => entriesOf(place))
  const come = new Map(entries)
  if (come.size < entries.length || [...gone].some(([key, flow]) => was.flows.get(key) !== flow || was.contested.has(key))) return undefined
  for (const key of come.keys()) if (was.flows.has(key) && !gone.has(key)) return undefined
  const flows = new Map(was.flows)
  for (const key of gone.keys()) flows.delete(key)
  for (const [key, flow] of come) flows.set(key, flow)
  made.set(context.state.dp, { of, flows, contested: was.contested })
  return { gone, come }
}

function madeOf(context: DpContext): Made {
  const { dp } = context.state
  const of = structure(context)
  const last = made.get(dp)
  if (last && isSame(last.of, of)) return last
  const flows = new Map<string, Flow>()
  const contested = new Set<string>()
  const make = makerOf(context)
  for (const part of parts) {
    for (const flow of part(context, make)) {
      if (flows.has(flow.key)) contested.add(flow.key)
      flows.set(flow.key, flow)
    }
  }
  const now: Made = { of, flows, contested }
  made.set(dp, now)
  return now
}

function structure({ network, state: { dp, ports, lacp } }: DpContext): Structure {
  const tunnels = dp.tunnel_acls.length > 0 ? network.config : undefined
  return { ports, lacpPorts: lacp.ports, topology: network.stack.topology, tunnels }
}

function isSame(one: Structure, other: Structure): boolean {
  return one.ports === other.ports && one.lacpPorts === other.lacpPorts && one.topology === other.topology && one.tunnels === other.tunnels
}

function entriesOf({ flows }: PlaceFlows): readonly (readonly [string, Flow])[] {
  return flows.flatMap(({ flow }) => (flow ? [[flow.key, flow] as const] : []))
}

/** Whether rules send to groups, which are there as long as a rule needs them. */
function hasGroup({ flows }: PlaceFlows): boolean {
  return flows.some(({ rule }) => rule.actions.output.some((step) => step.type === 'failover'))
}
