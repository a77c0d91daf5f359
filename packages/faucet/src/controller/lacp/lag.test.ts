import { describe, expect, it } from 'vitest'
import { connectedNetwork, run } from '../core/network.test-support.js'
import { inSync, lacpArrives } from './lacp.test-support.js'
import { excludedLagPorts, isForwarding, lagPorts } from './lag.js'

const network = connectedNetwork(`
vlans: {100: {vid: 100}}
dps:
  sw1:
    dp_id: 1
    hardware: Open vSwitch
    interfaces:
      1: {native_vlan: 100}
      2: {native_vlan: 100, lacp: 1}
      3: {tagged_vlans: [100], lacp: 1}
      4: {native_vlan: 100, lacp: 2, lacp_unselected: true}
      5: {native_vlan: 100, lacp: 3}
`)

function stateAfter(...ports: readonly number[]) {
  const state = run(network, ports.map((port) => [2, lacpArrives(port, inSync)] as const)).network.dps.get('sw1')
  const vlan = state?.dp.vlans.get(100)
  if (!state || !vlan) throw new Error('no dataplane')
  return { state, excluded: (inPort?: number) => [...excludedLagPorts(state, vlan, inPort)].sort() }
}

describe('aggregates', () => {
  it('are made of the ports with lacp', () => {
    const { state } = stateAfter()
    expect(lagPorts(state).map(({ number }) => number)).toEqual([2, 3, 4, 5])
  })

  it('forward on ports whose partner is in sync and that are selected', () => {
    const { state } = stateAfter(2, 4)
    expect([1, 2, 3, 4, 5, 99].map((port) => isForwarding(state, port))).toEqual([true, true, false, false, false, true])
  })

  it('flood on one port each, tagged ones first', () => {
    expect(stateAfter().excluded()).toEqual([2, 3, 4, 5])
    expect(stateAfter(2).excluded(1)).toEqual([3, 4, 5])
    expect(stateAfter(2, 3).excluded(1)).toEqual([2, 4, 5])
    expect(stateAfter(2, 3, 5).excluded(1)).toEqual([2, 4])
  })

  it('do not flood to themselves', () => {
    expect(stateAfter(2, 3, 5).excluded(2)).toEqual([2, 3, 4])
    expect(stateAfter(2, 3, 5).excluded(5)).toEqual([2, 4, 5])
  })
})
