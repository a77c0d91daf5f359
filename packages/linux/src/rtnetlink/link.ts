import { NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST } from '../netlink/constants.js'
import { NetlinkReader, decodeAttributes, decodeString } from '../netlink/reader.js'
import type { NetlinkWriter } from '../netlink/writer.js'
import { formatMac, parseMac } from '../packet/mac.js'
import * as rt from './constants.js'
import { encodeLinkKind, type LinkKind } from './link-kind.js'

/** A link to be made (RTM_NEWLINK, rtnetlink(7), `struct ifinfomsg`). */
export interface NewLink {
  /** Interface name, at most 15 bytes. */
  readonly name: string
  /** Interface index to take; the kernel chooses one when it is left out. Given, later requests of one batch can refer to it. */
  readonly index?: number | undefined
  readonly kind: LinkKind
  /** `02:…` text; the kernel chooses when left out. */
  readonly mac?: string | undefined
  /** Bytes. */
  readonly mtu?: number | undefined
  /** Administratively up from the start. A veth end can only be up when its peer exists: use {@link encodeSetLink} after it. */
  readonly up?: boolean | undefined
  /** Interface group, to address many links with one request. */
  readonly group?: number | undefined
  /** Index of the lower device (macvlan, vlan, vxlan). */
  readonly link?: number | undefined
  /** Index of the bridge that it becomes a port of. */
  readonly master?: number | undefined
  /** Namespace to put it into; default is the one that the request is sent in. */
  readonly namespace?: string | undefined
}

/** A change of existing links: of one by its index or name, or of all of a group. */
export interface SetLink {
  readonly index?: number | undefined
  readonly name?: string | undefined
  /** All links of this group instead of one. */
  readonly group?: number | undefined
  readonly up?: boolean | undefined
  readonly mtu?: number | undefined
  readonly mac?: string | undefined
  readonly master?: number | undefined
  readonly newName?: string | undefined
  /** A note that `ip link` shows, of at most 255 bytes; empty takes it away. */
  readonly alias?: string | undefined
  /** Take all packets, also those for others (IFF_PROMISC). */
  readonly promiscuous?: boolean | undefined
  /** Make an IPv6 link-local address when it comes up; false keeps an end that only a switch uses silent. */
  readonly linkLocal?: boolean | undefined
  readonly namespace?: string | undefined
}

/** A link as the kernel reports it. */
export interface LinkInfo {
  readonly index: number
  readonly name: string
  readonly kind: string | undefined
  /** The note that somebody has put on it. */
  readonly alias: string | undefined
  /** It is told to take all packets, also those for others (IFF_PROMISC). */
  readonly promiscuous: boolean
  readonly mac: string | undefined
  readonly mtu: number | undefined
  readonly up: boolean
  /** Has carrier. */
  readonly running: boolean
  /** RFC 2863 `ifOperStatus`: `up` means that it can send now. */
  readonly operationalState: (typeof OPERATIONAL_STATES)[number]
  readonly group: number
  readonly master: number | undefined
  readonly link: number | undefined
}

/** Values of IFLA_OPERSTATE, in order (RFC 2863, 3.1.14). */
const OPERATIONAL_STATES = ['unknown', 'notpresent', 'down', 'lowerlayerdown', 'testing', 'dormant', 'up'] as const

/** `struct ifinfomsg`. */
function ifinfomsg(writer: NetlinkWriter, index: number, flags: number, change: number): void {
  writer.u8(rt.AF_UNSPEC).u8(0).u16(0).i32(index).u32(flags).u32(change)
}

/** The part of a link's description that a veth's peer shares. */
export function encodeLinkBody(writer: NetlinkWriter, link: Omit<NewLink, 'kind'>): void {
  const flags = link.up === true ? rt.IFF_UP : 0
  ifinfomsg(writer, link.index ?? 0, flags, flags)
  writer.attributeString(rt.IFLA_IFNAME, link.name)
  if (link.mac !== undefined) writer.attributeBytes(rt.IFLA_ADDRESS, parseMac(link.mac))
  if (link.mtu !== undefined) writer.attributeU32(rt.IFLA_MTU, link.mtu)
  if (link.group !== undefined) writer.attributeU32(rt.IFLA_GROUP, link.group)
  if (link.link !== undefined) writer.attributeU32(rt.IFLA_LINK, link.link)
  if (link.master !== undefined) writer.attributeU32(rt.IFLA_MASTER, link.master)
  if (link.namespace !== undefined) writer.attributeNamespace(rt.IFLA_NET_NS_FD, link.namespace)
}

/** Appends the request that creates a link. */
export function encodeNewLink(writer: NetlinkWriter, label: string, link: NewLink): void {
  const flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK
  writer.message(label, rt.RTM_NEWLINK, flags, (w) => {
    encodeLinkBody(w, link)
    w.nested(rt.IFLA_LINKINFO, (info) => encodeLinkKind(info, link.kind, encodeLinkBody))
  })
}

