import { isDeepStrictEqual } from 'node:util'
import type { BundleMessage, GroupInput, MeterInput } from '@streambed/ovs/openflow'
import { affectedHosts } from '../learning/affected.js'
import { learningFlows } from '../learning/flows.js'
import { routeFlows, routesTo } from '../routing/flows.js'
import { hostFlows } from '../switching/host-flows.js'
import { flowsOfRouted, routedFlows, routedHosts } from '../stack/routed.js'
import type { ChangeFlows, Effect } from './effect.js'
import type { Flow } from './flow.js'
import { sameLayout } from './layout.js'
import type { FlowPart } from './part.js'
import type { DpContext, NetworkState } from './state.js'
import { aclChange, structureDiffers, structureOf } from './structure.js'
import { collect, groupsOf, makerOf, metersOf } from './wanted.js'

/**
 * What a switch must be told so that it has what the state `after` wants, when it has what `before` wanted: nothing
 * that is the same in both is touched. Where the tables have other numbers, its flows are to be compared. A flow whose
 * time should be over is removed like any other: it may have been added later than its time began.
 * @param lapsed hosts whose flows end by themselves
 */
export function difference(
  before: NetworkState,
  after: NetworkState,
  dpName: string,
  lapsed: ReadonlySet<string>,
): Effect | undefined {
  const was = before.dps.get(dpName)
  const is = after.dps.get(dpName)
  if (!is?.connected) return undefined
  const { dp_id: dpId } = is.dp
  if (!was?.connected || !sameLayout(was.layout, is.layout)) return { type: 'compare', dpId }
  const old: DpContext = { network: before, state: was }
  const wanted: DpContext = { network: after, state: is }
  const changes = new Changes()
  const isConfigured = structureDiffers(old, wanted)
  const acls = isConfigured ? aclChange(old, wanted) : undefined
  if (acls) changes.flows(acls.gone, acls.come)
  const restructured = isConfigured && !acls
  if (restructured) {
    changes.meters(metersOf(old), metersOf(wanted))
    changes.groups(groupsOf(old), groupsOf(wanted))
    changes.flows(structureOf(old), structureOf(wanted))
  }
  for (const [key, host, known] of affectedHosts(was, is)) {
    const gone = collect(new Map(), host ? hostFlows(old, makerOf(old), host) : [])
    changes.flows(gone, collect(new Map(), known ? hostFlows(wanted, makerOf(wanted), known) : []), lapsed.has(key) ? gone : undefined)
  }
  if (restructured || was.learning !== is.learning) changes.part(learningFlows, old, wanted)
  if (restructured) changes.part(routedFlows, old, wanted)
  else {
    for (const [, host, known] of routedHosts(after, dpName).changesSince(routedHosts(before, dpName))) {
      const gone = collect(new Map(), host ? flowsOfRouted(old, makerOf(old), host) : [])
      changes.flows(gone, collect(new Map(), known ? flowsOfRouted(wanted, makerOf(wanted), known) : []))
    }
  }
  if (restructured) changes.part(routeFlows, old, wanted)
  else {
    for (const [destination, routes, known] of is.routing.fib.changesSince(was.routing.fib)) {
      const gone = collect(new Map(), routes ? routesTo(old, makerOf(old), destination, routes) : [])
      changes.flows(gone, collect(new Map(), known ? routesTo(wanted, makerOf(wanted), destination, known) : []))
    }
  }
  return changes.message(dpId, isConfigured)
}

function flowsOf(part: FlowPart, context: DpContext): Map<string, Flow> {
  return collect(new Map(), part(context, makerOf(context)))
}

/** The messages, gathered. */
class Changes {
  readonly #before: BundleMessage[] = []
  readonly #removed: BundleMessage[] = []
  readonly #changed: BundleMessage[] = []
  readonly #after: BundleMessage[] = []

  part(part: FlowPart, old: DpContext, wanted: DpContext): void {
    this.flows(flowsOf(part, old), flowsOf(part, wanted))
  }

  flows(old: ReadonlyMap<string, Flow>, wanted: ReadonlyMap<string, Flow>, ending?: ReadonlyMap<string, Flow>): void {
    for (const flow of wanted.values()) {
      const there = old.get(flow.key)
      if (!there || !sameProperties(there, flow)) this.#changed.push({ ...flow.flow, type: 'flow_mod', command: 'add' })
      else if (there !== flow && !isDeepStrictEqual(there.flow.instructions, flow.flow.instructions)) {
        // A flow with a timeout may be gone already, and would not come back by being modified.
        const command = hasTimeout(flow) ? 'add' : 'modify_strict'
        this.#changed.push({ ...flow.flow, type: 'flow_mod', command })
      }
    }
    for (const flow of old.values()) {
      if (wanted.has(flow.key) || ending?.has(flow.key)) continue
      const { tableId, priority, match } = flow.flow
      this.#removed.push({ type: 'flow_mod', command: 'delete_strict', tableId: tableId ?? 0, priority: priority ?? 0, match: match ?? [] })
    }
  }

  groups(old: readonly GroupInput[], wanted: readonly GroupInput[]): void {
    const there = new Map(old.map((group) => [group.groupId, group]))
    for (const group of wanted) {
      const before = there.get(group.groupId)
      there.delete(group.groupId)
      if (before && isDeepStrictEqual(before, group)) continue
      this.#before.push({ ...group, type: 'group_mod', command: before ? 'modify' : 'add' })
    }
    for (const groupId of there.keys()) this.#after.push({ type: 'group_mod', command: 'delete', groupId })
  }

  meters(old: readonly MeterInput[], wanted: readonly MeterInput[]): void {
    const there = new Map(old.map((meter) => [meter.meterId, meter]))
    for (const meter of wanted) {
      const before = there.get(meter.meterId)
      there.delete(meter.meterId)
      if (before && isDeepStrictEqual(before, meter)) continue
      this.#before.push({ ...meter, type: 'meter_mod', command: before ? 'modify' : 'add' })
    }
    for (const meterId of there.keys()) this.#after.push({ type: 'meter_mod', command: 'delete', meterId })
  }

  message(dpId: bigint, atomic: boolean): ChangeFlows | undefined {
    const messages = [...this.#before, ...this.#removed, ...this.#changed, ...this.#after]
    return messages.length > 0 ? { type: 'change', dpId, messages, atomic } : undefined
  }
}

function sameProperties(one: Flow, other: Flow): boolean {
  const { flow: a } = one
  const { flow: b } = other
  return (
    one.since === other.since && a.cookie === b.cookie && a.idleTimeout === b.idleTimeout && a.hardTimeout === b.hardTimeout && a.flags === b.flags
  )
}

function hasTimeout({ flow: { idleTimeout = 0, hardTimeout = 0 } }: Flow): boolean {
  return idleTimeout > 0 || hardTimeout > 0
}
