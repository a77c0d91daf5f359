import { decodeMessage, encodeMessage, printFlow, type FlowInput, type FlowMod } from '@streambed/ovs/openflow'
import { describe, expect, it } from 'vitest'
import { machineFlows } from './machine-flows.js'
import { mirrorFlags, networkAt, planOf, stackFlags } from './machine.test-support.js'
import { withPatches } from './plan-patches.js'

const print = (flow: FlowInput): string => printFlow(decodeMessage(encodeMessage({ xid: 1, ...flow, type: 'flow_mod', command: 'add' })) as FlowMod)
const flowsOf = (flags: typeof mirrorFlags, purpose: string, count: number): string[] => {
  const plan = planOf(flags)
  const networks = withPatches(Array.from({ length: count }, (_, at) => networkAt(at + 1)), plan, [])
  const bridge = plan?.bridges.find((one) => one.purpose === purpose)
  return bridge === undefined ? [] : machineFlows(bridge, networks).map(print)
}

describe('machineFlows', () => {
  it('tag what has no tag, and send everything out', () => {
    expect(flowsOf(mirrorFlags, 'mirror', 2)).toEqual([
      'priority=0 actions=drop',
      'priority=1 actions=output:1',
      'priority=2,in_port=3,vlan_tci=0x0000/0x1fff actions=push_vlan:0x8100,set_field:4197->vlan_vid,output:1',
      'priority=2,in_port=4,vlan_tci=0x0000/0x1fff actions=push_vlan:0x8100,set_field:4198->vlan_vid,output:1',
    ])
  })

  it('send back', () => expect(flowsOf(stackFlags, 'loopback', 2)).toEqual(['priority=0 actions=drop', 'priority=1 actions=IN_PORT']))

  it('are none where a controller has them', () => expect(flowsOf(stackFlags, 'stack', 1)).toEqual([]))
})
