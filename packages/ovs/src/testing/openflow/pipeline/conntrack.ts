import { u16 } from '../packet/extract.js'
import { ETHERTYPE, FRAG, type Key, PROTOCOL, WORD } from '../packet/key.js'
import type { Packet } from '../packet/packet.js'

/** Bits of `ct_state` (ovs-fields(7)). */
export const CS = { NEW: 1, EST: 2, REL: 4, RPL: 8, INV: 16, TRK: 32, SNAT: 64, DNAT: 128 } as const

/** The two ends of a connection as one direction has them. Addresses are 32 or 128 bits. */
export interface Tuple {
  readonly ethertype: number
  readonly protocol: number
  readonly src: bigint
  readonly dst: bigint
  /** Ports; of ICMP, the echo's identifier in both. */
  readonly srcPort: number
  readonly dstPort: number
}

/** A connection that was committed. */
export interface Connection {
  readonly zone: number
  readonly original: Tuple
  /** What answers look like: the original turned round, after NAT. */
  readonly reply: Tuple
  mark: number
  label: bigint
  /** Whether an answer has been seen. */
  answered: boolean
  /** TCP: which sides have sent FIN; 4: reset. */
  finished: number
  expires: number
}

/** What the tracker says of a packet. */
export interface Tracked {
  /** Bits of {@link CS}. */
  readonly state: number
  readonly connection: Connection | undefined
  readonly reply: boolean
  readonly tuple: Tuple | undefined
}

/** A connection tracker with zones: a simple one, which knows no TCP windows and no helpers. */
export class Conntrack {
  readonly #connections = new Map<string, Connection>()

  /** How many connections there are. */
  get size(): number {
    return this.#connections.size / 2
  }

