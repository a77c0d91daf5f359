import type { InstructionInput } from '@streambed/ovs/openflow'
import { apply, taggedVid, type FlowMaker } from '../core/flow.js'
import type { FlowPart } from '../core/part.js'
import { isTagged, runningPorts, vlansOfPort } from '../core/ports.js'
import { mirrorOutputs, output, popVlan } from './actions.js'

/** The bits of a packet's metadata that say where it is to leave: VLAN and port, 12 bits each. */
export const egressMask = 0xffffffn

/** The metadata of a packet that is to leave from a port in a VLAN (Faucet's `get_egress_metadata`). */
export function egressMetadata(port: number, vid: number): bigint {
  return (BigInt(vid) << 12n) | BigInt(port & 0xfff)
}

/** Sends a packet to the end of an egress pipeline, where it leaves from a port in a VLAN. */
export function toEgress(make: FlowMaker, port: number, vid: number): readonly InstructionInput[] {
  const metadata: InstructionInput = { type: 'write_metadata', metadata: egressMetadata(port, vid), metadataMask: egressMask }
  return [metadata, make.goto(make.has('egress_acl') ? 'egress_acl' : 'egress')]
}

/** Packets go out, with egress_pipeline. */
export const egressFlows: FlowPart = function* ({ state }, make) {
  if (!make.has('egress')) return
  for (const port of runningPorts(state)) {
    for (const { vid } of vlansOfPort(state, port)) {
      const fields = { metadata: [egressMetadata(port.number, vid), egressMask], vlan_vid: taggedVid(vid) } as const
      const actions = [...mirrorOutputs(port), ...(isTagged(port, vid) ? [] : [popVlan]), output(port.number)]
      yield make.flow('egress', state.dp.high_priority, fields, apply(actions))
    }
  }
}
