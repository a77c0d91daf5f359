import { copy, type Node, type Plain, Raw, tree } from './config-tree.js'
import type { Random } from './random.js'

/** Scalars that YAML reads in its own way, or that are no YAML. */
const texts = [
  '1.0', '0.5', '-0.5', '2.5', '.inf', '.nan', '1e3', '1e400', '0x1', '0o17', '010', '0b11', '1_000', '+5', '1:30',
  '1.', '.5', 'yes', 'Off', '~', 'TRUE', 'Null', '', '<<', '=', '2026-08-01', '2026-08-01T10:00:00Z', '!!str 1',
  '!!int "3"', '!!float 1', '!!binary aGk=', '!!set {a, b}', '!!omap [a: 1]', '!own x', '*nothing', '&here 5',
  '"\\x41"', "'it''s'", '|\n      text', '>-\n      folded', '[1, 2', '{a: 1, a: 2}', 'a: b', '@x',
  '18446744073709551615', '18446744073709551616', '4294967295', '4294967296', '99999999999999999999999',
].map((text) => new Raw(text))

/** Scalars that no option expects, or that lie at the end of a range. */
const scalars = [
  null, true, false, 0, 1, 2, 3, 10, 255, 256, 300, 4094, 4095, 4096, 65535, 65536, 65537, 0xfffffffe, 0xf0000000,
  -1, -300, '', 'x', 'office', 'sw1', '1', '100', '0', '0x1', ' ', 'none', 'é', '1.5', '10.0.0.1',
  '0a:00:00:00:00:01', 'vlan_vid', 'a\nb',
]

const collections: readonly Plain[] = [
  [], {}, [null], [1], ['x'], [true], [1, 1], [[1]], [{}], [1, 2], ['office'], ['1'], [2, 3], { x: 1 }, { 1: {} },
  { x: null },
]

const odd: readonly Node[] = [...texts, ...scalars, ...collections.map(tree)]

const ints = [0, 1, 2, 3, 4, 5, 7, 10, 14, 15, 16, 30, 60, 64, 100, 149, 150, 200, 254, 255, 256, 300, 1000, 4094, 4095,
  4096, 65535, 65536, -1]
const macs = ['0a:00:00:00:00:01', '0A-00-00-00-00-02', '0a00.0000.0001', '0a0000000003', 'a:0:0:0:0:4',
  '0e:00:00:00:00:01', 'ff:ff:ff:ff:ff:ff',
  '0a:00:00:00:00', '0a:00:00:00:00:zz', '0a:00:00:00:00:01:02', '0a0000:000003', '0a:00:00:00:00:01/ff:ff:00:00:00:00',
    '1', 'g']
const v4 = ['10.0.0.1', '10.0.0.0/8', '10.1.2.3/8', '10.0.0.0/255.0.0.0', '10.0.0.1/0.0.0.255', '10.0.0.1/33', '10.0.0',
  '10.0.0.256', '1.2.3.4/32',
  '0.0.0.0/0', '010.0.0.1', ' 10.0.0.1', '10.0.0.1/', '10.0.0.1/255.0.255.0', 'fe80::1', 167772161, 'localhost']
const v6 = ['fc00::1', 'fc00::/64', 'fc00::1/64', '::', '::/0', '::1/129', 'fc00::1::2', 'fe80::1%eth0',
  '::ffff:10.0.0.1', 'FC00::1', 'fc00::1/ffff::', '10.0.0.1', 'fc00:1', 1]
const numbers = [0, 1, 5, 80, 255, 256, 65535, 65536, '80', '0x50', '0x800', '80/0xff', '0x50/0xffff', '80/255', '8 0',
  '080', '0b1', '0o7', '1_0', '-1', 'http', '', '1/', '/1', '1/2/3']
const ports: readonly (string | number)[] = [1, 2, 3, 4, 7, 99, '1', '2', 'x', 'uplink', 0, -1, 4294967294, 0xfffffffd]
const vlans: readonly (string | number)[] = ['office', 'guest', 100, 200, 300, 4095, 4096, 0, -1, 'nowhere', '100',
  'pipe']
const vips = ['10.0.1.1/24', '10.0.1.2/24', '10.0.1.1/32', '10.0.1.1', '10.0.100.1/16', 'fe80::1/64', 'fc00::1/128',
  'fc00::1:1/112', '10.0.1.1/255.255.255.0', 'x', '::1']

