import { describe, expect, it } from 'vitest'
import { connectedNetwork } from '../controller/core/network.test-support.js'
import { endKey, stackState } from '../controller/stack/state.js'
import { Counters } from './counters.js'
import { printFaucetMetrics } from './faucet-metrics.js'
import { freshInfo } from './source.js'

const yaml = `
vlans: {office: {vid: 100}}
dps:
  sw1:
    dp_id: 1
    stack: {priority: 1}
    interfaces:
      1: {native_vlan: office}
      2: {native_vlan: office, lacp: 1, lacp_active: true, description: lag one}
      3: {stack: {dp: sw2, port: 3}}
  sw2:
    dp_id: 2
    stack: {priority: 2}
    interfaces:
      1: {native_vlan: office}
      3: {stack: {dp: sw1, port: 3}}
`

describe('the metrics of stacks and link aggregation', () => {
  // As the real Faucet 1.10.12 tells of the same network, with the link up at one end, and gone at the other.
  it('are those of Faucet', () => {
    const network = connectedNetwork(yaml)
    const ports = new Map([[endKey('sw1', 3), stackState.up], [endKey('sw2', 3), stackState.gone]])
    const text = printFaucetMetrics({ network: { ...network, stack: { ...network.stack, ports } }, counters: new Counters(), info: freshInfo })
    const wanted = /^(faucet_stack_root|is_dp_stack|dp_root_hop|port_stack_state\{|port_lacp|lacp_)/
    expect(text.split('\n').filter((line) => wanted.test(line))).toEqual([
      'faucet_stack_root_dpid 1',
      'port_stack_state{dp_id="0x1",dp_name="sw1",port="3",port_description="3"} 3',
      'port_stack_state{dp_id="0x2",dp_name="sw2",port="3",port_description="3"} 4',
      'port_lacp_role{dp_id="0x1",dp_name="sw1",port="2",port_description="lag one"} 1',
      'port_lacp_state{dp_id="0x1",dp_name="sw1",port="2",port_description="lag one"} 1',
      expect.stringMatching(/^dp_root_hop_port\{dp_id="0x1",dp_name="sw1"\} 0$/),
      expect.stringMatching(/^dp_root_hop_port\{dp_id="0x2",dp_name="sw2"\} \d$/),
      'is_dp_stack_root{dp_id="0x1",dp_name="sw1"} 1',
      'is_dp_stack_root{dp_id="0x2",dp_name="sw2"} 0',
      'lacp_port_id{dp_id="0x1",dp_name="sw1",port="2",port_description="lag one"} 2',
    ])
  })

  it('have no series without a stack', () => {
    const single = 'dps: {sw1: {dp_id: 1, interfaces: {1: {native_vlan: 100}}}}'
    const text = printFaucetMetrics({ network: connectedNetwork(single), counters: new Counters(), info: freshInfo })
    expect(text).toContain('\nfaucet_stack_root_dpid 0\n')
    expect(text).toContain('\nis_dp_stack_root{dp_id="0x1",dp_name="sw1"} 0\n')
    expect(text).not.toMatch(/^(dp_root_hop_port|port_stack_state|port_lacp_state|lacp_port_id)\{/m)
  })
})
