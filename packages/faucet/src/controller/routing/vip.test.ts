import { describe, expect, it } from 'vitest'
import type { ResolvedVlan } from '../../config/index.js'
import { networkOf } from '../core/network.test-support.js'
import { twoNetworks } from './routing.test-support.js'
import { hostRoute, ipOf, isLinkLocalIp, isVip, vipAround, vipsOf } from './vip.js'

function vlanWith(...vips: readonly string[]): ResolvedVlan {
  const faucet_vips = vips.map((text) => {
    const [address = '', length] = text.split('/')
    return { version: address.includes(':') ? (6 as const) : (4 as const), address, prefix_length: Number(length) }
  })
  return { faucet_vips } as unknown as ResolvedVlan
}

describe('the addresses of the controller', () => {
  it('come with their network', () => {
    const [vip] = vipsOf(vlanWith('10.0.1.254/24'))
    expect(vip).toMatchObject({ text: '10.0.1.254', network: '10.0.1.0/24', isLinkLocal: false })
    expect(vip?.last.text).toBe('10.0.1.255')
    expect(vipsOf(vlanWith('fe80::1:254/64'))[0]).toMatchObject({ network: 'fe80::/64', isLinkLocal: true })
  })

  it('are told apart by version', () => {
    const vlan = networkOf(twoNetworks()).dps.get('sw1')?.dp.vlans.get(100)
    expect(vlan && vipsOf(vlan, 6).map(({ text }) => text)).toEqual(['fc00::1:254', 'fe80::1:254'])
  })

  it('are found by the hosts of their network', () => {
    const vlan = vlanWith('10.0.0.1/8', '10.0.1.254/24', 'fc00::1/112')
    expect(vipAround(vlan, ipOf('10.0.1.7'))?.text).toBe('10.0.1.254')
    expect(vipAround(vlan, ipOf('10.9.1.7'))?.text).toBe('10.0.0.1')
    expect(vipAround(vlan, ipOf('fc00::7'))?.text).toBe('fc00::1')
    expect(vipAround(vlan, ipOf('11.0.0.1'))).toBeUndefined()
  })

  it('leave out the first and the last address', () => {
    const vlan = vlanWith('10.0.1.254/24', 'fc00::1/112')
    for (const text of ['10.0.1.0', '10.0.1.255', 'fc00::', 'fc00::ffff']) expect(vipAround(vlan, ipOf(text))).toBeUndefined()
  })

  it('are all known, those in the same network too', () => {
    const vlan = vlanWith('10.0.1.254/24', '10.0.1.253/24')
    expect(['10.0.1.254', '10.0.1.253', '10.0.1.1'].map((text) => isVip(vlan, ipOf(text)))).toEqual([true, true, false])
  })
})

describe('addresses', () => {
  it('are canonical', () => {
    expect(ipOf('FC00:0::1').text).toBe('fc00::1')
    expect(hostRoute(ipOf('10.0.0.1'))).toBe('10.0.0.1/32')
    expect(hostRoute(ipOf('fc00::1'))).toBe('fc00::1/128')
  })

  it('may be of the link', () => {
    expect(['169.254.3.3', 'fe80::1', '10.0.0.1', 'fc00::1'].map((text) => isLinkLocalIp(ipOf(text)))).toEqual([true, true, false, false])
  })
})
