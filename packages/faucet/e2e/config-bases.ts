import { type NodeMap, type Plain, type PlainObject, Raw, tree } from './config-tree.js'
import type { Random } from './random.js'

/** Files that the real Faucet accepts, as trees; `faucet.yaml` includes the others. */
export type TreeFiles = Record<string, NodeMap>

/** One of the base configurations, all of which Faucet accepts. */
export function base(random: Random): TreeFiles {
  return made(random.of(Object.values(bases)), random)
}

/** A base by its name. */
export function baseNamed(name: string, random: Random): TreeFiles {
  const builder = bases[name]
  if (!builder) throw new Error(`no base is called ${name}`)
  return made(builder, random)
}

function made(builder: (random: Random) => PlainObject, random: Random): TreeFiles {
  const { includes, ...main } = builder(random)
  const files: TreeFiles = { 'faucet.yaml': tree(main) as NodeMap }
  for (const [name, content] of Object.entries((includes ?? {}) as PlainObject)) files[name] = tree(content) as NodeMap
  return files
}

const office = { office: { vid: 100, description: 'the office' }, guest: { vid: 200 } }

function oneSwitch(more: PlainObject = {}, dp: PlainObject = {}, interfaces: PlainObject = {}): PlainObject {
  const ports = { 1: { native_vlan: 'office' }, 2: { native_vlan: 'guest' }, 3: { native_vlan: 'office' },
    ...interfaces }
  return { vlans: office, ...more, dps: { sw1: { dp_id: 1, hardware: 'Open vSwitch', ...dp, interfaces: ports } } }
}

/** An ACL of one rule on port 1. */
function withRules(rules: Plain, more: PlainObject = {}, dp: PlainObject = {}, ports: PlainObject = {}): PlainObject {
  return oneSwitch({ acls: { filter: rules }, ...more }, dp, {
    1: { native_vlan: 'office', acls_in: ['filter'] },
    ...ports,
  })
}

/** Matches that are right by themselves. */
export const matches: readonly PlainObject[] = [
  {},
  { in_port: 1 },
  { eth_dst: '01:02:03:04:05:06', eth_src: '0a:00:00:00:00:00/ff:00:00:00:00:00' },
  { dl_type: 0x800, nw_proto: 6, tcp_dst: 80, nw_src: '10.0.0.0/8', nw_dst: '10.1.2.3' },
  { eth_type: '0x800', ip_proto: 17, udp_dst: 53, udp_src: '1024/0xfc00' },
  { eth_type: 0x86dd, ip_proto: 58, icmpv6_type: 135, ipv6_nd_target: 'fc00::1' },
  { eth_type: 0x86dd, ipv6_src: 'fc00::/64', ipv6_dst: 'fc00::1:1', ipv6_flabel: 7 },
  { eth_type: 0x806, arp_op: 1, arp_spa: '10.0.0.1', arp_tpa: '10.0.0.2', arp_sha: '0a:00:00:00:00:01' },
  { eth_type: 0x800, ip_proto: 1, icmpv4_type: 8, icmpv4_code: 0 },
  { eth_type: 0x800, ip_proto: 132, sctp_src: 1, sctp_dst: 2, ip_dscp: 10, ip_ecn: 1 },
  { vlan_vid: 100, vlan_pcp: 3 },
  { dl_vlan: 100, dl_src: '0a:00:00:00:00:01' },
  { eth_type: 0x8847, mpls_label: 7, mpls_tc: 1, mpls_bos: 1 },
  { eth_type: 0x800, ct_state: '0x21/0x21', ct_zone: 1, ct_mark: 5, ct_label: 6 },
  { metadata: '1/0xff', tunnel_id: '7/0xff', nw_ttl: 64 },
]

