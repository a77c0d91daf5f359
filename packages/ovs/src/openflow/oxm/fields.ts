import { EXPERIMENTER } from '../constants.js'

/** How the value of a field is written in TypeScript; see {@link FieldValue}. */
export type FieldKind = 'number' | 'bigint' | 'mac' | 'ipv4' | 'ipv6' | 'bytes'

/**
 * What a packet must be for a field to exist in it (OpenFlow 1.3.5 §7.2.3.6, ovs-fields(7)). `ip` is IPv4 or IPv6; `ct`
 * is a tracked packet; `nd` is a neighbour solicitation or advertisement.
 */
export type Prerequisite =
  | 'none'
  | 'in_port'
  | 'vlan'
  | 'arp'
  | 'ipv4'
  | 'ipv6'
  | 'ip'
  | 'mpls'
  | 'pbb'
  | 'nsh'
  | 'tcp'
  | 'udp'
  | 'sctp'
  | 'icmpv4'
  | 'icmpv6'
  | 'nd'
  | 'nd_solicit'
  | 'nd_advert'
  | 'ct'

/** Whether a match may have a mask: `no`, `yes`, or only with Open vSwitch (`ovs`), beyond the specification. */
export type Maskable = 'no' | 'yes' | 'ovs'

/** One row of {@link oxmFields}: a field's place in OXM and its properties. */
export interface FieldSpec<Kind extends FieldKind = FieldKind> {
  /** The name of the header in the specification or in OVS, such as `OXM_OF_ETH_DST`. */
  readonly header: string
  /** `oxm_class`. */
  readonly class: number
  /** `oxm_field`. */
  readonly id: number
  /** The experimenter's number when `class` is 0xffff. */
  readonly experimenter: number | undefined
  readonly kind: Kind
  /** Length of the value on the wire, without a mask; of a field of variable length, the longest. */
  readonly bytes: number
  /** How many of the value's bits, counted from the least significant, may be other than zero. */
  readonly bits: number
  readonly maskable: Maskable
  readonly requires: Prerequisite
  /** Whether values on the wire may be shorter than `bytes`. */
  readonly variable: boolean
}

/** Numbers of OXM classes (OpenFlow 1.3.5 §7.2.3.3, Open vSwitch). */
export const OXM_CLASS = {
  NXM_0: 0x0000,
  NXM_1: 0x0001,
  /** Ericsson's fields of IPv6 neighbour discovery. */
  ERICSSON: 0x1000,
  OPENFLOW_BASIC: 0x8000,
  PACKET_REGS: 0x8001,
  EXPERIMENTER: 0xffff,
} as const

/** The experimenter number of the network service header's fields in Open vSwitch. */
const NSH_EXPERIMENTER = 0x005ad650

type Column<Kind> = [
  id: number,
  header: string,
  kind: Kind,
  bytes: number,
  bits: number,
  maskable: Maskable,
  requires: Prerequisite,
]

function rowsOf(prefix: string, oxmClass: number, experimenter?: number) {
  return <const Kind extends FieldKind>(...row: Column<Kind>): FieldSpec<Kind> => {
    const [id, header, kind, bytes, bits, maskable, requires] = row
    const place = { header: prefix + header, class: oxmClass, id, experimenter }
    return { ...place, kind, bytes, bits, maskable, requires, variable: kind === 'bytes' }
  }
}

const oxm = rowsOf('OXM_OF_', OXM_CLASS.OPENFLOW_BASIC)
const reg = rowsOf('OXM_OF_', OXM_CLASS.PACKET_REGS)
const nxm = rowsOf('NXM_OF_', OXM_CLASS.NXM_0)
const nx = rowsOf('NXM_NX_', OXM_CLASS.NXM_1)
const eric = rowsOf('ERICOXM_OF_', OXM_CLASS.ERICSSON)
const onf = rowsOf('ONFOXM_ET_', OXM_CLASS.EXPERIMENTER, EXPERIMENTER.ONF)
const et = rowsOf('NXOXM_ET_', OXM_CLASS.EXPERIMENTER, EXPERIMENTER.NX)
const nsh = rowsOf('NXOXM_NSH_', OXM_CLASS.EXPERIMENTER, NSH_EXPERIMENTER)

type UpTo3 = 0 | 1 | 2 | 3
type UpTo7 = UpTo3 | 4 | 5 | 6 | 7
type UpTo15 = UpTo7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15
type Tens = 1 | 2 | 3 | 4 | 5
type Digit = UpTo7 | 8 | 9
type UpTo63 = Digit | `${Tens}${Digit}` | `6${UpTo3}`

