import { type ForwardingCase, network, twoVlans } from './forwarding-case.js'

const three = '2: {native_vlan: v100}, 3: {native_vlan: v100}'
const ports = `1: {native_vlan: v100, acls_in: [a]}, ${three}, 4: {tagged_vlans: [v100, v200], acls_in: [a]}`
const untagged = `1: {native_vlan: v100, acls_in: [a]}, ${three}`
const rest = '{rule: {actions: {allow: 1}}}'
/** An ACL of these rules, and one that allows what they do not name. */
const acl = (...rules: string[]) => `a: [${rules.map((rule) => `{rule: {${rule}}}`).join(', ')}, ${rest}]`
const on = (name: string, ...rules: string[]) => network(`ACL: ${name}`, { acls: acl(...rules), ports })
const onUntagged = (name: string, ...rules: string[]) => network(`ACL: ${name}`, { acls: acl(...rules), ports: untagged })

/** Every match field: what a rule may say of it. */
const fields: Readonly<Record<string, readonly string[]>> = {
  in_port: ['in_port: 4'],
  eth_dst: ['eth_dst: "02:00:00:00:00:03"', 'eth_dst: "01:00:00:00:00:00/01:00:00:00:00:00"'],
  eth_src: ['eth_src: "02:00:00:00:00:01"', 'eth_src: "02:00:00:00:01:00/ff:ff:ff:ff:ff:00"'],
  eth_type: ['eth_type: 0x806', 'eth_type: "0x86dd"'],
  vlan_vid: ['vlan_vid: 100'],
  vlan_pcp: ['vlan_vid: 200, vlan_pcp: 0'],
  ip_dscp: ['eth_type: 0x800, ip_dscp: 46'],
  ip_ecn: ['eth_type: 0x800, ip_ecn: 1'],
  ip_proto: ['eth_type: 0x800, ip_proto: 17', 'eth_type: 0x86dd, ip_proto: 58'],
  ipv4_src: ['eth_type: 0x800, ipv4_src: 10.0.0.1', 'eth_type: 0x800, ipv4_src: 10.0.0.0/255.255.255.252'],
  ipv4_dst: ['eth_type: 0x800, ipv4_dst: 10.0.0.3', 'eth_type: 0x800, ipv4_dst: 224.0.0.0/4'],
  tcp_src: ['eth_type: 0x800, ip_proto: 6, tcp_src: 40000'],
  tcp_dst: ['eth_type: 0x800, ip_proto: 6, tcp_dst: 80', 'eth_type: 0x86dd, ip_proto: 6, tcp_dst: 80'],
  udp_src: ['eth_type: 0x800, ip_proto: 17, udp_src: 68'],
  udp_dst: ['eth_type: 0x800, ip_proto: 17, udp_dst: 53'],
  sctp_src: ['eth_type: 0x800, ip_proto: 132, sctp_src: 7'],
  sctp_dst: ['eth_type: 0x86dd, ip_proto: 132, sctp_dst: 8'],
  icmpv4_type: ['eth_type: 0x800, ip_proto: 1, icmpv4_type: 8'],
  icmpv4_code: ['eth_type: 0x800, ip_proto: 1, icmpv4_type: 3, icmpv4_code: 1'],
  arp_op: ['eth_type: 0x806, arp_op: 2'],
  arp_spa: ['eth_type: 0x806, arp_spa: 10.0.0.1'],
  arp_tpa: ['eth_type: 0x806, arp_tpa: 10.0.0.0/24'],
  arp_sha: ['eth_type: 0x806, arp_sha: "02:00:00:00:00:01"'],
  arp_tha: ['eth_type: 0x806, arp_tha: "00:00:00:00:00:00"'],
  ipv6_src: ['eth_type: 0x86dd, ipv6_src: "fc00:99::1"', 'eth_type: 0x86dd, ipv6_src: "fc00:99::/64"'],
  ipv6_dst: ['eth_type: 0x86dd, ipv6_dst: "fc00:99::3"', 'eth_type: 0x86dd, ipv6_dst: "ff00::/8"'],
  ipv6_flabel: ['eth_type: 0x86dd, ipv6_flabel: 5'],
  icmpv6_type: ['eth_type: 0x86dd, ip_proto: 58, icmpv6_type: 128'],
  icmpv6_code: ['eth_type: 0x86dd, ip_proto: 58, icmpv6_type: 1, icmpv6_code: 4'],
  ipv6_nd_target: ['eth_type: 0x86dd, ip_proto: 58, icmpv6_type: 135, ipv6_nd_target: "fc00:99::7"'],
  ipv6_nd_sll: ['eth_type: 0x86dd, ip_proto: 58, icmpv6_type: 135, ipv6_nd_sll: "02:00:00:00:00:01"'],
  ipv6_nd_tll: ['eth_type: 0x86dd, ip_proto: 58, icmpv6_type: 136, ipv6_nd_tll: "02:00:00:00:00:01"'],
  mpls_label: ['eth_type: 0x8847, mpls_label: 99'],
  mpls_tc: ['eth_type: 0x8847, mpls_tc: 3'],
  mpls_bos: ['eth_type: 0x8847, mpls_bos: 1'],
  tunnel_id: ['tunnel_id: 7'],
  metadata: ['metadata: 7'],
  nw_ttl: ['eth_type: 0x800, nw_ttl: 64'],
  eth_type_nxm: ['eth_type_nxm: 0x800'],
  ip_proto_nxm: ['eth_type: 0x800, ip_proto_nxm: 6'],
  ct_state: ['eth_type: 0x800, ct_state: 0/0x20'],
  ct_zone: ['eth_type: 0x800, ct_zone: 0'],
  ct_mark: ['eth_type: 0x800, ct_mark: 0'],
  dl_dst: ['dl_dst: "02:00:00:00:00:03"'],
  dl_src: ['dl_src: "02:00:00:00:00:01"'],
  dl_vlan: ['dl_vlan: 100'],
  nw_src: ['dl_type: 0x800, nw_src: 10.0.0.0/30'],
  nw_dst: ['dl_type: 0x800, nw_dst: 10.0.0.3'],
  nw_proto: ['dl_type: 0x800, nw_proto: 17'],
  'nothing at all': [''],
}

