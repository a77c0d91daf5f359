import { onesOf, valueOfBits } from '../src/openflow/oxm/bits.js'
import { oxmFields, type FieldName, type FieldSpec, type Match, type OxmField } from '../src/openflow/oxm/index.js'
import { Random } from './random.js'

/** Numbers that look random, of the kinds that match fields have. */
export class RandomBits extends Random {
  /** An integer of `bits` bits; often a small one, or zero, or all ones. */
  bits(bits: number): bigint {
    const kind = this.below(10)
    if (kind === 0) return 0n
    if (kind === 1) return onesOf(bits)
    let value = 0n
    for (let i = 0; i < bits; i += 16) value = (value << 16n) | BigInt(this.below(0x10000))
    return kind < 5 ? value & onesOf(Math.min(bits, 1 + this.below(bits))) : value & onesOf(bits)
  }

  /** A mask of `bits` bits that is not zero: a prefix, a suffix, or any. */
  mask(bits: number): bigint {
    const length = 1 + this.below(bits)
    const kind = this.below(3)
    if (kind === 0) return onesOf(bits) ^ onesOf(bits - length)
    if (kind === 1) return onesOf(length)
    return this.bits(bits) || 1n
  }
}

const ipFields = ['ip_dscp', 'ip_ecn', 'nxm_nx_ip_ttl', 'nxm_nx_ip_frag', 'nxm_of_ip_tos', 'nxm_nx_ip_ecn'] as const
const always = [
  'in_port',
  'nxm_of_in_port',
  'metadata',
  'eth_src',
  'eth_dst',
  'nxm_of_eth_src',
  'nxm_of_eth_dst',
  'tunnel_id',
  'nxm_nx_tun_id',
  'onf_actset_output',
  'actset_output',
  'reg0',
  'reg7',
  'reg15',
  'xreg1',
  'xxreg3',
  'pkt_mark',
  'dp_hash',
  'nxoxm_et_dp_hash',
  'conj_id',
  'ct_zone',
  'ct_mark',
  'ct_label',
  'tun_src',
  'tun_dst',
  'tun_ipv6_src',
  'tun_ipv6_dst',
  'tun_gbp_id',
  'tun_gbp_flags',
  'tun_flags',
  'tun_erspan_idx',
  'tun_erspan_dir',
  'tun_erspan_hwid',
  'tun_gtpu_flags',
  'tun_gtpu_msgtype',
  'tun_metadata0',
  'tun_metadata1',
  'tun_metadata63',
] as const

const nshFields = ['nsh_flags', 'nsh_np', 'nsh_spi', 'nsh_si', 'nsh_c1', 'nsh_c2', 'nsh_c3', 'nsh_c4', 'nsh_ttl'] as const

/** A match that Open vSwitch accepts: each field after its prerequisites, no part of a packet named twice. */
export function randomMatch(random: RandomBits): Match {
  const fields: OxmField[] = []
  const parts = new Set<string>()
  const add = (name: FieldName, value?: number) => {
    const part = partOf(name)
    if (parts.has(part)) return
    parts.add(part)
    fields.push(randomField(random, name, value))
  }
  for (let i = random.below(4); i > 0; i--) add(random.pick(always))
  if (random.chance(15)) add('tun_erspan_ver', random.below(4))
  if (random.chance(25)) addVlan(random, fields)
  const family = random.pick(['none', 'ip', 'ip', 'ipv6', 'ipv6', 'arp', 'mpls', 'nsh', 'other'] as const)
  if (family === 'ip' || family === 'ipv6') addIp(random, family === 'ip', add)
  else if (family === 'arp') {
    add('eth_type', random.pick([0x0806, 0x8035]))
    if (random.chance(50)) fields.push({ field: random.pick(['arp_op', 'nxm_of_arp_op']), value: random.below(256) })
    for (const name of ['arp_spa', 'arp_tpa', 'arp_sha', 'arp_tha', 'nxm_of_arp_spa', 'nxm_nx_arp_sha'] as const) {
      if (random.chance(30)) add(name)
    }
  } else if (family === 'mpls') {
    add('eth_type', random.pick([0x8847, 0x8848]))
    for (const name of ['mpls_label', 'mpls_tc', 'mpls_bos', 'nxm_nx_mpls_ttl'] as const) {
      if (random.chance(40)) add(name)
    }
  } else if (family === 'nsh') {
    add('eth_type', 0x894f)
    if (random.chance(60)) add('nsh_mdtype', 1 + random.below(2))
    for (const name of nshFields) {
      if (random.chance(30)) add(name)
    }
  } else if (family === 'other') add('eth_type', 0x0600 + random.below(0x1000))
  if (random.chance(20)) addConntrack(random, fields, add)
  return fields
}

