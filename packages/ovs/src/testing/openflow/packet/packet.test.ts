import { describe, expect, it } from 'vitest'
import type { FieldName } from '../../../openflow/oxm/fields.js'
import { valueOfBits } from '../../../openflow/oxm/bits.js'
import { type FieldRange, fieldRange } from './field-range.js'
import { readBits } from './key.js'
import { Packet } from './packet.js'

const udp = '0200000000020200000000010800' + '4500001e000040004011' + '26ce' + '0a0000010a000001' + '0035' + '1000' + '000a' + '7a41' + '6162'
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))
const hex = (packet: Packet): string => Buffer.from(packet.frame).toString('hex')
const field = (packet: Packet, name: FieldName): unknown => valueOfBits(name, readBits(packet.key, fieldRange(name) as FieldRange))

/** Whether the parts of a frame add up to ones. */
function sum(frame: Uint8Array, from: number, to: number): number {
  let total = 0
  for (let i = from; i < to; i++) total += (i - from) % 2 ? (frame[i] as number) : (frame[i] as number) << 8
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16)
  return total
}

describe('Packet', () => {
  it('reads the fields of a UDP packet', () => {
    const packet = new Packet(bytes(udp))
    expect(field(packet, 'eth_src')).toBe('02:00:00:00:00:01')
    expect(field(packet, 'eth_type')).toBe(0x800)
    expect(field(packet, 'ipv4_src')).toBe('10.0.0.1')
    expect(field(packet, 'udp_src')).toBe(53)
    expect(field(packet, 'udp_dst')).toBe(4096)
    expect(field(packet, 'vlan_vid')).toBe(0)
  })

  it('keeps the IP checksum right when fields change', () => {
    const packet = new Packet(bytes(udp))
    const before = sum(packet.frame, 14, 34)
    packet.write(fieldRange('ipv4_dst') as FieldRange, 0xc0a80709n)
    packet.write(fieldRange('ip_dscp') as FieldRange, 46n)
    packet.write(fieldRange('nxm_nx_ip_ttl') as FieldRange, 3n)
    expect(sum(packet.frame, 14, 34)).toBe(before)
    expect(hex(packet).slice(60, 68)).toBe('c0a80709')
  })

  it('pushes, sets and pops a VLAN tag', () => {
    const packet = new Packet(bytes(udp))
    packet.pushVlan(0x8100)
    packet.write(fieldRange('vlan_vid') as FieldRange, 0x1005n)
    packet.write(fieldRange('vlan_pcp') as FieldRange, 3n)
    expect(hex(packet)).toBe(udp.slice(0, 24) + '81006005' + udp.slice(24))
    packet.popVlan()
    expect(hex(packet)).toBe(udp)
  })

  it('pushes and pops an MPLS label, and sees the IP header again', () => {
    const packet = new Packet(bytes(udp))
    expect(packet.pushMpls(0x8847)).toBe(true)
    expect(field(packet, 'mpls_bos')).toBe(1)
    expect(field(packet, 'ipv4_src')).toBe('0.0.0.0')
    expect(packet.popMpls(0x800)).toBe(true)
    expect(hex(packet)).toBe(udp)
    expect(field(packet, 'udp_src')).toBe(53)
  })

  it('leaves a copy, and the frame that was given, alone', () => {
    const frame = bytes(udp)
    const packet = new Packet(frame)
    const copy = packet.clone()
    copy.write(fieldRange('udp_dst') as FieldRange, 7n)
    expect(field(packet, 'udp_dst')).toBe(4096)
    expect(Buffer.from(frame).toString('hex')).toBe(udp)
  })

  it('never throws, wherever a frame ends and whatever is in it', () => {
    const whole = bytes(udp)
    for (let length = 0; length <= whole.length; length++) {
      for (let at = 0; at < length; at++) {
        const frame = whole.slice(0, length)
        frame[at] = (frame[at] as number) ^ 0xff
        const packet = new Packet(frame, 2)
        packet.write(fieldRange('ipv4_src') as FieldRange, 1n)
        packet.write(fieldRange('tcp_src') as FieldRange, 2n)
        expect(packet.frame).toHaveLength(length)
      }
    }
  })
})
