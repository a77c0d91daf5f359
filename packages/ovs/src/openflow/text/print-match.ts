import { onesOf } from '../oxm/bits.js'
import type { Match, OxmField } from '../oxm/field.js'
import { ipv4Address, ipv6Address, macAddress, printMaskedAddress, type AddressKind } from './address.js'
import { printFieldName } from './field-name.js'
import { byteLength, printFieldValue, printFragment, printPacketType, type MaskedBits } from './field-value.js'
import { ctStateFlags, printMaskedFlags, tcpFlags, tunnelFlags, type FlagNames } from './flags.js'
import { flowKeyOf, registerNames, tunnelOptionNames, type FlowKey } from './flow-key.js'
import { dlTypeOf, ETH_TYPE, IP_PROTO } from './flow-key-match.js'
import { hexOf } from './integer.js'
import { printPort } from './port.js'

/**
 * A match as ovs-ofctl 3.1 prints it, such as `tcp,in_port=1,nw_dst=10.0.0.0/8,tp_dst=80`; empty for a match of
 * everything. Fields that Open vSwitch does not know follow at the end, under their OpenFlow names, or as
 * `0x8000:45=0x01` when this library does not know them either.
 */
export function printMatch(match: Match): string {
  const key = flowKeyOf(match)
  const printer = new MatchPrinter(key)
  printAll(printer, key)
  for (const field of key.others) printer.item(printOther(field))
  return printer.finish()
}

/** Collects the items of a match, part by part. */
class MatchPrinter {
  readonly #items: string[] = []
  readonly #parts: ReadonlyMap<string, MaskedBits>

  constructor(key: FlowKey) {
    this.#parts = key.parts
  }

  get(part: string): MaskedBits | undefined {
    return this.#parts.get(part)
  }

  item(text: string): void {
    this.#items.push(text)
  }

  /** `name=5`: the mask is not shown. */
  decimal(part: string, name = part): void {
    const bits = this.get(part)
    if (bits) this.item(`${name}=${bits.value}`)
  }

  /** As {@link decimal}, but nothing for zero: so OVS treats some fields of tunnels. */
  decimalUnlessZero(part: string, name = part): void {
    if (this.get(part)?.value !== 0n) this.decimal(part, name)
  }

  /** `name=0x5`: the mask is not shown. */
  hex(part: string, name = part): void {
    const bits = this.get(part)
    if (bits) this.item(`${name}=${hexOf(bits.value)}`)
  }

  /** See {@link decimalUnlessZero}. */
  hexUnlessZero(part: string, name = part): void {
    if (this.get(part)?.value !== 0n) this.hex(part, name)
  }

  /** `name=0x5`, `name=0x5/0xff`; zero without `0x`. */
  maskedHex(part: string, all: bigint, name = part): void {
    const bits = this.get(part)
    if (!bits) return
    this.item(`${name}=${hexOf(bits.value)}${bits.mask === all ? '' : `/${hexOf(bits.mask)}`}`)
  }

  /** `name=5`, `name=0x5/0xf`, with at least `digits` digits in the second form. */
  maskedDecimal(part: string, bitCount: number, digits = 1, name = part): void {
    const bits = this.get(part)
    if (!bits) return
    const { value, mask } = bits
    const hex = (number: bigint) => `0x${number.toString(16).padStart(digits, '0')}`
    this.item(`${name}=${mask === onesOf(bitCount) ? value : `${hex(value)}/${hex(mask)}`}`)
  }

  /** `name=0x5`, `name=0x5/0xf`; zero is `0x0`. With at least `digits` digits. */
  maskedPadded(part: string, bitCount: number, digits: number, name = part): void {
    const bits = this.get(part)
    if (!bits) return
    const hex = (number: bigint) => `0x${number.toString(16).padStart(digits, '0')}`
    this.item(`${name}=${hex(bits.value)}${bits.mask === onesOf(bitCount) ? '' : `/${hex(bits.mask)}`}`)
  }

  address(part: string, kind: AddressKind, name = part): void {
    const bits = this.get(part)
    if (bits) this.item(`${name}=${printMaskedAddress(bits.value, bits.mask, kind)}`)
  }

  flags(part: string, names: FlagNames): void {
    const bits = this.get(part)
    if (bits) this.item(`${part}=${printMaskedFlags(Number(bits.value), Number(bits.mask), names)}`)
  }

  port(part: string): void {
    const bits = this.get(part)
    if (bits) this.item(`${part}=${printPort(Number(bits.value))}`)
  }

  finish(): string {
    return this.#items.join(',')
  }
}

