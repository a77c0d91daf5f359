import type { OptionTable } from './option.js'

/** Options of a dataplane. Those without a default have none, or one that depends on others. */
export const dpOptions = {
  dp_id: { type: 'int', min: 0, max: 18446744073709551615n, doc: 'Datapath id, 0 to 2^64 - 1; required.' },
  name: { type: 'str', doc: 'Name; must agree with the key.' },
  interfaces: { type: 'dict', doc: 'Ports by number or name.' },
  interface_ranges: { type: 'dict', doc: 'Options for ranges of ports, such as `1-4,7`.' },
  priority_offset: { type: 'int', default: 0, doc: 'Added to the default priorities.' },
  lowest_priority: { type: 'int' },
  low_priority: { type: 'int' },
  high_priority: { type: 'int' },
  highest_priority: { type: 'int' },
  cookie: { type: 'int', default: 1524372928, doc: 'Cookie of the flows.' },
  timeout: { type: 'int', default: 300, min: 15, max: 65535, doc: 'Seconds until an idle host is forgotten.' },
  description: { type: 'str', doc: 'For people only.' },
  hardware: { type: 'str', default: 'Open vSwitch', doc: 'Kind of switch.' },
  arp_neighbor_timeout: { type: 'int', default: 30, max: 65535, doc: 'Seconds between ARP requests.' },
  nd_neighbor_timeout: { type: 'int', default: 30, max: 65535, doc: 'Seconds between solicitations.' },
  ofchannel_log: { type: 'str' },
  stack: { type: 'dict', doc: 'Part in a stack of switches.' },
  ignore_learn_ins: { type: 'int', default: 10, doc: 'One in this many packet-ins is ignored.' },
  drop_broadcast_source_address: { type: 'bool', default: true, doc: 'Drop packets from a broadcast address.' },
  drop_spoofed_faucet_mac: { type: 'bool', default: true, doc: 'Drop packets that carry an address of Faucet.' },
  group_table: { type: 'bool', default: false, doc: 'Flood by groups.' },
  max_hosts_per_resolve_cycle: { type: 'int', default: 5 },
  max_host_fib_retry_count: { type: 'int', default: 10 },
  max_resolve_backoff_time: { type: 'int', default: 64 },
  packetin_pps: { type: 'int' },
  slowpath_pps: { type: 'int' },
  learn_jitter: { type: 'int', default: 0, doc: 'Seconds by which timeouts vary; 0: 3 times the root of timeout.' },
  learn_ban_timeout: { type: 'int', default: 0, doc: 'Seconds of a learning ban; 0 takes learn_jitter.' },
  advertise_interval: { type: 'int', default: 30, doc: 'Seconds between advertisements (router advertisements).' },
  fast_advertise_interval: { type: 'int', default: 5, doc: 'Seconds between fast advertisements (LACP).' },
  proactive_learn_v4: { type: 'bool', default: true },
  proactive_learn_v6: { type: 'bool', default: true },
  use_idle_timeout: { type: 'bool', default: false, doc: 'Let the switch time hosts out.' },
  lldp_beacon: { type: 'dict', doc: 'LLDP beacons.' },
  metrics_rate_limit_sec: { type: 'int', default: 0 },
  faucet_dp_mac: { type: 'str', default: '0e:00:00:00:00:01', doc: 'Source address of packets of the controller.' },
  combinatorial_port_flood: { type: 'bool', default: false, doc: 'One flood rule for each input port.' },
  dp_acls: { type: 'list', doc: 'ACLs for all ports; then ports have none.' },
  dot1x: { type: 'dict', doc: '802.1X.' },
  table_sizes: { type: 'dict', doc: 'Sizes of tables.' },
  min_wildcard_table_size: { type: 'int', default: 32 },
  max_wildcard_table_size: { type: 'int', default: 1280 },
  port_table_scale_factor: { type: 'float', default: 1 },
  global_vlan: { type: 'int', default: 0, doc: 'VID for routing between VLANs; 0 is none.' },
  cache_update_guard_time: { type: 'int', default: 0, doc: 'Seconds without cache updates; 0 takes half of timeout.' },
  use_classification: { type: 'bool', default: false },
  egress_pipeline: { type: 'bool', default: false, doc: 'Tables for output.' },
  strict_packet_in_cookie: { type: 'bool', default: true },
  multi_out: { type: 'bool', default: true },
  lacp_timeout: { type: 'int', default: 30, doc: 'Seconds of silence after which a LAG is down.' },
  idle_dst: { type: 'bool', default: true },
} as const satisfies OptionTable