/** Actions that are right by themselves. */
export const actions: readonly PlainObject[] = [
  { allow: 1 },
  { allow: 0 },
  { allow: 1, mirror: 3 },
  { allow: 1, force_port_vlan: 1 },
  { output: { port: 2 } },
  { output: { ports: [2, 3], pop_vlans: 1 } },
  { output: { port: 2, vlan_vid: 200 } },
  { output: { port: 2, swap_vid: 200 } },
  { output: { port: 2, vlan_vids: [100, { vid: 200, eth_type: 0x88a8 }] } },
  { output: { port: 2, set_fields: [{ eth_dst: '0a:00:00:00:00:09' }, { ipv4_src: '10.0.0.9' }] } },
  { output: { failover: { group_id: 1001, ports: [2, 3] } } },
  { output: [{ set_fields: [{ eth_src: '0a:00:00:00:00:09' }] }, { port: 2 }] },
  { output: [{ pop_vlans: 1 }, { vlan_vid: 200 }, { ports: [2, 3] }] },
  { output: [{ swap_vid: 200 }, { failover: { group_id: 7, ports: [2] } }] },
  { output: [{ vlan_vids: [100, 200] }, { port: 3 }], allow: 1 },
  { allow: 1, ct: { flags: 1, alg: 0, table: 1, zone: 1 } },
  { allow: 1, ct: { flags: 0, table: 0, zone: 1, nat: { flags: 1, range_ipv4_min: '10.0.0.1',
    range_ipv4_max: '10.0.0.9' } } },
  { ct: { clear: true }, allow: 1 },
]

function rule(random: Random): PlainObject {
  const inside = { ...random.of(matches), actions: random.of(actions) }
  return random.below(3) === 0 ? inside : { rule: inside }
}

function stackLink(dp: string, port: number): PlainObject {
  return { stack: { dp, port } }
}

const tunnelAcl = (output: Plain) => ({ acls: { tunnel: [{ rule: { actions: { allow: 1, output } } }] } })

/** Two or three switches in a stack. */
function stack(ring: boolean, three: boolean, more: PlainObject = {}, hostPort: PlainObject = {}): PlainObject {
  const host = { native_vlan: 'office' }
  return {
    vlans: office,
    ...more,
    dps: {
      sw1: {
        dp_id: 1,
        stack: { priority: 1 },
        interfaces: { 1: { ...host, ...hostPort }, 2: stackLink('sw2', 2), ...(ring ? { 3: stackLink('sw3',
          3) } : {}) },
      },
      sw2: {
        dp_id: 2,
        stack: { priority: 2 },
        interfaces: { 1: host, 2: stackLink('sw1', 2), ...(three ? { 3: stackLink('sw3', 2) } : {}) },
      },
      ...(three
        ? { sw3: { dp_id: 3, interfaces: { 1: host, 2: stackLink('sw2', 3), ...(ring ? { 3: stackLink('sw1',
          3) } : {}) } } }
        : {}),
    },
  }
}

