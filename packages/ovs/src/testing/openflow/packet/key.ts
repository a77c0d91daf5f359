/**
 * The words of a flow key, 32 bits each: everything that a match can look at, in one array. Values of more than 32 bits
 * take several words, the most significant first, so that `xreg0` is simply `reg0` and `reg1`. The sharing of words is
 * that of Open vSwitch's `struct flow`: ARP's addresses are where IPv4's are, ND's link addresses where ARP's are.
 */
export const WORD = {
  IN_PORT: 0,
  METADATA: 1,
  REG: 3,
  TUNNEL_ID: 19,
  PKT_MARK: 21,
  DP_HASH: 22,
  CONJ_ID: 23,
  CT_STATE: 24,
  CT_ZONE: 25,
  CT_MARK: 26,
  CT_LABEL: 27,
  CT_NW_PROTO: 31,
  CT_NW_SRC: 32,
  CT_NW_DST: 33,
  CT_IPV6_SRC: 34,
  CT_IPV6_DST: 38,
  CT_TP_SRC: 42,
  CT_TP_DST: 43,
  TUN_SRC: 44,
  TUN_DST: 45,
  TUN_IPV6_SRC: 46,
  TUN_IPV6_DST: 50,
  TUN_FLAGS: 54,
  TUN_GBP_ID: 55,
  TUN_GBP_FLAGS: 56,
  TUN_ERSPAN_VER: 57,
  TUN_ERSPAN_IDX: 58,
  TUN_ERSPAN_DIR: 59,
  TUN_ERSPAN_HWID: 60,
  TUN_GTPU_FLAGS: 61,
  TUN_GTPU_MSGTYPE: 62,
  ACTSET_OUTPUT: 63,
  /** From here on, what is in the frame. */
  ETH_DST: 64,
  ETH_SRC: 66,
  ETH_TYPE: 68,
  VLAN_TCI: 69,
  VLAN_TPID: 70,
  INNER_TCI: 71,
  INNER_TPID: 72,
  MPLS: 73,
  /** From here on, what an MPLS header hides. */
  IP_SRC: 76,
  IP_DST: 77,
  IPV6_SRC: 78,
  IPV6_DST: 82,
  IPV6_LABEL: 86,
  ND_TARGET: 87,
  IP_PROTO: 91,
  IP_TOS: 92,
  IP_TTL: 93,
  IP_FRAG: 94,
  ARP_SHA: 95,
  ARP_THA: 97,
  TCP_FLAGS: 99,
  TP_SRC: 100,
  TP_DST: 101,
  ND_RESERVED: 102,
  ND_OPTIONS_TYPE: 103,
  PACKET_TYPE: 104,
} as const

/** How many words a key has. */
export const KEY_WORDS = 105

/** A flow key; see {@link WORD}. */
export type Key = Uint32Array

/** The bit of `VLAN_TCI` that says that there is a tag (in the place of the frame's own CFI bit). */
export const VLAN_PRESENT = 0x1000

/** Bits of `IP_FRAG` (ovs-fields(7), `ip_frag`). */
export const FRAG = { ANY: 1, LATER: 2 } as const

/** Ethertypes that the switch looks into. */
export const ETHERTYPE = {
  IPV4: 0x0800,
  ARP: 0x0806,
  RARP: 0x8035,
  VLAN: 0x8100,
  IPV6: 0x86dd,
  MPLS: 0x8847,
  MPLS_MULTICAST: 0x8848,
  SERVICE_VLAN: 0x88a8,
  /** What OVS calls an 802.3 frame without an Ethertype. */
  NONE: 0x05ff,
} as const

/** IP protocols that the switch looks into. */
export const PROTOCOL = { ICMP: 1, IGMP: 2, TCP: 6, UDP: 17, FRAGMENT: 44, ICMPV6: 58, SCTP: 132 } as const

/** Some bits of a key: `bits` of them above the `shift` least significant ones of `words` words from `word` on. */
export interface BitRange {
  readonly word: number
  readonly words: number
  readonly shift: number
  readonly bits: number
}

/** The value of a range of bits. */
export function readBits(key: Key, { word, words, shift, bits }: BitRange): bigint {
  if (words === 1) return BigInt(bits === 32 ? (key[word] as number) : ((key[word] as number) >>> shift) & (2 ** bits - 1))
  let value = 0n
  for (let i = word; i < word + words; i++) value = (value << 32n) | BigInt(key[i] as number)
  return (value >> BigInt(shift)) & ones(bits)
}

/** Overwrites a range of bits; of `value`, only as many bits as there is room for count. */
export function writeBits(key: Key, { word, words, shift, bits }: BitRange, value: bigint): void {
  let whole = 0n
  for (let i = word; i < word + words; i++) whole = (whole << 32n) | BigInt(key[i] as number)
  const mask = ones(bits) << BigInt(shift)
  whole = (whole & ~mask) | ((value << BigInt(shift)) & mask)
  for (let i = word + words - 1; i >= word; i--) {
    key[i] = Number(whole & 0xffffffffn)
    whole >>= 32n
  }
}

/** A number of `bits` ones. */
export function ones(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n
}
