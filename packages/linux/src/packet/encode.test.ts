import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { internetChecksum, transportChecksum } from './checksum.js'
import { decodePacket } from './decode.js'
import { encodePacket, type PacketFields } from './encode.js'
import { encodeNeighborAdvertisement, encodeNeighborSolicitation } from './encode-neighbor.js'
import { encodeIcmpEcho } from './icmp.js'
import { encodeIcmpv6Echo } from './icmpv6.js'
import { formatIpv4, formatIpv6 } from './ip.js'
import { kernelGoldens } from './kernel.golden.js'
import { formatMac } from './mac.js'
import { samples } from './samples.fixture.js'
import { sampleGoldens } from './samples.golden.js'
import type { TcpOption } from './tcp-option.js'
import { encodeVxlan } from './vxlan.js'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const decodeHex = (text: string) => decodePacket(Uint8Array.from(Buffer.from(text, 'hex')))
const ethernet = { dst: '02:00:00:00:00:02', src: '02:00:00:00:00:01' }
const v4 = { src: '10.0.0.1', dst: '10.0.0.2' }

describe('encodePacket', () => {
  it.each(Object.entries(samples))('writes the bytes that tcpdump and tshark agreed with: %s', (name, fields) => {
    expect(hex(encodePacket(fields))).toBe(sampleGoldens[name]?.hex)
  })

  it.each(Object.entries(kernelGoldens))('gives a frame of the kernel back, checksums too: %s', (_, golden) => {
    expect(hex(encodePacket(decodeHex(golden.hex)))).toBe(golden.hex)
  })

  it('gives every sample back that is not a first fragment', () => {
    for (const [name, golden] of Object.entries(sampleGoldens)) {
      if (!name.startsWith('firstFragment')) expect(hex(encodePacket(decodeHex(golden.hex))), name).toBe(golden.hex)
    }
  })

  it.each<[string, PacketFields, RegExp]>([
    ['a port', { ethernet, ipv4: v4, udp: { srcPort: 70000, dstPort: 1 } }, /udp\.srcPort: 70000/],
    ['a VLAN VID', { ethernet: { ...ethernet, type: 0x88b5 }, vlans: [{ tpid: 0x8100, pcp: 0, dei: false, vid: 4096 }] }, /vlan\.vid/],
    ['a MAC address', { ethernet: { dst: 'x', src: ethernet.src, type: 0x88b5 } }, /not a MAC address: "x"/],
    ['an address', { ethernet, ipv4: { ...v4, src: '10.0.0.01' }, icmp: { type: 8 } }, /not an IPv4 address/],
    ['an IPv4 packet above 65535 bytes', { ethernet, ipv4: v4, udp: { srcPort: 1, dstPort: 1 }, payload: new Uint8Array(65510) }, /totalLength/],
    ['a missing protocol', { ethernet, ipv4: v4 }, /ipv4\.protocol: give it/],
    ['a missing EtherType', { ethernet }, /ethernet\.type: give it/],
    ['11 words of TCP options', { ethernet, ipv4: v4, tcp: { srcPort: 1, dstPort: 1, options: Array<TcpOption>(41).fill({ type: 'nop' }) } }, /room for 40/],
    ['an unpadded extension header', { ethernet, ipv6: { src: '::1', dst: '::2', protocol: 59, extensions: [{ type: 'routing', data: new Uint8Array(5) }] } }, /pad its data/],
  ])('refuses %s that does not fit', (_, fields, message) => {
    expect(() => encodePacket(fields)).toThrow(RangeError)
    expect(() => encodePacket(fields)).toThrow(message)
  })

  it('refuses endpoints of different families and a VNI above 24 bits', () => {
    expect(() => encodeIcmpv6Echo({ id: 1, seq: 1 }, { src: '10.0.0.1', dst: 'fd00::1' }, new Uint8Array())).toThrow(/different families/)
    expect(() => encodeVxlan(0x1000000, new Uint8Array())).toThrow(/vxlan\.vni/)
  })

  it('sends a UDP checksum that comes out as 0 as 0xffff', () => {
    const packet = { ethernet, ipv6: { src: 'fd00::1', dst: 'fd00::2' }, udp: { srcPort: 1, dstPort: 2 } }
    const sum = decodePacket(encodePacket({ ...packet, payload: Uint8Array.of(0, 0) })).udp?.checksum ?? 0
    const frame = encodePacket({ ...packet, payload: Uint8Array.of(sum >> 8, sum & 0xff) })
    expect(decodePacket(frame).udp?.checksum).toBe(0xffff)
  })
})

