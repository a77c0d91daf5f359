import { formatIpv4 } from '../../address/ipv4.js'
import { formatIpv6 } from '../../address/ipv6.js'
import type { Frame } from './frame.js'
import { printTcpFlags } from './tcp-flags.js'

/** An IP packet, taken apart for printing. */
interface PrintedIp {
  /** How Open vSwitch names the kind of packet, such as `udp6`. */
  readonly name: string
  readonly fields: string
  /** Empty, or the checksum of the transport after a space. */
  readonly checksum: string
}

/** What of the network layer decides about the rest. */
interface Network {
  readonly fields: string
  readonly protocol: number
  readonly tos: number
  readonly ttl: number
  readonly fragment: 'no' | 'first' | 'later'
  readonly transport: Frame | undefined
}

/** A packet of IPv4 (`type` 0x0800) or IPv6 (0x86dd). What is cut off reads as zeros. */
export function printIp(frame: Frame, type: 0x0800 | 0x86dd): PrintedIp {
  const v6 = type === 0x86dd
  const network = v6 ? ipv6(frame) : ipv4(frame)
  const { protocol, tos, ttl, fragment, transport } = network
  const kind = kinds[protocol]
  // ICMP of the other version has no name and no fields of its own, but its type and code show as ports.
  const foreign = protocol === (v6 ? 1 : 58)
  const known = kind && !foreign
  const common = `nw_tos=${tos & 0xfc},nw_ecn=${tos & 3},nw_ttl=${ttl},nw_frag=${fragment}`
  const number = known && kind.name !== '' ? '' : `nw_proto=${protocol},`
  const layer4 =
    fragment === 'later' ? '' : foreign ? printTypeAndCodeAsPorts(transport, 8) : known ? kind.print(transport) : ''
  const name = known && kind.name !== '' ? `${kind.name}${v6 && protocol !== 58 ? '6' : ''}` : v6 ? 'ipv6' : 'ip'
  return {
    name,
    fields: `${network.fields},${number}${common}${layer4}`,
    checksum: kind && transport ? kind.checksum(transport) : '',
  }
}

const none: Omit<Network, 'fields'> = { protocol: 0, tos: 0, ttl: 0, fragment: 'no', transport: undefined }

function ipv4(frame: Frame): Network {
  const headerLength = 4 * (frame.u8(0) & 0xf)
  const totalLength = frame.u16(2)
  const sane =
    headerLength >= 20 &&
    frame.left >= 20 &&
    totalLength <= frame.left &&
    headerLength <= totalLength &&
    frame.left - totalLength <= 0xff
  if (!sane) return { ...none, fields: 'nw_src=0.0.0.0,nw_dst=0.0.0.0' }
  const fragment = frame.u16(6)
  const transport = frame.first(totalLength)
  transport.skip(headerLength)
  return {
    fields: `nw_src=${formatIpv4(frame.u32(12))},nw_dst=${formatIpv4(frame.u32(16))}`,
    protocol: frame.u8(9),
    tos: frame.u8(1),
    ttl: frame.u8(8),
    fragment: (fragment & 0x1fff) !== 0 ? 'later' : (fragment & 0x2000) !== 0 ? 'first' : 'no',
    transport,
  }
}

function ipv6(frame: Frame): Network {
  const payload = frame.u16(4)
  const sane = frame.left >= 40 && payload <= frame.left - 40 && frame.left - 40 - payload <= 0xff
  const label = (value: number) => `ipv6_label=0x${value.toString(16).padStart(5, '0')}`
  if (!sane) return { ...none, fields: `ipv6_src=::,ipv6_dst=::,${label(0)}` }
  const fields = [
    `ipv6_src=${formatIpv6(frame.bytes, frame.at + 8)}`,
    `ipv6_dst=${formatIpv6(frame.bytes, frame.at + 24)}`,
    label(frame.u32(0) & 0xfffff),
  ].join(',')
  const base = { fields, tos: (frame.u16(0) >> 4) & 0xff, ttl: frame.u8(7) }
  const rest = frame.first(40 + payload)
  rest.skip(40)
  const beyond = extensionHeaders(rest, frame.u8(6))
  return beyond ? { ...base, ...beyond } : { ...none, fields: fields.replace(/[0-9a-f]{5}$/, '00000') }
}

const extensions = new Set([0, 43, 60])

/** Goes over the extension headers; `undefined` when they are cut off. */
function extensionHeaders(
  rest: Frame,
  first: number,
): Pick<Network, 'protocol' | 'fragment' | 'transport'> | undefined {
  let protocol = first
  let fragment: Network['fragment'] = 'no'
  for (;;) {
    if (!extensions.has(protocol) && protocol !== 51 && protocol !== 44) return { protocol, fragment, transport: rest }
    if (rest.left < 8) return undefined
    const next = rest.u8(0)
    if (protocol === 44) {
      const offset = rest.u16(2)
      if ((offset & 0xfff9) !== 0) {
        fragment = 'first'
        if ((offset & 0xfff8) !== 0) return { protocol: 44, fragment: 'later', transport: undefined }
      }
      protocol = next
      rest.skip(8)
      continue
    }
    const length = protocol === 51 ? 4 * (rest.u8(1) + 2) : 8 * (rest.u8(1) + 1)
    if (rest.left < length) return undefined
    protocol = next
    rest.skip(length)
  }
}

