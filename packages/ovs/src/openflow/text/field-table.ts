import { oxmFields, type FieldName } from '../oxm/fields.js'

/** How ovs-ofctl writes the values of a field (ovs-fields(7), “Format”). */
export type TextFormat =
  | 'decimal'
  | 'hex'
  | 'mac'
  | 'ipv4'
  | 'ipv6'
  | 'port'
  | 'frag'
  | 'tun_flags'
  | 'tcp_flags'
  | 'ct_state'
  | 'packet_type'

/** A field as ovs-ofctl knows it: by its names, with all the headers that carry it. */
export interface TextField {
  readonly name: string
  readonly aliases: readonly string[]
  readonly format: TextFormat
  /** The headers that carry it, with the one that Open vSwitch sends to an OpenFlow 1.3 peer in front; maybe none. */
  readonly headers: readonly FieldName[]
  readonly bytes: number
  /** How many of the value's bits may be other than zero. */
  readonly bits: number
  readonly maskable: boolean
}

type Row = [names: string, format: TextFormat, headers: string]

const series = (count: number, row: (i: number) => Row): Row[] => Array.from({ length: count }, (_, i) => row(i))

/** In the order of OVS's own list, in which it prints sets of fields. */
const rows: readonly Row[] = [
  ['dp_hash', 'hex', 'dp_hash nxoxm_et_dp_hash'],
  ['recirc_id', 'decimal', 'recirc_id'],
  ['packet_type', 'packet_type', 'packet_type'],
  ['conj_id', 'decimal', 'conj_id'],
  ['tun_id tunnel_id', 'hex', 'tunnel_id nxm_nx_tun_id'],
  ['tun_src', 'ipv4', 'tun_src'],
  ['tun_dst', 'ipv4', 'tun_dst'],
  ['tun_ipv6_src', 'ipv6', 'tun_ipv6_src'],
  ['tun_ipv6_dst', 'ipv6', 'tun_ipv6_dst'],
  ['tun_flags', 'tun_flags', 'tun_flags'],
  ['tun_gbp_id', 'decimal', 'tun_gbp_id'],
  ['tun_gbp_flags', 'hex', 'tun_gbp_flags'],
  ['tun_erspan_idx', 'hex', 'tun_erspan_idx'],
  ['tun_erspan_ver', 'decimal', 'tun_erspan_ver'],
  ['tun_erspan_dir', 'decimal', 'tun_erspan_dir'],
  ['tun_erspan_hwid', 'hex', 'tun_erspan_hwid'],
  // OVS 3.1 prints these two without tun_ and does not read that; we do.
  ['tun_gtpu_flags gtpu_flags', 'hex', 'tun_gtpu_flags'],
  ['tun_gtpu_msgtype gtpu_msgtype', 'decimal', 'tun_gtpu_msgtype'],
  ...series(64, (i) => [`tun_metadata${i}`, 'hex', `tun_metadata${i}`]),
  ['metadata', 'hex', 'metadata'],
  ['in_port in_port_oxm', 'port', 'in_port nxm_of_in_port'],
  ['actset_output', 'port', 'onf_actset_output actset_output'],
  ['pkt_mark', 'hex', 'pkt_mark'],
  ['ct_state', 'ct_state', 'ct_state'],
  ['ct_zone', 'hex', 'ct_zone'],
  ['ct_mark', 'hex', 'ct_mark'],
  ['ct_label', 'hex', 'ct_label'],
  ['ct_nw_proto', 'decimal', 'ct_nw_proto'],
  ['ct_nw_src', 'ipv4', 'ct_nw_src'],
  ['ct_nw_dst', 'ipv4', 'ct_nw_dst'],
  ['ct_ipv6_src', 'ipv6', 'ct_ipv6_src'],
  ['ct_ipv6_dst', 'ipv6', 'ct_ipv6_dst'],
  ['ct_tp_src', 'decimal', 'ct_tp_src'],
  ['ct_tp_dst', 'decimal', 'ct_tp_dst'],
  ...series(16, (i) => [`reg${i}`, 'hex', `reg${i}`]),
  ...series(8, (i) => [`xreg${i}`, 'hex', `xreg${i}`]),
  ...series(4, (i) => [`xxreg${i}`, 'hex', `xxreg${i}`]),
  ['eth_src dl_src', 'mac', 'eth_src nxm_of_eth_src'],
  ['eth_dst dl_dst', 'mac', 'eth_dst nxm_of_eth_dst'],
  ['eth_type dl_type', 'hex', 'eth_type nxm_of_eth_type'],
  ['vlan_tci', 'hex', 'nxm_of_vlan_tci'],
  ['dl_vlan', 'decimal', ''],
  ['vlan_vid', 'decimal', 'vlan_vid'],
  ['dl_vlan_pcp', 'decimal', ''],
  ['vlan_pcp', 'decimal', 'vlan_pcp'],
  ['mpls_label', 'decimal', 'mpls_label'],
  ['mpls_tc', 'decimal', 'mpls_tc'],
  ['mpls_bos', 'decimal', 'mpls_bos'],
  ['mpls_ttl', 'decimal', 'nxm_nx_mpls_ttl'],
  ['ip_src nw_src', 'ipv4', 'ipv4_src nxm_of_ip_src'],
  ['ip_dst nw_dst', 'ipv4', 'ipv4_dst nxm_of_ip_dst'],
  ['ipv6_src', 'ipv6', 'ipv6_src nxm_nx_ipv6_src'],
  ['ipv6_dst', 'ipv6', 'ipv6_dst nxm_nx_ipv6_dst'],
  ['ipv6_label', 'hex', 'ipv6_flabel nxm_nx_ipv6_label'],
  ['nw_proto ip_proto', 'decimal', 'ip_proto nxm_of_ip_proto'],
  ['nw_tos', 'decimal', 'nxm_of_ip_tos'],
  ['ip_dscp', 'decimal', 'ip_dscp'],
  ['nw_ecn ip_ecn', 'decimal', 'ip_ecn nxm_nx_ip_ecn'],
  ['nw_ttl', 'decimal', 'nxm_nx_ip_ttl'],
  ['ip_frag nw_frag', 'frag', 'nxm_nx_ip_frag'],
  ['arp_op', 'decimal', 'arp_op nxm_of_arp_op'],
  ['arp_spa', 'ipv4', 'arp_spa nxm_of_arp_spa'],
  ['arp_tpa', 'ipv4', 'arp_tpa nxm_of_arp_tpa'],
  ['arp_sha', 'mac', 'arp_sha nxm_nx_arp_sha'],
  ['arp_tha', 'mac', 'arp_tha nxm_nx_arp_tha'],
  ['tcp_src tp_src', 'decimal', 'tcp_src nxm_of_tcp_src'],
  ['tcp_dst tp_dst', 'decimal', 'tcp_dst nxm_of_tcp_dst'],
  ['tcp_flags', 'tcp_flags', 'onf_tcp_flags nxm_nx_tcp_flags tcp_flags'],
  ['udp_src', 'decimal', 'udp_src nxm_of_udp_src'],
  ['udp_dst', 'decimal', 'udp_dst nxm_of_udp_dst'],
  ['sctp_src', 'decimal', 'sctp_src'],
  ['sctp_dst', 'decimal', 'sctp_dst'],
  ['icmp_type', 'decimal', 'icmpv4_type nxm_of_icmp_type'],
  ['icmp_code', 'decimal', 'icmpv4_code nxm_of_icmp_code'],
  ['icmpv6_type', 'decimal', 'icmpv6_type nxm_nx_icmpv6_type'],
  ['icmpv6_code', 'decimal', 'icmpv6_code nxm_nx_icmpv6_code'],
  ['nd_target', 'ipv6', 'ipv6_nd_target nxm_nx_nd_target'],
  ['nd_sll', 'mac', 'ipv6_nd_sll nxm_nx_nd_sll'],
  ['nd_tll', 'mac', 'ipv6_nd_tll nxm_nx_nd_tll'],
  ['nd_reserved', 'decimal', 'nd_reserved'],
  ['nd_options_type', 'decimal', 'nd_options_type'],
  ['nsh_flags', 'decimal', 'nsh_flags'],
  ['nsh_ttl', 'decimal', 'nsh_ttl'],
  ['nsh_mdtype', 'decimal', 'nsh_mdtype'],
  ['nsh_np', 'decimal', 'nsh_np'],
  ['nsh_spi nsp', 'hex', 'nsh_spi'],
  ['nsh_si nsi', 'decimal', 'nsh_si'],
  ['nsh_c1 nshc1', 'hex', 'nsh_c1'],
  ['nsh_c2 nshc2', 'hex', 'nsh_c2'],
  ['nsh_c3 nshc3', 'hex', 'nsh_c3'],
  ['nsh_c4 nshc4', 'hex', 'nsh_c4'],
]

