import { viewOf } from './bytes.js'
import { decodeIpv4, type Ipv4 } from './ipv4.js'
import { decodeIpv6, type Ipv6, isLaterFragment } from './ipv6.js'
import { ipProtocol } from './numbers.js'

/**
 * The beginning of the packet that an ICMP error is about, as the error carries it (RFC 792, RFC 4443 §3): enough to find
 * the flow that caused the error. It is cut anywhere after the IP header, so what is missing is no problem.
 */
export interface EmbeddedPacket {
  readonly src: string
  readonly dst: string
  /** Of the upper layer; for IPv6 after the extension headers. */
  readonly protocol: number
  readonly ipv4?: Ipv4
  readonly ipv6?: Ipv6
  /** Of TCP, UDP and SCTP. */
  readonly srcPort?: number
  /** Of TCP, UDP and SCTP. */
  readonly dstPort?: number
  /** Of an ICMP or ICMPv6 echo. */
  readonly id?: number
  /** Of an ICMP or ICMPv6 echo. */
  readonly seq?: number
  /** What there is of the upper layer, its header included. */
  readonly payload: Uint8Array
}

/** Reads the packet inside an ICMP error; undefined when its IP header is not all there. */
export function decodeEmbedded(bytes: Uint8Array): EmbeddedPacket | undefined {
  if ((bytes[0] ?? 0) >> 4 === 6) {
    const { header, payload } = decodeIpv6(bytes)
    if (header === undefined) return undefined
    const { src, dst, protocol } = header
    return { src, dst, protocol, ipv6: header, ...(isLaterFragment(header) ? {} : upperLayer(protocol, payload)), payload }
  }
  const { header, payload } = decodeIpv4(bytes)
  if (header === undefined) return undefined
  const { src, dst, protocol } = header
  return { src, dst, protocol, ipv4: header, ...(header.fragmentOffset > 0 ? {} : upperLayer(protocol, payload)), payload }
}

const echoTypes: Readonly<Record<number, readonly number[]>> = {
  [ipProtocol.icmp]: [0, 8],
  [ipProtocol.icmpv6]: [128, 129],
}

function upperLayer(protocol: number, bytes: Uint8Array): Partial<Pick<EmbeddedPacket, 'srcPort' | 'dstPort' | 'id' | 'seq'>> {
  const view = viewOf(bytes)
  const hasPorts = protocol === ipProtocol.tcp || protocol === ipProtocol.udp || protocol === ipProtocol.sctp
  if (hasPorts && bytes.length >= 4) return { srcPort: view.getUint16(0), dstPort: view.getUint16(2) }
  if (bytes.length >= 8 && echoTypes[protocol]?.includes(view.getUint8(0))) {
    return { id: view.getUint16(4), seq: view.getUint16(6) }
  }
  return {}
}
