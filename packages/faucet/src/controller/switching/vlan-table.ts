import type { ActionInput } from '@streambed/ovs/openflow'
import type { ResolvedPort, ResolvedVlan } from '../../config/index.js'
import { apply, taggedVid } from '../core/flow.js'
import type { FlowPart } from '../core/part.js'
import { runningPorts } from '../core/ports.js'
import { priority } from '../core/priority.js'
import type { DpState } from '../core/state.js'
import { markExternal, mirrorOutputs, pushVlan } from './actions.js'

/** Packets come in: which VLAN they belong to, and their mirrors. */
export const vlanTableFlows: FlowPart = function* ({ state }, make) {
  for (const port of runningPorts(state)) {
    for (const vid of port.tagged_vlans) {
      const vlan = state.dp.vlans.get(vid)
      if (!vlan) continue
      const actions = [...mirrorOutputs(port), ...externalMark(state, port)]
      const fields = { in_port: port.number, vlan_vid: taggedVid(vid) }
      yield make.flow('vlan', priority.low, fields, [...apply(actions), make.goto(nextTable(vlan))])
    }
    const untagged = { in_port: port.number, vlan_vid: 0 }
    const native = port.native_vlan === undefined ? undefined : state.dp.vlans.get(port.native_vlan)
    if (native) {
      const actions = [...mirrorOutputs(port), ...pushVlan(native.vid), ...externalMark(state, port)]
      yield make.flow('vlan', priority.low, untagged, [...apply(actions), make.goto(nextTable(native))])
    } else if (port.count_untag_vlan_miss && port.tagged_vlans.length > 0) {
      // It drops what would be dropped anyway, and counts it.
      yield make.flow('vlan', priority.low, untagged)
    }
  }
}

/** The table where packets go whose VLAN is known. */
export function nextTable(vlan: ResolvedVlan): 'vlan_acl' | 'eth_src' {
  return vlan.acls_in.length > 0 ? 'vlan_acl' : 'eth_src'
}

/** Marks packets from outside of the stack: those from a port with `loop_protect_external` are not flooded there again. */
function externalMark(state: DpState, port: ResolvedPort): readonly ActionInput[] {
  return state.dp.has_externals ? [markExternal(!port.loop_protect_external)] : []
}
