import { formatIpv4 } from '../../address/ipv4.js'
import { printIp, printNsh } from './packet-ip.js'
import { Frame } from './frame.js'

/** How many VLAN tags and MPLS labels Open vSwitch looks at. */
const maxVlans = 2
const maxLabels = 3

/**
 * An Ethernet frame in one line, as Open vSwitch prints the packet in a packet-in or packet-out: the fields that a flow
 * could match, and the checksum of the transport.
 */
export function printPacket(bytes: Uint8Array): string {
  const frame = new Frame(bytes)
  if (frame.left < 14) return `vlan_tci=0x0000,dl_src=${zeroMac},dl_dst=${zeroMac},dl_type=0x0000`
  const addresses = `dl_src=${frame.mac(6)},dl_dst=${frame.mac(0)}`
  frame.skip(12)
  const vlans = `${printVlans(frame)},${addresses}`
  const type = dlType(frame)
  switch (type) {
    case 0x0800:
    case 0x86dd: {
      const { name, fields, checksum } = printIp(frame, type)
      return `${name},${vlans},${fields}${checksum}`
    }
    case 0x0806:
      return `arp,${vlans},${printArp(frame)}`
    case 0x8035:
      return `rarp,${vlans},${printArp(frame)}`
    case 0x8847:
      return `mpls,${vlans}${printMpls(frame)}`
    case 0x8848:
      return `mplsm,${vlans}${printMpls(frame)}`
    case 0x894f:
      return `${vlans},dl_type=0x894f${printNsh(frame)}`
    default:
      return `${vlans},dl_type=0x${type.toString(16).padStart(4, '0')}`
  }
}

const zeroMac = '00:00:00:00:00:00'

function printVlans(frame: Frame): string {
  const tags: string[] = []
  for (let i = 0; i < maxVlans; i++) {
    const suffix = i === 0 ? '' : String(i)
    const type = frame.u16(0)
    if ((type !== 0x8100 && type !== 0x88a8) || frame.left < 6) {
      tags.push(`vlan_tci${suffix}=0x0000`)
      break
    }
    const tci = frame.u16(2)
    tags.push(`dl_vlan${suffix}=${tci & 0xfff},dl_vlan_pcp${suffix}=${tci >> 13}`)
    frame.skip(4)
  }
  return tags.join(',')
}

/** The type of what follows, behind an LLC and SNAP header too; 0x05ff when there is none. */
function dlType(frame: Frame): number {
  const type = frame.u16(0)
  frame.skip(2)
  if (type >= 0x0600) return type
  if (frame.left < 8) return 0x05ff
  const snap = frame.u16(0) === 0xaaaa && frame.u16(2) === 0x0300 && frame.u16(4) === 0
  const inner = frame.u16(6)
  if (!snap) return 0x05ff
  frame.skip(8)
  return inner >= 0x0600 ? inner : 0x05ff
}

function printArp(frame: Frame): string {
  const valid =
    frame.left >= 28 && frame.u16(0) === 1 && frame.u16(2) === 0x0800 && frame.u16(4) === 0x0604
  if (!valid) return `arp_spa=0.0.0.0,arp_tpa=0.0.0.0,arp_op=0,arp_sha=${zeroMac},arp_tha=${zeroMac}`
  // Operations beyond 255 cannot be matched.
  const op = frame.u16(6)
  return [
    `arp_spa=${formatIpv4(frame.u32(14))}`,
    `arp_tpa=${formatIpv4(frame.u32(24))}`,
    `arp_op=${op <= 0xff ? op : 0}`,
    `arp_sha=${frame.mac(8)}`,
    `arp_tha=${frame.mac(18)}`,
  ].join(',')
}

function printMpls(frame: Frame): string {
  let text = ''
  for (let i = 0; i < maxLabels; i++) {
    const entry = frame.left >= 4 ? frame.u32(0) : 0
    const bottom = (entry >> 8) & 1
    text +=
      i === 0
        ? `,mpls_label=${entry >>> 12},mpls_tc=${(entry >> 9) & 7},mpls_ttl=${entry & 0xff},mpls_bos=${bottom}`
        : `,mpls_lse${i}=${entry}`
    if (bottom === 1) break
    frame.skip(4)
  }
  return text
}