/** Options whose values have a form of their own: some right, some nearly. */
const forms: Readonly<Record<string, readonly Node[]>> = {
  ...each(['eth_dst', 'eth_src', 'dl_dst', 'dl_src', 'arp_sha', 'arp_tha', 'ipv6_nd_sll', 'ipv6_nd_tll', 'faucet_mac',
    'faucet_dp_mac', 'lldp_peer_mac'], macs),
  ...each(['ipv4_src', 'ipv4_dst', 'nw_src', 'nw_dst', 'arp_spa', 'arp_tpa', 'radius_ip', 'routerid', 'range_ipv4_min',
    'range_ipv4_max', 'ip_gw', 'ip_dst'], v4),
  ...each(['ipv6_src', 'ipv6_dst', 'ipv6_nd_target', 'range_ipv6_min', 'range_ipv6_max'], v6),
  ...each(['eth_type', 'dl_type', 'vlan_vid', 'dl_vlan', 'vlan_pcp', 'ip_dscp', 'ip_ecn', 'ip_proto', 'nw_proto',
    'tcp_src', 'tcp_dst', 'udp_src', 'udp_dst',
    'sctp_src', 'sctp_dst', 'icmpv4_type', 'icmpv4_code', 'arp_op', 'ipv6_flabel', 'icmpv6_type', 'icmpv6_code',
      'mpls_label', 'mpls_tc', 'mpls_bos',
    'pbb_isid', 'tunnel_id', 'ipv6_exthdr', 'eth_type_nxm', 'ip_proto_nxm', 'nw_ttl', 'ct_state', 'ct_zone', 'ct_mark',
      'ct_label', 'metadata', 'in_port', 'in_phy_port'], numbers),
  ...each(['port', 'mirror', 'nfv_sw_port', 'number'], ports),
  ...each(['native_vlan', 'vlan'], vlans),
  ...each(['acl_in', 'acl_out', 'auth_acl', 'noauth_acl'], ['filter', 'tunnel', 'a', 'b', 'ok', 'nothing', 1]),
  ...each(['dp'], ['sw1', 'sw2', 'sw3', 'nowhere']),
  tagged_vlans: [...lists(vlans), ['office', 'office']],
  vlans: lists(vlans),
  ...each(['acls_in', 'acls_out', 'dp_acls'], lists(['filter', 'tunnel', 'a', 'b', 'nothing', 1])),
  ports: lists(ports),
  faucet_vips: lists(vips),
  ...each(['server_addresses', 'neighbor_addresses'], lists(v4)),
  routes: [['route'], [tree({ ip_dst: '10.0.0.0/8', ip_gw: '10.0.0.1' })], [tree({ route: { ip_dst: '10.0.0.1/8',
    ip_gw: '10.0.0.1' } })],
    [tree({ route: { ip_dst: 'fc00::/8', ip_gw: '10.0.0.1' } })], [tree({ route: { ip_gw: '10.0.0.1' } })],
      [tree({ route: { ip_dst: '10.9.0.0/16', ip_gw: '10.0.0.1', x: 1 } })],
    [tree({ route: { ip_dst: '10.9.0.0/16', ip_gw: '10.0.0.1' } }), tree({ ip_dst: '10.8.0.0/16',
      ip_gw: '10.0.0.1' })]],
  hardware: ['Generic', 'GenericTFM', 'Allied-Telesis', 'Aruba', 'CiscoC9K', 'Lagopus', 'Netronome', 'NoviFlow',
    'Open vSwitch', 'Open vSwitch TFM', 'ZodiacFX', 'ZodiacGX', 'open vswitch', 'OVS'],
  stack: [tree({ priority: 1 }), tree({ priority: 0 }), tree({}), tree({ dp: 'sw1', port: 2 }), tree({ dp: 'sw2',
    port: 1 }), tree({ priority: 1, port: 2 })],
  coprocessor: [tree({ strategy: 'vlan_vid' }), tree({ strategy: 'other' }), tree({ vlan_vid_base: 5 }),
    tree({ strategy: 'vlan_vid', vlan_vid_base: 4000 })],
  strategy: ['vlan_vid', 'other'],
  connect_mode: ['passive', 'active'],
  lldp_beacon: [tree({ enable: true }), tree({ send_interval: 0 }), tree({ enable: true, org_tlvs: [{ oui: 1,
    subtype: 1, info: 'zz' }] }), tree({ send_interval: 3, system_name: 'x' })],
  org_tlvs: [[tree({ oui: 1, subtype: 2, info: '00ff' })], [tree({ oui: 1, subtype: 2 })], [tree({ oui: 0x1000000,
    subtype: 2, info: 'é' })], [tree({ oui: -1, subtype: 0, info: '' })]],
  ...each(['lacp', 'lacp_port_id'], [0, 1, 2, 65535, 65536, -1, -2]),
  lacp_passthrough: lists(ports),
  subtype: [0, 1, 255, 256, -1, null],
  ...each(['port_descr', 'system_name'], ['x', '', 'x'.repeat(255), 'x'.repeat(256), 'é'.repeat(128)]),
  oui: [0, 1, 0xffffff, 0x1000000, -1], info: ['00', '0', '0 0', 'text', 'é', '', '00 '.repeat(507), 'x'.repeat(508)],
  table_sizes: [tree({ vlan: 1 }), tree({ flood: 0 }), tree({ copro: 5 }), tree({ egress: 5 }), tree({ eth_src: -1 })],
  output: [tree({ port: 2 }), tree({ port: 2, ports: [1] }), tree([{ port: 2, pop_vlans: 1 }]),
    tree([{ pop_vlans: 1 }]), tree({ pop_vlans: 1 }), tree([{ tunnel: { dp: 'sw1' } }]),
    tree({ tunnel: { dp: 'sw1', port: 1 } }), tree({ vlan_vid: 1, vlan_vids: [2] }), tree({ swap_vid: 5 }), tree([{}]),
      tree([{ goto: 3 }]), tree({ tunnel: {} })],
  tunnel: [tree({ dp: 'sw1' }), tree({ dp: 'sw1', port: 1 }), tree({ dp: 'sw2', tunnel_id: 'office' }),
    tree({ dp: 'sw1', tunnel_id: 500 }), tree({ port: 1 }), tree({ dp: 'sw1', port: 1, bi_directional: true,
    reverse: true })],
  failover: [tree({ group_id: 1, ports: [2] }), tree({ ports: [2] }), tree({ group_id: 1 }), tree({ group_id: 1,
    ports: [] }), tree({ group_id: 'x', ports: [1] }), tree({ group_id: 1, ports: [99] }), tree({ group_id: -1,
    ports: [1] }), tree({ group_id: 1, ports: [1], x: 1 })],
  set_fields: [[tree({ eth_dst: '0a:00:00:00:00:01' })], [tree({ ipv4_dst: '10.0.0.1' })], [tree({ vlan_vid: 5 })],
    [tree({ eth_dst: '0a:00:00:00:00:01', eth_src: '0a:00:00:00:00:01' })],
    [tree({ ip_dscp: 64 })], [tree({ ipv4_dst: '10.0.0.0/8' })], [tree({ nothing: 1 })], [tree({ tcp_dst: 65536 })],
      [tree({ tcp_dst: '80' })], [tree({ ipv6_dst: 'fc00::1' })], [tree({ vlan_pcp: 3 })], [tree({ metadata: 5 })],
      [tree({})]],
  vlan_vids: [[5], [5, 6], [tree({ vid: 5 })], [tree({ vid: 5, eth_type: 0x88a8 })], [tree({ eth_type: 0x88a8 })],
    [4095], [4096], ['5'], []],
  exit_instructions: [[tree({ pop_vlans: 1 })], [tree({ set_fields: [{ eth_dst: '0a:00:00:00:00:01' }] })],
    [tree({ port: 1 })], [], [tree({ x: 1 })], ['x']],
  actions: [tree({ allow: 1 }), tree({}), tree({ deny: 1 }), tree({ output: { port: 2 } }), tree({ mirror: 2 }),
    tree({ meter: 'slow' }), tree({ ct: {} })],
  ct: [tree({ clear: true }), tree({ clear: true, zone: 1 }), tree({ zone: 1 }), tree({ table: 1 }), tree({ table: 1,
    zone: 1 }), tree({ clear: false }), tree({ table: 1, zone: 1, mark: 1, label: 2 }), tree({ table: 1, zone: 1,
    nat: { flags: 1 } })],
  nat: [tree({ flags: 1 }), tree({}), tree({ range_proto_min: 1, range_proto_max: 5 }),
    tree({ range_ipv6_min: 'fc00::1' })],
  meter: ['slow', 'remark', 'nothing'], meter_id: [0, 1, 2, 0xffff0000, 0xffff0001, -1],
  entry: [tree({ flags: 'KBPS', bands: [{ type: 'DROP', rate: 1 }] }), tree({ flags: ['KBPS'], bands: [] }),
    tree({ flags: 'X', bands: [{ type: 'DROP', rate: 1 }] }), tree({ flags: 'KBPS' }),
    tree({ bands: [{ type: 'DROP', rate: 1 }] }), tree({ flags: 'KBPS', bands: [{ type: 'EXPERIMENTER', rate: 1 }] }),
      tree({ flags: 'KBPS', bands: [{ rate: 1 }] }), tree({ flags: 'STATS', bands: [{ type: 'DSCP_REMARK',
      rate: 1 }] })],
  flags: ['KBPS', 'PKTPS', 'BURST', 'STATS', ['KBPS', 'BURST'], [], 0, 1, 'kbps', ['X']],
  bands: [[tree({ type: 'DROP', rate: 1 })], [tree({ type: 'DROP' })], [tree({ type: 'X', rate: 1 })], ['x'],
    [tree({ type: 'DROP', rate: 'x' })], [tree({ type: 'DROP', rate: 0x100000000 })]],
  rate: [0, 1, 0xffffffff, 0x100000000, -1, 'x'], type: ['DROP', 'DSCP_REMARK', 'vlan', 'X'],
  interfaces: [tree({ 1: { native_vlan: 100 } }), tree({ 1: {} }), tree({ x: {} }), tree({ 1: { native_vlan: 100,
    number: 2 } })],
  interface_ranges: [...['1-4', '4-6', '4-4', '6-4', '4-', 'x', '4,,5', '1-2,2', '4 - 5', '07-9', '1-3,5-6',
    '4294967290-4294967299'].map((range) => tree({ [range]: { native_vlan: 100 } })),
    tree({ 9: { native_vlan: 100 } }), new Map<Node, Node>([['5-6', tree({})], ['6-7', tree({})]]),
      tree({ '4-5': null }), tree({ '4-5': { number: 9, native_vlan: 'guest' } })],
  dot1x: [true, tree({}), tree({ nfv_sw_port: 1 }), tree({ nfv_intf: 'x', nfv_sw_port: 9, radius_ip: '1.1.1.1',
    radius_port: 1, radius_secret: 's' })],
  bgp: [tree({}), tree({ as: 1 }), tree({ as: 1, port: 1, routerid: '1.1.1.1', server_addresses: ['1.1.1.1'],
    neighbor_addresses: ['1.1.1.2'], neighbor_as: 1 })],
  rules: [[tree({ actions: { allow: 1 } })], [tree({ rule: { actions: { allow: 1 } } })], [tree({ rule: null,
    actions: { allow: 1 } })], [tree({ rule: {} })], [tree({})], ['x'], [], [tree({ rule: { actions: { allow: 1 } },
    x: 1 })]],
}

