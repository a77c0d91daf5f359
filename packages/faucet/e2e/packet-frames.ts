import { macBytes, parseIpv4, parseIpv6, solicitedNode } from './forwarding-addresses.js'

/** Somebody who sends frames. */
export interface Station {
  readonly mac: string
  readonly ipv4: string
  readonly ipv6: string
  /** The tag of its frames. */
  readonly vid?: number
}

export const broadcast = 'ff:ff:ff:ff:ff:ff'

/** A station with addresses that end in a number, in 10.NET.0.0/24 and fc00:0:0:NET::/64. */
export function station(number: number, net = 100, vid?: number): Station {
  const two = (value: number) => value.toString(16).padStart(2, '0')
  const mac = `02:00:00:00:${two(net & 255)}:${two(number)}`
  return { mac, ipv4: `10.${net}.0.${number}`, ipv6: `fc00:0:0:${net}::${number.toString(16)}`, ...(vid === undefined ? {} : { vid }) }
}

/** A frame, as long as a frame must be. */
export function ethernet(from: Station, to: string, type: number, payload: readonly number[]): Buffer {
  const tag = from.vid === undefined ? [] : [0x81, 0x00, ...u16(from.vid)]
  const bytes = [...macBytes(to), ...macBytes(from.mac), ...tag, ...u16(type), ...payload]
  return Buffer.from([...bytes, ...Array<number>(Math.max(0, 60 - bytes.length)).fill(0)])
}

/** UDP from a station to an address, with something in it to be known by. */
export function udp(from: Station, to: Pick<Station, 'mac' | 'ipv4'>, text = 'hello'): Buffer {
  const data = [...Buffer.from(text)]
  return ethernet(from, to.mac, 0x800, ipv4(from.ipv4, to.ipv4, 17, [0x9c, 0x40, 0x9c, 0x41, ...u16(8 + data.length), 0, 0, ...data]))
}

/** "Who has this address?" */
export function arpRequest(from: Station, target: string): Buffer {
  return ethernet(from, broadcast, 0x806, arp(1, from, '00:00:00:00:00:00', target))
}

export function arpReply(from: Station, to: Pick<Station, 'mac' | 'ipv4'>): Buffer {
  return ethernet(from, to.mac, 0x806, arp(2, from, to.mac, to.ipv4))
}

/** A ping, of IPv4 or IPv6. */
export function ping(from: Station, mac: string, ip: string): Buffer {
  const body = [0x12, 0x34, 0, 1, ...Buffer.from('are you there?')]
  return ip.includes(':') ? icmpv6(from, mac, from.ipv6, ip, [128, 0, 0, 0, ...body], 64) : ethernet(from, mac, 0x800, ipv4(from.ipv4, ip, 1, summed([8, 0, 0, 0, ...body])))
}

export function neighborSolicitation(from: Station, target: string): Buffer {
  const { mac, ip } = solicitedNode(target)
  return icmpv6(from, mac, from.ipv6, ip, [135, 0, 0, 0, 0, 0, 0, 0, ...ipv6Bytes(target), 1, 1, ...macBytes(from.mac)])
}

export function neighborAdvertisement(from: Station, to: Pick<Station, 'mac'>, toIp: string): Buffer {
  return icmpv6(from, to.mac, from.ipv6, toIp, [136, 0, 0, 0, 0x60, 0, 0, 0, ...ipv6Bytes(from.ipv6), 2, 1, ...macBytes(from.mac)])
}

/** From its link-local address, as routers want it. */
export function routerSolicitation(from: Station, linkLocal: string): Buffer {
  return icmpv6(from, '33:33:00:00:00:02', linkLocal, 'ff02::2', [133, 0, 0, 0, 0, 0, 0, 0, 1, 1, ...macBytes(from.mac)])
}

/** What a frame says, as far as these tests go. */
export interface Decoded {
  readonly dst: string
  readonly src: string
  readonly vid?: number
  readonly type: number
  /** Without padding, as far as the payload tells its length. */
  readonly payload: Buffer
}

export function decode(frame: Buffer): Decoded {
  const tagged = frame.readUInt16BE(12) === 0x8100
  const at = tagged ? 16 : 12
  return {
    dst: macText(frame, 0),
    src: macText(frame, 6),
    ...(tagged ? { vid: frame.readUInt16BE(14) & 0xfff } : {}),
    type: frame.readUInt16BE(at),
    payload: frame.subarray(at + 2),
  }
}

/** A frame in words: who tells whom what, and in which VLAN. Checksums that are wrong are told too. */
export function inWords(frame: Buffer): string {
  const { dst, src, vid, type, payload } = decode(frame)
  return `${src} > ${dst}${vid === undefined ? '' : ` vlan ${vid}`}: ${payloadInWords(type, payload)}`
}

