import type { FlowPart } from '../core/part.js'
import { runningPorts } from '../core/ports.js'

/** Ports that only send: what they receive is dropped. */
export const outputOnlyFlows: FlowPart = function* ({ state }, make) {
  for (const port of runningPorts(state)) {
    if (port.output_only) yield make.flow('vlan', state.dp.highest_priority, { in_port: port.number })
  }
}
