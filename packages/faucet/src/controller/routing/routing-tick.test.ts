import { describe, expect, it } from 'vitest'
import { Lab, twoNetworks } from './routing.test-support.js'

describe('router advertisements', () => {
  const sent = (lab: Lab) => lab.packets.filter((packet) => packet.includes('router_advertisement'))

  it('go to all ports of a VLAN with a link-local VIP', () => {
    expect(sent(new Lab(twoNetworks()).wait(1))).toEqual([
      '3: 0e:00:00:00:10:01 > 33:33:00:00:00:01 vlan 100 fe80::1:254 > ff02::1 router_advertisement',
      '1: 0e:00:00:00:10:01 > 33:33:00:00:00:01 fe80::1:254 > ff02::1 router_advertisement',
    ])
  })

  it('are sent at the interval', () => {
    const lab = new Lab(twoNetworks({ dp: 'advertise_interval: 10' }))
    const seconds = Array.from({ length: 25 }, (_, index) => index + 1).filter(() => sent(lab.wait(1)).length > 0)
    expect(seconds).toEqual([1, 11, 21])
  })

  it('are not sent at an interval of 0, nor to ports that are down', () => {
    expect(sent(new Lab(twoNetworks({ dp: 'advertise_interval: 0' })).wait(1))).toEqual([])
    expect(sent(new Lab(twoNetworks()).port(1, false).wait(1))).toHaveLength(1)
  })

  it('leave the state as it is where nothing is routed', () => {
    const lab = new Lab('vlans: {100: {}}\ndps: {sw1: {dp_id: 1, hardware: Open vSwitch, interfaces: {1: {native_vlan: 100}}}}')
    const before = lab.network.dps.get('sw1')?.routing
    expect(lab.wait(1).network.dps.get('sw1')?.routing).toBe(before)
  })
})
