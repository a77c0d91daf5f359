import { sctpChecksum, updateChecksum } from './checksum.js'
import { extract, extractPayload, isMpls, type Layout, MAX_LABELS, MAX_VLANS, ndOptions, u16 } from './extract.js'
import {
  type BitRange,
  ETHERTYPE,
  FRAG,
  type Key,
  KEY_WORDS,
  ones,
  PROTOCOL,
  readBits,
  VLAN_PRESENT,
  WORD,
  writeBits,
} from './key.js'

/** A frame on its way through the switch, with its flow key. Writing to a field of the frame changes both. */
export class Packet {
  readonly key: Key
  #frame: Uint8Array
  /** Another packet, or the outside, has the same bytes: they must be copied before they are written to. */
  #shared = true
  #layout: Layout
  readonly #vlanLimit: number

  /** @param vlanLimit how many VLAN tags are looked at, 0 to 2; OVS's own default is 1 (`other_config:vlan-limit`). */
  constructor(frame: Uint8Array, vlanLimit = 1) {
    this.#frame = frame
    this.#vlanLimit = vlanLimit
    this.key = new Uint32Array(KEY_WORDS)
    this.#layout = extract(frame, this.key, vlanLimit)
  }

  /** The bytes as they are now. They stay as they are when the packet is changed. */
  get frame(): Uint8Array {
    this.#shared = true
    return this.#frame
  }

  /** How many bytes the frame has. */
  get length(): number {
    return this.#frame.length
  }

