import type { OptionTable } from './option.js'

/** How Faucet reads the value of a match field. */
export type MatchKind = 'port' | 'int' | 'masked-int' | 'mac' | 'ipv4' | 'ipv6' | 'vid'

/** The match fields of an ACL rule (OpenFlow 1.3.5 §7.2.3.7, ovs-fields(7)). */
export const matchKinds: Readonly<Record<string, MatchKind>> = {
  in_port: 'port',
  in_phy_port: 'int',
  metadata: 'masked-int',
  eth_dst: 'mac',
  eth_src: 'mac',
  eth_type: 'int',
  vlan_vid: 'vid',
  vlan_pcp: 'int',
  ip_dscp: 'int',
  ip_ecn: 'int',
  ip_proto: 'int',
  ipv4_src: 'ipv4',
  ipv4_dst: 'ipv4',
  tcp_src: 'masked-int',
  tcp_dst: 'masked-int',
  udp_src: 'masked-int',
  udp_dst: 'masked-int',
  sctp_src: 'masked-int',
  sctp_dst: 'masked-int',
  icmpv4_type: 'int',
  icmpv4_code: 'int',
  arp_op: 'int',
  arp_spa: 'ipv4',
  arp_tpa: 'ipv4',
  arp_sha: 'mac',
  arp_tha: 'mac',
  ipv6_src: 'ipv6',
  ipv6_dst: 'ipv6',
  ipv6_flabel: 'int',
  icmpv6_type: 'int',
  icmpv6_code: 'int',
  ipv6_nd_target: 'ipv6',
  ipv6_nd_sll: 'mac',
  ipv6_nd_tll: 'mac',
  mpls_label: 'int',
  mpls_tc: 'int',
  mpls_bos: 'int',
  pbb_isid: 'masked-int',
  tunnel_id: 'masked-int',
  ipv6_exthdr: 'masked-int',
  eth_type_nxm: 'int',
  ip_proto_nxm: 'int',
  nw_ttl: 'int',
  ct_state: 'masked-int',
  ct_zone: 'int',
  ct_mark: 'masked-int',
  ct_label: 'masked-int',
}

/** The names of OpenFlow 1.0 that a rule may still use. */
export const oldMatchNames: Readonly<Record<string, string>> = {
  dl_dst: 'eth_dst',
  dl_src: 'eth_src',
  dl_type: 'eth_type',
  dl_vlan: 'vlan_vid',
  nw_proto: 'ip_proto',
  nw_src: 'ipv4_src',
  nw_dst: 'ipv4_dst',
}

/** Options of an ACL in its mapping form. */
export const aclOptions = {
  rules: { type: 'list', doc: 'The rules; the first that matches counts.' },
  exact_match: { type: 'bool', default: false, doc: 'All rules match the same fields, without masks.' },
  dot1x_assigned: { type: 'bool', default: false },
} as const satisfies OptionTable

/** Options of a rule: its match fields and what is not one. */
export const ruleOptions: OptionTable = {
  cookie: { type: 'int', min: 0, max: 65536, doc: 'Cookie of the flow.' },
  actions: { type: 'dict', doc: 'What happens to the packet; without an action it is dropped.' },
  description: { type: 'str', doc: 'For people only.' },
  ...Object.fromEntries(
    [...Object.keys(matchKinds), ...Object.keys(oldMatchNames)].map((name) => [name, { type: ['str', 'int'] as const }]),
  ),
}

/** Options of `actions`. */
export const actionOptions = {
  meter: { type: 'str', doc: 'The meter that limits.' },
  mirror: { type: ['str', 'int'], doc: 'A port that gets a copy.' },
  output: { type: ['dict', 'list'], doc: 'Change and send; a list is carried out in its order.' },
  allow: { type: 'int', doc: '1 goes on through the pipeline, 0 drops.' },
  force_port_vlan: { type: 'int', doc: '1 skips the check of VLANs.' },
  ct: { type: 'dict', doc: 'Connection tracking.' },
} as const satisfies OptionTable

/** Options of `output`, in either form. */
export const outputOptions = {
  tunnel: { type: 'dict', doc: 'Through the stack to another dataplane.' },
  port: { type: ['str', 'int'] },
  ports: { type: 'list' },
  failover: { type: 'dict', doc: 'To the first of the ports that is up.' },
  set_fields: { type: 'list' },
  pop_vlans: { type: 'int', doc: 'How many tags to take off.' },
  swap_vid: { type: 'int', doc: 'The new VID of the outer tag.' },
  vlan_vid: { type: 'int', doc: 'A tag to put on.' },
  vlan_vids: { type: 'list', doc: 'Tags to put on, in this order.' },
} as const satisfies OptionTable

/** Options of `ct`. */
export const ctOptions = {
  flags: { type: 'int', min: 0, max: 65535 },
  alg: { type: 'int', min: 0, max: 65535 },
  table: { type: 'int', min: 0, max: 255 },
  zone: { type: 'int', min: 0, max: 65535 },
  zone_src: { type: 'int', min: 0, max: 4294967295 },
  clear: { type: 'bool' },
  nat: { type: 'dict' },
  mark: { type: 'int' },
  label: { type: 'int' },
} as const satisfies OptionTable

/** Options of `nat`. */
export const natOptions = {
  flags: { type: 'int', min: 0, max: 65535 },
  range_ipv4_min: { type: 'str' },
  range_ipv4_max: { type: 'str' },
  range_ipv6_min: { type: 'str' },
  range_ipv6_max: { type: 'str' },
  range_proto_min: { type: 'int' },
  range_proto_max: { type: 'int' },
} as const satisfies OptionTable
