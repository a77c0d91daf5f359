/**
 * A Faucet configuration as it is written (`faucet.yaml`, version 2): Faucet's key names, everything optional that
 * Faucet has a default for. Mapping keys that are whole numbers (ports, VLANs) are the decimal strings of JavaScript
 * objects and count as numbers. References (ports, VLANs, ACLs) are names or numbers.
 *
 * The same configuration with its defaults filled in and its references followed is `resolved-model.ts`.
 */

/** A reference by name or by number. */
export type NameOrNumber = string | number

/** The whole configuration. Includes have been merged into it when it comes from files. */
export interface FaucetConfig {
  readonly version?: 2
  readonly acls?: Readonly<Record<string, Acl>>
  readonly dps?: Readonly<Record<string, Dp>>
  readonly meters?: Readonly<Record<string, Meter>>
  readonly routers?: Readonly<Record<string, Router>>
  readonly vlans?: Readonly<Record<string, Vlan>>
}

/** One dataplane (a switch). Times are in seconds. */
export interface Dp {
  /** The datapath id, 0 to 2^64 - 1; a bigint beyond 2^53. */
  readonly dp_id: number | bigint
  /** Must be the key of the dataplane. */
  readonly name?: string
  readonly interfaces?: Readonly<Record<string, Interface>>
  /** Options for ranges of ports: `1-4,7`. The options of a port itself win. */
  readonly interface_ranges?: Readonly<Record<string, Interface>>
  readonly priority_offset?: number
  readonly lowest_priority?: number
  readonly low_priority?: number
  readonly high_priority?: number
  readonly highest_priority?: number
  readonly cookie?: number | bigint
  readonly timeout?: number
  readonly description?: string
  readonly hardware?: string
  readonly arp_neighbor_timeout?: number
  readonly nd_neighbor_timeout?: number
  readonly ofchannel_log?: string
  readonly stack?: DpStack
  readonly ignore_learn_ins?: number
  readonly drop_broadcast_source_address?: boolean
  readonly drop_spoofed_faucet_mac?: boolean
  readonly group_table?: boolean
  readonly max_hosts_per_resolve_cycle?: number
  readonly max_host_fib_retry_count?: number
  readonly max_resolve_backoff_time?: number
  readonly packetin_pps?: number
  readonly slowpath_pps?: number
  readonly learn_jitter?: number
  readonly learn_ban_timeout?: number
  readonly advertise_interval?: number
  readonly fast_advertise_interval?: number
  readonly proactive_learn_v4?: boolean
  readonly proactive_learn_v6?: boolean
  readonly use_idle_timeout?: boolean
  readonly lldp_beacon?: DpLldpBeacon
  readonly metrics_rate_limit_sec?: number
  readonly faucet_dp_mac?: string
  readonly combinatorial_port_flood?: boolean
  readonly lacp_timeout?: number
  readonly dp_acls?: readonly NameOrNumber[]
  readonly dot1x?: DpDot1x
  readonly table_sizes?: Readonly<Partial<Record<TableSizeName, number>>>
  readonly min_wildcard_table_size?: number
  readonly max_wildcard_table_size?: number
  readonly port_table_scale_factor?: number
  readonly global_vlan?: number
  readonly cache_update_guard_time?: number
  readonly use_classification?: boolean
  readonly egress_pipeline?: boolean
  readonly strict_packet_in_cookie?: boolean
  readonly multi_out?: boolean
  readonly idle_dst?: boolean
}

/** The tables whose size `table_sizes` may set. */
export type TableSizeName =
  | 'port_acl'
  | 'vlan'
  | 'vlan_acl'
  | 'classification'
  | 'eth_src'
  | 'ipv4_fib'
  | 'ipv6_fib'
  | 'vip'
  | 'eth_dst_hairpin'
  | 'eth_dst'
  | 'flood'

/** The part of a dataplane in a stack. */
export interface DpStack {
  /** Above 0 for a candidate for root; the lowest is elected. */
  readonly priority?: number
  readonly route_learning?: boolean
  readonly down_time_multiple?: number
  readonly min_stack_health?: number
  readonly min_lacp_health?: number
}

/** The LLDP beacons of a dataplane. */
export interface DpLldpBeacon {
  readonly send_interval?: number
  readonly max_per_interval?: number
  readonly system_name?: string
}

