import type { ActionInput } from '@streambed/ovs/openflow'
import type { ResolvedPort, ResolvedVlan } from '../../config/index.js'
import { apply, taggedVid, type Flow, type FlowMaker } from '../core/flow.js'
import type { DpContext, DpState } from '../core/state.js'
import { stackFloodOutputs } from '../stack/flood.js'
import { floodClasses, type FloodClass } from './flood-class.js'
import { standaloneFloodOutputs, type Flood } from './flood-outputs.js'

/** The classes of floods that a dataplane tells apart. */
export function floodClassesOf(state: DpState): readonly FloodClass[] {
  return floodClasses([...state.dp.ports.values()].some((port) => port.restricted_bcast_arpnd))
}

/** The actions of a flood in a VLAN for packets from any port. */
export function vlanFloodActions(context: DpContext, vlan: ResolvedVlan, unicast: boolean): readonly ActionInput[] {
  return outputsOf(context, vlan, { unicast, inPort: undefined, withoutRestricted: true })
}

/**
 * The actions of a flood of what came in at a port; none when it would reach nobody.
 * @param withoutExternal not to ports with `loop_protect_external`
 */
export function portFloodActions(
  context: DpContext,
  vlan: ResolvedVlan,
  { unicast, essential }: Pick<FloodClass, 'unicast' | 'essential'>,
  inPort: ResolvedPort,
  withoutExternal = false,
): readonly ActionInput[] {
  if (!context.state.ports.get(inPort.number)?.up) return []
  const withoutRestricted = !essential && inPort.restricted_bcast_arpnd
  const actions = unique(outputsOf(context, vlan, { unicast, inPort, withoutExternal, withoutRestricted }))
  return actions.some((action) => action.type === 'output') ? actions : []
}

/** The flow of a flood of what came in at a port. @param pcp what its `vlan_pcp` must be */
export function portFloodFlow(
  make: FlowMaker,
  vlan: ResolvedVlan,
  { fields, priority }: FloodClass,
  inPort: number,
  actions: readonly ActionInput[],
  pcp?: number,
): Flow {
  return make.flow('flood', priority + 1, { in_port: inPort, vlan_vid: taggedVid(vlan.vid), vlan_pcp: pcp, ...fields }, apply(trimmed(actions)))
}

function outputsOf(context: DpContext, vlan: ResolvedVlan, flood: Flood): readonly ActionInput[] {
  return (context.state.dp.stack ? stackFloodOutputs : standaloneFloodOutputs)(context, vlan, flood)
}

/** Without what comes after the last output, and changes a packet that goes nowhere. */
export function trimmed(actions: readonly ActionInput[]): readonly ActionInput[] {
  return actions.slice(0, actions.findLastIndex((action) => action.type === 'output') + 1)
}

/** The same actions, each once. */
export function unique(actions: readonly ActionInput[]): readonly ActionInput[] {
  return [...new Map(actions.map((action) => [JSON.stringify(action), action])).values()]
}
