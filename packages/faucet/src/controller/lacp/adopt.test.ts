import { describe, expect, it } from 'vitest'
import { encodeMessage, decodeMessage, type Instruction, type Match } from '@streambed/ovs/openflow'
import { networkOf, run } from '../core/network.test-support.js'
import { wantedOf } from '../core/wanted.js'
import type { NetworkState } from '../core/state.js'
import { inSync, lacpArrives, lagChanges, lagOf, sentLacp } from './lacp.test-support.js'

const yaml = `
vlans: {100: {vid: 100}}
dps:
  sw1:
    dp_id: 1
    hardware: Open vSwitch
    interfaces:
      1: {native_vlan: 100}
      3: {native_vlan: 100, lacp: 1, lacp_active: true}
      4: {native_vlan: 100, lacp: 1}
`
const ports = [1, 3, 4].map((portNo) => ({ portNo, state: 4 }))

/** The flows that a switch would have. */
function flowsIn(network: NetworkState) {
  const state = network.dps.get('sw1')
  if (!state) throw new Error('no dataplane')
  return [...wantedOf({ network, state }).flows.values()].map(({ flow }) => {
    const message = decodeMessage(encodeMessage({ ...flow, type: 'flow_mod', command: 'add' }))
    if (message.type !== 'flow_mod') throw new Error('not a flow')
    const { tableId, priority, cookie, idleTimeout, hardTimeout, flags } = message
    return { tableId, priority, cookie, idleTimeout, hardTimeout, flags, match: message.match as Match, instructions: message.instructions as readonly Instruction[] }
  })
}

describe('a controller that starts anew', () => {
  const before = run(networkOf(yaml), [[1, { type: 'connected', dpId: 1n, ports, flows: [] }], [2, lacpArrives(3, inSync)]]).network
  const after = run(networkOf(yaml), [[100, { type: 'connected', dpId: 1n, ports, flows: flowsIn(before) }]])

  it('lets ports forward that did', () => {
    expect(lagOf(after.network)).toEqual({ 3: [3, 2], 4: [1, 2] })
    expect(lagChanges(after.effects)).toEqual(['sw1 3: 3 2', 'sw1 4: 1 2'])
  })

  it('says nothing to a partner that it does not know, and answers it at once', () => {
    expect(sentLacp(after.effects)).toEqual([])
    const heard = run(after.network, [[101, { type: 'tick' }], [101, lacpArrives(3, inSync)]])
    expect(sentLacp(heard.effects)).toEqual(['3: acti time aggr sync coll dist, 43'])
    expect(lagChanges(heard.effects)).toEqual([])
  })

  it('gives them up when the partner is silent', () => {
    expect(lagChanges(run(after.network, [[131, { type: 'tick' }]]).effects)).toEqual(['sw1 3: 1 2'])
  })
})
