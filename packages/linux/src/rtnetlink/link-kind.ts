import type { NetlinkWriter } from '../netlink/writer.js'
import { parseAddress } from './ip-address.js'
import * as rt from './constants.js'
import type { NewLink } from './link.js'

/**
 * What a link is: IFLA_LINKINFO of rtnetlink. Kinds that are not listed can be made with `other`,
 * whose `data` is the ready content of IFLA_INFO_DATA.
 *
 * A `tun` or `tap` device is no rtnetlink kind (the kernel answers EOPNOTSUPP): it is made through
 * /dev/net/tun, see `TunDevice` in the agent's protocol.
 */
export type LinkKind =
  | { readonly type: 'veth'; readonly peer: Omit<NewLink, 'kind'> }
  | { readonly type: 'macvlan'; readonly mode?: keyof typeof rt.MACVLAN_MODES }
  | VxlanKind
  | { readonly type: 'bridge'; readonly stp?: boolean; readonly vlanFiltering?: boolean }
  | { readonly type: 'vlan'; readonly vid: number; readonly protocol?: '802.1Q' | '802.1ad' }
  | { readonly type: 'dummy' }
  | { readonly type: 'ifb' }
  | { readonly type: 'other'; readonly kind: string; readonly data?: Uint8Array }

/** A VXLAN tunnel end (RFC 7348). */
export interface VxlanKind {
  readonly type: 'vxlan'
  /** VNI, 24 bits. */
  readonly vni: number
  /** Remote tunnel end, or a multicast group. */
  readonly remote?: string
  readonly local?: string
  /** UDP destination port; default 4789 (IANA), not the kernel's old 8472. */
  readonly port?: number
  readonly ttl?: number
  /** Learn which inner MAC is behind which remote; default true. */
  readonly learning?: boolean
  /** Index of the interface that carries the tunnel; needed for a multicast group. */
  readonly lower?: number
}

function encodeVxlan(w: NetlinkWriter, kind: VxlanKind): void {
  w.attributeU32(rt.IFLA_VXLAN_ID, kind.vni)
  if (kind.remote !== undefined) {
    const address = parseAddress(kind.remote)
    w.attributeBytes(address.bytes.length === 4 ? rt.IFLA_VXLAN_GROUP : rt.IFLA_VXLAN_GROUP6, address.bytes)
  }
  if (kind.local !== undefined) {
    const address = parseAddress(kind.local)
    w.attributeBytes(address.bytes.length === 4 ? rt.IFLA_VXLAN_LOCAL : rt.IFLA_VXLAN_LOCAL6, address.bytes)
  }
  if (kind.lower !== undefined) w.attributeU32(rt.IFLA_VXLAN_LINK, kind.lower)
  if (kind.ttl !== undefined) w.attributeU8(rt.IFLA_VXLAN_TTL, kind.ttl)
  w.attributeU8(rt.IFLA_VXLAN_LEARNING, kind.learning === false ? 0 : 1)
  w.attribute(rt.IFLA_VXLAN_PORT, (port) => port.be16(kind.port ?? 4789))
}

/**
 * Writes IFLA_INFO_KIND and IFLA_INFO_DATA.
 * @param encodePeer writes the description of a veth's other end
 */
export function encodeLinkKind(w: NetlinkWriter, kind: LinkKind, encodePeer: (w: NetlinkWriter, peer: Omit<NewLink, 'kind'>) => void): void {
  w.attributeString(rt.IFLA_INFO_KIND, kind.type === 'other' ? kind.kind : kind.type)
  switch (kind.type) {
    case 'veth':
      w.nested(rt.IFLA_INFO_DATA, (data) => data.nested(rt.VETH_INFO_PEER, (peer) => encodePeer(peer, kind.peer)))
      break
    case 'macvlan':
      w.nested(rt.IFLA_INFO_DATA, (data) => data.attributeU32(rt.IFLA_MACVLAN_MODE, rt.MACVLAN_MODES[kind.mode ?? 'bridge']))
      break
    case 'vxlan':
      w.nested(rt.IFLA_INFO_DATA, (data) => encodeVxlan(data, kind))
      break
    case 'bridge':
      w.nested(rt.IFLA_INFO_DATA, (data) => {
        if (kind.stp !== undefined) data.attributeU32(rt.IFLA_BR_STP_STATE, kind.stp ? 1 : 0)
        if (kind.vlanFiltering !== undefined) data.attributeU8(rt.IFLA_BR_VLAN_FILTERING, kind.vlanFiltering ? 1 : 0)
      })
      break
    case 'vlan':
      w.nested(rt.IFLA_INFO_DATA, (data) => {
        data.attributeU16(rt.IFLA_VLAN_ID, kind.vid)
        data.attribute(rt.IFLA_VLAN_PROTOCOL, (p) => p.be16(kind.protocol === '802.1ad' ? 0x88a8 : 0x8100))
      })
      break
    case 'other':
      if (kind.data !== undefined) w.attributeBytes(rt.IFLA_INFO_DATA, kind.data)
      break
    case 'dummy':
    case 'ifb':
      break
  }
}
