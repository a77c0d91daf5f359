import { bitsOfValue, onesOf } from '../oxm/bits.js'
import type { Match, OxmField } from '../oxm/field.js'
import { oxmFields, type FieldName } from '../oxm/fields.js'
import { textFieldOfHeader, type TextField } from './field-table.js'
import type { MaskedBits } from './field-value.js'
import { port32Of } from './port.js'

/**
 * What a match says, as Open vSwitch keeps it while it translates between text and messages: the parts of a packet
 * under OVS's names for them, each with the bits that count. Several fields may share a part: `ip_dscp` and `ip_ecn` are
 * both in `nw_tos`, `vlan_vid` and `vlan_pcp` in `vlan_tci`, `ip_src` and `arp_spa` in `nw_src`, the ports of all
 * transports in `tp_src`.
 */
export interface FlowKey {
  /** By the name of the part. A part that is not there may have any value. */
  readonly parts: Map<string, MaskedBits>
  /** Fields that Open vSwitch does not know, in their order. */
  readonly others: OxmField[]
}

/** Where in a part a field lies. */
interface Place {
  readonly part: string
  /** Width of the part. */
  readonly bits: number
  /** The bits of the part that the field fills; all of them when left out. */
  readonly within?: bigint
  /** How far the field's value is shifted to the left. */
  readonly shift?: bigint
  /** Bits of the part that the field sets and fixes beside its own. */
  readonly force?: bigint
}

/** The names of the parts that come in rows. */
export const registerNames = Array.from({ length: 16 }, (_, i) => `reg${i}` as 'reg0')
export const tunnelOptionNames = Array.from({ length: 64 }, (_, i) => `tun_metadata${i}` as 'tun_metadata0')

const VLAN_PRESENT = 0x1000n

const places: Readonly<Record<string, Place>> = {
  vlan_tci: { part: 'vlan_tci', bits: 16 },
  vlan_vid: { part: 'vlan_tci', bits: 16, within: 0x1fffn },
  vlan_pcp: { part: 'vlan_tci', bits: 16, within: 0xe000n, shift: 13n, force: VLAN_PRESENT },
  dl_vlan: { part: 'vlan_tci', bits: 16, within: 0x0fffn, force: VLAN_PRESENT },
  dl_vlan_pcp: { part: 'vlan_tci', bits: 16, within: 0xe000n, shift: 13n, force: VLAN_PRESENT },
  nw_tos: { part: 'nw_tos', bits: 8, within: 0xfcn },
  ip_dscp: { part: 'nw_tos', bits: 8, within: 0xfcn, shift: 2n },
  nw_ecn: { part: 'nw_tos', bits: 8, within: 0x03n },
  ip_frag: { part: 'nw_frag', bits: 2 },
  tun_flags: { part: 'tun_flags', bits: 1 },
  ct_state: { part: 'ct_state', bits: 8 },
  tcp_flags: { part: 'tcp_flags', bits: 16 },
  nd_options_type: { part: 'nd_options_type', bits: 8 },
  ipv6_label: { part: 'ipv6_label', bits: 20 },
  eth_src: { part: 'dl_src', bits: 48 },
  eth_dst: { part: 'dl_dst', bits: 48 },
  eth_type: { part: 'dl_type', bits: 16 },
  ip_src: { part: 'nw_src', bits: 32 },
  ip_dst: { part: 'nw_dst', bits: 32 },
  arp_spa: { part: 'nw_src', bits: 32 },
  arp_tpa: { part: 'nw_dst', bits: 32 },
  arp_op: { part: 'nw_proto', bits: 8 },
  nd_sll: { part: 'arp_sha', bits: 48 },
  nd_tll: { part: 'arp_tha', bits: 48 },
  ...Object.fromEntries(
    ['tcp_src', 'udp_src', 'sctp_src', 'icmp_type', 'icmpv6_type'].map((name) => [name, { part: 'tp_src', bits: 16 }]),
  ),
  ...Object.fromEntries(
    ['tcp_dst', 'udp_dst', 'sctp_dst', 'icmp_code', 'icmpv6_code'].map((name) => [name, { part: 'tp_dst', bits: 16 }]),
  ),
}

/** A key that every packet matches. */
export function emptyFlowKey(): FlowKey {
  return { parts: new Map(), others: [] }
}

/** The key of a match. Of fields that occur twice, the last counts. */
export function flowKeyOf(match: Match): FlowKey {
  const key = emptyFlowKey()
  for (const field of match) {
    const known = field.field === 'unknown' ? undefined : textFieldOfHeader(field.field)
    if (known === undefined || field.field === 'unknown') {
      key.others.push(field)
      continue
    }
    const value = bitsOfValue(field.field, field.value)
    const all = onesOf(8 * oxmFields[field.field].bytes)
    const exact = field.mask === undefined
    const mask = exact ? all : bitsOfValue(field.field, field.mask, `the mask of ${field.field}`)
    if (known.format === 'port') setField(key, known, { value: BigInt(port32Of(Number(value))), mask: onesOf(32) })
    else setField(key, known, { value, mask: exact ? onesOf(8 * known.bytes) : mask })
    if (needsEthernet(field.field)) implyEthernet(key)
  }
  return key
}

