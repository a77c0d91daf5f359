import { describe, expect, it } from 'vitest'
import type { Match } from '../match.js'
import { matchIdentity } from './match-identity.js'

const same: readonly (readonly [what: string, one: Match, other: Match])[] = [
  [
    'order',
    [{ field: 'in_port', value: 1 }, { field: 'eth_type', value: 0x800 }],
    [{ field: 'eth_type', value: 0x800 }, { field: 'in_port', value: 1 }],
  ],
  [
    'a mask of all ones',
    [{ field: 'eth_dst', value: '02:00:00:00:00:01', mask: 'ff:ff:ff:ff:ff:ff' }],
    [{ field: 'eth_dst', value: '02:00:00:00:00:01' }],
  ],
  [
    'all bits that the field has',
    [{ field: 'vlan_vid', value: 0x1005, mask: 0x1fff }],
    [{ field: 'vlan_vid', value: 0x1005 }],
  ],
  [
    'bits outside of the mask',
    [{ field: 'ipv4_dst', value: '10.1.2.3', mask: '255.0.0.0' }],
    [{ field: 'ipv4_dst', value: '10.0.0.0', mask: '255.0.0.0' }],
  ],
  ['a field that is wholly masked out', [{ field: 'metadata', value: 5n, mask: 0n }], []],
  [
    'upper case, and another form of the same address',
    [{ field: 'eth_src', value: '02:00:00:00:00:AB' }, { field: 'ipv6_src', value: '2001:DB8:0::1' }],
    [{ field: 'eth_src', value: '02:00:00:00:00:ab' }, { field: 'ipv6_src', value: '2001:db8::1' }],
  ],
  ['NXM', [{ field: 'nxm_of_eth_type', value: 0x806 }], [{ field: 'eth_type', value: 0x806 }]],
  ['a port of 16 bits', [{ field: 'nxm_of_in_port', value: 0xfffe }], [{ field: 'in_port', value: 0xfffffffe }]],
  ['the TOS byte', [{ field: 'nxm_of_ip_tos', value: 0xb8 }], [{ field: 'ip_dscp', value: 46 }]],
  [
    'the TCI',
    [{ field: 'nxm_of_vlan_tci', value: 0x1005, mask: 0x1fff }],
    [{ field: 'vlan_vid', value: 0x1005 }],
  ],
  [
    'the TCI with a priority',
    [{ field: 'nxm_of_vlan_tci', value: 0xb005 }],
    [{ field: 'vlan_vid', value: 0x1005 }, { field: 'vlan_pcp', value: 5 }],
  ],
  [
    'registers',
    [{ field: 'xreg1', value: 0x1_00000002n }],
    [{ field: 'reg2', value: 1 }, { field: 'reg3', value: 2 }],
  ],
  [
    'long registers, masked',
    [{ field: 'xxreg0', value: 0x7_00000000n, mask: 0xf_00000000n }],
    [{ field: 'reg2', value: 7, mask: 0xf }],
  ],
]

describe('matchIdentity', () => {
  it.each(same)('does not depend on %s', (_, one, other) => {
    expect(matchIdentity(one)).toBe(matchIdentity(other))
  })

  it('tells different matches apart', () => {
    const matches: Match[] = [
      [],
      [{ field: 'in_port', value: 1 }],
      [{ field: 'in_port', value: 2 }],
      [{ field: 'vlan_vid', value: 0x1000, mask: 0x1000 }],
      [{ field: 'vlan_vid', value: 0x1000 }],
      [{ field: 'vlan_vid', value: 0 }],
      [{ field: 'ipv4_dst', value: '10.0.0.0', mask: '255.0.0.0' }],
      [{ field: 'ipv4_dst', value: '10.0.0.0' }],
      [{ field: 'ipv4_src', value: '10.0.0.0' }],
      [{ field: 'unknown', class: 7, id: 1, hasMask: false, data: Uint8Array.of(1) }],
      [{ field: 'unknown', class: 7, id: 1, hasMask: false, data: Uint8Array.of(2) }],
    ]
    expect(new Set(matches.map(matchIdentity)).size).toBe(matches.length)
  })
})