/** 802.1X of a dataplane. */
export interface DpDot1x {
  readonly nfv_intf?: string
  readonly nfv_sw_port?: number
  readonly radius_ip?: string
  readonly radius_port?: number
  readonly radius_secret?: string
  readonly auth_acl?: string
  readonly noauth_acl?: string
}

/** One port of a dataplane. Its key is its number or its name. */
export interface Interface {
  readonly number?: number
  readonly name?: string
  readonly description?: string
  readonly enabled?: boolean
  readonly permanent_learn?: boolean
  readonly unicast_flood?: boolean
  /** The ports whose packets are copied to this one. */
  readonly mirror?: NameOrNumber | readonly NameOrNumber[]
  readonly native_vlan?: NameOrNumber
  readonly tagged_vlans?: readonly NameOrNumber[]
  /** One ACL; the older form of `acls_in`. */
  readonly acl_in?: NameOrNumber
  readonly acls_in?: readonly NameOrNumber[]
  readonly stack?: InterfaceStack
  readonly max_hosts?: number
  readonly hairpin?: boolean
  readonly hairpin_unicast?: boolean
  /** The LAG's number; 0 is none. */
  readonly lacp?: number
  readonly lacp_active?: boolean
  readonly lacp_collect_and_distribute?: boolean
  readonly lacp_unselected?: boolean
  readonly lacp_selected?: boolean
  readonly lacp_standby?: boolean
  readonly lacp_passthrough?: readonly NameOrNumber[]
  readonly lacp_resp_interval?: number
  readonly lacp_port_priority?: number
  readonly lacp_port_id?: number
  readonly loop_protect?: boolean
  readonly loop_protect_external?: boolean
  readonly output_only?: boolean
  readonly lldp_beacon?: InterfaceLldpBeacon
  readonly opstatus_reconf?: boolean
  readonly receive_lldp?: boolean
  readonly lldp_peer_mac?: string
  readonly max_lldp_lost?: number
  readonly dot1x?: boolean
  readonly dot1x_acl?: boolean
  readonly dot1x_mab?: boolean
  readonly dot1x_dyn_acl?: boolean
  readonly restricted_bcast_arpnd?: boolean
  readonly coprocessor?: Coprocessor
  readonly count_untag_vlan_miss?: boolean
}

/** The other end of a stack link. */
export interface InterfaceStack {
  readonly dp: string
  readonly port: NameOrNumber
}

/** The LLDP beacon of a port. */
export interface InterfaceLldpBeacon {
  readonly enable?: boolean
  readonly org_tlvs?: readonly OrgTlv[]
  readonly system_name?: string
  readonly port_descr?: string
}

/** An organisationally specific LLDP element. */
export interface OrgTlv {
  /** 24 bits. */
  readonly oui: number
  readonly subtype: number
  /** Hexadecimal digits, or else text. */
  readonly info: string
}

/** A port to a packet coprocessor. */
export interface Coprocessor {
  readonly strategy: 'vlan_vid'
  readonly vlan_vid_base?: number
}

/** One VLAN. Its key is its number or its name. */
export interface Vlan {
  readonly name?: string
  readonly description?: string
  readonly acl_in?: NameOrNumber
  readonly acls_in?: readonly NameOrNumber[]
  readonly acl_out?: NameOrNumber
  readonly acls_out?: readonly NameOrNumber[]
  /** Address and prefix length, such as `10.0.0.254/24`. */
  readonly faucet_vips?: readonly string[]
  readonly faucet_mac?: string
  readonly unicast_flood?: boolean
  readonly routes?: readonly (VlanRoute | { readonly route: VlanRoute })[]
  readonly max_hosts?: number
  readonly vid?: number
  readonly proactive_arp_limit?: number
  readonly proactive_nd_limit?: number
  readonly targeted_gw_resolution?: boolean
  readonly minimum_ip_size_check?: boolean
  readonly reserved_internal_vlan?: boolean
  readonly dot1x_assigned?: boolean
  readonly edge_learn_stack_root?: boolean
}

/** A static route. */
export interface VlanRoute {
  readonly ip_dst: string
  readonly ip_gw: string
}

/** An access control list: the list of its rules, or a mapping with the list and options. */
export type Acl = readonly AclEntry[] | AclMapping

