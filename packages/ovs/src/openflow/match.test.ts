import { describe, expect, it } from 'vitest'
import { ByteReader } from '../wire/byte-reader.js'
import { ByteWriter } from '../wire/byte-writer.js'
import { decodeMatch, encodeMatch, match, type MatchFields } from './match.js'
import type { Match } from './oxm/field.js'
import { matchProblem } from './oxm/validity.js'

const readerOf = (hex: string) => new ByteReader(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

describe('decodeMatch and encodeMatch', () => {
  it.each([
    ['0001 0004 00000000', []],
    ['0001 000c 80000004 00000001 00000000', [{ field: 'in_port', value: 1 }]],
    ['0001 0018 80000a02 0800 80000a02 0800 80001604 0a000001', [
      { field: 'eth_type', value: 0x0800 },
      { field: 'eth_type', value: 0x0800 },
      { field: 'ipv4_src', value: '10.0.0.1' },
    ]],
  ] as [string, Match][])('%s', (hex, fields) => {
    const r = readerOf(hex)
    expect(decodeMatch(r)).toEqual(fields)
    expect(r.remaining).toBe(0)
    const w = new ByteWriter()
    encodeMatch(w, fields)
    expect(Buffer.from(w.finish()).toString('hex')).toBe(hex.replaceAll(' ', ''))
  })

  it('pads from where the match begins', () => {
    const w = new ByteWriter()
    w.u8(9)
    encodeMatch(w, [{ field: 'eth_type', value: 0x0800 }])
    expect(w.offset).toBe(17)
  })

  it.each([
    ['0000 0058 00000000', /type of a match must be 1 \(OFPMT_OXM\), not 0 \(at offset 0/],
    ['0001 0003 00000000', /at least 4, not 3 \(at offset 2/],
    ['0001 0010 80000004 00000001', /12 bytes are needed where 8 are left/],
    ['0001 000c 80000008 00000001 00000000', /at offset 8/],
    ['0001 000c 80000004 00000001', /4 bytes are needed where 0 are left/],
    ['0001', /2 bytes are needed/],
  ])('refuses %s', (hex, message) => {
    expect(() => decodeMatch(readerOf(hex))).toThrow(expect.objectContaining({ code: 'malformed' }))
    expect(() => decodeMatch(readerOf(hex))).toThrow(message)
  })

  it('refuses a match that is too long', () => {
    const option = new Uint8Array(124)
    const long = Array.from({ length: 300 }, () => ({ field: 'tun_metadata0', value: option, mask: option }) as const)
    expect(() => encodeMatch(new ByteWriter(), long)).toThrow(/longer than 65,535 bytes/)
  })
})

describe('match', () => {
  it('puts fields after those that they need, whatever their order', () => {
    const addresses = { ipv4_dst: '10.0.0.0/8', eth_type: 0x0800 }
    const fields = match({ tcp_dst: 80, ip_proto: 6, metadata: [1n, 0xffn], ...addresses, in_port: 1 })
    expect(fields).toEqual([
      { field: 'in_port', value: 1 },
      { field: 'metadata', value: 1n, mask: 0xffn },
      { field: 'eth_type', value: 0x0800 },
      { field: 'ip_proto', value: 6 },
      { field: 'ipv4_dst', value: '10.0.0.0', mask: '255.0.0.0' },
      { field: 'tcp_dst', value: 80 },
    ])
  })

  it('keeps only what counts', () => {
    const eth_dst = '01:02:03:04:05:06/ff:ff:ff:00:00:00'
    expect(match({ eth_dst, eth_src: ['1:2:3:4:5:6', 'ff:ff:ff:ff:ff:ff'] })).toEqual([
      { field: 'eth_dst', value: '01:02:03:00:00:00', mask: 'ff:ff:ff:00:00:00' },
      { field: 'eth_src', value: '01:02:03:04:05:06' },
    ])
    expect(match({ metadata: [5, 0], reg0: [0xff, 0x0f], ct_state: undefined, tunnel_id: 5 })).toEqual([
      { field: 'tunnel_id', value: 5n },
      { field: 'reg0', value: 0x0f, mask: 0x0f },
    ])
    expect(match({ eth_type: 0x86dd, ipv6_src: '2001:DB8::1/32', ipv6_flabel: [5, 0xfffff] })).toEqual([
      { field: 'eth_type', value: 0x86dd },
      { field: 'ipv6_src', value: '2001:db8::', mask: 'ffff:ffff::' },
      { field: 'ipv6_flabel', value: 5 },
    ])
    expect(match({ eth_type: 0x0800, ipv4_src: '10.1.2.3/255.0.255.0', ipv4_dst: '0.0.0.0/0' })).toEqual([
      { field: 'eth_type', value: 0x0800 },
      { field: 'ipv4_src', value: '10.0.2.0', mask: '255.0.255.0' },
    ])
    const option = new Uint8Array([0x12, 0x34])
    expect(match({ tun_metadata0: option, tun_metadata1: [option, new Uint8Array([0xff, 0xff])] })).toEqual([
      { field: 'tun_metadata0', value: option },
      { field: 'tun_metadata1', value: option },
    ])
    expect(match({})).toEqual([])
  })

  it.each([
    [{ nw_src: '10.0.0.1' }, /there is no match field "nw_src"/],
    [{ eth_type: [0x0800, 0xff00] }, /eth_type must be matched exactly/],
    [{ vlan_vid: 0x2000 }, /vlan_vid must be an integer from 0 to 8191, not 8192/],
    [{ vlan_vid: [0x2000, 0x1000] }, /vlan_vid must be an integer from 0 to 8191, not 8192/],
    [{ vlan_vid: [0x1000, 0x3000] }, /the mask of vlan_vid must be an integer from 0 to 8191, not 12288/],
    [{ in_port: '1' }, /in_port must be an integer from 0 to 4294967295, not "1"/],
    [{ metadata: -1n }, /metadata must be a bigint from 0 to 2\^64 - 1, not -1n/],
    [{ metadata: 0.5 }, /metadata must be a bigint/],
    [{ eth_type: 0x0800, ipv4_src: '10.0.0.0/33' }, /the prefix of ipv4_src must be from 0 to 32, not 33/],
    [{ eth_type: 0x0800, ipv4_src: 'ten' }, /ipv4_src must be an IPv4 address such as 10.0.0.1, not "ten"/],
    [{ ipv4_src: '10.0.0.1' }, /ipv4_src needs eth_type 0x0800 before it/],
    [{ eth_type: 0x86dd, ipv4_src: '10.0.0.1' }, /ipv4_src needs eth_type 0x0800/],
    [{ eth_type: 0x0800, tcp_dst: 80 }, /tcp_dst needs eth_type 0x0800 or 0x86dd and ip_proto 6/],
    [{ vlan_pcp: 1 }, /vlan_pcp needs vlan_vid with the bit 0x1000/],
    [{ vlan_vid: 5, vlan_pcp: 1 }, /vlan_pcp needs vlan_vid/],
    [{ in_phy_port: 1 }, /in_phy_port needs in_port/],
    [{ eth_type: 0x86dd, ip_proto: 58, icmpv6_type: 136, ipv6_nd_sll: '1:2:3:4:5:6' }, / needs .* icmpv6_type 135/],
    [{ ct_nw_proto: 6 }, /ct_nw_proto needs ct_state/],
    [{ tun_metadata0: [new Uint8Array(2), new Uint8Array(3)] }, /mask of tun_metadata0 must be as long/],
  ])('refuses %o', (fields, message) => {
    const call = () => match(fields as MatchFields)
    expect(call).toThrow(expect.objectContaining({ code: 'invalid' }))
    expect(call).toThrow(message)
  })

  it.each([
    { in_port: 1, in_phy_port: 2 },
    { vlan_vid: [0x1000, 0x1000], vlan_pcp: 1 },
    { nxm_of_vlan_tci: 0x1005, vlan_pcp: 1 },
    { eth_type: 0x8847, mpls_label: 5, mpls_tc: 1, mpls_bos: 1 },
    { eth_type: 0x0806, arp_op: 1, arp_spa: '10.0.0.1', arp_sha: '1:2:3:4:5:6' },
    { eth_type: 0x86dd, ip_proto: 58, icmpv6_type: 135, ipv6_nd_target: 'fe80::1', ipv6_nd_sll: '1:2:3:4:5:6' },
    { eth_type: 0x0800, ip_proto: 1, icmpv4_type: 8, icmpv4_code: 0 },
    { eth_type: 0x88e7, pbb_isid: [1, 0xff] },
    { packet_type: 0x10800, ipv4_src: '10.0.0.1' },
    { ct_state: [0x20, 0x30], ct_nw_proto: 6, ct_tp_src: 80 },
    { nxm_of_eth_type: 0x0800, nxm_of_ip_proto: 17, nxm_of_udp_src: [0x50, 0xf0] },
  ] as MatchFields[])('accepts %o', (fields) => expect(match(fields)).toHaveLength(Object.keys(fields).length))
})

describe('matchProblem', () => {
  it.each([
    [[{ field: 'unknown', class: 0x8000, id: 99, hasMask: false, data: new Uint8Array(1) }], 'bad_field', 0],
    [[{ field: 'reg0', value: 3, mask: 1 }], 'bad_wildcards', 0],
    [[{ field: 'eth_type', value: 0, mask: 1 }], 'bad_mask', 0],
    [[{ field: 'in_port', value: 1, mask: 1 }], 'bad_mask', 0],
    [[{ field: 'eth_type', value: 0x0800 }, { field: 'ip_dscp', value: 64 }], 'bad_value', 1],
    [[{ field: 'ip_dscp', value: 1 }, { field: 'eth_type', value: 0x0800 }], 'bad_prereq', 0],
    [[{ field: 'reg0', value: 1 }, { field: 'reg1', value: 1 }, { field: 'reg0', value: 1 }], 'dup_field', 2],
  ] as [Match, string, number][])('%j', (fields, code, index) => {
    expect(matchProblem(fields)).toMatchObject({ code, index })
  })
})
