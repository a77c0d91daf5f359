import { decodeArp } from './arp.js'
import type { Decoded } from './decoded.js'
import { decodeEthernet, decodeVlanTag, isVlanTpid, type VlanTag } from './ethernet.js'
import { decodeIcmp } from './icmp.js'
import { decodeIcmpv6 } from './icmpv6.js'
import { decodeIpv4 } from './ipv4.js'
import { decodeIpv6, isLaterFragment } from './ipv6.js'
import { etherType, ipProtocol, minEtherType } from './numbers.js'
import type { Layer, Packet } from './packet.js'
import { decodeTcp } from './tcp.js'
import { decodeUdp } from './udp.js'

type Draft = { -readonly [Key in keyof Packet]: Packet[Key] }

/**
 * Decodes an Ethernet II or 802.3 frame (without FCS) as far as the codec knows its layers. It never throws and does not
 * verify checksums, which are often wrong in captures on virtual links, where the kernel leaves them to hardware that is
 * not there. What it returns are views on `frame`: copy the frame first when its buffer will be used again.
 */
export function decodePacket(frame: Uint8Array): Packet {
  const { header, payload, problem } = decodeEthernet(frame)
  const draft: Draft = { ethernet: header, vlans: [], payload, frame }
  if (problem) {
    draft.malformed = { layer: 'ethernet', ...problem }
    return draft
  }
  decodeVlans(draft)
  decodeNetworkLayer(draft)
  return draft
}

/**
 * Moves on to the payload of a decoded layer and gives the layer's header. The first problem of a frame is the one that
 * counts: later ones follow from it.
 */
function enter<Header>(draft: Draft, layer: Layer, decoded: Decoded<Header>): Header | undefined {
  if (decoded.problem) {
    const start = draft.payload.byteOffset - draft.frame.byteOffset
    draft.malformed ??= { layer, offset: start + decoded.problem.offset, reason: decoded.problem.reason }
  }
  draft.payload = decoded.payload
  return decoded.header
}

function decodeVlans(draft: Draft): void {
  const vlans: VlanTag[] = []
  let { type } = draft.ethernet
  while (isVlanTpid(type)) {
    const decoded = decodeVlanTag(type, draft.payload)
    if (decoded === undefined) {
      const reason = `truncated: ${draft.payload.length} of 4 tag bytes`
      enter(draft, 'vlan', { payload: draft.payload, problem: { offset: 0, reason } })
      break
    }
    vlans.push(decoded.tag)
    type = decoded.type
    draft.payload = decoded.payload
  }
  draft.vlans = vlans
  draft.ethernet = { ...draft.ethernet, type }
}

function decodeNetworkLayer(draft: Draft): void {
  const { payload } = draft
  const { type } = draft.ethernet
  if (type === etherType.ipv4) {
    const ipv4 = enter(draft, 'ipv4', decodeIpv4(payload))
    if (ipv4 === undefined) return
    draft.ipv4 = ipv4
    if (ipv4.fragmentOffset === 0) decodeUpperLayer(draft, ipv4.protocol, ipProtocol.icmp, ipv4.flags.mf)
  } else if (type === etherType.ipv6) {
    const ipv6 = enter(draft, 'ipv6', decodeIpv6(payload))
    if (ipv6 === undefined) return
    draft.ipv6 = ipv6
    const fragment = ipv6.extensions.some((extension) => extension.type === 'fragment' && extension.moreFragments)
    if (!isLaterFragment(ipv6)) decodeUpperLayer(draft, ipv6.protocol, ipProtocol.icmpv6, fragment)
  } else if (type === etherType.arp) {
    const arp = enter(draft, 'arp', decodeArp(payload))
    if (arp) draft.arp = arp
  } else if (type === etherType.lldp) {
    draft.lldp = payload
  } else if (type < minEtherType) {
    const reason = `truncated: ${payload.length} of ${type} bytes`
    const problem = type > payload.length ? { offset: 0, reason } : undefined
    enter(draft, 'ethernet', { payload: payload.subarray(0, type), ...(problem && { problem }) })
  }
}

/** `icmp` is the ICMP of the IP version at hand; the other version's is not decoded. */
function decodeUpperLayer(draft: Draft, protocol: number, icmp: number, fragment: boolean): void {
  const { payload } = draft
  if (protocol === ipProtocol.tcp) {
    const tcp = enter(draft, 'tcp', decodeTcp(payload))
    if (tcp) draft.tcp = tcp
  } else if (protocol === ipProtocol.udp) {
    const udp = enter(draft, 'udp', decodeUdp(payload, fragment))
    if (udp) draft.udp = udp
  } else if (protocol === ipProtocol.icmp && protocol === icmp) {
    const header = enter(draft, 'icmp', decodeIcmp(payload))
    if (header) draft.icmp = header
  } else if (protocol === ipProtocol.icmpv6 && protocol === icmp) {
    const header = enter(draft, 'icmpv6', decodeIcmpv6(payload))
    if (header) draft.icmpv6 = header
  }
}
