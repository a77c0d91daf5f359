/** EtherTypes that the codec knows (IEEE 802 numbers). */
export const etherType = {
  ipv4: 0x0800,
  arp: 0x0806,
  /** IEEE 802.1Q customer tag. */
  vlan: 0x8100,
  ipv6: 0x86dd,
  /** IEEE 802.1ad service tag. */
  serviceVlan: 0x88a8,
  lldp: 0x88cc,
  /** The double-tagging TPID from before 802.1ad. */
  legacyServiceVlan: 0x9100,
} as const

/** Protocol numbers of IPv4 `protocol` and IPv6 `nextHeader` that the codec knows (IANA protocol numbers). */
export const ipProtocol = {
  hopByHop: 0,
  icmp: 1,
  tcp: 6,
  udp: 17,
  routing: 43,
  fragment: 44,
  icmpv6: 58,
  noNextHeader: 59,
  destination: 60,
  sctp: 132,
} as const

/** From this value on, the field after the MAC addresses is an EtherType; below, an 802.3 length (IEEE 802.3 §3.2.6). */
export const minEtherType = 0x0600