/** Options of an interface. Those without a default have none, or one that depends on others. */
export const portOptions = {
  number: { type: 'int', doc: 'Port number.' },
  name: { type: 'str', doc: 'Name; must agree with the key.' },
  description: { type: 'str', doc: 'For people only.' },
  enabled: { type: 'bool', default: true, doc: 'Use the port.' },
  permanent_learn: { type: 'bool', default: false, doc: 'A host stays on this port.' },
  unicast_flood: { type: 'bool', default: true, doc: 'Flood unicast for unknown hosts.' },
  mirror: { type: ['list', 'str', 'int'], doc: 'Ports whose packets are copied to this one.' },
  native_vlan: { type: ['str', 'int'], doc: 'VLAN of untagged packets.' },
  tagged_vlans: { type: 'list', doc: 'VLANs of tagged packets.' },
  acl_in: { type: ['str', 'int'], doc: 'One ACL for packets that come in (older form).' },
  acls_in: { type: 'list', doc: 'ACLs for packets that come in.' },
  stack: { type: 'dict', doc: 'Part in a stack of switches.' },
  max_hosts: { type: 'int', default: 255, doc: 'Most hosts that are learned.' },
  hairpin: { type: 'bool', default: false, doc: 'Send unicast and broadcast back out of the port.' },
  hairpin_unicast: { type: 'bool', default: false, doc: 'Send unicast back out of the port.' },
  lacp: { type: 'int', default: 0, doc: 'LAG number; 0 is none.' },
  lacp_active: { type: 'bool', default: false },
  lacp_collect_and_distribute: { type: 'bool', default: false },
  lacp_unselected: { type: 'bool', default: false },
  lacp_selected: { type: 'bool', default: false },
  lacp_standby: { type: 'bool', default: false },
  lacp_passthrough: { type: 'list' },
  lacp_resp_interval: { type: 'int', default: 1, min: 1, max: 65535 },
  lacp_port_priority: { type: 'int', default: 255, min: 0, max: 255 },
  lacp_port_id: { type: 'int', default: -1 },
  loop_protect: { type: 'bool', default: false, doc: 'Ban hosts that move in a loop.' },
  loop_protect_external: { type: 'bool', default: false, doc: 'Protect against loops through other switches.' },
  output_only: { type: 'bool', default: false, doc: 'Drop everything that comes in.' },
  lldp_beacon: { type: 'dict', doc: 'LLDP beacons.' },
  opstatus_reconf: { type: 'bool', default: true },
  receive_lldp: { type: 'bool', default: false, doc: 'Take in LLDP.' },
  lldp_peer_mac: { type: 'str', doc: 'Only this MAC address may send LLDP.' },
  dot1x: { type: 'bool', default: false, doc: '802.1X.' },
  dot1x_acl: { type: 'bool', default: false },
  dot1x_mab: { type: 'bool', default: false },
  dot1x_dyn_acl: { type: 'bool', default: false },
  max_lldp_lost: { type: 'int', default: 3, doc: 'Lost beacons after which a stack port is down.' },
  restricted_bcast_arpnd: { type: 'bool', default: false, doc: 'No broadcast but ARP and ND among such ports.' },
  coprocessor: { type: 'dict', doc: 'The port leads to a packet coprocessor.' },
  count_untag_vlan_miss: { type: 'bool', default: false },
} as const satisfies OptionTable

/** Options of a VLAN. Those without a default have none, or one that depends on others. */
export const vlanOptions = {
  name: { type: 'str', doc: 'Name; must agree with the key.' },
  description: { type: 'str', doc: 'For people only.' },
  acl_in: { type: ['int', 'str'], doc: 'One ACL for packets that come in (older form).' },
  acls_in: { type: 'list', doc: 'ACLs for packets that come in.' },
  acl_out: { type: ['int', 'str'], doc: 'One ACL for packets that go out (older form).' },
  acls_out: { type: 'list', doc: 'ACLs for packets that go out.' },
  faucet_vips: { type: 'list', doc: 'Addresses of Faucet, with prefix length.' },
  faucet_mac: { type: 'str', default: '0e:00:00:00:00:01', doc: 'MAC address of the VIPs.' },
  unicast_flood: { type: 'bool', default: true, doc: 'Flood unicast for unknown hosts.' },
  routes: { type: 'list', doc: 'Static routes.' },
  max_hosts: { type: 'int', default: 256, doc: 'Most hosts that are learned.' },
  vid: { type: 'int', min: 1, max: 4095, doc: 'VLAN number, 1 to 4095.' },
  proactive_arp_limit: { type: 'int', default: 0 },
  proactive_nd_limit: { type: 'int', default: 0 },
  targeted_gw_resolution: { type: 'bool', default: true },
  minimum_ip_size_check: { type: 'bool', default: true },
  reserved_internal_vlan: { type: 'bool', default: false, doc: 'Kept for tunnels.' },
  dot1x_assigned: { type: 'bool', default: false },
  edge_learn_stack_root: { type: 'bool', default: true },
} as const satisfies OptionTable