/** What the two fields that no header carries have instead of a row in {@link oxmFields}. */
const headerless = {
  dl_vlan: { bytes: 2, bits: 12 },
  dl_vlan_pcp: { bytes: 1, bits: 3 },
} as const

/** Every field that ovs-ofctl has a name for. */
export const textFields: readonly TextField[] = rows.map(([names, format, headerNames]) => {
  const [name = '', ...aliases] = names.split(' ')
  const headers = (headerNames === '' ? [] : headerNames.split(' ')) as FieldName[]
  const header = headers[0]
  const { bytes, bits } = header === undefined ? headerless[name as 'dl_vlan' | 'dl_vlan_pcp'] : oxmFields[header]
  const maskable = header === undefined ? name === 'dl_vlan' : oxmFields[header].maskable !== 'no'
  return { name, aliases, format, headers, bytes, bits, maskable }
})

const byName = new Map(textFields.flatMap((field) => [field.name, ...field.aliases].map((name) => [name, field])))
const byHeader = new Map(textFields.flatMap((field) => field.headers.map((header) => [header, field])))

/** The field of a name that ovs-ofctl accepts, such as `nw_src` or `ip_src`. */
export function textFieldOf(name: string): TextField | undefined {
  return byName.get(name)
}

/** The field that a header carries; `undefined` for headers that Open vSwitch does not know, such as `pbb_isid`. */
export function textFieldOfHeader(header: FieldName): TextField | undefined {
  return byHeader.get(header)
}