/** Appends the request that changes a link, or every link of a group. */
export function encodeSetLink(writer: NetlinkWriter, label: string, link: SetLink): void {
  writer.message(label, rt.RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, (w) => {
    const change = (link.up === undefined ? 0 : rt.IFF_UP) | (link.promiscuous === undefined ? 0 : rt.IFF_PROMISC)
    ifinfomsg(w, link.index ?? 0, (link.up === true ? rt.IFF_UP : 0) | (link.promiscuous === true ? rt.IFF_PROMISC : 0), change)
    if (link.index === undefined && link.name !== undefined) w.attributeString(rt.IFLA_IFNAME, link.name)
    if (link.index !== undefined && link.newName !== undefined) w.attributeString(rt.IFLA_IFNAME, link.newName)
    // Bytes without the zero at the end, as the kernel gives it back.
    if (link.alias !== undefined) w.attributeBytes(rt.IFLA_IFALIAS, new TextEncoder().encode(link.alias))
    if (link.linkLocal !== undefined) {
      const mode = link.linkLocal ? rt.IN6_ADDR_GEN_MODE_EUI64 : rt.IN6_ADDR_GEN_MODE_NONE
      w.nested(rt.IFLA_AF_SPEC, (families) => families.nested(rt.AF_INET6, (v6) => v6.attributeU8(rt.IFLA_INET6_ADDR_GEN_MODE, mode)))
    }
    if (link.group !== undefined) w.attributeU32(rt.IFLA_GROUP, link.group)
    if (link.mac !== undefined) w.attributeBytes(rt.IFLA_ADDRESS, parseMac(link.mac))
    if (link.mtu !== undefined) w.attributeU32(rt.IFLA_MTU, link.mtu)
    if (link.master !== undefined) w.attributeU32(rt.IFLA_MASTER, link.master)
    if (link.namespace !== undefined) w.attributeNamespace(rt.IFLA_NET_NS_FD, link.namespace)
  })
}

/** Appends the request that gives a link one more name, of up to 127 bytes, by which `ip link show` and others find it too (Linux 5.5). */
export function encodeAlternativeName(writer: NetlinkWriter, label: string, index: number, name: string): void {
  writer.message(label, rt.RTM_NEWLINKPROP, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, (w) => {
    ifinfomsg(w, index, 0, 0)
    w.nested(rt.IFLA_PROP_LIST, (list) => list.attributeString(rt.IFLA_ALT_IFNAME, name))
  })
}

/** Appends the request that deletes a link, or every link of a group. */
export function encodeDeleteLink(writer: NetlinkWriter, label: string, link: Pick<SetLink, 'index' | 'name' | 'group'>): void {
  writer.message(label, rt.RTM_DELLINK, NLM_F_REQUEST | NLM_F_ACK, (w) => {
    ifinfomsg(w, link.index ?? 0, 0, 0)
    if (link.index === undefined && link.name !== undefined) w.attributeString(rt.IFLA_IFNAME, link.name)
    if (link.group !== undefined) w.attributeU32(rt.IFLA_GROUP, link.group)
  })
}

/** Reads the body of an RTM_NEWLINK or RTM_DELLINK message. */
export function decodeLink(body: Uint8Array): LinkInfo {
  const reader = new NetlinkReader(body)
  reader.take(4)
  const index = reader.i32()
  const flags = reader.u32()
  reader.u32()
  let name = ''
  let kind: string | undefined
  let alias: string | undefined
  let mac: string | undefined
  let mtu: number | undefined
  let group = 0
  let operationalState: LinkInfo['operationalState'] = 'unknown'
  let master: number | undefined
  let link: number | undefined
  for (const { type, value } of decodeAttributes(reader.rest())) {
    const u32 = (): number => new NetlinkReader(value).u32()
    if (type === rt.IFLA_IFNAME) name = decodeString(value)
    else if (type === rt.IFLA_ADDRESS && value.length === 6) mac = formatMac(value)
    else if (type === rt.IFLA_IFALIAS) alias = decodeString(value)
    else if (type === rt.IFLA_MTU) mtu = u32()
    else if (type === rt.IFLA_GROUP) group = u32()
    else if (type === rt.IFLA_OPERSTATE) operationalState = OPERATIONAL_STATES[value[0] ?? 0] ?? 'unknown'
    else if (type === rt.IFLA_MASTER) master = u32()
    else if (type === rt.IFLA_LINK) link = u32()
    else if (type === rt.IFLA_LINKINFO) {
      for (const info of decodeAttributes(value)) if (info.type === rt.IFLA_INFO_KIND) kind = decodeString(info.value)
    }
  }
  return { index, name, kind, alias, promiscuous: (flags & rt.IFF_PROMISC) !== 0, mac, mtu, up: (flags & rt.IFF_UP) !== 0, running: (flags & rt.IFF_LOWER_UP) !== 0, operationalState, group, master, link }
}
