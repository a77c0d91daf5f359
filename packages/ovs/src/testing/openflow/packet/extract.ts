import { ETHERTYPE, FRAG, KEY_WORDS, type Key, PROTOCOL, VLAN_PRESENT, WORD } from './key.js'

/** Where the parts of a frame begin, in bytes; -1: the frame has no such part, or it is cut off. */
export interface Layout {
  /** How many VLAN tags the key has. */
  vlans: number
  /** The first byte after the Ethertype: the first MPLS header, if there are any, otherwise the payload. */
  payload: number
  /** An ARP or IP header that is whole. */
  l3: number
  /** A transport header that is whole. */
  l4: number
  /** One past the last byte of the IP packet; after it comes padding. */
  end: number
  /** An IPv6 routing header with segments left: the checksum does not cover the destination in the IPv6 header. */
  routed: boolean
}

/** The most VLAN tags, and MPLS labels, that a key has room for. */
export const MAX_VLANS = 2
export const MAX_LABELS = 3

/**
 * Reads from a frame what can be matched, as Open vSwitch does (`flow_extract`): parts of the key that the frame does
 * not have, or that are cut off, stay 0. It never throws. Words of the key that are not of the frame are left alone.
 */
export function extract(frame: Uint8Array, key: Key, vlanLimit: number): Layout {
  key.fill(0, WORD.ETH_DST, KEY_WORDS)
  const layout: Layout = { vlans: 0, payload: frame.length, l3: -1, l4: -1, end: frame.length, routed: false }
  if (frame.length < 14) return layout
  key[WORD.ETH_DST] = u16(frame, 0)
  key[WORD.ETH_DST + 1] = u32(frame, 2)
  key[WORD.ETH_SRC] = u16(frame, 6)
  key[WORD.ETH_SRC + 1] = u32(frame, 8)

  let at = 12
  while (layout.vlans < Math.min(vlanLimit, MAX_VLANS) && isVlan(u16(frame, at)) && frame.length - at >= 6) {
    key[WORD.VLAN_TPID + 2 * layout.vlans] = u16(frame, at)
    key[WORD.VLAN_TCI + 2 * layout.vlans] = u16(frame, at + 2) | VLAN_PRESENT
    layout.vlans++
    at += 4
  }
  let type = u16(frame, at)
  at += 2
  if (type < 0x600) {
    type = ETHERTYPE.NONE
    // LLC and SNAP with an Ethertype.
    if (frame.length - at >= 8 && u32(frame, at) === 0xaaaa0300 && u16(frame, at + 4) === 0) {
      if (u16(frame, at + 6) >= 0x600) type = u16(frame, at + 6)
      at += 8
    }
  }
  key[WORD.ETH_TYPE] = type
  layout.payload = at

  extractPayload(frame, key, layout)
  return layout
}

/** The same from {@link Layout.payload} on, by the Ethertype that the key has. */
export function extractPayload(frame: Uint8Array, key: Key, layout: Layout): void {
  key.fill(0, WORD.MPLS, KEY_WORDS)
  layout.l3 = -1
  layout.l4 = -1
  layout.end = frame.length
  layout.routed = false
  if (isMpls(key[WORD.ETH_TYPE] as number)) extractMpls(frame, key, layout.payload)
  else extractL3(frame, key, layout)
}

/** Whether an Ethertype is that of a VLAN tag. */
export function isVlan(type: number): boolean {
  return type === ETHERTYPE.VLAN || type === ETHERTYPE.SERVICE_VLAN
}

/** Whether an Ethertype is that of MPLS. */
export function isMpls(type: number): boolean {
  return type === ETHERTYPE.MPLS || type === ETHERTYPE.MPLS_MULTICAST
}

function extractMpls(frame: Uint8Array, key: Key, start: number): void {
  for (let i = 0, at = start; i < MAX_LABELS && at + 4 <= frame.length; i++, at += 4) {
    key[WORD.MPLS + i] = u32(frame, at)
    if ((frame[at + 2] as number) & 1) break
  }
}

