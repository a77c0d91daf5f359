import type { ActionInput, InstructionInput } from '@streambed/ovs/openflow'
import type { ResolvedPort } from '../../config/index.js'
import { apply, type FlowMaker } from '../core/flow.js'
import { isTagged } from '../core/ports.js'
import type { DpState } from '../core/state.js'
import { markExternal, mirrorOutputs, output, outputInPort, popVlan } from './actions.js'
import { toEgress } from './egress.js'

/** How a packet leaves. */
export interface PortOutput {
  /** It leaves where it came in. */
  readonly hairpin?: boolean
  /** Whether the next dataplane is to flood it to ports with `loop_protect_external`; `undefined`: nothing is said. */
  readonly external?: boolean | undefined
}

/**
 * The actions that send a packet of a VLAN out of a port, and copies to its mirrors: of what the host there sees when
 * that is without a tag (Faucet's `VLAN.output_port`).
 */
export function portOutput(port: ResolvedPort, vid: number, { hairpin = false, external }: PortOutput = {}): readonly ActionInput[] {
  const out = hairpin ? outputInPort : output(port.number)
  if (!isTagged(port, vid)) return [popVlan, ...mirrorOutputs(port), out]
  return [...mirrorOutputs(port), ...(external === undefined ? [] : [markExternal(external)]), out]
}

/** The instructions that send a packet out of a port: at once, or by way of the egress tables (Faucet's `pipeline.output`). */
export function sendTo(make: FlowMaker, port: ResolvedPort, vid: number, options: PortOutput = {}): readonly InstructionInput[] {
  return make.has('egress') ? toEgress(make, port.number, vid) : apply(portOutput(port, vid, options))
}

/** Whether packets that leave from a port are to be flooded to external ports behind it; `undefined` where there are none. */
export function externalRequest({ dp }: DpState, port: ResolvedPort): boolean | undefined {
  if (!dp.has_externals) return undefined
  if (!dp.stack) return true
  if (port.loop_protect_external && port.tagged_vlans.length > 0) return false
  return port.stack ? undefined : true
}