  /** A copy that goes its own way. */
  clone(): Packet {
    const copy = new Packet(new Uint8Array(), this.#vlanLimit)
    copy.key.set(this.key)
    copy.#frame = this.frame
    copy.#layout = { ...this.#layout }
    return copy
  }

  /** Some bits of the key. */
  read(range: BitRange): bigint {
    return readBits(this.key, range)
  }

  /** Writes some bits of the key, and of the frame where they are there. */
  write(range: BitRange, value: bigint): void {
    if (readBits(this.key, range) === (value & ones(range.bits))) return
    writeBits(this.key, range, value)
    for (let word = range.word; word < range.word + range.words; word++) this.#commit(word)
  }

  /** Inserts a VLAN tag with VID and priority 0 in front of all others (as OVS does, other than §5.12.1 of 1.3.5). */
  pushVlan(ethertype: number): void {
    const { key } = this
    // OVS loses the innermost of the tags for which it has no room.
    if (this.#layout.vlans === MAX_VLANS) this.#splice(16, 4, 0)
    key.copyWithin(WORD.INNER_TCI, WORD.VLAN_TCI, WORD.VLAN_TCI + 2)
    key[WORD.VLAN_TCI] = VLAN_PRESENT
    key[WORD.VLAN_TPID] = ethertype
    this.#layout.vlans = Math.min(this.#layout.vlans + 1, MAX_VLANS)
    this.#splice(12, 0, 4)
    this.#put16(12, ethertype)
    this.#put16(14, 0)
  }

  /** Takes the outermost VLAN tag away, if there is one. */
  popVlan(): void {
    if (this.#layout.vlans === 0) return
    const { key } = this
    key.copyWithin(WORD.VLAN_TCI, WORD.INNER_TCI, WORD.INNER_TCI + 2)
    key.fill(0, WORD.INNER_TCI, WORD.INNER_TCI + 2)
    this.#layout.vlans--
    this.#splice(12, 4, 0)
  }

  /** How many MPLS labels the key has, up to the bottom of the stack. */
  get labels(): number {
    if (!isMpls(this.key[WORD.ETH_TYPE] as number)) return 0
    for (let i = 0; i < MAX_LABELS; i++) if ((this.key[WORD.MPLS + i] as number) & 0x100) return i + 1
    // Without a bottom: up to the last that is not zero.
    for (let i = MAX_LABELS; i > 0; i--) if (this.key[WORD.MPLS + i - 1] !== 0) return i
    return 0
  }

  /** Inserts an MPLS label after the VLAN tags. Returns false when there is no room for it in a key. */
  pushMpls(ethertype: number): boolean {
    const { key } = this
    const labels = this.labels
    if (labels >= MAX_LABELS) return false
    let label = (key[WORD.MPLS] as number) & ~0x100
    if (labels === 0) {
      const ip = isIp(key)
      const ttl = (ip && key[WORD.IP_TTL]) || 64
      const trafficClass = ip ? ((key[WORD.IP_TOS] as number) >> 2) & 7 : 0
      label = ((key[WORD.ETH_TYPE] === ETHERTYPE.IPV6 ? 2 : 0) << 12) | (trafficClass << 9) | 0x100 | ttl
      key.fill(0, WORD.MPLS, KEY_WORDS)
    } else {
      key.copyWithin(WORD.MPLS + 1, WORD.MPLS, WORD.MPLS + MAX_LABELS - 1)
    }
    key[WORD.MPLS] = label
    key[WORD.ETH_TYPE] = ethertype
    const at = this.#layout.payload
    this.#splice(at, 0, 4)
    Object.assign(this.#layout, { payload: at, l3: -1, l4: -1 })
    this.#put16(at, label >>> 16)
    this.#put16(at + 2, label & 0xffff)
    this.#put16(at - 2, ethertype)
    return true
  }

  /** Takes the outermost MPLS label away and reads the rest as what `ethertype` says. Returns whether it could. */
  popMpls(ethertype: number): boolean {
    const { key } = this
    const labels = this.labels
    if (labels === 0 || (labels === MAX_LABELS && !((key[WORD.MPLS + MAX_LABELS - 1] as number) & 0x100))) return false
    const at = this.#layout.payload
    this.#splice(at, 4, 0)
    this.#layout.payload = at
    this.#put16(at - 2, ethertype)
    key[WORD.ETH_TYPE] = ethertype
    extractPayload(this.#frame, key, this.#layout)
    return true
  }

  /** Where the parts of the frame are. */
  get layout(): Readonly<Layout> {
    return this.#layout
  }

  /** Writes a word of the key to where it is in the frame. */
  #commit(word: number): void {
    const { key } = this
    const { l3, l4, payload } = this.#layout
    const type = key[WORD.ETH_TYPE] as number
    const value = key[word] as number
    if (word < WORD.ETH_DST) return
    if (word < WORD.ETH_TYPE) return this.#commitMac(word, 0, WORD.ETH_DST)
    if (word === WORD.VLAN_TCI) return this.#commitVlan(value)
    if (word === WORD.MPLS) {
      if (isMpls(type)) this.#patch32(payload, value)
      return
    }
    // Without a protocol, or an ARP operation, OVS takes it that there is no such header.
    if (l3 < 0 || key[WORD.IP_PROTO] === 0) return
    if (type === ETHERTYPE.ARP || type === ETHERTYPE.RARP) return this.#commitArp(word, value, l3)
    if (word >= WORD.IPV6_SRC && word < WORD.IPV6_LABEL) return this.#commitIpv6Address(word, value, l3)
    switch (word) {
      case WORD.IP_SRC:
        return this.#patch32(l3 + 12, value, [l3 + 10, ...this.#transportChecksum()])
      case WORD.IP_DST:
        return this.#patch32(l3 + 16, value, [l3 + 10, ...this.#transportChecksum()])
      case WORD.IPV6_LABEL:
      case WORD.IP_TOS:
        if (type === ETHERTYPE.IPV4) return this.#patch16(l3, (this.#get(l3) << 8) | value, [l3 + 10])
        this.#put16(l3, ((this.#get(l3) & 0xf0) << 8) | ((key[WORD.IP_TOS] as number) << 4) | ((key[WORD.IPV6_LABEL] as number) >> 16))
        return this.#put16(l3 + 2, (key[WORD.IPV6_LABEL] as number) & 0xffff)
      case WORD.IP_TTL:
        if (type === ETHERTYPE.IPV4) return this.#patch16(l3 + 8, (value << 8) | this.#get(l3 + 9), [l3 + 10])
        return this.#put16(l3 + 6, (this.#get(l3 + 6) << 8) | value)
    }
    if (l4 >= 0) this.#commitTransport(word, value, l4)
  }

  #commitTransport(word: number, value: number, l4: number): void {
    const { key } = this
    const protocol = key[WORD.IP_PROTO]
    const checksums = protocol === PROTOCOL.ICMP ? [l4 + 2] : this.#transportChecksum()
    if (word >= WORD.ND_TARGET && word < WORD.ND_TARGET + 4) {
      this.#patch32(l4 + 8 + 4 * (word - WORD.ND_TARGET), value, checksums)
    } else if (word === WORD.ND_RESERVED) {
      this.#patch32(l4 + 4, value, checksums)
    } else if (word >= WORD.ARP_SHA && word < WORD.ARP_THA + 2) {
      const option = word < WORD.ARP_THA ? WORD.ARP_SHA : WORD.ARP_THA
      for (const found of ndOptions(this.#frame, l4, this.#layout.end)) {
        if (found?.word !== option) continue
        return this.#commitMac(word, found.at + 2, option, checksums)
      }
    } else if (protocol === PROTOCOL.ICMP || protocol === PROTOCOL.ICMPV6) {
      this.#patch16(l4, ((key[WORD.TP_SRC] as number) << 8) | (key[WORD.TP_DST] as number), checksums)
    } else if (protocol === PROTOCOL.SCTP) {
      this.#commitSctp(word, value, l4)
    } else {
      this.#patch16(word === WORD.TP_SRC ? l4 : l4 + 2, value, checksums)
    }
  }

  /** A wrong checksum stays as wrong as it was. */
  #commitSctp(word: number, value: number, l4: number): void {
    const packet = (): Uint8Array => this.#frame.subarray(l4, this.#layout.end)
    const before = sctpChecksum(packet())
    this.#put16(word === WORD.TP_SRC ? l4 : l4 + 2, value)
    const change = before ^ sctpChecksum(packet())
    this.#put16(l4 + 8, u16(this.#frame, l4 + 8) ^ (((change & 0xff) << 8) | ((change >>> 8) & 0xff)))
    this.#put16(l4 + 10, u16(this.#frame, l4 + 10) ^ (((change >>> 8) & 0xff00) | (change >>> 24)))
  }

  #commitVlan(tci: number): void {
    if (tci & VLAN_PRESENT) {
      if (this.#layout.vlans === 0) {
        this.#splice(12, 0, 4)
        this.#put16(12, ETHERTYPE.VLAN)
        this.key[WORD.VLAN_TPID] = ETHERTYPE.VLAN
        this.#layout.vlans = 1
      }
      this.#put16(14, tci & ~VLAN_PRESENT)
    } else if (this.#layout.vlans > 0) {
      this.popVlan()
    }
  }

  #commitArp(word: number, value: number, l3: number): void {
    switch (word) {
      case WORD.IP_SRC:
        return this.#patch32(l3 + 14, value)
      case WORD.IP_DST:
        return this.#patch32(l3 + 24, value)
      case WORD.IP_PROTO:
        this.key[WORD.IP_PROTO] = value & 0xff
        return this.#put16(l3 + 6, value & 0xff)
    }
    if (word >= WORD.ARP_SHA && word < WORD.ARP_THA) this.#commitMac(word, l3 + 8, WORD.ARP_SHA)
    if (word >= WORD.ARP_THA && word < WORD.ARP_THA + 2) this.#commitMac(word, l3 + 18, WORD.ARP_THA)
  }

  #commitIpv6Address(word: number, value: number, l3: number): void {
    const covered = !(this.#layout.routed && word >= WORD.IPV6_DST)
    this.#patch32(l3 + 8 + 4 * (word - WORD.IPV6_SRC), value, covered ? this.#transportChecksum() : [])
  }

  /** A word of addresses that begin at `at` of the frame and at `first` of the key: 16 and 32 bits by turns. */
  #commitMac(word: number, at: number, first: number, checksums: readonly number[] = []): void {
    const index = word - first
    const start = at + 6 * (index >> 1)
    const value = this.key[word] as number
    if (start + 6 > this.#frame.length) return
    if (index & 1) this.#patch32(start + 2, value, checksums)
    else this.#patch16(start, value, checksums)
  }

  /** Where the checksum is that covers the IP addresses, if the packet has one. */
  #transportChecksum(): number[] {
    const { l4 } = this.#layout
    if (l4 < 0 || (this.key[WORD.IP_FRAG] as number) & FRAG.LATER) return []
    switch (this.key[WORD.IP_PROTO]) {
      case PROTOCOL.TCP:
        return [l4 + 16]
      case PROTOCOL.UDP:
        return u16(this.#frame, l4 + 6) === 0 ? [] : [l4 + 6]
      case PROTOCOL.ICMPV6:
        return [l4 + 2]
      default:
        return []
    }
  }

  #patch32(at: number, value: number, checksums: readonly number[] = []): void {
    this.#patch16(at, value >>> 16, checksums)
    this.#patch16(at + 2, value & 0xffff, checksums)
  }

