import type { FieldName } from '../../../openflow/oxm/fields.js'
import { type BitRange, WORD } from './key.js'

/** Where a field is in a flow key, and whether actions may write it. */
export interface FieldRange extends BitRange {
  readonly writable: boolean
}

const at = (word: number, bits: number, writable = true, shift = 0): FieldRange => ({
  word,
  words: bits + shift > 96 ? 4 : bits + shift > 32 ? 2 : 1,
  shift,
  bits,
  writable,
})
const readOnly = (word: number, bits: number, shift = 0): FieldRange => at(word, bits, false, shift)

function series(name: string, count: number, range: (index: number) => FieldRange): [string, FieldRange][] {
  return Array.from({ length: count }, (_, index) => [`${name}${index}`, range(index)])
}

const ranges = new Map<string, FieldRange>([
  ...Object.entries({
    in_port: at(WORD.IN_PORT, 32),
    nxm_of_in_port: at(WORD.IN_PORT, 16),
    metadata: at(WORD.METADATA, 64),
    eth_dst: at(WORD.ETH_DST, 48),
    eth_src: at(WORD.ETH_SRC, 48),
    eth_type: readOnly(WORD.ETH_TYPE, 16),
    vlan_vid: at(WORD.VLAN_TCI, 13),
    vlan_pcp: at(WORD.VLAN_TCI, 3, true, 13),
    nxm_of_vlan_tci: at(WORD.VLAN_TCI, 16),
    ip_dscp: at(WORD.IP_TOS, 6, true, 2),
    nxm_of_ip_tos: at(WORD.IP_TOS, 8),
    ip_ecn: at(WORD.IP_TOS, 2),
    ip_proto: readOnly(WORD.IP_PROTO, 8),
    nxm_nx_ip_ttl: at(WORD.IP_TTL, 8),
    nxm_nx_ip_frag: readOnly(WORD.IP_FRAG, 2),
    ipv4_src: at(WORD.IP_SRC, 32),
    ipv4_dst: at(WORD.IP_DST, 32),
    tcp_src: at(WORD.TP_SRC, 16),
    tcp_dst: at(WORD.TP_DST, 16),
    tcp_flags: readOnly(WORD.TCP_FLAGS, 12),
    icmpv4_type: at(WORD.TP_SRC, 8),
    icmpv4_code: at(WORD.TP_DST, 8),
    // OVS keeps the low byte of ARP's operation only.
    arp_op: at(WORD.IP_PROTO, 16),
    arp_spa: at(WORD.IP_SRC, 32),
    arp_tpa: at(WORD.IP_DST, 32),
    arp_sha: at(WORD.ARP_SHA, 48),
    arp_tha: at(WORD.ARP_THA, 48),
    ipv6_src: at(WORD.IPV6_SRC, 128),
    ipv6_dst: at(WORD.IPV6_DST, 128),
    ipv6_flabel: at(WORD.IPV6_LABEL, 20),
    ipv6_nd_target: at(WORD.ND_TARGET, 128),
    ipv6_nd_sll: at(WORD.ARP_SHA, 48),
    ipv6_nd_tll: at(WORD.ARP_THA, 48),
    nd_reserved: at(WORD.ND_RESERVED, 32),
    nd_options_type: at(WORD.ND_OPTIONS_TYPE, 8),
    mpls_label: at(WORD.MPLS, 20, true, 12),
    mpls_tc: at(WORD.MPLS, 3, true, 9),
    mpls_bos: readOnly(WORD.MPLS, 1, 8),
    nxm_nx_mpls_ttl: at(WORD.MPLS, 8),
    tunnel_id: at(WORD.TUNNEL_ID, 64),
    actset_output: readOnly(WORD.ACTSET_OUTPUT, 32),
    packet_type: readOnly(WORD.PACKET_TYPE, 32),
    pkt_mark: at(WORD.PKT_MARK, 32),
    dp_hash: readOnly(WORD.DP_HASH, 32),
    conj_id: readOnly(WORD.CONJ_ID, 32),
    ct_state: readOnly(WORD.CT_STATE, 32),
    ct_zone: readOnly(WORD.CT_ZONE, 16),
    ct_mark: at(WORD.CT_MARK, 32),
    ct_label: at(WORD.CT_LABEL, 128),
    ct_nw_proto: readOnly(WORD.CT_NW_PROTO, 8),
    ct_nw_src: readOnly(WORD.CT_NW_SRC, 32),
    ct_nw_dst: readOnly(WORD.CT_NW_DST, 32),
    ct_ipv6_src: readOnly(WORD.CT_IPV6_SRC, 128),
    ct_ipv6_dst: readOnly(WORD.CT_IPV6_DST, 128),
    ct_tp_src: readOnly(WORD.CT_TP_SRC, 16),
    ct_tp_dst: readOnly(WORD.CT_TP_DST, 16),
    tun_src: at(WORD.TUN_SRC, 32),
    tun_dst: at(WORD.TUN_DST, 32),
    tun_ipv6_src: at(WORD.TUN_IPV6_SRC, 128),
    tun_ipv6_dst: at(WORD.TUN_IPV6_DST, 128),
    tun_flags: at(WORD.TUN_FLAGS, 1),
    tun_gbp_id: at(WORD.TUN_GBP_ID, 16),
    tun_gbp_flags: at(WORD.TUN_GBP_FLAGS, 8),
    tun_erspan_ver: at(WORD.TUN_ERSPAN_VER, 4),
    tun_erspan_idx: at(WORD.TUN_ERSPAN_IDX, 20),
    tun_erspan_dir: at(WORD.TUN_ERSPAN_DIR, 1),
    tun_erspan_hwid: at(WORD.TUN_ERSPAN_HWID, 6),
    tun_gtpu_flags: readOnly(WORD.TUN_GTPU_FLAGS, 8),
    tun_gtpu_msgtype: readOnly(WORD.TUN_GTPU_MSGTYPE, 8),
  } satisfies Partial<Record<FieldName, FieldRange>>),
  ...series('reg', 16, (i) => at(WORD.REG + i, 32)),
  ...series('xreg', 8, (i) => at(WORD.REG + 2 * i, 64)),
  ...series('xxreg', 4, (i) => at(WORD.REG + 4 * i, 128)),
])

