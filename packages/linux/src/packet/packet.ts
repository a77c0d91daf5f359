import type { Arp } from './arp.js'
import type { Ethernet, VlanTag } from './ethernet.js'
import type { Icmp } from './icmp.js'
import type { Icmpv6 } from './icmpv6.js'
import type { Ipv4 } from './ipv4.js'
import type { Ipv6 } from './ipv6.js'
import type { Tcp } from './tcp.js'
import type { Udp } from './udp.js'

/** The layers in which a problem can be found. */
export type Layer = 'ethernet' | 'vlan' | 'arp' | 'ipv4' | 'ipv6' | 'icmp' | 'icmpv6' | 'udp' | 'tcp'

/** The first problem of a frame. */
export interface Malformed {
  readonly layer: Layer
  /** In bytes from the start of the frame. */
  readonly offset: number
  /** Begins with "truncated" when there are fewer bytes than announced, as in a capture with a snap length. */
  readonly reason: string
}

/** A decoded Ethernet frame: one property for each layer that is there. */
export interface Packet {
  /** Of a frame below 14 bytes, which is malformed, the missing bytes count as zero. */
  readonly ethernet: Ethernet
  /** Outermost first; empty for an untagged frame. */
  readonly vlans: readonly VlanTag[]
  readonly arp?: Arp
  readonly ipv4?: Ipv4
  readonly ipv6?: Ipv6
  /** Absent in fragments other than the first, as are the other upper layers. */
  readonly icmp?: Icmp
  readonly icmpv6?: Icmpv6
  readonly udp?: Udp
  readonly tcp?: Tcp
  /** The undecoded LLDP data unit. */
  readonly lldp?: Uint8Array
  /**
   * The bytes after the innermost decoded header, without Ethernet padding where the layers say how long they are. A view
   * on `frame`, not a copy.
   */
  readonly payload: Uint8Array
  /** Set when something could not be read, or the frame holds fewer bytes than its headers announce. */
  readonly malformed?: Malformed
  /** The bytes that were decoded. */
  readonly frame: Uint8Array
}