/** A transport protocol: what is printed of it, and its checksum. */
interface Kind {
  readonly name: string
  readonly print: (frame: Frame | undefined) => string
  readonly checksum: (frame: Frame) => string
}

const at = (name: string, offset: number, length: number) => (frame: Frame) =>
  frame.left >= length ? ` ${name}:${frame.u16(offset).toString(16)}` : ''

function tcpHeaderFits(frame: Frame): boolean {
  const length = 4 * (frame.u8(12) >> 4)
  return length >= 20 && length <= frame.left
}

function ports(frame: Frame | undefined, length: number): string {
  const there = frame && frame.left >= length
  return `,tp_src=${there ? frame.u16(0) : 0},tp_dst=${there ? frame.u16(2) : 0}`
}

function typeAndCode(frame: Frame | undefined, length: number): string {
  const there = frame && frame.left >= length
  return `,icmp_type=${there ? frame.u8(0) : 0},icmp_code=${there ? frame.u8(1) : 0}`
}

function printTypeAndCodeAsPorts(frame: Frame | undefined, length: number): string {
  const there = frame && frame.left >= length
  return `,tp_src=${there ? frame.u8(0) : 0},tp_dst=${there ? frame.u8(1) : 0}`
}

const kinds: Readonly<Record<number, Kind>> = {
  1: { name: 'icmp', print: (frame) => typeAndCode(frame, 8), checksum: at('icmp_csum', 2, 8) },
  // IGMP has no name, but its type and code stand in the place of the ports.
  2: {
    name: '',
    print: (frame) => printTypeAndCodeAsPorts(frame, 8),
    checksum: () => '',
  },
  6: {
    name: 'tcp',
    print: (frame) => {
      const header = frame && frame.left >= 20 && tcpHeaderFits(frame) ? frame : undefined
      return `${ports(header, 20)},tcp_flags=${printTcpFlags(header ? header.u16(12) & 0xfff : 0)}`
    },
    checksum: at('tcp_csum', 16, 20),
  },
  17: { name: 'udp', print: (frame) => ports(frame, 8), checksum: at('udp_csum', 6, 8) },
  58: { name: 'icmp6', print: printIcmpv6, checksum: at('icmp6_csum', 2, 8) },
  132: {
    name: 'sctp',
    print: (frame) => ports(frame, 12),
    checksum: (frame) => (frame.left >= 12 ? ` sctp_csum:${frame.u32(8).toString(16)}` : ''),
  },
}

/** Neighbour solicitations and advertisements have a target and options (RFC 4861 §4.3, §4.4). */
function printIcmpv6(frame: Frame | undefined): string {
  const text = typeAndCode(frame, 4)
  if (!frame || frame.left < 4) return text
  const type = frame.u8(0)
  if (frame.u8(1) !== 0 || (type !== 135 && type !== 136)) return text
  let sll = '00:00:00:00:00:00'
  let tll = sll
  if (frame.left < 24) return `${text},nd_target=::,nd_sll=${sll},nd_tll=${tll}`
  const target = formatIpv6(frame.bytes, frame.at + 8)
  for (let at = 24; at + 8 <= frame.left; ) {
    const length = 8 * frame.u8(at + 1)
    if (length === 0 || at + length > frame.left) break
    const kind = frame.u8(at)
    if (length === 8 && kind === 1 && type === 135) sll = frame.mac(at + 2)
    else if (length === 8 && kind === 2 && type === 136) tll = frame.mac(at + 2)
    at += length
  }
  return `${text},nd_target=${target},nd_sll=${sll},nd_tll=${tll}`
}

/** The Network Service Header (RFC 8300), and the fields of IP that Open vSwitch prints behind it. */
export function printNsh(frame: Frame): string {
  const length = 4 * (frame.u16(0) & 0x3f)
  const rest = ',nw_proto=0,nw_tos=0,nw_ecn=0,nw_ttl=0,nw_frag=no'
  const flags = (frame.u16(0) >> 12) & 0xf
  const header =
    length >= 8 && length <= frame.left && frame.u8(0) >> 6 === 0
      ? [
          `nsh_flags=${flags & 3}`,
          `nsh_ttl=${(frame.u16(0) >> 6) & 0x3f}`,
          `nsh_mdtype=${frame.u8(2)}`,
          `nsh_np=${frame.u8(3)}`,
          `nsh_spi=0x${(frame.u32(4) >>> 8).toString(16)}`,
          `nsh_si=${frame.u8(7)}`,
          ...(frame.u8(2) === 1
            ? [0, 1, 2, 3].map((i) => `nsh_c${i + 1}=0x${frame.u32(8 + 4 * i).toString(16)}`)
            : []),
        ]
      : ['nsh_flags=0', 'nsh_ttl=0', 'nsh_mdtype=0', 'nsh_np=0', 'nsh_spi=0x0', 'nsh_si=0']
  return `,${header.join(',')}${rest}`
}
