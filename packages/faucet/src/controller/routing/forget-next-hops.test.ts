import { describe, expect, it } from 'vitest'
import { flowsOf } from '../core/network.test-support.js'
import { alice, frames, Lab, twoNetworks } from './routing.test-support.js'

const routes = ', routes: [{ip_dst: 192.168.0.0/24, ip_gw: 10.0.1.1}]'
const flowsTo = (lab: Lab, destination: string) => flowsOf(lab.network).filter((flow) => flow.includes(`nw_dst=${destination} `)).length

describe('a port that goes down', () => {
  it('takes the hosts behind it along', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.arpRequest(alice, '10.0.1.254')).port(1, false)
    expect(flowsTo(lab, '10.0.1.1')).toBe(0)
  })

  it('leaves the others', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.arpRequest(alice, '10.0.1.254')).port(2, false)
    expect(flowsTo(lab, '10.0.1.1')).toBe(2)
  })

  it('leaves hosts that have moved', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.arpRequest(alice, '10.0.1.254'))
    lab.now += 1000
    lab.frame({ port: 3 }, frames.udp(alice, '10.0.9.9', { mac: '02:00:00:00:00:09' })).port(1, false)
    expect(flowsTo(lab, '10.0.1.1')).toBe(2)
  })

  it('leaves routes by way of a gateway, which is asked for everywhere', () => {
    const lab = new Lab(twoNetworks({ routes })).frame(alice, frames.arpRequest(alice, '10.0.1.254')).wait(1).port(1, false)
    expect([flowsTo(lab, '10.0.1.1'), flowsTo(lab, '192.168.0.0/24')]).toEqual([0, 2])
    expect(lab.wait(2).packets).toContain('3: 0e:00:00:00:10:01 > ff:ff:ff:ff:ff:ff vlan 100 arp request 10.0.1.254 > 10.0.1.1')
  })
})