  /** Writes 16 bits; UDP's checksum never becomes 0, which would mean that there is none. */
  #patch16(at: number, value: number, checksums: readonly number[] = []): void {
    const before = u16(this.#frame, at)
    if (before === value) return
    this.#put16(at, value)
    for (const checksum of checksums) {
      updateChecksum(this.#frame, checksum, before, value)
      const udp = this.key[WORD.IP_PROTO] === PROTOCOL.UDP && checksum === this.#layout.l4 + 6
      if (udp && u16(this.#frame, checksum) === 0) this.#put16(checksum, 0xffff)
    }
  }

  #put16(at: number, value: number): void {
    this.#own()
    this.#frame[at] = value >> 8
    this.#frame[at + 1] = value & 0xff
  }

  #get(at: number): number {
    return this.#frame[at] ?? 0
  }

  #own(): void {
    if (!this.#shared) return
    this.#frame = this.#frame.slice()
    this.#shared = false
  }

  /** Replaces `remove` bytes at `at` by `insert` zeros, and moves what the layout says of the rest. */
  #splice(at: number, remove: number, insert: number): void {
    const frame = new Uint8Array(this.#frame.length - remove + insert)
    frame.set(this.#frame.subarray(0, at))
    frame.set(this.#frame.subarray(at + remove), at + insert)
    this.#frame = frame
    this.#shared = false
    const shift = insert - remove
    const layout = this.#layout
    layout.payload += shift
    layout.end += shift
    if (layout.l3 >= 0) layout.l3 += shift
    if (layout.l4 >= 0) layout.l4 += shift
  }
}

/** Whether a key is of an IP packet. */
export function isIp(key: Key): boolean {
  return key[WORD.ETH_TYPE] === ETHERTYPE.IPV4 || key[WORD.ETH_TYPE] === ETHERTYPE.IPV6
}