const withActions = (match: string, actions: string) => (match === '' ? `actions: {${actions}}` : `${match}, actions: {${actions}}`)

const fieldCases: readonly ForwardingCase[] = Object.entries(fields).map(([name, matches]) =>
  on(`field ${name}`, ...matches.map((match) => withActions(match, 'allow: 0'))),
)

/** What can be set, in a packet of the kind that has it. */
const settable: Readonly<Record<string, readonly [match: string, value: string]>> = {
  eth_src: ['', '"02:00:00:00:00:99"'],
  eth_dst: ['', '"02:00:00:00:00:03"'],
  ipv4_src: ['eth_type: 0x800', '"10.0.0.99"'],
  ipv4_dst: ['eth_type: 0x800', '"10.0.0.98"'],
  ip_dscp: ['eth_type: 0x800', '46'],
  ip_ecn: ['eth_type: 0x800', '2'],
  nw_ttl: ['eth_type: 0x800', '9'],
  tcp_src: ['eth_type: 0x800, ip_proto: 6', '1234'],
  tcp_dst: ['eth_type: 0x800, ip_proto: 6', '8080'],
  udp_src: ['eth_type: 0x800, ip_proto: 17', '1234'],
  udp_dst: ['eth_type: 0x800, ip_proto: 17', '5353'],
  sctp_dst: ['eth_type: 0x800, ip_proto: 132', '99'],
  icmpv4_type: ['eth_type: 0x800, ip_proto: 1', '0'],
  arp_op: ['eth_type: 0x806', '2'],
  arp_spa: ['eth_type: 0x806', '"10.0.0.97"'],
  arp_tpa: ['eth_type: 0x806', '"10.0.0.96"'],
  arp_sha: ['eth_type: 0x806', '"02:00:00:00:00:99"'],
  arp_tha: ['eth_type: 0x806', '"02:00:00:00:00:98"'],
  ipv6_src: ['eth_type: 0x86dd', '"fc00:99::97"'],
  ipv6_dst: ['eth_type: 0x86dd', '"fc00:99::96"'],
  ipv6_flabel: ['eth_type: 0x86dd', '77'],
  ipv6_nd_target: ['eth_type: 0x86dd, ip_proto: 58, icmpv6_type: 135', '"fc00:99::95"'],
  vlan_vid: ['vlan_vid: 100', '200'],
  vlan_pcp: ['vlan_vid: 100', '5'],
  metadata: ['', '5'],
  tunnel_id: ['', '5'],
}

