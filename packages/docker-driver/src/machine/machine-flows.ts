import { match, type FlowInput, type InstructionInput } from '@streambed/ovs/openflow'
import type { Network } from '../model/network.js'
import type { PlannedBridge } from './plan-machine.js'

const OFPP_IN_PORT = 0xffff_fff8
const OFPVID_NONE = 0
const OFPVID_PRESENT = 0x1000
const TPID = 0x8100

/**
 * The flows of the machine's bridges that have no controller.
 *
 * - Mirror bridge: whatever comes in leaves by the interface of `--mirror_bridge_out` (the "mirror river": also what another
 *   machine's mirror bridge sends to `--mirror_bridge_in`). Copies from a network that have no VLAN tag get that of the network, so
 *   that an observer can tell the networks apart; those that have one pass as they are. Nothing leaves by any other port.
 * - Loopback bridge: whatever comes in goes back to where it came from.
 * - Stacking bridge: none, its controller has them.
 */
export function machineFlows(bridge: PlannedBridge, networks: readonly Network[]): readonly FlowInput[] {
  const drop: FlowInput = { priority: 0, match: [], instructions: [] }
  if (bridge.purpose === 'loopback') return [drop, { priority: 1, match: [], instructions: actions({ type: 'output', port: OFPP_IN_PORT }) }]
  const out = bridge.interfaces.find(({ direction }) => direction === 'out')
  if (bridge.purpose !== 'mirror' || out === undefined) return []
  const output = { type: 'output', port: out.ofport } as const
  const tagged = networks.flatMap(({ patches, options }) =>
    [...patches.values()].filter(({ peer }) => peer.bridge === bridge.name).map(({ peer }): FlowInput => ({
      priority: 2,
      match: match({ in_port: peer.ofport, vlan_vid: OFPVID_NONE }),
      instructions: actions(
        { type: 'push_vlan', ethertype: TPID },
        { type: 'set_field', field: { field: 'vlan_vid', value: OFPVID_PRESENT | options.vlan } },
        output,
      ),
    })),
  )
  return [drop, { priority: 1, match: [], instructions: actions(output) }, ...tagged]
}

type ActionsOf = Extract<InstructionInput, { readonly type: 'apply_actions' }>['actions']

function actions(...list: ActionsOf): readonly InstructionInput[] {
  return [{ type: 'apply_actions', actions: list }]
}