const bases: Readonly<Record<string, (random: Random) => PlainObject>> = {
  minimal: () => ({ dps: { sw1: { dp_id: 1, interfaces: { 1: { native_vlan: 100 }, 2: { tagged_vlans: [100,
    200] } } } } }),
  native: () => oneSwitch(),
  tagged: () => oneSwitch({}, {}, { 4: { tagged_vlans: ['office', 200], native_vlan: 300 },
    5: { tagged_vlans: ['guest'] } }),
  ranges: () =>
    oneSwitch({}, { interface_ranges: { '10-12,14': { native_vlan: 'office' },
      '20-22': { tagged_vlans: ['guest'] } } }),
  names: () =>
    oneSwitch({}, { name: 'sw1', description: 'a switch' }, {
      uplink: { number: 7, tagged_vlans: ['office', 'guest'], description: 'up' },
      8: { name: 'host8', native_vlan: 100, max_hosts: 3, permanent_learn: true, unicast_flood: false },
    }),
  rules: (random) =>
    withRules(Array.from({ length: 1 + random.below(3) }, () => rule(random))),
  rulesDict: (random) => withRules({ exact_match: false, rules: [rule(random), rule(random)] }),
  vlanRules: (random) => ({
    ...oneSwitch({ acls: { a: [rule(random)], b: [{ rule: { ...random.of(matches), actions: { allow: 1 } } }] } }),
    vlans: { office: { vid: 100, acl_in: 'b' }, guest: { vid: 200, acls_out: ['b'] } },
  }),
  dpRules: (random) => oneSwitch({ acls: { all: [rule(random)] } }, { dp_acls: ['all'] }),
  meters: (random) =>
    withRules([{ rule: { ...random.of(matches), actions: { allow: 1, meter: 'slow' } } }], {
      meters: {
        slow: {
          meter_id: 1,
          entry: { flags: random.of<Plain>(['KBPS', ['PKTPS', 'BURST']]), bands: [{ type: 'DROP', rate: 1000,
            burst_size: 10 }] },
        },
        remark: { meter_id: 2, entry: { flags: 'KBPS', bands: [{ type: 'DSCP_REMARK', rate: 5, prec_level: 1 }] } },
      },
    }),
  mirror: () => oneSwitch({}, {}, { 4: { mirror: [1, 2] }, 5: { mirror: 3, output_only: true },
    6: { output_only: true } }),
  coprocessor: () =>
    oneSwitch({}, {}, { 4: { coprocessor: { strategy: 'vlan_vid', vlan_vid_base: 1000 } },
      5: { description: 'none' } }),
  hairpin: () =>
    oneSwitch({}, {}, { 4: { native_vlan: 100, hairpin: true }, 5: { native_vlan: 100, hairpin_unicast: true } }),
  egress: () => oneSwitch({}, { egress_pipeline: true, combinatorial_port_flood: true }),
  groups: () => oneSwitch({}, { group_table: true, timeout: 100, use_idle_timeout: true }),
  lacp: () =>
    oneSwitch({}, { lacp_timeout: 10 }, {
      4: { native_vlan: 100, lacp: 1, lacp_active: true, lacp_port_priority: 2, lacp_resp_interval: 2 },
      5: { native_vlan: 100, lacp: 1, lacp_port_id: 77, lacp_passthrough: [1] },
      6: { native_vlan: 100, lacp: 2, lacp_selected: true, lacp_collect_and_distribute: true },
    }),
  lldp: () =>
    oneSwitch({}, { lldp_beacon: { send_interval: 5, max_per_interval: 5, system_name: 'one' } }, {
      4: {
        native_vlan: 100,
        receive_lldp: true,
        lldp_peer_mac: '0a:00:00:00:00:01',
        lldp_beacon: { enable: true, system_name: 's', port_descr: 'p', org_tlvs: [{ oui: 0x12bb, subtype: 2,
          info: '01406500' }] },
      },
    }),
  loops: () =>
    oneSwitch({}, {}, {
      4: { native_vlan: 100, loop_protect: true, restricted_bcast_arpnd: true },
      5: { native_vlan: 100, loop_protect_external: true, opstatus_reconf: false, count_untag_vlan_miss: true },
    }),
  routing: () => ({
    ...oneSwitch(),
    vlans: {
      office: {
        vid: 100,
        faucet_mac: '0e:00:00:00:10:01',
        faucet_vips: ['10.0.100.254/24', 'fe80::1:254/64'],
        routes: [{ route: { ip_dst: '192.168.0.0/24', ip_gw: '10.0.100.2' } }],
      },
      guest: { vid: 200, faucet_vips: ['10.0.200.254/24', 'fc00::1:254/112'], routes: [{ ip_dst: 'fc01::/64',
        ip_gw: 'fc00::1:1' }] },
    },
    routers: { between: { vlans: ['office', 'guest'] } },
  }),
  globalVlan: () => ({
    ...oneSwitch({}, { global_vlan: 2047, proactive_learn_v4: false }),
    vlans: { office: { vid: 100, faucet_vips: ['10.0.1.254/24'] }, guest: { vid: 200,
      faucet_vips: ['10.0.2.254/24'] } },
    routers: { between: { vlans: [100, 'guest'] } },
  }),
  bgp: () => ({
    ...oneSwitch(),
    vlans: { office: { vid: 100, faucet_vips: ['10.0.1.254/24'] }, guest: { vid: 200 } },
    routers: {
      bgp: {
        vlans: ['office'],
        bgp: {
          vlan: 'office',
          as: 1,
          port: 9179,
          routerid: '1.1.1.1',
          server_addresses: ['127.0.0.1'],
          neighbor_addresses: ['127.0.0.2'],
          neighbor_as: 2,
          connect_mode: 'passive',
        },
      },
    },
  }),
  dot1x: () =>
    oneSwitch(
      { acls: { yes: [{ rule: { actions: { allow: 1 } } }], no: { dot1x_assigned: true,
        rules: [{ actions: { allow: 0 } }] } } },
      {
        dot1x: {
          nfv_intf: 'eth9',
          nfv_sw_port: 4,
          radius_ip: '127.0.0.1',
          radius_port: 1812,
          radius_secret: 'SECRET',
          auth_acl: 'yes',
          noauth_acl: 'no',
        },
      },
      {
        4: { output_only: true },
        5: { native_vlan: 100, dot1x: true, dot1x_acl: true },
        6: { native_vlan: 100, dot1x: true, dot1x_mab: true },
        7: { native_vlan: 100, dot1x: true, dot1x_dyn_acl: true },
      },
    ),
  dpOptions: () =>
    oneSwitch({}, {
      priority_offset: 5,
      cookie: 1,
      timeout: 200,
      arp_neighbor_timeout: 50,
      nd_neighbor_timeout: 50,
      table_sizes: { vlan: 100, eth_src: 1000, flood: 64 },
      port_table_scale_factor: new Raw('1.5'),
      faucet_dp_mac: '0e:00:00:00:99:99',
      learn_jitter: 3,
    }),
  stack2: () => stack(false, false),
  stack3: () => stack(false, true),
  ring: () => stack(true, true),
  stackRules: (random) =>
    stack(false, random.below(2) === 0, { acls: { filter: [{ rule: { ...random.of(matches),
      actions: { allow: 1 } } }] } }, {
      acls_in: ['filter'],
    }),
  stackExternals: () => stack(false, false, {}, { loop_protect_external: true }),
  stackHealth: () => {
    const made = stack(false, false)
    const dps = made['dps'] as Record<string, PlainObject>
    const sw1 = dps['sw1'] as PlainObject
    sw1['stack'] = { priority: 1, route_learning: true, down_time_multiple: 5, min_stack_health: new Raw('0.5'),
      min_lacp_health: new Raw('0.0') }
    sw1['lldp_beacon'] = { send_interval: 1 }
    return made
  },
  tunnel: () => stack(false, false, tunnelAcl({ tunnel: { type: 'vlan', tunnel_id: 300, dp: 'sw2', port: 1 } }),
    { acls_in: ['tunnel'] }),
  tunnelOrdered: () =>
    stack(false, true, tunnelAcl([{ tunnel: { dp: 'sw2', port: 1, bi_directional: true,
      exit_instructions: [{ pop_vlans: 1 }] } }]), {
      acl_in: 'tunnel',
    }),
  tunnelReserved: () => ({
    ...stack(false, false, tunnelAcl({ tunnel: { tunnel_id: 'pipe', dp: 'sw2', maintain_encapsulation: true,
      reverse: true } }), {
      acls_in: ['tunnel'],
    }),
    vlans: { ...office, pipe: { vid: 300, reserved_internal_vlan: true } },
  }),
  includes: () => ({
    version: 2,
    include: ['acls.yaml'],
    'include-optional': ['absent.yaml', 'vlans.yaml'],
    dps: { sw1: { dp_id: 1, interfaces: { 1: { native_vlan: 'office', acl_in: 'ok' } } } },
    includes: { 'acls.yaml': { acls: { ok: [{ rule: { actions: { allow: 1 } } }] } }, 'vlans.yaml': { vlans: office } },
  }),
}

/** The names of all bases. */
export const baseNames: readonly string[] = Object.keys(bases)