describe('single messages', () => {
  const endpoints = { src: 'fd00::1', dst: 'fd00::2' }
  it('are those inside the samples', () => {
    const payload = Uint8Array.from({ length: 56 }, (_, i) => i)
    expect(sampleGoldens['echoRequest']?.hex.slice(68)).toBe(hex(encodeIcmpEcho({ id: 1, seq: 2 }, payload)))
    expect(sampleGoldens['echoReplyInVlan']?.hex.slice(76)).toBe(hex(encodeIcmpEcho({ id: 1, seq: 2, reply: true }, payload)))
    expect(sampleGoldens['echoRequest6']?.hex.slice(108)).toBe(hex(encodeIcmpv6Echo({ id: 1, seq: 2 }, endpoints, payload)))
    const solicitation = encodeNeighborSolicitation({ target: 'fd00::2', mac: ethernet.src }, { src: 'fd00::1', dst: 'ff02::1:ff00:2' })
    expect(sampleGoldens['neighborSolicitation']?.hex.slice(108)).toBe(hex(solicitation))
    const advertisement = encodeNeighborAdvertisement({ target: 'fd00::1', mac: ethernet.src }, endpoints)
    expect(sampleGoldens['neighborAdvertisement']?.hex.slice(108)).toBe(hex(advertisement))
  })
})

const u8 = fc.nat(0xff)
const u16 = fc.nat(0xffff)
const u32 = fc.nat(0xffffffff)
const mac = fc.uint8Array({ minLength: 6, maxLength: 6 }).map((bytes) => formatMac(bytes))
const ip4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => formatIpv4(bytes))
const ip6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => formatIpv6(bytes))
const payload = fc.uint8Array({ maxLength: 64 })
const vlans = fc.array(
  fc.record({ tpid: fc.constantFrom(0x8100, 0x88a8, 0x9100), pcp: fc.nat(7), dei: fc.boolean(), vid: fc.nat(4095) }),
  { maxLength: 3 },
)
const ipv4 = fc.record({ src: ip4, dst: ip4, dscp: fc.nat(63), ecn: fc.nat(3), identification: u16, ttl: u8 })
const ipv6 = fc.record({ src: ip6, dst: ip6, trafficClass: u8, flowLabel: fc.nat(0xfffff), hopLimit: u8 })
const flags = fc.record({
  fin: fc.boolean(), syn: fc.boolean(), rst: fc.boolean(), psh: fc.boolean(),
  ack: fc.boolean(), urg: fc.boolean(), ece: fc.boolean(), cwr: fc.boolean(),
})
const tcp = fc.record({ srcPort: u16, dstPort: u16, seq: u32, ack: u32, reserved: fc.nat(15), flags, window: u16, urgentPointer: u16 })
const udp = fc.record({ srcPort: u16, dstPort: u16 })
const ip = fc.oneof(ipv4.map((header) => ({ ipv4: header })), ipv6.map((header) => ({ ipv6: header })))
const upper = fc.oneof(tcp.map((header) => ({ tcp: header })), udp.map((header) => ({ udp: header })))

it('decodes what was encoded, whatever the fields', () => {
  fc.assert(
    fc.property(fc.record({ dst: mac, src: mac }), vlans, ip, upper, payload, (ethernet, vlans, ip, upper, payload) => {
      const packet = decodePacket(encodePacket({ ethernet, vlans, ...ip, ...upper, payload }))
      expect(packet).toMatchObject({ ethernet, vlans, ...ip, ...upper })
      expect(packet.payload).toEqual(payload)
      expect(packet.malformed).toBeUndefined()
      // The receiver's check: over a packet with a right checksum the sum is 0 (RFC 1071 §1).
      const segment = packet.frame.subarray(packet.frame.length - payload.length - (packet.tcp ? 20 : 8))
      const ends = packet.ipv4 ?? packet.ipv6 ?? { src: '', dst: '' }
      expect(transportChecksum(ends, packet.tcp ? 6 : 17, segment)).toBe(0)
      const start = 14 + 4 * vlans.length
      if (packet.ipv4) expect(internetChecksum(packet.frame.subarray(start, start + 20))).toBe(0)
    }),
    { numRuns: 300 },
  )
})