const aliases: Partial<Record<FieldName, FieldName>> = {
  udp_src: 'tcp_src',
  udp_dst: 'tcp_dst',
  sctp_src: 'tcp_src',
  sctp_dst: 'tcp_dst',
  icmpv6_type: 'icmpv4_type',
  icmpv6_code: 'icmpv4_code',
  onf_tcp_flags: 'tcp_flags',
  onf_actset_output: 'actset_output',
  nxoxm_et_dp_hash: 'dp_hash',
  nxm_of_eth_dst: 'eth_dst',
  nxm_of_eth_src: 'eth_src',
  nxm_of_eth_type: 'eth_type',
  nxm_of_ip_proto: 'ip_proto',
  nxm_of_ip_src: 'ipv4_src',
  nxm_of_ip_dst: 'ipv4_dst',
  nxm_of_tcp_src: 'tcp_src',
  nxm_of_tcp_dst: 'tcp_dst',
  nxm_of_udp_src: 'tcp_src',
  nxm_of_udp_dst: 'tcp_dst',
  nxm_of_icmp_type: 'icmpv4_type',
  nxm_of_icmp_code: 'icmpv4_code',
  nxm_of_arp_op: 'arp_op',
  nxm_of_arp_spa: 'arp_spa',
  nxm_of_arp_tpa: 'arp_tpa',
  nxm_nx_tun_id: 'tunnel_id',
  nxm_nx_arp_sha: 'arp_sha',
  nxm_nx_arp_tha: 'arp_tha',
  nxm_nx_ipv6_src: 'ipv6_src',
  nxm_nx_ipv6_dst: 'ipv6_dst',
  nxm_nx_icmpv6_type: 'icmpv4_type',
  nxm_nx_icmpv6_code: 'icmpv4_code',
  nxm_nx_nd_target: 'ipv6_nd_target',
  nxm_nx_nd_sll: 'ipv6_nd_sll',
  nxm_nx_nd_tll: 'ipv6_nd_tll',
  nxm_nx_ipv6_label: 'ipv6_flabel',
  nxm_nx_ip_ecn: 'ip_ecn',
  nxm_nx_tcp_flags: 'tcp_flags',
}

/**
 * Where a field is in a key, or `undefined` when the switch does not support the field; Open vSwitch has none of these
 * either: `in_phy_port`, `pbb_isid`, `pbb_uca`, `ipv6_exthdr`. Neither does the double know NSH and tunnel metadata.
 */
export function fieldRange(name: FieldName): FieldRange | undefined {
  return ranges.get(aliases[name] ?? name)
}