function printAll(p: MatchPrinter, key: FlowKey): void {
  p.maskedHex('pkt_mark', onesOf(32))
  p.maskedHex('recirc_id', onesOf(32))
  p.maskedHex('dp_hash', onesOf(32))
  p.decimal('conj_id')
  p.port('actset_output')
  printConntrack(p)
  const packetType = p.get('packet_type')
  if (packetType && packetType.value !== 0n) p.item(`packet_type=${printPacketType(packetType.value)}`)
  else if (packetType && p.get('recirc_id')) p.item('eth')
  const dlType = dlTypeOf(key)
  const shown = printProtocol(p, dlType)
  for (const name of registerNames) p.maskedHex(name, onesOf(32))
  printTunnel(p)
  p.maskedHex('metadata', onesOf(64))
  p.port('in_port')
  printVlan(p)
  p.address('dl_src', macAddress)
  p.address('dl_dst', macAddress)
  if (!shown.type && p.get('dl_type')) p.item(`dl_type=0x${dlType.toString(16).padStart(4, '0')}`)
  printNetwork(p, dlType, shown.proto)
  printTransport(p, dlType)
}

function printConntrack(p: MatchPrinter): void {
  p.flags('ct_state', ctStateFlags)
  p.maskedDecimal('ct_zone', 16)
  p.maskedHex('ct_mark', onesOf(32))
  p.maskedHex('ct_label', onesOf(128))
  p.address('ct_nw_src', ipv4Address)
  p.address('ct_ipv6_src', ipv6Address)
  p.address('ct_nw_dst', ipv4Address)
  p.address('ct_ipv6_dst', ipv6Address)
  if (!p.get('ct_nw_proto')) return
  p.decimal('ct_nw_proto')
  p.maskedDecimal('ct_tp_src', 16)
  p.maskedDecimal('ct_tp_dst', 16)
}

const ipv4Words = new Map<bigint, string>([
  [IP_PROTO.ICMP, 'icmp'],
  [IP_PROTO.TCP, 'tcp'],
  [IP_PROTO.UDP, 'udp'],
  [IP_PROTO.SCTP, 'sctp'],
])
const ipv6Words = new Map<bigint, string>([
  [IP_PROTO.ICMPV6, 'icmp6'],
  [IP_PROTO.TCP, 'tcp6'],
  [IP_PROTO.UDP, 'udp6'],
  [IP_PROTO.SCTP, 'sctp6'],
])
const typeWords = new Map<bigint, string>([
  [ETH_TYPE.IP, 'ip'],
  [ETH_TYPE.IPV6, 'ipv6'],
  [ETH_TYPE.ARP, 'arp'],
  [ETH_TYPE.RARP, 'rarp'],
  [ETH_TYPE.MPLS, 'mpls'],
  [ETH_TYPE.MPLS_MCAST, 'mplsm'],
])

/** Prints the one word for the Ethernet type and the IP protocol, and says what of them it has shown. */
function printProtocol(p: MatchPrinter, dlType: bigint): { type: boolean; proto: boolean } {
  const typeWord = typeWords.get(dlType)
  if (!p.get('dl_type') || typeWord === undefined) return { type: false, proto: false }
  const proto = p.get('nw_proto')?.value
  const words = dlType === ETH_TYPE.IP ? ipv4Words : dlType === ETH_TYPE.IPV6 ? ipv6Words : undefined
  const word = proto === undefined ? undefined : words?.get(proto)
  p.item(word ?? typeWord)
  return { type: true, proto: word !== undefined }
}

function printTunnel(p: MatchPrinter): void {
  p.maskedHex('tun_id', onesOf(64))
  p.address('tun_src', ipv4Address)
  p.address('tun_dst', ipv4Address)
  p.address('tun_ipv6_src', ipv6Address)
  p.address('tun_ipv6_dst', ipv6Address)
  p.maskedDecimal('tun_gbp_id', 16)
  p.hex('tun_gbp_flags')
  p.decimalUnlessZero('tun_erspan_ver')
  // OVS shows these only with the version that has them.
  const version = p.get('tun_erspan_ver')?.value
  if (version === 1n) p.hex('tun_erspan_idx')
  if (version === 2n) {
    p.decimalUnlessZero('tun_erspan_dir')
    p.hexUnlessZero('tun_erspan_hwid')
  }
  p.hexUnlessZero('tun_gtpu_flags', 'gtpu_flags')
  p.decimalUnlessZero('tun_gtpu_msgtype', 'gtpu_msgtype')
  const flags = p.get('tun_flags')
  if (flags) p.item(`tun_flags=${flags.value === 0n ? '-' : '+'}${tunnelFlags.names[0]}`)
  for (const name of tunnelOptionNames) printTunnelOption(p, name)
}