/** Options of `stack` of a dataplane. Those without a default have none, or one that depends on others. */
export const stackOptions = {
  priority: { type: 'int', doc: 'Above 0: candidate for root, the lowest wins.' },
  route_learning: { type: 'bool', default: false, doc: 'Learn by routing in the stack.' },
  down_time_multiple: { type: 'int', default: 3 },
  min_stack_health: { type: 'float', default: 1 },
  min_lacp_health: { type: 'float', default: 1 },
} as const satisfies OptionTable

/** Options of `lldp_beacon` of a dataplane. */
export const dpBeaconOptions = {
  send_interval: { type: 'int', default: 5, min: 1, doc: 'Seconds between beacons.' },
  max_per_interval: { type: 'int', default: 5, doc: 'Most beacons in an interval, stack ports aside.' },
  system_name: { type: 'str', doc: 'The name that is announced; the name of the dataplane by default.' },
} as const satisfies OptionTable

/** Options of `dot1x` of a dataplane. */
export const dpDot1xOptions = {
  nfv_intf: { type: 'str' },
  nfv_sw_port: { type: 'int' },
  radius_ip: { type: 'str' },
  radius_port: { type: 'int' },
  radius_secret: { type: 'str' },
  auth_acl: { type: 'str' },
  noauth_acl: { type: 'str' },
} as const satisfies OptionTable

/** The tables in `table_sizes`. */
export const tableSizeOptions = {
  port_acl: { type: 'int' },
  vlan: { type: 'int' },
  vlan_acl: { type: 'int' },
  classification: { type: 'int' },
  eth_src: { type: 'int' },
  ipv4_fib: { type: 'int' },
  ipv6_fib: { type: 'int' },
  vip: { type: 'int' },
  eth_dst_hairpin: { type: 'int' },
  eth_dst: { type: 'int' },
  flood: { type: 'int' },
} as const satisfies OptionTable

/** Options of `stack` of an interface. */
export const portStackOptions = {
  dp: { type: 'str', doc: 'The dataplane at the other end.' },
  port: { type: ['str', 'int'], doc: 'Its port, by name or number.' },
} as const satisfies OptionTable

/** Options of `lldp_beacon` of an interface. */
export const portBeaconOptions = {
  enable: { type: 'bool' },
  org_tlvs: { type: 'list' },
  system_name: { type: 'str' },
  port_descr: { type: 'str' },
} as const satisfies OptionTable

/** Options of an element of `org_tlvs`; all are required. */
export const orgTlvOptions = {
  oui: { type: 'int' },
  subtype: { type: 'int' },
  info: { type: 'str' },
} as const satisfies OptionTable

/** Options of `coprocessor`. */
export const coprocessorOptions = {
  strategy: { type: 'str', doc: 'vlan_vid, the only strategy.' },
  vlan_vid_base: { type: 'int', default: 1000 },
} as const satisfies OptionTable

/** Options of a router. */
export const routerOptions = {
  bgp: { type: 'dict', doc: 'The BGP speaker; not within the embedded controller.' },
  vlans: { type: 'list', doc: 'The VLANs between which it routes.' },
} as const satisfies OptionTable

/** Options of `bgp`. */
export const bgpOptions = {
  as: { type: 'int' },
  connect_mode: { type: 'str', default: 'passive' },
  neighbor_addresses: { type: 'list' },
  neighbor_as: { type: 'int' },
  port: { type: 'int' },
  routerid: { type: 'str' },
  server_addresses: { type: 'list' },
  vlan: { type: ['str', 'int'] },
} as const satisfies OptionTable

/** Options of a meter. */
export const meterOptions = {
  entry: { type: 'dict', doc: 'Flags and bands.' },
  meter_id: { type: 'int', min: 0, max: 4294901760, doc: 'The number of the meter.' },
} as const satisfies OptionTable
