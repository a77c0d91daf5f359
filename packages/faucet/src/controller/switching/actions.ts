import { OFPP, type ActionInput } from '@streambed/ovs/openflow'
import type { ResolvedPort } from '../../config/index.js'
import { taggedVid } from '../core/flow.js'

/** Sends the packet out of a port. Open vSwitch does nothing when it is the one where the packet came in. */
export function output(port: number): ActionInput {
  return { type: 'output', port }
}

/** Sends the packet back out of the port where it came in. */
export const outputInPort: ActionInput = output(OFPP.IN_PORT)

/** Sends the beginning of the packet to the controller. */
export function outputController(maxLen: number): ActionInput {
  return { type: 'output', port: OFPP.CONTROLLER, maxLen }
}

/** Takes the outermost tag away. */
export const popVlan: ActionInput = { type: 'pop_vlan' }

/** Gives the packet a tag (Faucet's `push_vlan_act`). */
export function pushVlan(vid: number): readonly ActionInput[] {
  return [{ type: 'push_vlan', ethertype: 0x8100 }, { type: 'set_field', field: { field: 'vlan_vid', value: taggedVid(vid) } }]
}

/** Values of `vlan_pcp` by which the dataplanes of a stack tell each other about ports with `loop_protect_external`. */
export const externalPcp = { wanted: 2, done: 0 } as const

/** Marks a packet: whether it is still to be flooded to ports with `loop_protect_external`. */
export function markExternal(wanted: boolean): ActionInput {
  return { type: 'set_field', field: { field: 'vlan_pcp', value: wanted ? externalPcp.wanted : externalPcp.done } }
}

/** Copies for the ports that mirror this port. */
export function mirrorOutputs(port: ResolvedPort): readonly ActionInput[] {
  return port.mirror.map(output)
}
