import { describe, expect, it } from 'vitest'
import { ByteReader } from '../../wire/byte-reader.js'
import { ByteWriter } from '../../wire/byte-writer.js'
import { decodeOxmList, encodeOxmList } from '../oxm/oxm.js'
import { matchGolden } from './match.golden.js'
import { parseMatch, printMatch } from './match.js'

function encoded(text: string): string {
  const w = new ByteWriter()
  encodeOxmList(w, parseMatch(text))
  return Buffer.from(w.finish()).toString('hex')
}

describe('parseMatch and printMatch', () => {
  it.each(matchGolden)('%s', (text, oxm, printed) => {
    expect(encoded(text)).toBe(oxm)
    expect(printMatch(decodeOxmList(new ByteReader(Buffer.from(oxm, 'hex'))))).toBe(printed)
  })

  it('reads back what it prints', () => {
    for (const [, , printed] of matchGolden) expect(printMatch(parseMatch(printed))).toBe(printed)
  })

  it('knows fields that Open vSwitch does not', () => {
    const text = 'in_phy_port=LOCAL,pbb_isid=0x5/0xff,ipv6_exthdr=0x1,pbb_uca=0x1'
    expect(parseMatch(text)).toEqual([
      { field: 'in_phy_port', value: 0xfffffffe },
      { field: 'pbb_isid', value: 5, mask: 0xff },
      { field: 'ipv6_exthdr', value: 1 },
      { field: 'pbb_uca', value: 1 },
    ])
    expect(printMatch(parseMatch(text))).toBe(text)
  })

  it('prints fields that nobody knows', () => {
    const data = new Uint8Array([1, 2])
    const unknown = { field: 'unknown', class: 0x8000, id: 99, hasMask: false, data } as const
    expect(printMatch([unknown, { field: 'reg0', value: 1 }])).toBe('reg0=0x1,0x8000:99=0x0102')
  })

  it.each([
    ['in_port=1,foo=5', /there is no match field "foo" \(at character 11\)\n {2}in_port=1,foo=5\n {12}\^$/],
    ['ip,nw_src=10.0.0.1/33', /prefix must be from 0 to 32, not 33 \(at character 20\)/],
    ['eth_src=11:22', /"11:22" is not a MAC address, such as 02:00:00:00:00:01 \(at character 9\)/],
    ['reg0=5x', /reg0 must be an integer, such as 10 or 0xa, not "5x" \(at character 6\)/],
    ['reg0=0x1ffffffff', /reg0 must fit into 4 bytes/],
    ['reg0[33]=1', /the bits of reg0 must be from 0 to 31/],
    ['reg0[8..4]=1', /the first not above the last/],
    ['reg0[0..3]=16', /16 does not fit into 4 bits \(at character 12\)/],
    ['reg0[0.3]=1', /must be written as reg0\[0\.\.7\]/],
    ['in_port=70000', /a port must be a number from 0 to 65535 or one of .*LOCAL/],
    ['dl_vlan=4096', /dl_vlan must be at most 4095, not 4096/],
    ['vlan_pcp=8', /vlan_pcp must be at most 7/],
    ['ip,nw_tos=5', /nw_tos must be a multiple of 4/],
    ['icmp,icmp_type=3/3', /icmp_type must be matched exactly/],
    ['icmp,icmp_type=256', /icmp_type must fit into one byte/],
    ['ct_state=+foo', /a ct_state flag must be one of new, est.*not "foo" \(at character 11\)/],
    ['ct_state=+trk+trk', /named once only/],
    ['ct_state=+trk|est', /not "trk\|est"/],
    ['ip,nw_frag=foo', /ip_frag must be no, yes, first, later or not_later/],
    ['packet_type=5', /packet_type must be written as \(1,0x800\)/],
    ['packet_type=(1,0x800', /this parenthesis is not closed \(at character 13\)/],
    ['dl_src', /dl_src needs a value/],
    ['tcp_dst=80', /tcp_dst does not exist in the packets of this match: it needs tcp, .*\(at character 1\)/],
    ['in_port=1,nw_src=10.0.0.1', /nw_src does not exist .* it needs ip, ipv6 or arp beside it \(at character 11\)/],
    ['ip,nw_proto=2,tp_src=5', /tp_src does not exist/],
    ['ip,ipv6_src=::1', /ipv6_src does not exist .* it needs ipv6/],
    ['mpls_label=5', /it needs mpls/],
    ['udp,tcp_flags=syn', /it needs tcp or tcp6/],
    ['icmp6,nd_target=::1', /it needs icmp6,icmpv6_type=135/],
  ])('refuses %s', (text, message) => {
    expect(() => parseMatch(text)).toThrow(expect.objectContaining({ code: 'invalid', name: 'OvsError' }))
    expect(() => parseMatch(text)).toThrow(message)
  })

  it('drops what does not exist in the packets, when asked to do as ovs-ofctl does', () => {
    expect(parseMatch('in_port=1,tcp_dst=80', { inapplicable: 'drop' })).toEqual([
      { field: 'packet_type', value: 0 },
      { field: 'in_port', value: 1 },
    ])
  })
})
