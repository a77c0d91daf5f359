import { match, printMatch, type MatchFields } from '@streambed/ovs/openflow'
import { describe, expect, it } from 'vitest'
import type { MatchValue } from '../../config/model.js'
import { integer, matchOfRule, setFieldOf } from './field-value.js'

function read(fields: Record<string, MatchValue>, own: MatchFields = {}): string {
  const actions = { allow: undefined, force_port_vlan: false, meter: undefined, mirror: undefined, output: [], ordered: false, ct: undefined }
  const made = matchOfRule({ index: 0, match: fields, cookie: undefined, description: undefined, actions }, own)
  return typeof made === 'string' ? made : printMatch(match(made))
}

describe('the values of match fields', () => {
  it.each([
    [2048], ['2048'], ['0x800'], ['0b100000000000'], ['0o4000'], [' 2_048 '], [2048n], [0x10800],
  ])('are numbers in every spelling: %s', (value) => {
    expect(read({ eth_type: value })).toBe('ip')
  })

  it.each<readonly [MatchValue, string]>([
    [100, 'dl_vlan=100'], ['100', 'dl_vlan=100'], ['0x1064', 'dl_vlan=100'], ['0x1000/0x1000', 'vlan_tci=0x1000/0x1000'],
    ['0x0', 'vlan_tci=0x0000/0x1fff'], [0, 'dl_vlan=0'], ['0x1064/0xffff', 'dl_vlan=100'], ['0x1064/0x1fff', 'dl_vlan=100'],
  ])('are a VID, or the field with the bit of a tag: %s', (value, text) => {
    expect(read({ vlan_vid: value })).toBe(text)
  })

  it.each([
    ['10.0.0.7/8', 'nw_src=10.0.0.0/8'], ['10.0.0.7', 'nw_src=10.0.0.7'], ['10.0.0.7/255.0.0.255', 'nw_src=10.0.0.7/255.0.0.255'],
    ['10.0.0.7/32', 'nw_src=10.0.0.7'],
  ])('are addresses with prefixes and masks: %s', (value, text) => {
    expect(read({ eth_type: 0x800, ipv4_src: value })).toBe(`ip,${text}`)
  })

  it('are IPv6 addresses as well', () => {
    expect(read({ eth_type: 0x86dd, ipv6_dst: 'FC00:0:0::5/16' })).toBe('ipv6,ipv6_dst=fc00::/16')
    expect(read({ eth_type: 0x86dd, ipv6_dst: '2001:db8::5/ffff::ffff' })).toBe('ipv6,ipv6_dst=2001::5/ffff::ffff')
  })

  it.each([
    ['02:00:00:00:00:0A', 'dl_src=02:00:00:00:00:0a'], ['2-0-0-0-0-A', 'dl_src=02:00:00:00:00:0a'],
    ['0200.0000.000a', 'dl_src=02:00:00:00:00:0a'],
    ['01:00:00:00:00:00/01:00:00:00:00:00', 'dl_src=01:00:00:00:00:00/01:00:00:00:00:00'],
  ])('are MAC addresses: %s', (value, text) => {
    expect(read({ eth_src: value })).toBe(text)
  })

  it('have masks', () => {
    expect(read({ eth_type: 0x800, ip_proto: 6, tcp_dst: '0x50/0xfff0' })).toBe('tcp,tp_dst=0x50/0xfff0')
    expect(read({ metadata: '5/0xff', ct_mark: '0x81/0xffffffff', ct_label: 7 })).toBe('ct_mark=0x81,ct_label=0x7,metadata=0x5/0xff')
  })

  it('are names of ports', () => {
    expect(read({ in_port: 'LOCAL' })).toBe('in_port=LOCAL')
    expect(read({ in_port: 'OFPP_CONTROLLER' })).toBe('in_port=CONTROLLER')
    expect(read({ in_port: '0x4' })).toBe('in_port=4')
  })

  it('are the same under the names of Open vSwitch', () => {
    expect(read({ eth_type_nxm: 0x800, ip_proto_nxm: 6, nw_ttl: 64 })).toBe('tcp,nw_ttl=64')
    expect(read({ eth_type_nxm: 0x800, eth_type: 0x800 })).toBe('eth_type is matched twice')
  })

  it('are left out where Faucet has its own', () => {
    expect(read({ in_port: 5, vlan_vid: 7 }, { in_port: 1 })).toBe('in_port=1,dl_vlan=7')
  })
})

describe('the values of set_fields', () => {
  it('are sent as they are', () => {
    expect(setFieldOf('vlan_vid', 100)).toEqual({ field: 'vlan_vid', value: 100 })
    expect(setFieldOf('eth_src', '2-0-0-0-0-A')).toEqual({ field: 'eth_src', value: '02:00:00:00:00:0a' })
    expect(setFieldOf('ipv6_src', '2001:DB8::0:1')).toEqual({ field: 'ipv6_src', value: '2001:db8::1' })
    expect(setFieldOf('tunnel_id', 5)).toEqual({ field: 'tunnel_id', value: 5n })
    expect(setFieldOf('nw_ttl', 300)).toEqual({ field: 'nxm_nx_ip_ttl', value: 44 })
    expect(setFieldOf('ipv4_src', '10.0.0.1/8')).toEqual({ field: 'ipv4_src', value: '10.0.0.1', mask: '255.0.0.0' })
  })
})

describe('a whole number', () => {
  it('may have a sign and zeros', () => {
    expect(integer('-0x10')).toBe(-16n)
    expect(integer('+7')).toBe(7n)
    expect(integer('000')).toBe(0n)
  })
})