const setCases: readonly ForwardingCase[] = Object.entries(settable).map(([field, [match, value]]) => {
  const set = `set_fields: [{${field}: ${value}}]`
  return network(`ACL: set ${field}`, {
    acls:
      `${acl(withActions(match, `output: {${set}, port: 3}`))}, ` +
      `b: [{rule: {${withActions(match, `allow: 1, output: [{${set}}, {port: 2}]`)}}}, ${rest}]`,
    ports: `1: {native_vlan: v100, acls_in: [a]}, ${three}, 4: {tagged_vlans: [v100, v200], acls_in: [a]}, 5: {native_vlan: v100, acls_in: [b]}`,
  })
})

const tcp = 'eth_type: 0x800, ip_proto: 6'
const udp = 'eth_type: 0x800, ip_proto: 17'
const icmp = 'eth_type: 0x800, ip_proto: 1'
const meters = 'slow: {meter_id: 1, entry: {flags: KBPS, bands: [{type: DROP, rate: 1000}]}}, few: {meter_id: 2, entry: {flags: [PKTPS, BURST], bands: [{type: DROP, rate: 100, burst_size: 10}]}}'

const actionCases: readonly ForwardingCase[] = [
  on('deny and allow', `${tcp}, tcp_dst: 80, actions: {allow: 0}`, `${tcp}, actions: {allow: 1}`, `${udp}, actions: {allow: 0}`),
  network('ACL: deny all the rest', { acls: `a: [{rule: {${tcp}, actions: {allow: 1}}}, {rule: {eth_type: 0x806, actions: {allow: 1}}}]`, ports }),
  network('ACL: nothing is allowed', { acls: 'a: [{rule: {actions: {allow: 0}}}]', ports }),
  on('output to a port', `${tcp}, actions: {output: {port: 3}}`, `${udp}, actions: {allow: 1, output: {port: 3}}`, `${icmp}, actions: {output: {port: 99}}`.replace('99', '2')),
  on('output to ports', `${tcp}, actions: {output: {ports: [2, 3]}}`, `${udp}, actions: {allow: 1, output: {ports: [2, 4]}}`),
  on('output to where it comes from', `${tcp}, actions: {output: {port: 1}}`, `${udp}, actions: {output: [{port: 1}, {port: 4}]}`),
  on('mirror', `${tcp}, actions: {mirror: 3}`, `${udp}, actions: {mirror: 3, allow: 0}`, `${icmp}, actions: {mirror: 2, allow: 1}`),
  on('mirror and output', `${tcp}, actions: {mirror: 3, output: {port: 2}}`, `${udp}, actions: {mirror: 3, allow: 1, output: {set_fields: [{eth_dst: "02:00:00:00:00:02"}], port: 2}}`),
  on('set fields without a port', `${tcp}, actions: {output: {set_fields: [{eth_dst: "02:00:00:00:00:03"}]}}`, `${udp}, actions: {allow: 1, output: {set_fields: [{eth_dst: "02:00:00:00:00:03"}, {ipv4_dst: "10.0.0.3"}]}}`),
  on('set several fields', `${tcp}, actions: {allow: 1, output: [{set_fields: [{eth_src: "02:00:00:00:00:51"}, {eth_dst: "02:00:00:00:00:03"}, {ipv4_src: "10.1.1.1"}, {tcp_dst: 8080}]}]}`),
  on('push a tag', `${tcp}, actions: {output: {vlan_vid: 300, port: 3}}`, `${udp}, actions: {output: {vlan_vids: [300, {vid: 301, eth_type: 0x88a8}], port: 3}}`, `${icmp}, actions: {output: {vlan_vid: 200}, allow: 1}`),
  on('push a tag of a provider', `${tcp}, actions: {output: {vlan_vids: [{vid: 301, eth_type: 0x88a8}], port: 3}}`, `${udp}, actions: {allow: 1, output: [{vlan_vids: [{vid: 302}]}, {port: 2}, {pop_vlans: 1}]}`),
  on('swap a tag', `vlan_vid: 100, ${tcp}, actions: {output: {swap_vid: 300, port: 3}}`, `vlan_vid: 200, actions: {allow: 1, output: {swap_vid: 100}}`),
  on('pop a tag', `vlan_vid: 100, ${tcp}, actions: {output: {pop_vlans: 1, port: 3}}`, `vlan_vid: 100, ${udp}, actions: {allow: 1, output: [{pop_vlans: 1}, {port: 2}, {vlan_vid: 100}]}`, 'vlan_vid: 200, actions: {allow: 1, output: [{pop_vlans: 1}]}'),
  on('pop two tags', `vlan_vid: 100, ${tcp}, actions: {output: {pop_vlans: 2, port: 3}}`),
  on('pop and push', `vlan_vid: 200, actions: {output: {pop_vlans: 1, vlan_vid: 300, port: 3}}`, `vlan_vid: 100, actions: {allow: 1, output: {pop_vlans: 1, vlan_vid: 200, set_fields: [{vlan_pcp: 5}]}}`),
  on('a list of outputs', `${tcp}, actions: {output: [{vlan_vid: 300}, {port: 3}, {pop_vlans: 1}, {set_fields: [{eth_src: "02:00:00:00:00:99"}]}, {port: 2}]}`, `${udp}, actions: {output: [{port: 2}, {vlan_vids: [200, 201]}, {ports: [2, 3]}]}`, `${icmp}, actions: {output: [{port: 3}], allow: 1}`),
  on('a list that ends with changes', `${tcp}, actions: {output: [{port: 3}, {vlan_vid: 300}, {set_fields: [{eth_src: "02:00:00:00:00:99"}]}]}`, `${udp}, actions: {allow: 1, output: [{port: 3}, {vlan_vid: 200}]}`, `${icmp}, actions: {output: [{set_fields: [{eth_src: "02:00:00:00:00:99"}]}]}`),
  on('failover', `${tcp}, actions: {output: {failover: {group_id: 1001, ports: [3, 2]}}}`, `${udp}, actions: {output: [{failover: {group_id: 1002, ports: [2, 3]}}]}`, `${icmp}, actions: {allow: 1, output: {set_fields: [{eth_dst: "02:00:00:00:00:02"}], failover: {group_id: 1003, ports: [2]}}}`),
  network('ACL: failover past a port that is away', { acls: acl(`${tcp}, actions: {output: {failover: {group_id: 1001, ports: [3, 2]}}}`, `${udp}, actions: {output: {failover: {group_id: 1002, ports: [3]}}}`), ports, absent: ['sw1:3'] }),
  network('ACL: failover with group tables', { dp: 'group_table: true', acls: acl(`${tcp}, actions: {output: {failover: {group_id: 1001, ports: [3, 2]}}}`), ports: untagged }),
  network('ACL: meters', { meters, acls: acl(`${tcp}, actions: {meter: slow, allow: 1}`, `${udp}, actions: {meter: few, output: {port: 3}}`, `${icmp}, actions: {meter: few, mirror: 2, allow: 1}`, 'eth_type: 0x806, actions: {meter: slow, allow: 0}'), ports }),
  on('cookies', `${tcp}, cookie: 77, actions: {allow: 1}`, `${udp}, cookie: 65535, actions: {output: {port: 3}}`, `${icmp}, cookie: 0, actions: {allow: 0}`),
  network('ACL: force the VLAN of a port', { acls: acl('vlan_vid: 200, actions: {allow: 1, force_port_vlan: 1}', `${tcp}, actions: {allow: 1, force_port_vlan: 1, output: {vlan_vid: 100}}`, `${udp}, actions: {force_port_vlan: 1}`), ports: `${ports}, 5: {native_vlan: v200}` }),
  network('ACL: force the VLAN with an egress pipeline', { dp: 'egress_pipeline: true', acls: acl('vlan_vid: 200, actions: {allow: 1, force_port_vlan: 1}'), ports }),
  on('connection tracking', `${tcp}, ct_state: 0/0x20, actions: {ct: {zone: 10, table: 0}}`, `${tcp}, ct_state: 0x21/0x21, actions: {allow: 1, ct: {flags: 1, zone: 10, table: 1}}`, `${tcp}, ct_state: 0x22/0x22, actions: {allow: 1}`),
  on('connection tracking with marks', `${tcp}, ct_state: 0/0x20, actions: {ct: {zone: 10, table: 0}}`, `${tcp}, ct_state: 0x21/0x21, actions: {ct: {flags: 1, zone: 10, table: 1, mark: 5, label: 6}}`, `${udp}, actions: {allow: 1, ct: {clear: true}}`),
  on('address translation', `${tcp}, ct_state: 0/0x20, actions: {ct: {zone: 10, table: 1, flags: 1, nat: {flags: 1, range_ipv4_min: 10.0.0.50, range_ipv4_max: 10.0.0.60, range_proto_min: 1000, range_proto_max: 2000}}}`, `${udp}, actions: {ct: {zone: 11, table: 1, nat: {flags: 1, range_ipv4_min: 10.0.0.70}}}`, `eth_type: 0x86dd, ip_proto: 6, actions: {ct: {zone: 12, table: 1, flags: 1, nat: {flags: 2, range_ipv6_min: "fc00:99::50"}}}`),
  network('ACL: two at one port', { acls: `a: [{rule: {${tcp}, actions: {allow: 1}}}, {rule: {${udp}, actions: {allow: 0}}}], b: [{rule: {eth_type: 0x800, actions: {output: {port: 3}}}}, ${rest}]`, ports: `1: {native_vlan: v100, acls_in: [a, b]}, 2: {native_vlan: v100, acls_in: [b, a]}, 3: {native_vlan: v100}` }),
  network('ACL: acl_in', { acls: acl(`${tcp}, actions: {allow: 0}`), ports: `1: {native_vlan: v100, acl_in: a}, ${three}` }),
  network('ACL: ports by name', { acls: acl(`${tcp}, actions: {output: {port: c}}`, `${udp}, actions: {mirror: b}`), ports: 'a: {number: 1, native_vlan: v100, acls_in: [a]}, b: {number: 2, native_vlan: v100}, c: {number: 3, native_vlan: v100}' }),
  network('ACL: exact match', { acls: 'a: {exact_match: true, rules: [{rule: {eth_type: 0x800, ip_proto: 6, actions: {allow: 1}}}, {rule: {eth_type: 0x800, ip_proto: 17, actions: {allow: 0}}}]}', ports: [1, 2, 3].map((port) => `${port}: {native_vlan: v100, acls_in: [a]}`).join(', ') }),
  network('ACL: of the dataplane', { dp: 'dp_acls: [a]', acls: acl(`${tcp}, tcp_dst: 80, actions: {allow: 0}`, `${udp}, actions: {output: {port: 3}}`, 'in_port: 2, eth_type: 0x806, actions: {allow: 0}'), ports: '1: {native_vlan: v100}, 2: {native_vlan: v100}, 3: {tagged_vlans: [v100, v200]}' }),
  network('ACL: two of the dataplane', { dp: 'dp_acls: [a, b]', acls: `a: [{rule: {${tcp}, actions: {allow: 0}}}], b: [{rule: {${udp}, actions: {mirror: 3}}}, ${rest}]`, ports: '1: {native_vlan: v100}, 2: {native_vlan: v100}, 3: {tagged_vlans: [v100, v200]}' }),
  network('ACL: of a VLAN', { vlans: 'v100: {vid: 100, acls_in: [a]}, v200: {vid: 200}', acls: acl(`${tcp}, tcp_dst: 80, actions: {allow: 0}`, `${udp}, actions: {output: {port: 3}}`, `${icmp}, actions: {mirror: 2}`), ports: `1: {native_vlan: v100}, ${three}, 4: {tagged_vlans: [v100, v200]}` }),
  network('ACL: of a VLAN, with changes', { vlans: 'v100: {vid: 100, acl_in: a}, v200: {vid: 200, acls_in: [a]}', acls: acl(`${tcp}, actions: {allow: 1, output: {set_fields: [{eth_dst: "02:00:00:00:00:03"}]}}`, `${udp}, actions: {output: {pop_vlans: 1, port: 3}}`, `${icmp}, actions: {allow: 1, output: {swap_vid: 200}}`, 'eth_type: 0x806, actions: {output: [{pop_vlans: 1}, {ports: [2, 3]}]}'), ports: `1: {native_vlan: v100}, ${three}, 4: {tagged_vlans: [v100, v200]}` }),
  network('ACL: of a VLAN and of ports', { vlans: 'v100: {vid: 100, acls_in: [b]}, v200: {vid: 200}', acls: `${acl(`${tcp}, actions: {allow: 0}`)}, b: [{rule: {${udp}, actions: {allow: 0}}}, ${rest}]`, ports }),
  network('ACL: two of a VLAN', { vlans: 'v100: {vid: 100, acls_in: [a, b]}, v200: {vid: 200, acls_in: [b]}', acls: `a: [{rule: {${tcp}, actions: {allow: 1}}}], b: [{rule: {${udp}, actions: {allow: 0}}}, ${rest}]`, ports: `1: {native_vlan: v100}, 2: {native_vlan: v200}, 3: {tagged_vlans: [v100, v200]}` }),
  network('ACL: of a VLAN, force the VLAN', { vlans: 'v100: {vid: 100, acls_in: [a]}, v200: {vid: 200}', acls: acl(`${tcp}, actions: {allow: 1, force_port_vlan: 1}`), ports: `1: {native_vlan: v100}, 2: {native_vlan: v200}, 3: {tagged_vlans: [v100, v200]}` }),
  network('ACL: egress', { dp: 'egress_pipeline: true', vlans: 'v100: {vid: 100, acls_out: [a]}, v200: {vid: 200}', acls: acl(`${tcp}, tcp_dst: 80, actions: {allow: 0}`), ports: `1: {native_vlan: v100}, ${three}, 4: {tagged_vlans: [v100, v200]}` }),
  network('ACL: egress, with changes', { vlans: 'v100: {vid: 100, acl_out: a}, v200: {vid: 200}', acls: acl(`${tcp}, actions: {allow: 1, output: {set_fields: [{eth_src: "02:00:00:00:00:77"}]}}`, `${udp}, actions: {mirror: 3}`, `${icmp}, actions: {output: {port: 2}}`), ports: `1: {native_vlan: v100}, ${three}, 4: {tagged_vlans: [v100, v200]}` }),
  network('ACL: egress in two VLANs, with mirrors', { vlans: 'v100: {vid: 100, acls_out: [a]}, v200: {vid: 200, acls_out: [b]}', acls: `${acl(`${tcp}, actions: {allow: 0}`)}, b: [{rule: {${udp}, actions: {allow: 0}}}, ${rest}]`, ports: `1: {native_vlan: v100}, 2: {native_vlan: v200}, 3: {tagged_vlans: [v100, v200]}, 4: {mirror: [1, 2]}` }),
  network('ACL: in, of the VLAN and egress', { vlans: 'v100: {vid: 100, acls_in: [b], acls_out: [c]}, v200: {vid: 200}', acls: `${acl(`${tcp}, tcp_dst: 22, actions: {allow: 0}`)}, b: [{rule: {${tcp}, tcp_dst: 80, actions: {allow: 0}}}, ${rest}], c: [{rule: {${udp}, actions: {allow: 0}}}, ${rest}]`, ports }),
  network('ACL: egress with hairpin', { vlans: 'v100: {vid: 100, acls_out: [a]}', acls: acl(`${tcp}, actions: {allow: 0}`), ports: '1: {native_vlan: v100, hairpin: true}, 2: {tagged_vlans: [v100], hairpin_unicast: true}, 3: {native_vlan: v100}' }),
  network('ACL: at a port that is mirrored', { acls: acl(`${tcp}, actions: {allow: 0}`, `${udp}, actions: {mirror: 3}`), ports: `1: {native_vlan: v100, acls_in: [a]}, ${three}, 4: {mirror: [1, 2]}` }),
  network('ACL: at the coprocessor', { acls: acl(`${tcp}, actions: {allow: 0}`), ports: '1: {native_vlan: v100}, 2: {native_vlan: v100}, 3: {coprocessor: {strategy: vlan_vid}, acls_in: [a]}' }),
  network('ACL: to the coprocessor', { acls: acl(`${tcp}, actions: {output: {vlan_vid: 101, port: 3}}`, `${udp}, actions: {mirror: 3}`), ports: '1: {native_vlan: v100, acls_in: [a]}, 2: {native_vlan: v100}, 3: {coprocessor: {strategy: vlan_vid}}' }),
  network('ACL: with a priority offset', { dp: 'priority_offset: 10, cookie: 5', acls: acl(`${tcp}, actions: {allow: 0}`), ports }),
  network('ACL: at ports that are away', { acls: acl(`${tcp}, actions: {output: {port: 3}}`, `${udp}, actions: {mirror: 3}`), ports, absent: ['sw1:1', 'sw1:3'] }),
  network('ACL: a tunnel without a stack', { acls: acl(`${tcp}, actions: {output: {tunnel: {type: vlan, tunnel_id: 300, dp: sw1, port: 3}}}`, `${udp}, actions: {allow: 1, output: [{tunnel: {type: vlan, tunnel_id: 301, dp: sw1, port: 3, maintain_encapsulation: true}}]}`), ports: `1: {native_vlan: v100, acls_in: [a]}, ${three}` }),
  network('ACL: exact match in a VLAN', { vlans: 'v100: {vid: 100, acls_in: [a]}', acls: 'a: {exact_match: true, rules: [{rule: {eth_dst: "02:00:00:00:00:02", actions: {allow: 1}}}, {rule: {eth_dst: "ff:ff:ff:ff:ff:ff", actions: {allow: 1}}}]}', ports: '1: {native_vlan: v100}, 2: {native_vlan: v100}' }),
  onUntagged('a list with nothing to do', `${tcp}, actions: {output: [{set_fields: [{eth_dst: "02:00:00:00:00:03"}]}], mirror: 3}`, `${udp}, actions: {output: {ports: [2, 3], set_fields: [{eth_dst: "02:00:00:00:00:03"}]}}`),
  network('ACL: unused', { vlans: twoVlans, acls: acl(`${tcp}, actions: {allow: 0}`), ports: '1: {native_vlan: v100}, 2: {native_vlan: v100}' }),
  network('ACL: at receivers of LLDP and LACP', { acls: acl(`${tcp}, actions: {allow: 0}`, 'eth_type: 0x88cc, actions: {allow: 1}'), ports: '1: {native_vlan: v100, acls_in: [a], receive_lldp: true}, 2: {native_vlan: v100, lacp: 1, acls_in: [a]}, 3: {native_vlan: v100}' }),
]

/** Every match field, everything that can be set, every action, every place for an ACL. */
export const aclCases: readonly ForwardingCase[] = [...actionCases, ...fieldCases, ...setCases]