/** What follows the Ethertype, or the last MPLS label. */
function extractL3(frame: Uint8Array, key: Key, layout: Layout): void {
  switch (key[WORD.ETH_TYPE]) {
    case ETHERTYPE.ARP:
    case ETHERTYPE.RARP:
      return extractArp(frame, key, layout)
    case ETHERTYPE.IPV4:
      return extractIpv4(frame, key, layout)
    case ETHERTYPE.IPV6:
      return extractIpv6(frame, key, layout)
  }
}

function extractArp(frame: Uint8Array, key: Key, layout: Layout): void {
  const at = layout.payload
  if (frame.length - at < 28) return
  // OVS sets fields of any ARP packet, but looks into those of Ethernet and IPv4 only.
  layout.l3 = at
  if (u32(frame, at) !== 0x00010800 || u16(frame, at + 4) !== 0x0604) return
  const op = u16(frame, at + 6)
  key[WORD.IP_PROTO] = op <= 0xff ? op : 0
  key[WORD.ARP_SHA] = u16(frame, at + 8)
  key[WORD.ARP_SHA + 1] = u32(frame, at + 10)
  key[WORD.IP_SRC] = u32(frame, at + 14)
  key[WORD.ARP_THA] = u16(frame, at + 18)
  key[WORD.ARP_THA + 1] = u32(frame, at + 20)
  key[WORD.IP_DST] = u32(frame, at + 24)
}

function extractIpv4(frame: Uint8Array, key: Key, layout: Layout): void {
  const at = layout.payload
  const size = frame.length - at
  if (size < 20) return
  const headerLength = 4 * ((frame[at] as number) & 0xf)
  const totalLength = u16(frame, at + 2)
  if (headerLength < 20 || headerLength > totalLength || totalLength > size) return
  layout.l3 = at
  layout.end = at + totalLength
  key[WORD.IP_SRC] = u32(frame, at + 12)
  key[WORD.IP_DST] = u32(frame, at + 16)
  key[WORD.IP_TOS] = frame[at + 1] as number
  key[WORD.IP_TTL] = frame[at + 8] as number
  key[WORD.IP_PROTO] = frame[at + 9] as number
  const fragment = u16(frame, at + 6)
  if (fragment & 0x3fff) key[WORD.IP_FRAG] = fragment & 0x1fff ? FRAG.ANY | FRAG.LATER : FRAG.ANY
  if (!(fragment & 0x1fff)) extractL4(frame, key, layout, at + headerLength)
}

function extractIpv6(frame: Uint8Array, key: Key, layout: Layout): void {
  const at = layout.payload
  const size = frame.length - at
  if (size < 40 || 40 + u16(frame, at + 4) > size) return
  layout.l3 = at
  layout.end = at + 40 + u16(frame, at + 4)
  for (let i = 0; i < 8; i++) key[WORD.IPV6_SRC + i] = u32(frame, at + 8 + 4 * i)
  const first = u32(frame, at)
  key[WORD.IP_TOS] = (first >>> 20) & 0xff
  key[WORD.IPV6_LABEL] = first & 0xfffff
  key[WORD.IP_TTL] = frame[at + 7] as number

  let protocol = frame[at + 6] as number
  let next = at + 40
  while (isExtension(protocol)) {
    if (layout.end - next < 8) return
    const kind = protocol
    protocol = frame[next] as number
    let length = 8 * ((frame[next + 1] as number) + 1)
    if (kind === 51) length = 4 * ((frame[next + 1] as number) + 2)
    if (kind === 43 && frame[next + 3] !== 0) layout.routed = true
    if (kind === PROTOCOL.FRAGMENT) {
      length = 8
      const offset = u16(frame, next + 2)
      if (offset !== 0) key[WORD.IP_FRAG] = FRAG.ANY
      if (offset & 0xfff8) {
        key[WORD.IP_FRAG] = FRAG.ANY | FRAG.LATER
        key[WORD.IP_PROTO] = PROTOCOL.FRAGMENT
        return
      }
    }
    if (length > layout.end - next) return
    next += length
  }
  key[WORD.IP_PROTO] = protocol
  extractL4(frame, key, layout, next)
}