/** Rows that differ by a number only: `reg0`, `reg1`, … */
function series<Name extends string, Kind extends FieldKind>(
  name: string,
  count: number,
  row: (index: number) => FieldSpec<Kind>,
): Readonly<Record<Name, FieldSpec<Kind>>> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, row(index)])) as Record<
    Name,
    FieldSpec<Kind>
  >
}

/**
 * Every match field that this library knows: the 40 of OpenFlow 1.3.5 §7.2.3.7 under their names there, those of
 * OpenFlow 1.4 and 1.5, and those of Open vSwitch (ovs-fields(7)). A field that Open vSwitch also has in its older NXM
 * coding has a second row, named after the header, such as `nxm_of_eth_dst`.
 */
export const oxmFields = {
  // OpenFlow 1.3, table 12                                bytes bits
  in_port: oxm(0, 'IN_PORT', 'number', 4, 32, 'no', 'none'),
  in_phy_port: oxm(1, 'IN_PHY_PORT', 'number', 4, 32, 'no', 'in_port'),
  metadata: oxm(2, 'METADATA', 'bigint', 8, 64, 'yes', 'none'),
  eth_dst: oxm(3, 'ETH_DST', 'mac', 6, 48, 'yes', 'none'),
  eth_src: oxm(4, 'ETH_SRC', 'mac', 6, 48, 'yes', 'none'),
  eth_type: oxm(5, 'ETH_TYPE', 'number', 2, 16, 'no', 'none'),
  vlan_vid: oxm(6, 'VLAN_VID', 'number', 2, 13, 'yes', 'none'),
  vlan_pcp: oxm(7, 'VLAN_PCP', 'number', 1, 3, 'no', 'vlan'),
  ip_dscp: oxm(8, 'IP_DSCP', 'number', 1, 6, 'no', 'ip'),
  ip_ecn: oxm(9, 'IP_ECN', 'number', 1, 2, 'no', 'ip'),
  ip_proto: oxm(10, 'IP_PROTO', 'number', 1, 8, 'no', 'ip'),
  ipv4_src: oxm(11, 'IPV4_SRC', 'ipv4', 4, 32, 'yes', 'ipv4'),
  ipv4_dst: oxm(12, 'IPV4_DST', 'ipv4', 4, 32, 'yes', 'ipv4'),
  tcp_src: oxm(13, 'TCP_SRC', 'number', 2, 16, 'ovs', 'tcp'),
  tcp_dst: oxm(14, 'TCP_DST', 'number', 2, 16, 'ovs', 'tcp'),
  udp_src: oxm(15, 'UDP_SRC', 'number', 2, 16, 'ovs', 'udp'),
  udp_dst: oxm(16, 'UDP_DST', 'number', 2, 16, 'ovs', 'udp'),
  sctp_src: oxm(17, 'SCTP_SRC', 'number', 2, 16, 'ovs', 'sctp'),
  sctp_dst: oxm(18, 'SCTP_DST', 'number', 2, 16, 'ovs', 'sctp'),
  icmpv4_type: oxm(19, 'ICMPV4_TYPE', 'number', 1, 8, 'no', 'icmpv4'),
  icmpv4_code: oxm(20, 'ICMPV4_CODE', 'number', 1, 8, 'no', 'icmpv4'),
  arp_op: oxm(21, 'ARP_OP', 'number', 2, 16, 'no', 'arp'),
  arp_spa: oxm(22, 'ARP_SPA', 'ipv4', 4, 32, 'yes', 'arp'),
  arp_tpa: oxm(23, 'ARP_TPA', 'ipv4', 4, 32, 'yes', 'arp'),
  arp_sha: oxm(24, 'ARP_SHA', 'mac', 6, 48, 'yes', 'arp'),
  arp_tha: oxm(25, 'ARP_THA', 'mac', 6, 48, 'yes', 'arp'),
  ipv6_src: oxm(26, 'IPV6_SRC', 'ipv6', 16, 128, 'yes', 'ipv6'),
  ipv6_dst: oxm(27, 'IPV6_DST', 'ipv6', 16, 128, 'yes', 'ipv6'),
  ipv6_flabel: oxm(28, 'IPV6_FLABEL', 'number', 4, 20, 'yes', 'ipv6'),
  icmpv6_type: oxm(29, 'ICMPV6_TYPE', 'number', 1, 8, 'no', 'icmpv6'),
  icmpv6_code: oxm(30, 'ICMPV6_CODE', 'number', 1, 8, 'no', 'icmpv6'),
  ipv6_nd_target: oxm(31, 'IPV6_ND_TARGET', 'ipv6', 16, 128, 'ovs', 'nd'),
  ipv6_nd_sll: oxm(32, 'IPV6_ND_SLL', 'mac', 6, 48, 'ovs', 'nd_solicit'),
  ipv6_nd_tll: oxm(33, 'IPV6_ND_TLL', 'mac', 6, 48, 'ovs', 'nd_advert'),
  mpls_label: oxm(34, 'MPLS_LABEL', 'number', 4, 20, 'no', 'mpls'),
  mpls_tc: oxm(35, 'MPLS_TC', 'number', 1, 3, 'no', 'mpls'),
  mpls_bos: oxm(36, 'MPLS_BOS', 'number', 1, 1, 'no', 'mpls'),
  pbb_isid: oxm(37, 'PBB_ISID', 'number', 3, 24, 'yes', 'pbb'),
  tunnel_id: oxm(38, 'TUNNEL_ID', 'bigint', 8, 64, 'yes', 'none'),
  ipv6_exthdr: oxm(39, 'IPV6_EXTHDR', 'number', 2, 9, 'yes', 'ipv6'),

  // OpenFlow 1.4 and 1.5, and their forms for 1.3
  pbb_uca: oxm(41, 'PBB_UCA', 'number', 1, 1, 'no', 'pbb'),
  tcp_flags: oxm(42, 'TCP_FLAGS', 'number', 2, 12, 'yes', 'tcp'),
  actset_output: oxm(43, 'ACTSET_OUTPUT', 'number', 4, 32, 'no', 'none'),
  packet_type: oxm(44, 'PACKET_TYPE', 'number', 4, 32, 'no', 'none'),
  onf_tcp_flags: onf(42, 'TCP_FLAGS', 'number', 2, 12, 'yes', 'tcp'),
  onf_actset_output: onf(43, 'ACTSET_OUTPUT', 'number', 4, 32, 'no', 'none'),

  // Open vSwitch: registers
  ...series<`reg${UpTo15}`, 'number'>('reg', 16, (i) => nx(i, `REG${i}`, 'number', 4, 32, 'yes', 'none')),
  ...series<`xreg${UpTo7}`, 'bigint'>('xreg', 8, (i) => reg(i, `PKT_REG${i}`, 'bigint', 8, 64, 'yes', 'none')),
  ...series<`xxreg${UpTo3}`, 'bigint'>('xxreg', 4, (i) => nx(111 + i, `XXREG${i}`, 'bigint', 16, 128, 'yes', 'none')),

  // Open vSwitch: metadata and connection tracking
  pkt_mark: nx(33, 'PKT_MARK', 'number', 4, 32, 'yes', 'none'),
  dp_hash: nx(35, 'DP_HASH', 'number', 4, 32, 'yes', 'none'),
  nxoxm_et_dp_hash: et(0, 'DP_HASH', 'number', 4, 32, 'yes', 'none'),
  recirc_id: nx(36, 'RECIRC_ID', 'number', 4, 32, 'no', 'none'),
  conj_id: nx(37, 'CONJ_ID', 'number', 4, 32, 'no', 'none'),
  ct_state: nx(105, 'CT_STATE', 'number', 4, 32, 'yes', 'none'),
  ct_zone: nx(106, 'CT_ZONE', 'number', 2, 16, 'no', 'none'),
  ct_mark: nx(107, 'CT_MARK', 'number', 4, 32, 'yes', 'none'),
  ct_label: nx(108, 'CT_LABEL', 'bigint', 16, 128, 'yes', 'none'),
  ct_nw_proto: nx(119, 'CT_NW_PROTO', 'number', 1, 8, 'no', 'ct'),
  ct_nw_src: nx(120, 'CT_NW_SRC', 'ipv4', 4, 32, 'yes', 'ct'),
  ct_nw_dst: nx(121, 'CT_NW_DST', 'ipv4', 4, 32, 'yes', 'ct'),
  ct_ipv6_src: nx(122, 'CT_IPV6_SRC', 'ipv6', 16, 128, 'yes', 'ct'),
  ct_ipv6_dst: nx(123, 'CT_IPV6_DST', 'ipv6', 16, 128, 'yes', 'ct'),
  ct_tp_src: nx(124, 'CT_TP_SRC', 'number', 2, 16, 'yes', 'ct'),
  ct_tp_dst: nx(125, 'CT_TP_DST', 'number', 2, 16, 'yes', 'ct'),

  // Open vSwitch: tunnels
  tun_src: nx(31, 'TUN_IPV4_SRC', 'ipv4', 4, 32, 'yes', 'none'),
  tun_dst: nx(32, 'TUN_IPV4_DST', 'ipv4', 4, 32, 'yes', 'none'),
  tun_ipv6_src: nx(109, 'TUN_IPV6_SRC', 'ipv6', 16, 128, 'yes', 'none'),
  tun_ipv6_dst: nx(110, 'TUN_IPV6_DST', 'ipv6', 16, 128, 'yes', 'none'),
  tun_gbp_id: nx(38, 'TUN_GBP_ID', 'number', 2, 16, 'yes', 'none'),
  tun_gbp_flags: nx(39, 'TUN_GBP_FLAGS', 'number', 1, 8, 'yes', 'none'),
  tun_flags: nx(104, 'TUN_FLAGS', 'number', 2, 1, 'yes', 'none'),
  tun_erspan_idx: et(11, 'ERSPAN_IDX', 'number', 4, 20, 'yes', 'none'),
  tun_erspan_ver: et(12, 'ERSPAN_VER', 'number', 1, 4, 'yes', 'none'),
  tun_erspan_dir: et(13, 'ERSPAN_DIR', 'number', 1, 1, 'yes', 'none'),
  tun_erspan_hwid: et(14, 'ERSPAN_HWID', 'number', 1, 6, 'yes', 'none'),
  tun_gtpu_flags: et(15, 'GTPU_FLAGS', 'number', 1, 8, 'yes', 'none'),
  tun_gtpu_msgtype: et(16, 'GTPU_MSGTYPE', 'number', 1, 8, 'yes', 'none'),
  ...series<`tun_metadata${UpTo63}`, 'bytes'>('tun_metadata', 64, (i) =>
    nx(40 + i, `TUN_METADATA${i}`, 'bytes', 124, 992, 'yes', 'none'),
  ),

  // Network service header
  nsh_flags: nsh(1, 'FLAGS', 'number', 1, 8, 'yes', 'nsh'),
  nsh_mdtype: nsh(2, 'MDTYPE', 'number', 1, 8, 'no', 'nsh'),
  nsh_np: nsh(3, 'NP', 'number', 1, 8, 'no', 'nsh'),
  nsh_spi: nsh(4, 'SPI', 'number', 4, 24, 'no', 'nsh'),
  nsh_si: nsh(5, 'SI', 'number', 1, 8, 'no', 'nsh'),
  nsh_c1: nsh(6, 'C1', 'number', 4, 32, 'yes', 'nsh'),
  nsh_c2: nsh(7, 'C2', 'number', 4, 32, 'yes', 'nsh'),
  nsh_c3: nsh(8, 'C3', 'number', 4, 32, 'yes', 'nsh'),
  nsh_c4: nsh(9, 'C4', 'number', 4, 32, 'yes', 'nsh'),
  nsh_ttl: nsh(10, 'TTL', 'number', 1, 8, 'no', 'nsh'),

  // Neighbour discovery, Ericsson's numbers
  nd_reserved: eric(1, 'ICMPV6_ND_RESERVED', 'number', 4, 32, 'no', 'nd'),
  nd_options_type: eric(2, 'ICMPV6_ND_OPTIONS_TYPE', 'number', 1, 8, 'no', 'nd'),

  // Open vSwitch: the older NXM coding, and fields that have no other
  nxm_of_in_port: nxm(0, 'IN_PORT', 'number', 2, 16, 'no', 'none'),
  nxm_of_eth_dst: nxm(1, 'ETH_DST', 'mac', 6, 48, 'yes', 'none'),
  nxm_of_eth_src: nxm(2, 'ETH_SRC', 'mac', 6, 48, 'yes', 'none'),
  nxm_of_eth_type: nxm(3, 'ETH_TYPE', 'number', 2, 16, 'no', 'none'),
  nxm_of_vlan_tci: nxm(4, 'VLAN_TCI', 'number', 2, 16, 'yes', 'none'),
  nxm_of_ip_tos: nxm(5, 'IP_TOS', 'number', 1, 8, 'no', 'ip'),
  nxm_of_ip_proto: nxm(6, 'IP_PROTO', 'number', 1, 8, 'no', 'ip'),
  nxm_of_ip_src: nxm(7, 'IP_SRC', 'ipv4', 4, 32, 'yes', 'ipv4'),
  nxm_of_ip_dst: nxm(8, 'IP_DST', 'ipv4', 4, 32, 'yes', 'ipv4'),
  nxm_of_tcp_src: nxm(9, 'TCP_SRC', 'number', 2, 16, 'yes', 'tcp'),
  nxm_of_tcp_dst: nxm(10, 'TCP_DST', 'number', 2, 16, 'yes', 'tcp'),
  nxm_of_udp_src: nxm(11, 'UDP_SRC', 'number', 2, 16, 'yes', 'udp'),
  nxm_of_udp_dst: nxm(12, 'UDP_DST', 'number', 2, 16, 'yes', 'udp'),
  nxm_of_icmp_type: nxm(13, 'ICMP_TYPE', 'number', 1, 8, 'no', 'icmpv4'),
  nxm_of_icmp_code: nxm(14, 'ICMP_CODE', 'number', 1, 8, 'no', 'icmpv4'),
  nxm_of_arp_op: nxm(15, 'ARP_OP', 'number', 2, 16, 'no', 'arp'),
  nxm_of_arp_spa: nxm(16, 'ARP_SPA', 'ipv4', 4, 32, 'yes', 'arp'),
  nxm_of_arp_tpa: nxm(17, 'ARP_TPA', 'ipv4', 4, 32, 'yes', 'arp'),
  nxm_nx_tun_id: nx(16, 'TUN_ID', 'bigint', 8, 64, 'yes', 'none'),
  nxm_nx_arp_sha: nx(17, 'ARP_SHA', 'mac', 6, 48, 'yes', 'arp'),
  nxm_nx_arp_tha: nx(18, 'ARP_THA', 'mac', 6, 48, 'yes', 'arp'),
  nxm_nx_ipv6_src: nx(19, 'IPV6_SRC', 'ipv6', 16, 128, 'yes', 'ipv6'),
  nxm_nx_ipv6_dst: nx(20, 'IPV6_DST', 'ipv6', 16, 128, 'yes', 'ipv6'),
  nxm_nx_icmpv6_type: nx(21, 'ICMPV6_TYPE', 'number', 1, 8, 'no', 'icmpv6'),
  nxm_nx_icmpv6_code: nx(22, 'ICMPV6_CODE', 'number', 1, 8, 'no', 'icmpv6'),
  nxm_nx_nd_target: nx(23, 'ND_TARGET', 'ipv6', 16, 128, 'yes', 'nd'),
  nxm_nx_nd_sll: nx(24, 'ND_SLL', 'mac', 6, 48, 'yes', 'nd_solicit'),
  nxm_nx_nd_tll: nx(25, 'ND_TLL', 'mac', 6, 48, 'yes', 'nd_advert'),
  nxm_nx_ip_frag: nx(26, 'IP_FRAG', 'number', 1, 2, 'yes', 'ip'),
  nxm_nx_ipv6_label: nx(27, 'IPV6_LABEL', 'number', 4, 20, 'yes', 'ipv6'),
  nxm_nx_ip_ecn: nx(28, 'IP_ECN', 'number', 1, 2, 'no', 'ip'),
  nxm_nx_ip_ttl: nx(29, 'IP_TTL', 'number', 1, 8, 'no', 'ip'),
  nxm_nx_mpls_ttl: nx(30, 'MPLS_TTL', 'number', 1, 8, 'no', 'mpls'),
  nxm_nx_cookie: nx(30, 'COOKIE', 'bigint', 8, 64, 'yes', 'none'),
  nxm_nx_tcp_flags: nx(34, 'TCP_FLAGS', 'number', 2, 12, 'yes', 'tcp'),
} as const satisfies Readonly<Record<string, FieldSpec>>

/** The name of a match field, such as `eth_dst`; see {@link oxmFields}. */
export type FieldName = keyof typeof oxmFields

/** The names of the fields with values of one kind. */
export type FieldNameOf<Kind extends FieldKind> = {
  [Name in FieldName]: (typeof oxmFields)[Name]['kind'] extends Kind ? Name : never
}[FieldName]

/** The types of values: numbers up to 32 bits, bigints above, addresses as text, and bytes of variable length. */
export interface FieldValues {
  readonly number: number
  readonly bigint: bigint
  /** Six bytes in lower case: `02:00:00:00:00:01`. */
  readonly mac: string
  /** A dotted quad: `10.0.0.1`. */
  readonly ipv4: string
  /** RFC 5952: `2001:db8::1`. */
  readonly ipv6: string
  readonly bytes: Uint8Array
}

/** The type of the value of the field `Name`. */
export type FieldValue<Name extends FieldName = FieldName> = FieldValues[(typeof oxmFields)[Name]['kind']]

/** The row of a field. */
export function fieldSpec(name: FieldName): FieldSpec {
  return oxmFields[name]
}

/** The names of all fields, in the order of {@link oxmFields}. */
export const fieldNames = Object.keys(oxmFields) as readonly FieldName[]