  /** All connections. */
  *values(): Generator<Connection> {
    for (const [id, connection] of this.#connections) if (id === idOf(connection.zone, connection.original)) yield connection
  }

  /** Looks a packet up. Unless `dry`, the connection takes notice of the packet. */
  track(packet: Packet, zone: number, now: number, dry = false): Tracked {
    const tuple = hasGoodChecksums(packet) ? tupleOf(packet) : undefined
    if (tuple === undefined) return { state: CS.TRK | this.#related(packet, zone, now), connection: undefined, reply: false, tuple }
    const id = idOf(zone, tuple)
    let connection = this.#connections.get(id)
    if (connection && now >= connection.expires) {
      this.remove(connection)
      connection = undefined
    }
    const flags = tuple.protocol === PROTOCOL.TCP ? (packet.key[WORD.TCP_FLAGS] as number) : 0
    if (connection && flags === SYN && (connection.finished & 7) > 2) {
      // A closed connection makes room for a new one.
      if (!dry) this.remove(connection)
      connection = undefined
    }
    if (connection === undefined) {
      const invalid = tuple.protocol === PROTOCOL.TCP ? !mayBegin(flags) : !isRequest(packet, tuple)
      return { state: CS.TRK | (invalid ? CS.INV : CS.NEW), connection, reply: false, tuple }
    }
    const reply = id !== idOf(zone, connection.original)
    if (!dry) {
      if (reply) connection.answered = true
      if (flags & FIN) connection.finished |= reply ? 2 : 1
      if (flags & RST) connection.finished |= 4
      connection.expires = now + lifetime(connection)
    }
    const seen = reply || connection.answered
    const state = CS.TRK | (seen ? CS.EST : CS.NEW) | (reply ? CS.RPL : 0) | natState(connection)
    return { state, connection, reply, tuple }
  }

  /** Adds a connection. */
  commit(connection: Connection, now: number): void {
    connection.expires = now + lifetime(connection)
    this.#connections.set(idOf(connection.zone, connection.original), connection)
    this.#connections.set(idOf(connection.zone, connection.reply), connection)
  }

  /** Whether the answers of a connection could not be told from those of another. */
  isTaken(zone: number, reply: Tuple): boolean {
    return this.#connections.has(idOf(zone, reply))
  }

  /** Forgets a connection. */
  remove(connection: Connection): void {
    this.#connections.delete(idOf(connection.zone, connection.original))
    this.#connections.delete(idOf(connection.zone, connection.reply))
  }

  /** Forgets all connections, or those of a zone. */
  flush(zone?: number): void {
    for (const [id, connection] of this.#connections) if (zone === undefined || connection.zone === zone) this.#connections.delete(id)
  }

  /** An ICMP error belongs to the connection of the packet that it quotes. */
  #related(packet: Packet, zone: number, now: number): number {
    const quoted = quotedTuple(packet)
    const connection = quoted && this.#connections.get(idOf(zone, quoted))
    if (!quoted || !connection || now >= connection.expires) return CS.INV
    // The quoted packet went the other way.
    return CS.REL | (idOf(zone, quoted) === idOf(zone, connection.original) ? CS.RPL : 0)
  }
}

const FIN = 1
const SYN = 2
const RST = 4
const ACK = 16

/** Whether a TCP segment may be the first that is seen of a connection: a SYN, or one in the middle. */
function mayBegin(flags: number): boolean {
  if (flags & SYN) return (flags & (ACK | RST | FIN)) === 0
  if (flags & RST) return false
  return (flags & ACK) !== 0
}

/** Whether an ICMP message asks something. */
function isRequest(packet: Packet, { protocol }: Tuple): boolean {
  const type = packet.key[WORD.TP_SRC] as number
  if (protocol === PROTOCOL.ICMP) return [8, 13, 15, 17].includes(type)
  return protocol !== PROTOCOL.ICMPV6 || type === 128
}

/** The tuple of the other direction. */
export function reversed(tuple: Tuple): Tuple {
  return { ...tuple, src: tuple.dst, dst: tuple.src, srcPort: tuple.dstPort, dstPort: tuple.srcPort }
}

/** Whether the connection's sender or its destination is translated. */
export function natState({ original, reply }: Connection): number {
  const back = reversed(reply)
  const source = back.src !== original.src || back.srcPort !== original.srcPort
  const destination = back.dst !== original.dst || back.dstPort !== original.dstPort
  return (source ? CS.SNAT : 0) | (destination ? CS.DNAT : 0)
}

function idOf(zone: number, t: Tuple): string {
  return `${zone}/${t.ethertype}/${t.protocol}/${t.src}/${t.srcPort}/${t.dst}/${t.dstPort}`
}

/** Milliseconds for which a connection is remembered after a packet: defaults of Open vSwitch, in short. */
function lifetime({ original, answered, finished }: Connection): number {
  if (original.protocol === PROTOCOL.TCP) return finished ? 30_000 : answered ? 86_400_000 : 30_000
  return original.protocol === PROTOCOL.UDP && !answered ? 60_000 : 30_000
}

/** A packet with a wrong checksum, or with none over IPv6 UDP, belongs to no connection. SCTP's is not looked at. */
function hasGoodChecksums(packet: Packet): boolean {
  const { key, frame } = packet
  const { l3, l4, end } = packet.layout
  if (l3 < 0 || l4 < 0) return true
  const ipv4 = key[WORD.ETH_TYPE] === ETHERTYPE.IPV4
  if (ipv4 && sum(frame, l3, l3 + 4 * ((frame[l3] as number) & 0xf)) !== 0xffff) return false
  const protocol = key[WORD.IP_PROTO] as number
  // Of a fragment there is only a part.
  if ((key[WORD.IP_FRAG] as number) & FRAG.ANY) return true
  if (protocol === PROTOCOL.ICMP) return sum(frame, l4, end) === 0xffff
  if (protocol === PROTOCOL.UDP && u16(frame, l4 + 6) === 0) return ipv4
  if (protocol !== PROTOCOL.TCP && protocol !== PROTOCOL.UDP && protocol !== PROTOCOL.ICMPV6) return true
  const addresses = ipv4 ? sum(frame, l3 + 12, l3 + 20) : sum(frame, l3 + 8, l3 + 40)
  return fold(addresses + protocol + (end - l4) + sum(frame, l4, end)) === 0xffff
}

/** The one's complement sum of 16-bit words (RFC 1071): all ones over what contains its right checksum. */
function sum(frame: Uint8Array, from: number, to: number): number {
  let total = 0
  for (let at = from; at < to; at += 2) total += at + 1 < to ? u16(frame, at) : (frame[at] as number) << 8
  return fold(total)
}

function fold(total: number): number {
  let folded = total
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000)
  return folded
}

/** The tuple of a packet; `undefined` when it cannot be tracked by itself. */
function tupleOf(packet: Packet): Tuple | undefined {
  const { key } = packet
  const ethertype = key[WORD.ETH_TYPE] as number
  const { l3, l4 } = packet.layout
  if (l3 < 0 || l4 < 0 || (ethertype !== ETHERTYPE.IPV4 && ethertype !== ETHERTYPE.IPV6)) return undefined
  if ((key[WORD.IP_FRAG] as number) & FRAG.LATER) return undefined
  const protocol = key[WORD.IP_PROTO] as number
  const [src, dst] = addresses(key, ethertype)
  switch (protocol) {
    case PROTOCOL.TCP:
    case PROTOCOL.UDP:
    case PROTOCOL.SCTP:
      return { ethertype, protocol, src, dst, srcPort: key[WORD.TP_SRC] as number, dstPort: key[WORD.TP_DST] as number }
    case PROTOCOL.ICMP:
    case PROTOCOL.ICMPV6: {
      const type = key[WORD.TP_SRC] as number
      const tracked = protocol === PROTOCOL.ICMP ? [0, 8, 13, 14, 15, 16, 17, 18] : [128, 129]
      if (!tracked.includes(type)) return undefined
      const id = u16(packet.frame, l4 + 4)
      return { ethertype, protocol, src, dst, srcPort: id, dstPort: id }
    }
    default:
      return undefined
  }
}

function addresses(key: Key, ethertype: number): [bigint, bigint] {
  if (ethertype === ETHERTYPE.IPV4) return [BigInt(key[WORD.IP_SRC] as number), BigInt(key[WORD.IP_DST] as number)]
  const read = (at: number): bigint => {
    let value = 0n
    for (let i = at; i < at + 4; i++) value = (value << 32n) | BigInt(key[i] as number)
    return value
  }
  return [read(WORD.IPV6_SRC), read(WORD.IPV6_DST)]
}

/** The tuple of the packet that an ICMP error quotes. */
function quotedTuple(packet: Packet): Tuple | undefined {
  const { key, frame } = packet
  const { l4, end } = packet.layout
  const type = key[WORD.TP_SRC] as number
  const ipv6 = key[WORD.ETH_TYPE] === ETHERTYPE.IPV6
  const isError =
    (key[WORD.IP_PROTO] === PROTOCOL.ICMP && [3, 4, 5, 11, 12].includes(type)) ||
    (key[WORD.IP_PROTO] === PROTOCOL.ICMPV6 && type >= 1 && type <= 4)
  const at = l4 + 8
  if (!isError || l4 < 0 || end - at < (ipv6 ? 48 : 28)) return undefined
  const bits = (from: number, length: number): bigint =>
    frame.subarray(from, from + length).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  const ports = at + (ipv6 ? 40 : 4 * ((frame[at] as number) & 0xf))
  const protocol = frame[at + (ipv6 ? 6 : 9)] as number
  const echo = protocol === PROTOCOL.ICMP || protocol === PROTOCOL.ICMPV6
  return {
    ethertype: key[WORD.ETH_TYPE] as number,
    protocol,
    src: ipv6 ? bits(at + 8, 16) : bits(at + 12, 4),
    dst: ipv6 ? bits(at + 24, 16) : bits(at + 16, 4),
    srcPort: echo ? u16(frame, ports + 4) : u16(frame, ports),
    dstPort: echo ? u16(frame, ports + 4) : u16(frame, ports + 2),
  }
}
