import { apply, taggedVid } from '../core/flow.js'
import type { FlowPart } from '../core/part.js'
import { runningPorts } from '../core/ports.js'
import { output, popVlan } from './actions.js'

/**
 * Ports of coprocessors. A tag from `vlan_vid_base` on names the port where a packet is to leave; with any other tag it is
 * forwarded in its VLAN, but not learned from.
 */
export const coprocessorFlows: FlowPart = function* ({ state }, make) {
  const { dp, layout } = state
  for (const port of runningPorts(state)) {
    if (!port.coprocessor) continue
    yield make.flow('vlan', dp.low_priority, { in_port: port.number }, [make.goto('copro')])
    yield make.flow('eth_src', dp.high_priority, { in_port: port.number }, [make.goto(layout.output)])
    for (const number of dp.ports.keys()) {
      const vid = port.coprocessor.vlan_vid_base + number
      if (vid > 0xfff) continue
      yield make.flow('copro', dp.high_priority, { vlan_vid: taggedVid(vid) }, apply([popVlan, output(number)]))
    }
  }
}