function printTunnelOption(p: MatchPrinter, name: string): void {
  const bits = p.get(name)
  if (!bits) return
  const { value, mask } = bits
  if (mask === 0n) p.item(name)
  else p.item(`${name}=${hexOf(value)}${mask === onesOf(8 * byteLength(mask)) ? '' : `/${hexOf(mask)}`}`)
}

function printVlan(p: MatchPrinter): void {
  const tci = p.get('vlan_tci')
  if (!tci) return
  const { value, mask } = tci
  const vidMask = mask & 0xfffn
  const pcpMask = mask & 0xe000n
  const whole = (vidMask === 0n || vidMask === 0xfffn) && (pcpMask === 0n || pcpMask === 0xe000n)
  if ((mask & value & 0x1000n) !== 0n && whole && (mask & 0xefffn) !== 0n) {
    if (vidMask !== 0n) p.item(`dl_vlan=${value & 0xfffn}`)
    if (pcpMask !== 0n) p.item(`dl_vlan_pcp=${value >> 13n}`)
  } else {
    p.maskedPadded('vlan_tci', 16, 4)
  }
}

function printNetwork(p: MatchPrinter, dlType: bigint, protoShown: boolean): void {
  const isArp = dlType === ETH_TYPE.ARP || dlType === ETH_TYPE.RARP
  if (dlType === ETH_TYPE.IPV6) {
    p.address('ipv6_src', ipv6Address)
    p.address('ipv6_dst', ipv6Address)
    p.maskedPadded('ipv6_label', 20, 5)
  } else if (dlType === ETH_TYPE.NSH) {
    printNsh(p)
  } else {
    p.address('nw_src', ipv4Address, isArp ? 'arp_spa' : 'nw_src')
    p.address('nw_dst', ipv4Address, isArp ? 'arp_tpa' : 'nw_dst')
  }
  if (!protoShown) p.decimal('nw_proto', isArp ? 'arp_op' : 'nw_proto')
  if (isArp) {
    p.address('arp_sha', macAddress)
    p.address('arp_tha', macAddress)
  }
  const tos = p.get('nw_tos')
  if (tos && (tos.mask & 0xfcn) !== 0n) p.item(`nw_tos=${tos.value & 0xfcn}`)
  if (tos && (tos.mask & 3n) !== 0n) p.item(`nw_ecn=${tos.value & 3n}`)
  p.decimal('nw_ttl')
  p.decimal('mpls_label')
  p.decimal('mpls_tc')
  p.decimal('mpls_ttl')
  p.decimal('mpls_bos')
  const frag = p.get('nw_frag')
  if (frag) p.item(`nw_frag=${printFragment(Number(frag.value), Number(frag.mask))}`)
}

function printNsh(p: MatchPrinter): void {
  for (const name of ['nsh_flags', 'nsh_ttl', 'nsh_mdtype', 'nsh_np']) p.maskedDecimal(name, 8, 2)
  p.maskedPadded('nsh_spi', 32, 1)
  p.maskedDecimal('nsh_si', 8, 2)
  // The context headers exist in metadata of type 1 only.
  if (p.get('nsh_mdtype')?.value !== 1n) return
  for (const name of ['nsh_c1', 'nsh_c2', 'nsh_c3', 'nsh_c4']) p.maskedPadded(name, 32, 1)
}

function printTransport(p: MatchPrinter, dlType: bigint): void {
  const proto = p.get('nw_proto')?.value
  const isV4 = dlType === ETH_TYPE.IP
  const isV6 = dlType === ETH_TYPE.IPV6
  if ((isV4 && proto === IP_PROTO.ICMP) || (isV6 && proto === IP_PROTO.ICMPV6)) {
    p.maskedDecimal('tp_src', 16, 1, 'icmp_type')
    p.maskedDecimal('tp_dst', 16, 1, 'icmp_code')
  } else {
    p.maskedDecimal('tp_src', 16)
    p.maskedDecimal('tp_dst', 16)
  }
  if (isV6 && proto === IP_PROTO.ICMPV6) {
    p.address('nd_target', ipv6Address)
    p.address('arp_sha', macAddress, 'nd_sll')
    p.address('arp_tha', macAddress, 'nd_tll')
    p.decimal('nd_reserved')
    p.decimal('nd_options_type')
  }
  if ((isV4 || isV6) && proto === IP_PROTO.TCP) p.flags('tcp_flags', tcpFlags)
}

function printOther(field: OxmField): string {
  const name = field.field === 'unknown' ? printFieldName({ ...field, length: field.data.length }) : field.field
  return `${name}=${printFieldValue(field)}`
}
