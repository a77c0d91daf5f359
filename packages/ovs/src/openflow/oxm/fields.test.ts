import { describe, expect, it } from 'vitest'
import { fieldNames, fieldSpec, oxmFields } from './fields.js'
import { headerOfField } from './header.js'

// OpenFlow 1.3.5, table 12: number, length in bytes, and whether there is a mask.
const table12 = `
  in_port 0 4; in_phy_port 1 4; metadata 2 8 m; eth_dst 3 6 m; eth_src 4 6 m; eth_type 5 2; vlan_vid 6 2 m;
  vlan_pcp 7 1; ip_dscp 8 1; ip_ecn 9 1; ip_proto 10 1; ipv4_src 11 4 m; ipv4_dst 12 4 m; tcp_src 13 2; tcp_dst 14 2;
  udp_src 15 2; udp_dst 16 2; sctp_src 17 2; sctp_dst 18 2; icmpv4_type 19 1; icmpv4_code 20 1; arp_op 21 2;
  arp_spa 22 4 m; arp_tpa 23 4 m; arp_sha 24 6 m; arp_tha 25 6 m; ipv6_src 26 16 m; ipv6_dst 27 16 m;
  ipv6_flabel 28 4 m; icmpv6_type 29 1; icmpv6_code 30 1; ipv6_nd_target 31 16; ipv6_nd_sll 32 6; ipv6_nd_tll 33 6;
  mpls_label 34 4; mpls_tc 35 1; mpls_bos 36 1; pbb_isid 37 3 m; tunnel_id 38 8 m; ipv6_exthdr 39 2 m`

describe('oxmFields', () => {
  const rows = table12.split(';').map((row) => row.trim().split(/\s+/))

  it.each(rows)('%s is as in table 12 of the specification', (name, id, bytes, mask) => {
    const spec = fieldSpec(name as 'in_port')
    expect(spec).toMatchObject({ class: 0x8000, id: Number(id), bytes: Number(bytes) })
    expect(spec.header).toBe(`OXM_OF_${name?.toUpperCase()}`)
    expect(spec.maskable === 'yes').toBe(mask === 'm')
  })

  it('has all forty', () => expect(rows).toHaveLength(40))

  it.each([
    ['reg0', 0x00010004, 0x00010108],
    ['reg15', 0x00011e04, 0x00011f08],
    ['xreg7', 0x80010e08, 0x80010f10],
    ['xxreg3', 0x0001e410, 0x0001e520],
    ['nxm_of_in_port', 0x00000002, 0x00000104],
    ['nxm_of_vlan_tci', 0x00000802, 0x00000904],
    ['nxm_nx_ip_frag', 0x00013401, 0x00013502],
    ['ct_label', 0x0001d810, 0x0001d920],
    ['tun_metadata0', 0x0001507c, 0x000151f8],
    ['tun_metadata63', 0x0001ce7c, 0x0001cff8],
    ['onf_tcp_flags', 0xffff5406, 0xffff5508],
    ['nsh_spi', 0xffff0808, 0xffff090c],
    ['nd_reserved', 0x10000204, 0x10000308],
    ['nxm_nx_mpls_ttl', 0x00013c01, 0x00013d02],
    ['nxm_nx_cookie', 0x00013c08, 0x00013d10],
  ] as const)('the header of %s', (name, word, maskedWord) => {
    expect(headerOfField(name)).toMatchObject({ word, maskedWord })
  })

  it('gives no header to two fields', () => {
    const headers = fieldNames.map((name) => `${headerOfField(name).word} ${oxmFields[name].experimenter}`)
    expect(new Set(headers).size).toBe(fieldNames.length)
    expect(new Set(fieldNames.map((name) => oxmFields[name].header)).size).toBe(fieldNames.length)
  })
})
