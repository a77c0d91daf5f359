import { describe, expect, it } from 'vitest'
import { changesOf, flowsOf } from '../core/network.test-support.js'
import { alice, bob, frames, Lab, twoNetworks, type Host } from './routing.test-support.js'

/** The flows to some destination. */
function flowsTo(lab: Lab, destination: string): readonly string[] {
  return flowsOf(lab.network).filter((flow) => flow.includes(`_dst=${destination} `))
}

const settled = 'dec_ttl,set_field:4196->vlan_vid,set_field:0e:00:00:00:10:01->eth_src,set_field:02:00:00:00:00:01->eth_dst'

describe('a host that is known', () => {
  it('is routed to from each VLAN of its router', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.arpRequest(alice, '10.0.1.254'))
    const flows = ['100', '200'].map((vid) => `table=2, priority=12320,ip,dl_vlan=${vid},nw_dst=10.0.1.1 actions=${settled},goto_table:5`)
    expect(flowsTo(lab, '10.0.1.1')).toEqual(flows)
    expect(changesOf(lab.effects).filter((change) => change.includes('nw_dst'))).toEqual(flows.map((flow) => `add ${flow}`))
  })

  it('is routed to in its own VLAN where there is no router, which it does not leave', () => {
    const lab = new Lab(twoNetworks({ routers: '' })).frame(alice, frames.arpRequest(alice, '10.0.1.254'))
    const actions = settled.replace('set_field:4196->vlan_vid,', '')
    expect(flowsTo(lab, '10.0.1.1')).toEqual([`table=2, priority=12320,ip,dl_vlan=100,nw_dst=10.0.1.1 actions=${actions},goto_table:5`])
  })

  it('is routed to from the global VLAN', () => {
    const lab = new Lab(twoNetworks({ dp: 'global_vlan: 2000' })).frame(alice, frames.arpRequest(alice, '10.0.1.254'))
    expect(flowsTo(lab, '10.0.1.1')).toEqual([`table=2, priority=12320,ip,dl_vlan=2000,nw_dst=10.0.1.1 actions=${settled},goto_table:5`])
  })

  it('is routed to by another MAC when it has another', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.arpRequest(alice, '10.0.1.254'))
    const other: Host = { ...alice, mac: '02:00:00:00:00:99' }
    lab.frame(other, frames.arpRequest(other, '10.0.1.254'))
    const changes = changesOf(lab.effects).filter((change) => change.includes('nw_dst'))
    expect(changes.map((change) => change.slice(0, 13))).toEqual(['modify_strict', 'modify_strict'])
  })
})

describe('a host that is sought', () => {
  it('gets no packets for a while', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.udp(alice, '10.0.2.2'))
    for (const flow of flowsTo(lab, '10.0.2.2')) expect(flow).toMatch(/^table=2, hard_timeout=(6[4-9]\d|7[0-6]\d), priority=12320,ip,dl_vlan=\d00,nw_dst=10\.0\.2\.2 actions=drop$/)
    expect(flowsTo(lab, '10.0.2.2')).toHaveLength(2)
  })

  it('gets them when it has answered', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.udp(alice, '10.0.2.2')).frame(bob, frames.arpReply(bob))
    expect(flowsTo(lab, '10.0.2.2').every((flow) => flow.includes('set_field:02:00:00:00:00:02->eth_dst'))).toBe(true)
    // The blackhole had a time limit: it is replaced, for it may be gone.
    expect(changesOf(lab.effects).filter((change) => change.includes('nw_dst')).every((change) => change.startsWith('add '))).toBe(true)
  })
})

describe('a configured route', () => {
  const routes = ', routes: [{ip_dst: 192.168.0.0/24, ip_gw: 10.0.1.1}, {ip_dst: "fd00::/64", ip_gw: "fc00::1:1"}]'

  it('is there when its gateway is known', () => {
    const lab = new Lab(twoNetworks({ routes })).wait(1)
    expect(flowsTo(lab, '192.168.0.0/24')).toEqual([])
    lab.frame(alice, frames.arpReply(alice))
    expect(flowsTo(lab, '192.168.0.0/24')).toEqual(
      ['100', '200'].map((vid) => `table=2, priority=12312,ip,dl_vlan=${vid},nw_dst=192.168.0.0/24 actions=${settled},goto_table:5`),
    )
    expect(flowsTo(lab, '10.0.1.1')).toEqual([])
  })

  it('is beside the one to the gateway itself, when that speaks with us', () => {
    const lab = new Lab(twoNetworks({ routes })).frame(alice, frames.arpRequest(alice, '10.0.1.254'))
    expect(flowsTo(lab, '192.168.0.0/24')).toHaveLength(2)
    expect(flowsTo(lab, '10.0.1.1')).toHaveLength(2)
  })

  it('has priority by the length of its prefix', () => {
    const host = { ...alice, ip: 'fc00::1:1' }
    const lab = new Lab(twoNetworks({ routes })).wait(1).frame(host, frames.advertisement(host, 'fc00::1:254'))
    expect(flowsTo(lab, 'fd00::/64')[0]).toContain('priority=12352,ipv6,')
  })
})
