import { onesOf } from '../oxm/bits.js'
import type { Match, OxmField } from '../oxm/field.js'
import { oxmFields, type FieldName } from '../oxm/fields.js'
import { fieldOfBits, type MaskedBits } from './field-value.js'
import { needsEthernet, registerNames, tunnelOptionNames, type FlowKey } from './flow-key.js'

/** The Ethernet types and IP protocols that decide which parts of a key exist. */
export const ETH_TYPE = {
  IP: 0x0800n,
  ARP: 0x0806n,
  RARP: 0x8035n,
  IPV6: 0x86ddn,
  MPLS: 0x8847n,
  MPLS_MCAST: 0x8848n,
  NSH: 0x894fn,
} as const

/** See {@link ETH_TYPE}. */
export const IP_PROTO = { ICMP: 1n, IGMP: 2n, TCP: 6n, UDP: 17n, ICMPV6: 58n, SCTP: 132n } as const

/** The Ethernet type that a key demands, also by way of the packet type; zero when it demands none. */
export function dlTypeOf(key: FlowKey): bigint {
  const packetType = key.parts.get('packet_type')?.value ?? 0n
  return packetType >> 16n === 1n ? packetType & 0xffffn : (key.parts.get('dl_type')?.value ?? 0n)
}

/** What {@link matchOfFlowKey} gives. */
export interface KeyedMatch {
  readonly match: Match
  /** The parts of the key that a packet of the key's type does not have, so that no field carries them. */
  readonly inapplicable: readonly string[]
}

/** The match that Open vSwitch sends to an OpenFlow 1.3 peer for a key, field for field and in its order. */
export function matchOfFlowKey(key: FlowKey): KeyedMatch {
  const writer = new KeyWriter(key)
  writeAll(writer, key)
  const { match, inapplicable } = writer.finish()
  return { match: [...match, ...key.others], inapplicable }
}

/** Takes the parts of a key one by one and makes fields of them. */
class KeyWriter {
  readonly #left: Map<string, MaskedBits>
  readonly #fields: OxmField[] = []
  #ethernetImplied = false

  constructor(key: FlowKey) {
    this.#left = new Map(key.parts)
  }

  /** The part's bits, which are thereby dealt with. */
  take(part: string): MaskedBits | undefined {
    const bits = this.#left.get(part)
    if (bits !== undefined) this.#left.delete(part)
    return bits
  }

  /** Adds a field with the bits of a part, by default the part of the field's name. */
  put(name: FieldName, part: string = name): void {
    const bits = this.take(part)
    if (bits === undefined) return
    const { bytes, bits: width } = oxmFields[name]
    // All bits that count make an exact match; only of flags OVS always says which count.
    const exact = bits.mask === onesOf(width) && !name.endsWith('_flags')
    this.add(name, bits.value, exact ? onesOf(8 * bytes) : bits.mask)
  }

  /** Adds a field for the low bits of a part that the field can only match exactly. */
  putExact(name: FieldName, part: string = name): void {
    const bits = this.take(part)
    if (bits !== undefined) this.add(name, bits.value & onesOf(oxmFields[name].bits))
  }

  add(name: FieldName, value: bigint, mask = onesOf(8 * oxmFields[name].bytes)): void {
    this.#ethernetImplied ||= needsEthernet(name)
    this.#fields.push(fieldOfBits(name, value, mask))
  }

