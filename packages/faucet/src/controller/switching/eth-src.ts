import type { InstructionInput } from '@streambed/ovs/openflow'
import { apply, taggedVid, type Flow } from '../core/flow.js'
import type { FlowPart } from '../core/part.js'
import { priority } from '../core/priority.js'
import { outputController } from './actions.js'

/** Ethertype of the loopback frames of the configuration testing protocol, by which switches find loops. */
const loopback = 0x9000

/** Bytes of a packet that are enough to learn from it. */
const learnLength = 96

/** Sources that are dropped, and those that nobody knows, for the controller. */
export const ethSrcFlows: FlowPart = function* ({ state: { dp, layout } }, make): Generator<Flow, void, undefined> {
  if (dp.drop_broadcast_source_address) yield make.flow('eth_src', priority.filter, { eth_src: 'ff:ff:ff:ff:ff:ff' })
  yield make.flow('eth_src', priority.filter + 10, { eth_type: loopback })
  const unknown: readonly InstructionInput[] = [...apply([outputController(learnLength)]), make.goto(layout.output)]
  // Between the dataplanes of a stack the router's own packets travel: there its address is no lie.
  const outside = dp.stack ? [...dp.ports.values()].filter((port) => !port.stack) : [undefined]
  for (const vlan of dp.vlans.values()) {
    if (vlan.reserved_internal_vlan) continue
    if (dp.drop_spoofed_faucet_mac) {
      for (const port of outside) yield make.flow('eth_src', priority.filter, { in_port: port?.number, eth_src: vlan.faucet_mac })
    }
    yield make.flow('eth_src', priority.low, { vlan_vid: taggedVid(vlan.vid) }, unknown)
  }
}
