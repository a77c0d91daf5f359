import { OFPP } from '@streambed/ovs/openflow'
import { apply } from '../core/flow.js'
import type { FlowPart } from '../core/part.js'
import { runningPorts } from '../core/ports.js'
import { lldpMac, lldpType } from '../packet/lldp.js'

/** All addresses that bridges keep for themselves. */
const mask = 'ff:ff:ff:ff:ff:f0'
const maxLen = 128

/** LLDP for the controller, from ports with `receive_lldp`, which all stack ports have. */
export const lldpFlows: FlowPart = function* ({ state }, make) {
  for (const { number, receive_lldp } of runningPorts(state)) {
    if (!receive_lldp) continue
    const frames = { in_port: number, eth_type: lldpType, eth_dst: `${lldpMac}/${mask}` }
    yield make.flow('vlan', state.dp.highest_priority, frames, apply([{ type: 'output', port: OFPP.CONTROLLER, maxLen }]))
  }
}