function addIp(random: RandomBits, isV4: boolean, add: (name: FieldName, value?: number) => void): void {
  add(random.pick(['eth_type', 'nxm_of_eth_type']), isV4 ? 0x0800 : 0x86dd)
  const addresses = isV4
    ? (['ipv4_src', 'ipv4_dst', 'nxm_of_ip_src', 'nxm_of_ip_dst'] as const)
    : (['ipv6_src', 'ipv6_dst', 'ipv6_flabel', 'nxm_nx_ipv6_src', 'nxm_nx_ipv6_label'] as const)
  for (const name of addresses) if (random.chance(30)) add(name)
  for (const name of ipFields) if (random.chance(15)) add(name)
  if (random.chance(20)) return
  const proto = random.pick([1, 2, 6, 6, 17, 58, 58, 132, 0, 200])
  add(random.pick(['ip_proto', 'nxm_of_ip_proto']), proto)
  const some = (names: readonly FieldName[]) => {
    for (const name of names) if (random.chance(45)) add(name)
  }
  if (proto === 6) some(['tcp_src', 'nxm_of_tcp_dst', 'tcp_dst', 'onf_tcp_flags', 'nxm_nx_tcp_flags', 'tcp_flags'])
  if (proto === 17) some(['udp_src', 'nxm_of_udp_dst', 'udp_dst'])
  if (proto === 132) some(['sctp_src', 'sctp_dst'])
  if (proto === 1 && isV4) some(['icmpv4_type', 'nxm_of_icmp_code', 'icmpv4_code'])
  if (proto !== 58 || isV4) return
  const type = random.pick([135, 136, 128, 1])
  add(random.pick(['icmpv6_type', 'nxm_nx_icmpv6_type']), type)
  if (random.chance(50)) add('icmpv6_code', 0)
  if (type !== 135 && type !== 136) return
  some(['ipv6_nd_target', 'nxm_nx_nd_target', 'nd_reserved', 'nd_options_type'])
  some(type === 135 ? ['ipv6_nd_sll', 'nxm_nx_nd_sll'] : ['ipv6_nd_tll', 'nxm_nx_nd_tll'])
}

function addVlan(random: RandomBits, fields: OxmField[]): void {
  const kind = random.below(4)
  if (kind === 0) fields.push(randomField(random, 'nxm_of_vlan_tci'))
  else if (kind === 1) fields.push(randomField(random, 'vlan_vid'))
  else {
    fields.push({ field: 'vlan_vid', value: 0x1000 | random.below(0x1000) })
    if (kind === 2) fields.push({ field: 'vlan_pcp', value: random.below(8) })
  }
}

function addConntrack(random: RandomBits, fields: OxmField[], add: (name: FieldName, value?: number) => void): void {
  const kind = random.below(3)
  if (kind === 0) {
    const mask = Number(random.mask(8))
    fields.push({ field: 'ct_state', value: random.below(256) & mask, mask })
    return
  }
  fields.push({ field: 'ct_state', value: 0x22, mask: random.pick([0x32, 0x22, 0x2a]) })
  const type = fields.find((field) => field.field === 'eth_type')?.value
  if (type === 0x0800) for (const name of ['ct_nw_src', 'ct_nw_dst'] as const) if (random.chance(40)) add(name)
  if (type === 0x86dd) for (const name of ['ct_ipv6_src', 'ct_ipv6_dst'] as const) if (random.chance(40)) add(name)
  if (random.chance(50) || (type !== 0x0800 && type !== 0x86dd)) return
  add('ct_nw_proto', random.pick([6, 17]))
  for (const name of ['ct_tp_src', 'ct_tp_dst'] as const) if (random.chance(50)) add(name)
}

/** Fields with the same answer are the same part of a packet. */
function partOf(name: FieldName): string {
  if (name === 'nxm_of_ip_tos') return 'IP_DSCP'
  // Registers overlap.
  if (name === 'xxreg3') return 'REG15'
  const { header } = oxmFields[name]
  return header
    .replace(/^[A-Z]+_(?:OF|NX|ET)_/, '')
    .replace(/^(?:IPV6_LABEL|IPV6_FLABEL)$/, 'label')
    .replace('IPV6_ND_', 'ND_')
    .replace('TUNNEL_ID', 'TUN_ID')
    .replace('IPV4_', 'IP_')
    .replace('ICMPV4', 'ICMP')
}

const ports = [0, 1, 5, 0xfeff, 0xfffffff8, 0xfffffffd, 0xfffffffe] as const

function randomField(random: RandomBits, name: FieldName, given?: number): OxmField {
  const spec: FieldSpec = oxmFields[name]
  const field = name as 'tun_metadata0'
  if (name.includes('port') || name.endsWith('actset_output')) {
    const port = random.pick(ports)
    return { field: name as 'in_port', value: spec.bytes === 2 ? port & 0xffff : port }
  }
  const length = spec.variable ? 1 + random.below(8) : undefined
  const bits = length === undefined ? spec.bits : 8 * length
  let value = given === undefined ? random.bits(bits) : BigInt(given)
  if (name === 'nxm_of_ip_tos') value &= 0xfcn
  // Later fragments have no ports.
  if (name === 'nxm_nx_ip_frag') value &= 1n
  if (name === 'nsh_ttl') value &= 0x3fn
  if (given !== undefined || spec.maskable === 'no' || random.chance(50)) {
    return { field, value: valueOfBits(name, value, length) as Uint8Array }
  }
  const mask = random.mask(bits)
  return {
    field,
    value: valueOfBits(name, value & mask, length) as Uint8Array,
    mask: valueOfBits(name, mask, length) as Uint8Array,
  }
}
