import { expect, it } from 'vitest'
import { networkOf } from '../controller/core/network.test-support.js'
import { tableNameSamples } from './table-names.js'

// As the real Faucet 1.10.12 tells.
it('tells where packets may go from each table', () => {
  const yaml = `
acls: {a: [{rule: {actions: {allow: 1}}}]}
vlans: {100: {acls_in: [a], acls_out: [a]}}
dps:
  sw1:
    dp_id: 1
    interfaces:
      1: {native_vlan: 100, hairpin: true}
      2: {coprocessor: {strategy: vlan_vid}}
`
  const state = networkOf(yaml).dps.get('sw1')
  const samples = state ? tableNameSamples(state.dp, state.layout) : []
  expect(samples.map(({ labels, value }) => `${String(value)} ${labels.table_name ?? ''}: ${labels.next_tables ?? ''}`)).toEqual([
    '0 vlan: copro,vlan_acl,eth_src',
    '1 copro: eth_dst',
    '2 vlan_acl: eth_src,eth_dst_hairpin,eth_dst,flood',
    '3 eth_src: eth_dst_hairpin,eth_dst,flood',
    '4 eth_dst_hairpin: eth_dst',
    '5 eth_dst: egress,egress_acl',
    '6 egress_acl: egress',
    '7 egress: flood',
    '8 flood: ',
  ])
})