/** The mapping form of an ACL. */
export interface AclMapping {
  readonly rules: readonly AclEntry[]
  readonly exact_match?: boolean
  readonly dot1x_assigned?: boolean
}

/** A rule, bare or under the key `rule` (the usual form). */
export type AclEntry = { readonly rule: AclRule } | AclRule

/** A value of a match field: a number, or text with an optional mask after `/`. */
export type MatchValue = string | number | bigint

/**
 * A rule: OpenFlow match fields (`eth_type`, `ipv4_src`, `tcp_dst` …, also the old names `dl_type`, `nw_src`, `tp_dst`
 * …), its actions, a cookie and a description.
 */
export interface AclRule {
  readonly actions?: AclActions
  /** 0 to 65536. */
  readonly cookie?: number
  readonly description?: string
  readonly [field: string]: MatchValue | AclActions | undefined
}

/** What happens to a packet that a rule matches. Without `allow`, `mirror` or an output it is dropped. */
export interface AclActions {
  /** 1 sends the packet on through the pipeline. */
  readonly allow?: number | boolean
  /** 1 skips the check of the port's VLANs. */
  readonly force_port_vlan?: number | boolean
  readonly meter?: string
  readonly mirror?: NameOrNumber
  /** A mapping is carried out in Faucet's order (VLAN changes, fields, ports); a list in its own. */
  readonly output?: AclOutput | readonly AclOutputStep[]
  readonly ct?: AclCt
}

/** Output, old form. */
export interface AclOutput {
  readonly tunnel?: AclTunnel
  readonly port?: NameOrNumber
  readonly ports?: readonly NameOrNumber[]
  readonly failover?: AclFailover
  readonly set_fields?: readonly Readonly<Record<string, MatchValue>>[]
  readonly pop_vlans?: number | boolean
  readonly swap_vid?: number
  readonly vlan_vid?: number
  readonly vlan_vids?: readonly AclPushVlan[]
}

/** One step of the ordered form of output: exactly one action. */
export type AclOutputStep = AclOutput

/** A VLAN tag to push. */
export type AclPushVlan = number | { readonly vid: number; readonly eth_type?: number }

/** Output to the first port that is up, by a group. */
export interface AclFailover {
  readonly group_id: number
  readonly ports: readonly NameOrNumber[]
}

/** A tunnel through the stack to a port, or to a dataplane. */
export interface AclTunnel {
  readonly dp: string
  readonly port?: NameOrNumber
  readonly type?: string
  readonly tunnel_id?: NameOrNumber
  readonly exit_instructions?: readonly AclOutputStep[]
  readonly maintain_encapsulation?: boolean
  readonly bi_directional?: boolean
  readonly reverse?: boolean
}

/** Connection tracking. */
export interface AclCt {
  readonly flags?: number
  readonly alg?: number
  readonly table?: number
  readonly zone?: number
  readonly zone_src?: number
  readonly clear?: boolean
  readonly nat?: AclNat
  readonly mark?: number
  readonly label?: number | bigint
}

/** Address translation in connection tracking. */
export interface AclNat {
  readonly flags?: number
  readonly range_ipv4_min?: string
  readonly range_ipv4_max?: string
  readonly range_ipv6_min?: string
  readonly range_ipv6_max?: string
  readonly range_proto_min?: number
  readonly range_proto_max?: number
}

/** Routing between VLANs. */
export interface Router {
  readonly vlans?: readonly NameOrNumber[]
  readonly bgp?: Bgp
}

/** The BGP speaker of a router. */
export interface Bgp {
  readonly as?: number
  readonly connect_mode?: string
  readonly neighbor_addresses?: readonly string[]
  readonly neighbor_as?: number
  readonly port?: number
  readonly routerid?: string
  readonly server_addresses?: readonly string[]
  readonly vlan?: NameOrNumber
}

/** An OpenFlow meter. */
export interface Meter {
  readonly meter_id: number
  readonly entry: MeterEntry
}

/** The flags and bands of a meter, with the names of OpenFlow 1.3. */
export interface MeterEntry {
  readonly flags: string | readonly string[]
  readonly bands: readonly MeterBand[]
}

/** One band of a meter. */
export interface MeterBand {
  readonly type: 'DROP' | 'DSCP_REMARK' | (string & {})
  readonly rate?: number
  readonly burst_size?: number
  readonly prec_level?: number
}