function each(options: readonly string[], values: readonly Node[]): Record<string, readonly Node[]> {
  return Object.fromEntries(options.map((option) => [option, values]))
}

/** Each value alone, and neighbours together. */
function lists(values: readonly Node[]): Node[] {
  return values.flatMap((value, index) => [[value], [value, values[(index + 1) % values.length] as Node]])
}

/** A value that hardly any option expects. */
export function oddValue(random: Random): Node {
  return copy(random.of(odd))
}

/** A value of one of the types (by Python's names) or of the form that the option has. */
export function fittingValue(option: string, types: readonly string[], random: Random): Node {
  const form = forms[option]
  // `dot1x` and `stack` are of several kinds: what fits no type is odd enough.
  if (form && random.below(5) > 0) return copy(random.of(form))
  switch (random.of(types)) {
    case 'bool':
      return random.below(3) > 0
    case 'int':
      return random.of(ints)
    case 'float':
      return random.of([new Raw('0.5'), new Raw('1.0'), new Raw('0.0'), new Raw('2.0'), new Raw('1e2'), 1])
    case 'str':
      return random.of(['x', 'office', 'a b', '', '7', 'sw1'])
    case 'list':
      return random.of<() => Node>([() => [], () => [1], () => ['x'], () => [new Map()]])()
    case 'dict':
      return random.of<() => Node>([() => new Map(), () => tree({ x: 1 })])()
    default:
      return null
  }
}
