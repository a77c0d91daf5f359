import type { ReceivedFrame } from '../core/frame.js'
import { decodeArp, type ArpPacket } from '../packet/arp.js'
import { etherType } from '../packet/ethernet.js'
import { decodeIpv4, type Ipv4Packet } from '../packet/ipv4.js'
import { decodeIpv6, type Ipv6Packet } from '../packet/ipv6.js'
import { ipOf, type Ip } from './vip.js'

/** A packet that routing goes by. */
export type ReceivedPacket =
  | (Ends & { readonly type: 'arp'; readonly arp: ArpPacket })
  | (Ends & { readonly type: 'ipv4'; readonly ipv4: Ipv4Packet; readonly octets: Uint8Array })
  | (Ends & { readonly type: 'ipv6'; readonly ipv6: Ipv6Packet; readonly octets: Uint8Array })

/** Who sent it, and to whom. */
interface Ends {
  readonly src: Ip
  readonly dst: Ip
}

/** Header of the frame and its tag: packets of a VLAN always come with a tag. */
const start = 18

/** The packet in a frame of a VLAN; `undefined` when it is none of ours, or its header is not complete. */
export function receivedPacket({ ethType, data }: ReceivedFrame): ReceivedPacket | undefined {
  const octets = data.subarray(start)
  if (ethType === etherType.arp) {
    const arp = decodeArp(octets)
    return arp && { type: 'arp', arp, src: ipOf(arp.senderIp), dst: ipOf(arp.targetIp) }
  }
  if (ethType === etherType.ipv4) {
    const ipv4 = decodeIpv4(octets)
    return ipv4 && { type: 'ipv4', ipv4, octets, src: ipOf(ipv4.src), dst: ipOf(ipv4.dst) }
  }
  if (ethType !== etherType.ipv6) return undefined
  const ipv6 = decodeIpv6(octets)
  return ipv6 && { type: 'ipv6', ipv6, octets, src: ipOf(ipv6.src), dst: ipOf(ipv6.dst) }
}

/** Whether the switch sent the whole frame. */
export function isComplete({ data, totalLen }: ReceivedFrame): boolean {
  return data.length === totalLen
}
