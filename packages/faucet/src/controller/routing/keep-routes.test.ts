import { describe, expect, it } from 'vitest'
import { parseFaucetConfig } from '../../config/parse.js'
import { resolveFaucetConfig } from '../../config/resolve.js'
import { changesOf, flowsOf } from '../core/network.test-support.js'
import { alice, bob, frames, Lab, twoNetworks } from './routing.test-support.js'

function reconfigured(yaml: string): Lab {
  const lab = new Lab(twoNetworks())
  lab.frame(alice, frames.arpRequest(alice, '10.0.1.254')).frame(bob, frames.arpRequest(bob, '10.0.2.254')).frame(alice, frames.udp(alice, '10.0.2.9'))
  return lab.do({ type: 'config', config: resolveFaucetConfig(parseFaucetConfig(yaml)) })
}

const flowsTo = (lab: Lab, destination: string) => flowsOf(lab.network).filter((flow) => flow.includes(`nw_dst=${destination} `))

describe('another configuration', () => {
  it('leaves routes that it does not concern', () => {
    const lab = reconfigured(twoNetworks({ dp: 'advertise_interval: 60' }))
    expect(['10.0.1.1', '10.0.2.2', '10.0.2.9'].map((address) => flowsTo(lab, address).length)).toEqual([2, 2, 2])
    expect(changesOf(lab.effects)).toEqual([])
  })

  it('takes networks away with their hosts', () => {
    const lab = reconfigured(twoNetworks().replace('10.0.2.254', '10.0.3.254'))
    expect(['10.0.1.1', '10.0.2.2', '10.0.2.9'].map((address) => flowsTo(lab, address).length)).toEqual([2, 0, 0])
  })

  it('takes ports out of VLANs', () => {
    const lab = reconfigured(twoNetworks().replace('1: {native_vlan: 100}', '1: {native_vlan: 200}'))
    expect(flowsTo(lab, '10.0.1.1')).toEqual([])
  })

  it('gives hosts other routers and other MACs', () => {
    const lab = reconfigured(twoNetworks({ routers: '' }).replace('0e:00:00:00:10:01', '0e:00:00:00:10:99'))
    expect(flowsTo(lab, '10.0.1.1')).toHaveLength(1)
    expect(flowsTo(lab, '10.0.1.1')[0]).toContain('set_field:0e:00:00:00:10:99->eth_src')
  })

  it('makes a host a gateway', () => {
    const lab = reconfigured(twoNetworks({ routes: ', routes: [{ip_dst: 192.168.0.0/24, ip_gw: 10.0.1.1}]' }))
    expect(flowsTo(lab, '192.168.0.0/24')).toHaveLength(2)
  })
})
