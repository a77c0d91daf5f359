import { NX_NAT_F, type NxNatAction } from '../../../openflow/action/conntrack.js'
import { bitsOfValue } from '../../../openflow/oxm/bits.js'
import { ETHERTYPE, PROTOCOL, WORD } from '../packet/key.js'
import type { Packet } from '../packet/packet.js'
import { type Connection, type Conntrack, reversed, type Tuple } from './conntrack.js'

/** A range of numbers, both ends included. */
interface Range {
  readonly min: bigint
  readonly max: bigint
}

/** What the answers to a new connection are to look like; `undefined` when no address and port is left. */
export function translate(original: Tuple, nat: NxNatAction, zone: number, conntrack: Conntrack): Tuple | undefined {
  const source = (nat.flags & NX_NAT_F.SRC) !== 0
  const destination = (nat.flags & NX_NAT_F.DST) !== 0
  const plain = reversed(original)
  if (!source && !destination) return plain
  const addresses = addressRange(original, nat) ?? single(source ? original.src : original.dst)
  const own = source ? original.srcPort : original.dstPort
  const icmp = original.protocol === PROTOCOL.ICMP || original.protocol === PROTOCOL.ICMPV6
  const ports = icmp ? single(BigInt(own)) : portRange(nat, own, source)
  // The connection's own port first, if it may be kept.
  const first = BigInt(own) >= ports.min && BigInt(own) <= ports.max ? BigInt(own) : ports.min
  const count = ports.max - ports.min + 1n
  for (let address = addresses.min; address <= addresses.max; address++) {
    for (let i = 0n; i < count; i++) {
      const port = Number(ports.min + ((first - ports.min + i) % count))
      const reply: Tuple = source
        ? { ...plain, dst: address, dstPort: port, ...(icmp && { srcPort: port }) }
        : { ...plain, src: address, srcPort: port, ...(icmp && { dstPort: port }) }
      if (!conntrack.isTaken(zone, reply)) return reply
    }
    if (address - addresses.min > 0xffffn) return undefined
  }
  return undefined
}

/** Rewrites a packet of a connection as it is to look on the other side. */
export function rewrite(packet: Packet, { original, reply }: Connection, isReply: boolean): void {
  const from = isReply ? reply : original
  const to = isReply ? reversed(original) : reversed(reply)
  const ipv6 = from.ethertype === ETHERTYPE.IPV6
  const address = (word: number): { word: number; words: number; shift: number; bits: number } =>
    ipv6 ? { word, words: 4, shift: 0, bits: 128 } : { word, words: 1, shift: 0, bits: 32 }
  packet.write(address(ipv6 ? WORD.IPV6_SRC : WORD.IP_SRC), to.src)
  packet.write(address(ipv6 ? WORD.IPV6_DST : WORD.IP_DST), to.dst)
  if (from.protocol === PROTOCOL.ICMP || from.protocol === PROTOCOL.ICMPV6) return
  packet.write({ word: WORD.TP_SRC, words: 1, shift: 0, bits: 16 }, BigInt(to.srcPort))
  packet.write({ word: WORD.TP_DST, words: 1, shift: 0, bits: 16 }, BigInt(to.dstPort))
}

function single(value: bigint): Range {
  return { min: value, max: value }
}

function addressRange({ ethertype }: Tuple, nat: NxNatAction): Range | undefined {
  const ipv6 = ethertype === ETHERTYPE.IPV6
  const name = ipv6 ? 'ipv6_src' : 'ipv4_src'
  const from = ipv6 ? nat.ipv6Min : nat.ipv4Min
  if (from === undefined) return undefined
  const min = bitsOfValue(name, from)
  return { min, max: bitsOfValue(name, (ipv6 ? nat.ipv6Max : nat.ipv4Max) ?? from) }
}

/** Without a range, the destination's port stays; a sender's may become any that is not reserved. */
function portRange(nat: NxNatAction, own: number, source: boolean): Range {
  if (nat.portMin !== undefined) return { min: BigInt(nat.portMin), max: BigInt(nat.portMax ?? nat.portMin) }
  if (!source) return single(BigInt(own))
  return own < 1024 ? { min: 1n, max: 1023n } : { min: 1024n, max: 65535n }
}
