import { OFPP } from '@streambed/ovs/openflow'
import { apply } from '../core/flow.js'
import type { FlowPart } from '../core/part.js'
import { isRunning } from '../core/ports.js'
import { lacpFrameSize, slowProtocolsMac, slowProtocolsType } from '../packet/lacp.js'
import { isForwarding, lagPorts } from './lag.js'

/** Link aggregation: its frames for the controller, and ports that do not forward. */
export const lacpFlows: FlowPart = function* ({ state }, make) {
  const { highest_priority: highest, high_priority: high } = state.dp
  for (const { number, native_vlan, tagged_vlans } of lagPorts(state)) {
    // What comes from a port without a VLAN is dropped in any case.
    if (!isRunning(state, number) || (native_vlan === undefined && tagged_vlans.length === 0)) continue
    const frames = { in_port: number, eth_type: slowProtocolsType, eth_dst: slowProtocolsMac }
    yield make.flow('vlan', highest, frames, apply([{ type: 'output', port: OFPP.CONTROLLER, maxLen: lacpFrameSize }]))
    if (!isForwarding(state, number)) yield make.flow('vlan', high, { in_port: number })
  }
}
