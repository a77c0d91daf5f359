import type { Files } from './faucet-oracle.js'

/** A configuration that Faucet's parser accepts, whatever becomes of its controller. */
export interface FatalCase {
  readonly name: string
  readonly files: Files
  /** Whether the controller survives the connection of a switch. */
  readonly survived: boolean
}

/** What ends the controller as soon as a switch connects, and beside it what is next to it and does not. */
export const fatalCases: readonly FatalCase[] = [
  // Its table knows no fields, and gets flows with fields at once, whatever else is configured.
  dp(true, 'use_classification: false'),
  dp(false, 'use_classification: true'),
  dp(false, 'use_classification: true, drop_broadcast_source_address: false, drop_spoofed_faucet_mac: false'),
  dp(false, 'use_classification: true, egress_pipeline: true'),
  dp(true, 'priority_offset: 56436'),
  dp(false, 'priority_offset: 56437'),
  dp(true, 'low_priority: 1'),
  dp(false, 'low_priority: 0'),
  dp(true, 'highest_priority: 65535'),
  dp(false, 'highest_priority: 65536'),
  dp(true, 'lowest_priority: 0'),
  dp(false, 'lowest_priority: -1'),
  dp(true, 'cookie: 18446744073709551615'),
  dp(false, 'cookie: 18446744073709551616'),
  dp(false, 'cookie: -1'),
  dp(true, 'packetin_pps: 4294967295'),
  dp(false, 'packetin_pps: 4294967296'),
  dp(true, 'slowpath_pps: 4294967295'),
  dp(false, 'slowpath_pps: 4294967296'),
  acls(true, 'an ACL of a VLAN', ', acls_in: [filter]', ''),
  acls(false, 'an ACL of a VLAN that is one of a port too', ', acls_in: [filter]', ', acls_in: [filter]'),
  acls(false, 'an ACL of a VLAN that is the dataplane’s too', ', acls_in: [filter]', '', ', dp_acls: [filter]'),
  acls(true, 'exact_match, the same fields in every rule', ', acls_in: [exact]', ''),
  acls(false, 'exact_match, other fields in another rule', ', acls_in: [mixed]', ''),
  acls(false, 'exact_match on one port, another without an ACL', '', ', acls_in: [exact]'),
  one('coprocessor', true, '', '', ', 3: {coprocessor: {strategy: vlan_vid, vlan_vid_base: 4092}}'),
  one('coprocessor', false, '', '', ', 3: {coprocessor: {strategy: vlan_vid, vlan_vid_base: 4093}}'),
]

function one(name: string, survived: boolean, vlan: string, dpOptions: string, ports: string): FatalCase {
  const text = `vlans:
  office: {vid: 100${vlan}}
acls:
  filter:
    - rule: {actions: {allow: 1}}
  exact: {exact_match: true, rules: [{rule: {eth_type: 0x800, actions: {allow: 1}}}]}
  mixed: {exact_match: true, rules: [{rule: {eth_type: 0x800, actions: {allow: 1}}}, {rule: {eth_type: 0x806, arp_op: 1, actions: {allow: 1}}}]}
dps:
  sw1: {dp_id: 1, hardware: Open vSwitch${dpOptions}, interfaces: {1: {native_vlan: office}${ports}}}
`
  return { name, survived, files: { 'faucet.yaml': text } }
}

/** With ports whose flows have the low and the highest priority. */
function dp(survived: boolean, options: string): FatalCase {
  return one(options, survived, '', `, ${options}`, ', 2: {output_only: true}, 3: {coprocessor: {strategy: vlan_vid, vlan_vid_base: 1000}}')
}

function acls(survived: boolean, name: string, vlan: string, port: string, dpOptions = ''): FatalCase {
  return one(name, survived, vlan, dpOptions, `, 2: {native_vlan: office${port}}`)
}