  finish(): KeyedMatch {
    const packetType = this.take('packet_type')
    if (packetType?.value === 0n && !this.#ethernetImplied) this.#fields.unshift(packetTypeField(0n))
    return { match: this.#fields, inapplicable: [...this.#left.keys()] }
  }
}

function packetTypeField(value: bigint): OxmField {
  return { field: 'packet_type', value: Number(value) }
}

function writeAll(w: KeyWriter, key: FlowKey): void {
  const packetType = key.parts.get('packet_type')
  if (packetType !== undefined && packetType.value !== 0n) w.put('packet_type')
  for (const name of ['dp_hash', 'recirc_id', 'conj_id', 'in_port'] as const) w.put(name)
  w.put('onf_actset_output', 'actset_output')
  w.put('eth_src', 'dl_src')
  w.put('eth_dst', 'dl_dst')
  w.put('eth_type', 'dl_type')
  writeVlan(w)
  const dlType = dlTypeOf(key)
  if (dlType === ETH_TYPE.MPLS || dlType === ETH_TYPE.MPLS_MCAST) {
    for (const name of ['mpls_tc', 'mpls_bos'] as const) w.put(name)
    w.put('nxm_nx_mpls_ttl', 'mpls_ttl')
    w.put('mpls_label')
  }
  if (dlType === ETH_TYPE.IP || dlType === ETH_TYPE.IPV6) writeIp(w, dlType)
  else if (dlType === ETH_TYPE.ARP || dlType === ETH_TYPE.RARP) writeArp(w)
  writeTunnel(w)
  for (const name of nshFields) w.put(name)
  for (const name of registerNames) w.put(name)
  w.put('pkt_mark')
  writeConntrack(w)
  w.put('metadata')
}

function writeVlan(w: KeyWriter): void {
  const tci = w.take('vlan_tci')
  if (tci === undefined) return
  const mask = tci.mask & 0x1fffn
  const vid = tci.value & 0x1fffn
  if (mask !== 0n) w.add('vlan_vid', vid, mask === 0x1fffn ? undefined : mask)
  if (vid !== 0n && (tci.mask & 0xe000n) !== 0n) w.add('vlan_pcp', tci.value >> 13n)
}

function writeArp(w: KeyWriter): void {
  w.putExact('arp_op', 'nw_proto')
  w.put('arp_spa', 'nw_src')
  w.put('arp_tpa', 'nw_dst')
  w.put('arp_sha')
  w.put('arp_tha')
}

function writeIp(w: KeyWriter, dlType: bigint): void {
  if (dlType === ETH_TYPE.IP) {
    w.put('ipv4_src', 'nw_src')
    w.put('ipv4_dst', 'nw_dst')
  } else {
    w.put('ipv6_src')
    w.put('ipv6_dst')
  }
  w.put('nxm_nx_ip_frag', 'nw_frag')
  const tos = w.take('nw_tos')
  if (tos !== undefined && (tos.mask & 0xfcn) !== 0n) w.add('ip_dscp', tos.value >> 2n)
  if (tos !== undefined && (tos.mask & 3n) !== 0n) w.add('ip_ecn', tos.value & 3n)
  w.putExact('nxm_nx_ip_ttl', 'nw_ttl')
  if (dlType === ETH_TYPE.IPV6) w.put('ipv6_flabel', 'ipv6_label')
  const proto = w.take('nw_proto')?.value
  if (proto === undefined) return
  w.add('ip_proto', proto)
  if (proto === IP_PROTO.TCP) {
    w.put('tcp_src', 'tp_src')
    w.put('tcp_dst', 'tp_dst')
    w.put('onf_tcp_flags', 'tcp_flags')
  } else if (proto === IP_PROTO.UDP) {
    w.put('udp_src', 'tp_src')
    w.put('udp_dst', 'tp_dst')
  } else if (proto === IP_PROTO.SCTP) {
    w.put('sctp_src', 'tp_src')
    w.put('sctp_dst', 'tp_dst')
  } else if (proto === IP_PROTO.ICMP && dlType === ETH_TYPE.IP) {
    w.putExact('icmpv4_type', 'tp_src')
    w.putExact('icmpv4_code', 'tp_dst')
  } else if (proto === IP_PROTO.ICMPV6 && dlType === ETH_TYPE.IPV6) {
    writeIcmpv6(w)
  }
}

const ND_SOLICIT = 135n
const ND_ADVERT = 136n

function writeIcmpv6(w: KeyWriter): void {
  const type = w.take('tp_src')
  const code = w.take('tp_dst')
  if (type !== undefined) w.add('icmpv6_type', type.value & 0xffn)
  if (code !== undefined) w.add('icmpv6_code', code.value & 0xffn)
  // A neighbour discovery message has the code 0, or one that is not looked at.
  const isNd = type?.value === ND_SOLICIT || type?.value === ND_ADVERT
  if (!isNd || (code?.value ?? 0n) !== 0n) return
  w.put('nd_reserved')
  w.put('ipv6_nd_target', 'nd_target')
  w.putExact('nd_options_type')
  if (type.value === ND_SOLICIT) w.put('ipv6_nd_sll', 'arp_sha')
  if (type.value === ND_ADVERT) w.put('ipv6_nd_tll', 'arp_tha')
}

const tunnelFields = [
  'tun_flags',
  'tun_src',
  'tun_dst',
  'tun_ipv6_src',
  'tun_ipv6_dst',
  'tun_gbp_id',
  'tun_gbp_flags',
] as const
const tunnelOptions = ['tun_erspan_idx', 'tun_erspan_ver', 'tun_erspan_dir', 'tun_erspan_hwid'] as const
const nshFields = [
  'nsh_flags',
  'nsh_ttl',
  'nsh_mdtype',
  'nsh_np',
  'nsh_spi',
  'nsh_si',
  'nsh_c1',
  'nsh_c2',
  'nsh_c3',
  'nsh_c4',
] as const

function writeTunnel(w: KeyWriter): void {
  w.put('tunnel_id', 'tun_id')
  for (const name of tunnelFields) w.put(name)
  for (const name of tunnelOptionNames) w.put(name)
  for (const name of tunnelOptions) w.put(name)
  w.put('tun_gtpu_flags')
  w.put('tun_gtpu_msgtype')
}

const conntrackFields = [
  'ct_state',
  'ct_zone',
  'ct_mark',
  'ct_label',
  'ct_nw_src',
  'ct_ipv6_src',
  'ct_nw_dst',
  'ct_ipv6_dst',
] as const

function writeConntrack(w: KeyWriter): void {
  for (const name of conntrackFields) w.put(name)
  const proto = w.take('ct_nw_proto')
  if (proto === undefined || proto.value === 0n) return
  w.add('ct_nw_proto', proto.value)
  w.put('ct_tp_src')
  w.put('ct_tp_dst')
}
