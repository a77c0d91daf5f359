import { describe, expect, it } from 'vitest'
import { networkOf } from '../core/network.test-support.js'
import { twoNetworks } from './routing.test-support.js'
import { isGateway, isRoutable, staticRoutes } from './static-routes.js'
import { ipOf } from './vip.js'

const routes = ', routes: [{ip_dst: 192.168.0.0/24, ip_gw: 10.0.1.1}, {ip_dst: 192.168.1.0/24, ip_gw: 10.0.1.1}, {ip_dst: "fd00::/64", ip_gw: "fe80::7"}, {ip_dst: 192.168.2.0/24, ip_gw: 10.0.9.1}, {ip_dst: 192.168.0.0/24, ip_gw: 10.0.1.2}]'

describe('configured routes', () => {
  const vlan = networkOf(twoNetworks({ routes })).dps.get('sw1')?.dp.vlans.get(100)
  if (!vlan) throw new Error('no VLAN')

  it('are known from both ends; of two to one destination the last one counts', () => {
    expect(staticRoutes(vlan).gateway.get('192.168.0.0/24')).toBe('10.0.1.2')
    expect(staticRoutes(vlan).destinations.get('10.0.1.1')).toEqual(['192.168.1.0/24'])
  })

  it('go by way of hosts of the network', () => {
    expect(staticRoutes(vlan).gateways.map(({ text }) => text).sort()).toEqual(['10.0.1.1', '10.0.1.2', 'fe80::7'])
    expect([isGateway(vlan, ipOf('10.0.1.1')), isGateway(vlan, ipOf('10.0.1.3'))]).toEqual([true, false])
  })

  it('may go by way of addresses of the link, to which nothing else is routed', () => {
    expect([isRoutable(vlan, ipOf('fe80::7')), isRoutable(vlan, ipOf('fe80::8')), isRoutable(vlan, ipOf('10.0.1.9'))]).toEqual([true, false, true])
  })
})
