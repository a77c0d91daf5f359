import { type Arp, encodeArp } from './arp.js'
import type { IpEndpoints } from './checksum.js'
import { encodeEthernet, type VlanTag } from './ethernet.js'
import { encodeIcmp, type IcmpFields } from './icmp.js'
import { encodeIcmpv6, type Icmpv6Fields } from './icmpv6.js'
import { encodeIpv4, type Ipv4Fields } from './ipv4.js'
import { encodeIpv6, type Ipv6Fields } from './ipv6.js'
import { etherType, ipProtocol } from './numbers.js'
import { encodeTcp, type TcpFields } from './tcp.js'
import { encodeUdp, type UdpFields } from './udp.js'

/** What {@link encodePacket} needs: the layers of a frame, as in a decoded packet. */
export interface PacketFields {
  /** `type` follows from the layer inside; give it when there is none. */
  readonly ethernet: { readonly dst: string; readonly src: string; readonly type?: number }
  /** Outermost first. */
  readonly vlans?: readonly VlanTag[]
  readonly arp?: Arp
  /** `protocol` follows from the layer inside; give it when there is none. */
  readonly ipv4?: Omit<Ipv4Fields, 'protocol'> & { readonly protocol?: number }
  /** `protocol` follows from the layer inside; give it when there is none. */
  readonly ipv6?: Omit<Ipv6Fields, 'protocol'> & { readonly protocol?: number }
  readonly icmp?: IcmpFields
  readonly icmpv6?: Icmpv6Fields
  readonly udp?: UdpFields
  readonly tcp?: TcpFields
  /** What follows the innermost header. Default empty. */
  readonly payload?: Uint8Array
}

/**
 * The Ethernet frame with these layers, with all lengths and checksums computed, without FCS or padding. A decoded packet
 * that is neither malformed nor a fragment gives its frame back, apart from Ethernet padding and wrong checksums.
 *
 * @throws RangeError when a value does not fit its field, or a type or protocol neither follows from a layer nor is given.
 */
export function encodePacket(packet: PacketFields): Uint8Array {
  const { ethernet, vlans = [], arp, ipv4, ipv6, payload = new Uint8Array() } = packet
  const frame = (type: number, content: Uint8Array) => encodeEthernet({ ...ethernet, vlans, type }, content)
  if (arp) return frame(etherType.arp, encodeArp(arp))
  if (ipv4) {
    const [protocol, content] = encodeUpperLayer(packet, ipv4, payload)
    return frame(etherType.ipv4, encodeIpv4({ ...ipv4, protocol: protocol ?? needed(ipv4.protocol, 'ipv4.protocol') }, content))
  }
  if (ipv6) {
    const [protocol, content] = encodeUpperLayer(packet, ipv6, payload)
    return frame(etherType.ipv6, encodeIpv6({ ...ipv6, protocol: protocol ?? needed(ipv6.protocol, 'ipv6.protocol') }, content))
  }
  return frame(needed(ethernet.type, 'ethernet.type'), payload)
}

function encodeUpperLayer(
  { icmp, icmpv6, udp, tcp }: PacketFields,
  endpoints: IpEndpoints,
  payload: Uint8Array,
): [protocol: number | undefined, content: Uint8Array] {
  if (tcp) return [ipProtocol.tcp, encodeTcp(tcp, endpoints, payload)]
  if (udp) return [ipProtocol.udp, encodeUdp(udp, endpoints, payload)]
  if (icmp) return [ipProtocol.icmp, encodeIcmp(icmp, payload)]
  if (icmpv6) return [ipProtocol.icmpv6, encodeIcmpv6(icmpv6, endpoints, payload)]
  return [undefined, payload]
}

function needed(value: number | undefined, field: string): number {
  if (value === undefined) throw new RangeError(`${field}: give it, because no layer inside says what it is`)
  return value
}
