import type { Arp } from './arp.js'
import { arpOp } from './arp.js'
import { formatIcmp, formatIcmpv6 } from './format-icmp.js'
import { formatIpv6Extensions, upperLayerLength } from './format-ip.js'
import { isLaterFragment } from './ipv6.js'
import { ipProtocol, minEtherType } from './numbers.js'
import type { Packet } from './packet.js'
import type { Tcp } from './tcp.js'
import type { TcpOption } from './tcp-option.js'
import type { Udp } from './udp.js'
import { decodeVxlan } from './vxlan.js'

/** VXLAN within VXLAN is written out this far. */
const maxDepth = 4

/**
 * One line in tcpdump's words, as `tcpdump -nnS` prints it without the leading `IP`:
 * `vlan 100, 10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 2, length 64`. A malformed packet is written as far as it
 * was decoded, with the problem at the end.
 */
export function formatPacket(packet: Packet): string {
  return formatFrame(packet, 0)
}

function formatFrame(packet: Packet, depth: number): string {
  const vlans = packet.vlans.map(({ vid, pcp, dei }) => `vlan ${vid}, ${pcp ? `p ${pcp}, ` : ''}${dei ? 'DEI, ' : ''}`).join('')
  const problem = packet.malformed ? ` [malformed ${packet.malformed.layer}: ${packet.malformed.reason}]` : ''
  return `${vlans}${formatNetworkLayer(packet, depth)}${problem}`
}

function formatNetworkLayer(packet: Packet, depth: number): string {
  const { ethernet, arp, lldp, payload, frame } = packet
  if (arp) return formatArp(arp)
  if (packet.ipv4 ?? packet.ipv6) return formatIp(packet, depth)
  if (lldp) return `LLDP, length ${lldp.length}`
  const ends = `${ethernet.src} > ${ethernet.dst}`
  if (ethernet.type < minEtherType) return `${ends}, 802.3, length ${payload.length}`
  return `${ends}, ethertype 0x${ethernet.type.toString(16).padStart(4, '0')}, length ${frame.length}`
}

function formatArp(arp: Arp): string {
  const length = 'length 28'
  if (arp.op === arpOp.request) {
    const known = arp.tha === '00:00:00:00:00:00' ? '' : ` (${arp.tha})`
    return `ARP, Request who-has ${arp.tpa}${known} tell ${arp.spa}, ${length}`
  }
  if (arp.op === arpOp.reply) return `ARP, Reply ${arp.spa} is-at ${arp.sha}, ${length}`
  return `ARP, Unknown (${arp.op}), ${length}`
}

function formatIp(packet: Packet, depth: number): string {
  const { ipv4, ipv6, tcp, udp } = packet
  const ports = tcp ?? udp
  const { src, dst } = ipv4 ?? ipv6 ?? { src: '', dst: '' }
  const ends = ports ? `${src}.${ports.srcPort} > ${dst}.${ports.dstPort}` : `${src} > ${dst}`
  const upper = formatUpperLayer(packet, depth)
  return `${ends}: ${[...(ipv6 ? formatIpv6Extensions(ipv6) : []), ...(upper ? [upper] : [])].join(' ')}`
}

function formatUpperLayer(packet: Packet, depth: number): string {
  const { ipv4, ipv6, tcp, udp, icmp, icmpv6 } = packet
  const length = upperLayerLength(packet)
  if (tcp) return formatTcp(tcp, Math.max(length - tcp.dataOffset * 4, 0))
  if (udp) return formatUdp(packet, udp, depth)
  if (icmp) return `ICMP ${formatIcmp(icmp)}, length ${length}`
  if (icmpv6) return `ICMP6, ${formatIcmpv6(icmpv6)}, length ${length}`
  if (ipv6 && isLaterFragment(ipv6)) return ''
  if (ipv6?.protocol === ipProtocol.noNextHeader) return 'no next header'
  if (ipv4 && ipv4.fragmentOffset > 0) return `ip-proto-${ipv4.protocol}`
  return `ip-proto-${ipv4?.protocol ?? ipv6?.protocol} ${length}`
}

function formatUdp(packet: Packet, udp: Udp, depth: number): string {
  const vxlan = depth < maxDepth ? decodeVxlan(packet) : undefined
  if (vxlan) {
    const flags = `flags [${vxlan.flags & 0x08 ? 'I' : '.'}] (0x${vxlan.flags.toString(16).padStart(2, '0')})`
    return `VXLAN, ${flags}, vni ${vxlan.vni}: ${formatFrame(vxlan.inner, depth + 1)}`
  }
  return `UDP, length ${udp.length === 0 ? packet.payload.length : Math.max(udp.length - 8, 0)}`
}

/** tcpdump leaves out the sequence number of segments that take none. */
function formatTcp(tcp: Tcp, length: number): string {
  const { flags } = tcp
  const counted = length > 0 || flags.syn || flags.fin || flags.rst
  const end = length > 0 ? `:${(tcp.seq + length) % 2 ** 32}` : ''
  return [
    `Flags [${tcp.flagsText}]`,
    ...(counted ? [`seq ${tcp.seq}${end}`] : []),
    ...(flags.ack ? [`ack ${tcp.ack}`] : []),
    `win ${tcp.window}`,
    ...(flags.urg ? [`urg ${tcp.urgentPointer}`] : []),
    ...(tcp.options.length > 0 ? [`options [${tcp.options.map(formatTcpOption).join(',')}]`] : []),
    `length ${length}`,
  ].join(', ')
}

function formatTcpOption(option: TcpOption): string {
  switch (option.type) {
    case 'nop':
      return 'nop'
    case 'endOfOptions':
      return 'eol'
    case 'mss':
      return `mss ${option.mss}`
    case 'windowScale':
      return `wscale ${option.shift}`
    case 'sackPermitted':
      return 'sackOK'
    case 'sack':
      return `sack ${option.blocks.length} ${option.blocks.map(({ left, right }) => `{${left}:${right}}`).join('')}`
    case 'timestamps':
      return `TS val ${option.value} ecr ${option.echoReply}`
    case 'unknown': {
      const data = Array.from(option.data, (byte) => byte.toString(16).padStart(2, '0')).join('')
      return `unknown-${option.kind}${data && ` 0x${data}`}`
    }
  }
}