/** Puts a field into a key: bits of its part that are not the field's stay. A mask of zero takes it out. */
export function setField(key: FlowKey, field: TextField, { value, mask }: MaskedBits): void {
  const { name } = field
  const place = placeOf(field)
  if (place.registers !== undefined) return setRegisters(key, place.registers, value, mask)
  if (place.isOption) {
    // A mask of zero asks whether the option is there at all.
    key.parts.set(name, { value: value & mask, mask })
    return
  }
  if (name === 'dl_vlan' && value === 0xffffn) {
    // OpenFlow 1.0's way to say that there is no tag.
    key.parts.set('vlan_tci', { value: 0n, mask: 0xffffn })
    return
  }
  const { part, within, shift, force } = place
  const partMask = mask === place.exact ? within : (mask << shift) & within
  const old = key.parts.get(part) ?? { value: 0n, mask: 0n }
  const forced = partMask === 0n ? 0n : force
  const newMask = (old.mask & ~within) | partMask | forced
  const newValue = (((old.value & ~within) | ((value << shift) & within)) & newMask) | forced
  if (newMask === 0n) key.parts.delete(part)
  else key.parts.set(part, { value: newValue, mask: newMask })
}

/** What a key says about a field: the inverse of {@link setField}, for fields that are set bit by bit. */
export function getField(key: FlowKey, field: TextField): MaskedBits {
  const { part, within, shift, registers } = placeOf(field)
  if (registers !== undefined) {
    return registers.reduce(
      (sum, name) => {
        const register = key.parts.get(name) ?? { value: 0n, mask: 0n }
        return { value: (sum.value << 32n) | register.value, mask: (sum.mask << 32n) | register.mask }
      },
      { value: 0n, mask: 0n },
    )
  }
  const whole = key.parts.get(part) ?? { value: 0n, mask: 0n }
  return { value: (whole.value & within) >> shift, mask: (whole.mask & within) >> shift }
}

/** A {@link Place} with all that is left out there. */
interface WholePlace extends Required<Place> {
  /** The mask of a field that is matched exactly. */
  readonly exact: bigint
  /** The registers that an `xreg` or an `xxreg` consists of. */
  readonly registers: readonly string[] | undefined
  readonly isOption: boolean
}

const wholePlaces = new WeakMap<TextField, WholePlace>()

function placeOf(field: TextField): WholePlace {
  let whole = wholePlaces.get(field)
  if (whole === undefined) {
    // A field without a row in the table fills a part of its own.
    const place = places[field.name] ?? { part: field.name, bits: 8 * field.bytes }
    whole = {
      within: onesOf(place.bits),
      shift: 0n,
      force: 0n,
      ...place,
      exact: onesOf(8 * field.bytes),
      registers: registersOf(field.name),
      isOption: field.name.startsWith('tun_metadata'),
    }
    wholePlaces.set(field, whole)
  }
  return whole
}

function registersOf(name: string): readonly string[] | undefined {
  const [, prefix, index] = /^(xx?)reg(\d+)$/.exec(name) ?? []
  if (prefix === undefined) return undefined
  const count = prefix === 'x' ? 2 : 4
  return registerNames.slice(count * Number(index), count * (Number(index) + 1))
}

/** An `xreg` is two neighbouring registers, an `xxreg` four, with the high bits in the first. */
function setRegisters(key: FlowKey, names: readonly string[], value: bigint, mask: bigint): void {
  for (const [i, name] of names.entries()) {
    const shift = BigInt(32 * (names.length - 1 - i))
    const partMask = (mask >> shift) & 0xffffffffn
    if (partMask === 0n) key.parts.delete(name)
    else key.parts.set(name, { value: (value >> shift) & partMask, mask: partMask })
  }
}

/** Whether a field exists in Ethernet packets only: not those of the tunnel, the registers and other metadata. */
export function needsEthernet(name: FieldName): boolean {
  return oxmFields[name].requires !== 'none' || ethernetFields.has(name)
}

const ethernetFields: ReadonlySet<FieldName> = new Set<FieldName>([
  'eth_src',
  'eth_dst',
  'eth_type',
  'vlan_vid',
  'nxm_of_eth_src',
  'nxm_of_eth_dst',
  'nxm_of_eth_type',
  'nxm_of_vlan_tci',
])

/** Notes that a field of an Ethernet packet makes the match one of Ethernet packets, unless it says otherwise. */
export function implyEthernet(key: FlowKey): void {
  if (!key.parts.has('packet_type')) key.parts.set('packet_type', { value: 0n, mask: onesOf(32) })
}