function payloadInWords(type: number, data: Buffer): string {
  if (type === 0x806) {
    const [sender, target] = [data.subarray(14, 18).join('.'), data.subarray(24, 28).join('.')]
    return data[7] === 1 ? `arp who has ${target}? tell ${sender}` : `arp ${sender} is at ${macText(data, 8)}, for ${target} at ${macText(data, 18)}`
  }
  if (type === 0x800) {
    const [length, protocol] = [data.readUInt16BE(2), data[9] as number]
    const rest = data.subarray(20, length)
    const bad = sum([...data.subarray(0, 20)]) === 0 && (protocol !== 1 || sum([...rest]) === 0) ? '' : ' bad checksum'
    const addresses = `${data.subarray(12, 16).join('.')} > ${data.subarray(16, 20).join('.')}`
    return `${addresses} ttl ${data[8]}${bad} ${protocol === 17 ? `udp ${rest.subarray(8).toString()}` : `icmp ${rest[0]} ${rest.subarray(8).toString()}`}`
  }
  if (type === 0x86dd) {
    const rest = data.subarray(40, 40 + data.readUInt16BE(4))
    const pseudo = [...data.subarray(8, 40), 0, 0, ...u16(rest.length), 0, 0, 0, data[6] as number]
    const bad = sum([...pseudo, ...rest]) === 0 ? '' : ' bad checksum'
    return `${ipv6Text(data, 8)} > ${ipv6Text(data, 24)} hops ${data[7]}${bad} ${icmpv6InWords(rest)}`
  }
  return `type ${type.toString(16)}`
}

function icmpv6InWords(data: Buffer): string {
  switch (data[0]) {
    case 128: case 129:
      return `echo ${data[0] === 128 ? 'request' : 'reply'} ${data.subarray(8).toString()}`
    case 134: {
      const flags = data[5] as number
      return `router advertisement: hop limit ${data[4]}, flags ${flags}, lifetime ${data.readUInt16BE(6)}${options(data.subarray(16))}`
    }
    case 135:
      return `who has ${ipv6Text(data, 8)}?${options(data.subarray(24))}`
    case 136:
      return `${ipv6Text(data, 8)} is here, flags ${((data[4] as number) >> 5).toString(2)}${options(data.subarray(24))}`
    default:
      return `icmpv6 ${data[0]}`
  }
}

/** The options of neighbour discovery. */
function options(data: Buffer): string {
  let text = ''
  for (let at = 0; at < data.length; at += 8 * (data[at + 1] || 1)) {
    const [kind, , length, flags = 0] = data.subarray(at)
    if (kind === 1 || kind === 2) text += `; ${kind === 1 ? 'source' : 'target'} ${macText(data, at + 2)}`
    else if (kind === 3) text += `; prefix ${ipv6Text(data, at + 16)}/${length} flags ${(flags >> 6).toString(2)} for ${data.readUInt32BE(at + 4)}`
    else text += `; option ${kind}`
  }
  return text
}

function ipv4(src: string, dst: string, protocol: number, payload: readonly number[]): number[] {
  const header = [0x45, 0, ...u16(20 + payload.length), 0, 0, 0, 0, 64, protocol, 0, 0, ...bytes(parseIpv4(src), 4), ...bytes(parseIpv4(dst), 4)]
  header.splice(10, 2, ...u16(sum(header)))
  return [...header, ...payload]
}

function icmpv6(from: Station, mac: string, src: string, dst: string, body: readonly number[], hops = 255): Buffer {
  const addresses = [...ipv6Bytes(src), ...ipv6Bytes(dst)]
  const checked = summed([...body], [...addresses, 0, 0, ...u16(body.length), 0, 0, 0, 58])
  return ethernet(from, mac, 0x86dd, [0x60, 0, 0, 0, ...u16(body.length), 58, hops, ...addresses, ...checked])
}

function arp(operation: number, from: Station, targetMac: string, target: string): number[] {
  return [0, 1, 8, 0, 6, 4, ...u16(operation), ...macBytes(from.mac), ...bytes(parseIpv4(from.ipv4), 4), ...macBytes(targetMac), ...bytes(parseIpv4(target), 4)]
}

/** With its checksum, which is in the third and fourth octet. */
function summed(data: number[], before: readonly number[] = []): number[] {
  data.splice(2, 2, ...u16(sum([...before, ...data])))
  return data
}

function sum(data: readonly number[]): number {
  let total = 0
  for (let at = 0; at < data.length; at += 2) total += ((data[at] as number) << 8) | (data[at + 1] ?? 0)
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16)
  return ~total & 0xffff
}

const u16 = (value: number): number[] => [value >> 8, value & 255]
const ipv6Bytes = (text: string): number[] => bytes(parseIpv6(text), 16)
const macText = (data: Buffer, at: number): string => [...data.subarray(at, at + 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')

function bytes(value: bigint, length: number): number[] {
  return Array.from({ length }, (_, i) => Number((value >> BigInt(8 * (length - 1 - i))) & 255n))
}

/** As RFC 5952 has it, but for its rarer rules. */
function ipv6Text(data: Buffer, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => data.readUInt16BE(at + 2 * i).toString(16))
  const runs = [...groups.join(':').matchAll(/\b0(?::0)+\b/g)].sort((a, b) => b[0].length - a[0].length)
  const [longest] = runs
  if (!longest) return groups.join(':')
  const text = groups.join(':')
  return `${text.slice(0, longest.index).replace(/:$/, '')}::${text.slice(longest.index + longest[0].length).replace(/^:/, '')}`
}
