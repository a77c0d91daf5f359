import { bitsOfValue, onesOf } from '../oxm/bits.js'
import { type FieldName, fieldSpec } from '../oxm/fields.js'
import type { Match, OxmField } from '../oxm/field.js'

/** Some bits of a field that must have some value. */
interface Condition {
  readonly name: string
  readonly value: bigint
  readonly mask: bigint
  readonly ones: bigint
}

/** Fields with two codings: the older name and the one that OpenFlow 1.3 has. */
const aliases: ReadonlyMap<string, FieldName> = new Map<string, FieldName>([
  ['nxm_of_eth_dst', 'eth_dst'],
  ['nxm_of_eth_src', 'eth_src'],
  ['nxm_of_eth_type', 'eth_type'],
  ['nxm_of_ip_proto', 'ip_proto'],
  ['nxm_of_ip_src', 'ipv4_src'],
  ['nxm_of_ip_dst', 'ipv4_dst'],
  ['nxm_of_tcp_src', 'tcp_src'],
  ['nxm_of_tcp_dst', 'tcp_dst'],
  ['nxm_of_udp_src', 'udp_src'],
  ['nxm_of_udp_dst', 'udp_dst'],
  ['nxm_of_icmp_type', 'icmpv4_type'],
  ['nxm_of_icmp_code', 'icmpv4_code'],
  ['nxm_of_arp_op', 'arp_op'],
  ['nxm_of_arp_spa', 'arp_spa'],
  ['nxm_of_arp_tpa', 'arp_tpa'],
  ['nxm_nx_tun_id', 'tunnel_id'],
  ['nxm_nx_arp_sha', 'arp_sha'],
  ['nxm_nx_arp_tha', 'arp_tha'],
  ['nxm_nx_ipv6_src', 'ipv6_src'],
  ['nxm_nx_ipv6_dst', 'ipv6_dst'],
  ['nxm_nx_icmpv6_type', 'icmpv6_type'],
  ['nxm_nx_icmpv6_code', 'icmpv6_code'],
  ['nxm_nx_nd_target', 'ipv6_nd_target'],
  ['nxm_nx_nd_sll', 'ipv6_nd_sll'],
  ['nxm_nx_nd_tll', 'ipv6_nd_tll'],
  ['nxm_nx_ipv6_label', 'ipv6_flabel'],
  ['nxm_nx_ip_ecn', 'ip_ecn'],
  ['nxm_nx_tcp_flags', 'tcp_flags'],
  ['onf_tcp_flags', 'tcp_flags'],
  ['onf_actset_output', 'actset_output'],
  ['nxoxm_et_dp_hash', 'dp_hash'],
])

/**
 * A text that is equal for two matches exactly when they match the same packets, as far as that shows in the fields one
 * by one: order does not matter, nor do masks of all ones, bits outside of a mask, fields that are wholly masked out, the
 * older NXM coding of a field, or a register that is spelled as part of a longer one. A switch may send back a match in
 * any of these forms.
 */
export function matchIdentity(match: Match): string {
  return match
    .flatMap(conditionsOf)
    .filter(({ mask }) => mask !== 0n)
    .map(({ name, value, mask, ones }) =>
      mask === ones ? `${name}=${value.toString(16)}` : `${name}=${(value & mask).toString(16)}/${mask.toString(16)}`,
    )
    .sort()
    .join(',')
}

function conditionsOf(field: OxmField): Condition[] {
  if (field.field === 'unknown') {
    const { class: oxmClass, id, hasMask, experimenter, data } = field
    const name = `${oxmClass}.${id}.${experimenter ?? ''}.${hasMask}.${Buffer.from(data).toString('hex')}`
    return [{ name, value: 1n, mask: 1n, ones: 1n }]
  }
  const { field: name, value } = field
  const spec = fieldSpec(name)
  const ones = onesOf(spec.variable ? 8 * (value as Uint8Array).length : spec.bits)
  const mask = field.mask === undefined ? ones : bitsOfValue(name, field.mask) & ones
  const condition = { name, value: bitsOfValue(name, value), mask, ones }
  const alias = aliases.get(name)
  if (alias) return [{ ...condition, name: alias }]
  switch (name) {
    case 'nxm_of_in_port':
      return [inPortOf(condition)]
    case 'nxm_of_ip_tos':
      return [{ name: 'ip_dscp', ...bitsFrom(condition, 2, 6) }]
    case 'nxm_of_vlan_tci':
      return [
        { name: 'vlan_vid', ...bitsFrom(condition, 0, 13) },
        { name: 'vlan_pcp', ...bitsFrom(condition, 13, 3) },
      ]
  }
  const [, long, number] = /^(xx?)reg(\d+)$/.exec(name) ?? []
  return long === undefined ? [condition] : registersOf(condition, long === 'x' ? 2 : 4, Number(number))
}

/** Port numbers of 16 bits above 0xff00 stand for those of 32 bits above 0xffffff00. */
function inPortOf(condition: Condition): Condition {
  const { value } = condition
  const ones = onesOf(32)
  return { name: 'in_port', value: value >= 0xff00n ? value | 0xffff0000n : value, mask: ones, ones }
}

/** `xreg1` is `reg2` and `reg3`; the first of them has the upper bits. */
function registersOf(condition: Condition, count: number, number: number): Condition[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `reg${count * number + index}`,
    ...bitsFrom(condition, 32 * (count - 1 - index), 32),
  }))
}

function bitsFrom({ value, mask }: Condition, offset: number, bits: number): Omit<Condition, 'name'> {
  const ones = onesOf(bits)
  return { value: (value >> BigInt(offset)) & ones, mask: (mask >> BigInt(offset)) & ones, ones }
}
