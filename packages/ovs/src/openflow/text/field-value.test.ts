import { describe, expect, it } from 'vitest'
import type { OxmField } from '../oxm/field.js'
import type { FieldName } from '../oxm/fields.js'
import { parseFieldName, printFieldName } from './field-name.js'
import { parseFieldValue, printFieldValue } from './field-value.js'

describe('printFieldValue and parseFieldValue', () => {
  it.each([
    ['eth_dst', '02:00:00:00:00:01', { value: '02:00:00:00:00:01' }],
    ['eth_dst', '02:00:00:00:00:00/ff:00:00:00:00:00', { value: '02:00:00:00:00:00', mask: 'ff:00:00:00:00:00' }],
    ['ipv4_src', '10.0.0.0/8', { value: '10.0.0.0', mask: '255.0.0.0' }],
    ['ipv6_src', 'fe80::/10', { value: 'fe80::', mask: 'ffc0::' }],
    ['vlan_vid', '4196', { value: 4196 }],
    ['reg0', '0x5/0xff', { value: 5, mask: 0xff }],
    ['metadata', '0x123456789abcdef', { value: 0x123456789abcdefn }],
    ['in_port', 'LOCAL', { value: 0xfffffffe }],
    ['nxm_of_in_port', 'LOCAL', { value: 0xfffe }],
    ['tcp_src', '80/0xff', { value: 80, mask: 0xff }],
    ['ct_mark', '0', { value: 0 }],
    ['tun_metadata0', '0x1234', { value: new Uint8Array([0x12, 0x34]) }],
    ['packet_type', '(1,0x800)', { value: 0x10800 }],
    ['nxm_nx_ip_frag', 'later', { value: 3 }],
    ['onf_tcp_flags', 'syn|ack', { value: 0x12 }],
    ['onf_tcp_flags', '+syn-ack', { value: 0x02, mask: 0x12 }],
    ['tun_flags', '+oam', { value: 1, mask: 1 }],
    ['pbb_isid', '0x5', { value: 5 }],
    ['in_phy_port', '7', { value: 7 }],
  ] as [FieldName, string, object][])('%s %s', (name, text, rest) => {
    const field = { field: name, ...rest } as OxmField
    expect(parseFieldValue(name, text)).toEqual(field)
    if (name !== 'tun_flags') expect(printFieldValue(field)).toBe(text)
  })

  it('says where in a larger text a value is wrong', () => {
    const text = 'set_field:10.0.0->nw_src'
    const call = () => parseFieldValue('ipv4_src', '10.0.0', { text, at: 10 })
    expect(call).toThrow(/is not an IPv4 address.*\(at character 11\)/)
  })
})

describe('printFieldName and parseFieldName', () => {
  it.each([
    ['eth_dst', 'NXM_OF_ETH_DST'],
    ['nxm_of_eth_dst', 'NXM_OF_ETH_DST'],
    ['metadata', 'OXM_OF_METADATA'],
    ['xreg0', 'OXM_OF_PKT_REG0'],
    ['reg5', 'NXM_NX_REG5'],
    ['tunnel_id', 'NXM_NX_TUN_ID'],
    ['ip_dscp', 'OXM_OF_IP_DSCP'],
    ['onf_tcp_flags', 'NXM_NX_TCP_FLAGS'],
    ['pbb_isid', 'OXM_OF_PBB_ISID'],
    ['nsh_spi', 'NXOXM_NSH_SPI'],
  ] as const)('%s is printed as %s', (name, text) => expect(printFieldName(name)).toBe(text))

  it('of fields that are not known', () => {
    expect(printFieldName({ class: 0x8000, id: 99, length: 4, hasMask: false })).toBe('0x8000:99')
    expect(printFieldName({ class: 1, id: 40, length: 4, hasMask: false })).toBe('NXM_NX_TUN_METADATA0')
  })

  it.each([
    ['NXM_OF_ETH_DST', 'nxm_of_eth_dst'],
    ['OXM_OF_ETH_DST', 'eth_dst'],
    ['dl_dst', 'eth_dst'],
    ['nw_src', 'ipv4_src'],
    ['tun_id', 'tunnel_id'],
    ['nw_tos', 'nxm_of_ip_tos'],
    ['dl_vlan', undefined],
    ['foo', undefined],
  ] as const)('%s means %s', (text, name) => expect(parseFieldName(text)).toBe(name))
})