/** Hop-by-hop options, routing, fragment, authentication, destination options. */
function isExtension(protocol: number): boolean {
  return protocol === 0 || protocol === 43 || protocol === 44 || protocol === 51 || protocol === 60
}

function extractL4(frame: Uint8Array, key: Key, layout: Layout, at: number): void {
  const size = layout.end - at
  const ipv6 = key[WORD.ETH_TYPE] === ETHERTYPE.IPV6
  switch (key[WORD.IP_PROTO]) {
    case PROTOCOL.TCP:
      if (size < 20) return
      key[WORD.TCP_FLAGS] = u16(frame, at + 12) & 0xfff
      return ports(frame, key, layout, at)
    case PROTOCOL.UDP:
      return size < 8 ? undefined : ports(frame, key, layout, at)
    case PROTOCOL.SCTP:
      return size < 12 ? undefined : ports(frame, key, layout, at)
    case PROTOCOL.ICMP:
    case PROTOCOL.IGMP:
      return size < 8 || ipv6 ? undefined : types(frame, key, layout, at)
    case PROTOCOL.ICMPV6:
      if (size < 8 || !ipv6) return
      types(frame, key, layout, at)
      if (frame[at + 1] === 0 && (frame[at] === 135 || frame[at] === 136)) extractNd(frame, key, at, layout.end)
  }
}

function ports(frame: Uint8Array, key: Key, layout: Layout, at: number): void {
  layout.l4 = at
  key[WORD.TP_SRC] = u16(frame, at)
  key[WORD.TP_DST] = u16(frame, at + 2)
}

function types(frame: Uint8Array, key: Key, layout: Layout, at: number): void {
  layout.l4 = at
  key[WORD.TP_SRC] = frame[at] as number
  key[WORD.TP_DST] = frame[at + 1] as number
}

function extractNd(frame: Uint8Array, key: Key, at: number, end: number): void {
  key[WORD.ND_RESERVED] = u32(frame, at + 4)
  if (end - at < 24) return
  for (let i = 0; i < 4; i++) key[WORD.ND_TARGET + i] = u32(frame, at + 8 + 4 * i)
  for (const option of ndOptions(frame, at, end)) {
    if (option === undefined) {
      key.fill(0, WORD.ND_TARGET, WORD.ND_TARGET + 4)
      key.fill(0, WORD.ARP_SHA, WORD.ARP_THA + 2)
      key[WORD.ND_OPTIONS_TYPE] = 0
      return
    }
    key[option.word] = u16(frame, option.at + 2)
    key[option.word + 1] = u32(frame, option.at + 4)
    key[WORD.ND_OPTIONS_TYPE] = frame[option.at] as number
  }
}

/** The link address options of a solicitation or advertisement; `undefined` when the options make no sense. */
export function* ndOptions(
  frame: Uint8Array,
  l4: number,
  end: number,
): Generator<{ readonly at: number; readonly word: number } | undefined> {
  const seen = new Set<number>()
  for (let at = l4 + 24; end - at >= 8; ) {
    const length = 8 * (frame[at + 1] as number)
    if (length === 0 || length > end - at) return void (yield undefined)
    const type = frame[at] as number
    if ((type === 1 || type === 2) && length === 8) {
      const zero = u16(frame, at + 2) === 0 && u32(frame, at + 4) === 0
      if (seen.has(type)) return void (yield undefined)
      if (!zero) seen.add(type)
      yield { at, word: type === 1 ? WORD.ARP_SHA : WORD.ARP_THA }
    }
    at += length
  }
}

/** Sixteen bits of a frame; 0 beyond its end. */
export function u16(frame: Uint8Array, at: number): number {
  return ((frame[at] ?? 0) << 8) | (frame[at + 1] ?? 0)
}

/** Thirty-two bits of a frame; 0 beyond its end. */
export function u32(frame: Uint8Array, at: number): number {
  return ((u16(frame, at) << 16) | u16(frame, at + 2)) >>> 0
}
