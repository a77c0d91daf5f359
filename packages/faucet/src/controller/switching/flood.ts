import type { ActionInput } from '@streambed/ovs/openflow'
import type { ResolvedVlan } from '../../config/index.js'
import { apply, taggedVid, type Flow, type FlowMaker } from '../core/flow.js'
import type { FlowPart } from '../core/part.js'
import type { DpContext, DpState } from '../core/state.js'
import { floodClassesOf, portFloodActions, portFloodFlow, trimmed, vlanFloodActions } from './flood-actions.js'
import { reservedClasses } from './flood-class.js'
import { floodGroupId } from './flood-groups.js'
import { floodPorts, restrictedPorts } from './flood-outputs.js'

/** Packets for all, and for nobody known. */
export const floodFlows: FlowPart = function* (context, make) {
  for (const { fields, priority } of reservedClasses) yield make.flow('flood', priority, fields)
  for (const vlan of context.state.dp.vlans.values()) {
    if (!vlan.reserved_internal_vlan) yield* effective(vlanFloods(context, make, vlan))
  }
}

function* vlanFloods(context: DpContext, make: FlowMaker, vlan: ResolvedVlan): Generator<Flow, void, undefined> {
  const { state } = context
  const { dp } = state
  const vlanActions = new Map([true, false].map((unicast) => [unicast, vlanFloodActions(context, vlan, unicast)]))
  const peculiar = peculiarPorts(state, vlan)
  const portActions = new Map<string, readonly ActionInput[]>()
  for (const floods of floodClassesOf(state)) {
    if (floods.unicast && !vlan.unicast_flood) continue
    const all = vlanActions.get(floods.unicast) ?? []
    if (!dp.combinatorial_port_flood) {
      // A mark without an output makes no group.
      const goesOut = all.some(({ type }) => type === 'output')
      const group: readonly ActionInput[] = goesOut ? [{ type: 'group', groupId: floodGroupId(context, vlan, floods.unicast) }] : []
      const fields = { vlan_vid: taggedVid(vlan.vid), ...floods.fields }
      yield make.flow('flood', floods.priority, fields, apply(dp.group_table ? group : trimmed(all)))
    }
    for (const port of floodPorts(state, peculiar, floods.unicast)) {
      const key = `${String(port.number)} ${String(floods.unicast)} ${String(floods.essential)}`
      const actions = portActions.get(key) ?? portFloodActions(context, vlan, floods, port)
      portActions.set(key, actions)
      if (actions.length === 0 || (!dp.combinatorial_port_flood && isCovered(actions, all, port.number))) continue
      yield portFloodFlow(make, vlan, floods, port.number, actions)
    }
  }
}

/** The ports of a VLAN whose packets may be flooded otherwise than to all other ports. */
function peculiarPorts(state: DpState, vlan: ResolvedVlan): readonly number[] {
  const numbers = [...vlan.tagged, ...vlan.untagged]
  if (state.dp.combinatorial_port_flood || state.dp.stack || restrictedPorts(state, vlan).length > 0) return numbers
  return numbers.filter((number) => {
    const port = state.dp.ports.get(number)
    return port && (port.lacp > 0 || port.hairpin || port.mirror.length > 0 || port.loop_protect_external)
  })
}

/** Whether the flood for any port does the same with packets from this one. */
function isCovered(actions: readonly ActionInput[], all: readonly ActionInput[], port: number): boolean {
  const own = effectsOf(actions)
  const others = effectsOf(all)
  others.delete(`output ${String(port)}`)
  return own.size === others.size && [...own].every((effect) => others.has(effect))
}

function effectsOf(actions: readonly ActionInput[]): Set<string> {
  const effects = new Set<string>()
  for (const action of actions) {
    if (action.type === 'output') effects.add(`output ${String(action.port)}`)
    else if (action.type !== 'pop_vlan') effects.add(JSON.stringify(action))
  }
  return effects
}

/** Leaves out flows that drop what would be dropped without them: nothing that they are above of does anything. */
function* effective(flows: Iterable<Flow>): Generator<Flow, void, undefined> {
  const sorted = [...flows].sort((one, other) => (one.flow.priority ?? 0) - (other.flow.priority ?? 0))
  const first = sorted.findIndex(({ flow }) => (flow.instructions ?? []).length > 0)
  if (first >= 0) yield* sorted.slice(first)
}
