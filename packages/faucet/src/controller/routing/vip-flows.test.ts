import { describe, expect, it } from 'vitest'
import { flowsOf, networkOf } from '../core/network.test-support.js'

/** Those of the tables of routes and VIPs, and what leads there; tables by name. */
function vipFlowsOf(yaml: string): readonly string[] {
  const network = networkOf(yaml)
  const names = [...network.dps.values()][0]?.layout.names ?? []
  const named = flowsOf(network).map((flow) =>
    flow
      .replace(/^(?:table=(\d+), )?(?!table)/, (_, number?: string) => `${names[Number(number ?? 0)] ?? ''}: `)
      .replace(/goto_table:(\d+)/, (_, number: string) => `>${names[Number(number)] ?? ''}`),
  )
  return named.filter((flow) => /^(?:ipv._fib|vip): (?!priority=0 )|^eth_src: priority=16384/.test(flow))
}

const rest = 'dps: {sw1: {dp_id: 1, hardware: Open vSwitch, interfaces: {1: {native_vlan: 100}}}}'

describe('packets for the addresses of the controller', () => {
  it('in a network of IPv4', () => {
    expect(vipFlowsOf(`vlans: {100: {faucet_vips: ["10.0.1.254/24"], faucet_mac: "0e:00:00:00:10:01"}}\n${rest}`)).toEqual([
      'eth_src: priority=16384,arp,dl_vlan=100 actions=>vip',
      'eth_src: priority=16384,ip,dl_vlan=100,dl_dst=0e:00:00:00:10:01 actions=>ipv4_fib',
      'ipv4_fib: priority=12312,ip,dl_vlan=100,nw_dst=10.0.1.0/24 actions=>vip',
      'ipv4_fib: priority=12320,ip,dl_vlan=100,nw_dst=10.0.1.254 actions=>vip',
      'vip: priority=12316,ip actions=CONTROLLER:194,>eth_dst',
      'vip: priority=12317,ip,dl_dst=0e:00:00:00:10:01 actions=CONTROLLER:194',
      'vip: priority=12318,icmp actions=CONTROLLER:194,>eth_dst',
      'vip: priority=12319,arp actions=>eth_dst',
      'vip: priority=12319,icmp,dl_dst=0e:00:00:00:10:01 actions=CONTROLLER:174',
      'vip: priority=12320,arp,dl_dst=0e:00:00:00:10:01 actions=CONTROLLER:64',
      'vip: priority=12320,arp,dl_dst=ff:ff:ff:ff:ff:ff,arp_tpa=10.0.1.254 actions=CONTROLLER:64',
    ])
  })

  it('in a network of IPv6 with a link-local address', () => {
    expect(vipFlowsOf(`vlans: {100: {faucet_vips: ["fc00::1:254/112", "fe80::1:254/64"], faucet_mac: "0e:00:00:00:10:01"}}\n${rest}`)).toEqual([
      'eth_src: priority=16384,ipv6,dl_vlan=100,dl_dst=0e:00:00:00:10:01 actions=>ipv6_fib',
      'eth_src: priority=16384,ipv6,dl_vlan=100,dl_dst=33:33:00:00:00:02 actions=>vip',
      'eth_src: priority=16384,ipv6,dl_vlan=100,dl_dst=33:33:ff:01:02:54 actions=>vip',
      'ipv6_fib: priority=12400,ipv6,dl_vlan=100,ipv6_dst=fc00::1:0/112 actions=>vip',
      'ipv6_fib: priority=12416,ipv6,dl_vlan=100,ipv6_dst=fc00::1:254 actions=>vip',
      'ipv6_fib: priority=12416,ipv6,dl_vlan=100,ipv6_dst=fc00::1:ffff actions=>vip',
      'ipv6_fib: priority=12416,ipv6,dl_vlan=100,ipv6_dst=fe80::1:254 actions=>vip',
      'ipv6_fib: priority=12416,ipv6,dl_vlan=100,ipv6_dst=fe80::ffff:ffff:ffff:ffff actions=>vip',
      'vip: priority=12412,ipv6 actions=CONTROLLER:194,>eth_dst',
      'vip: priority=12413,ipv6,dl_dst=0e:00:00:00:10:01 actions=CONTROLLER:194',
      'vip: priority=12414,icmp6 actions=CONTROLLER:194,>eth_dst',
      'vip: priority=12415,icmp6,dl_dst=0e:00:00:00:10:01 actions=CONTROLLER:194',
      'vip: priority=12416,icmp6,dl_dst=0e:00:00:00:10:01,icmp_type=128 actions=CONTROLLER:194',
      'vip: priority=12416,icmp6,dl_dst=0e:00:00:00:10:01,icmp_type=136 actions=CONTROLLER:194',
      'vip: priority=12416,icmp6,dl_dst=33:33:00:00:00:02,icmp_type=133 actions=CONTROLLER:194,>eth_dst',
      'vip: priority=12416,icmp6,dl_dst=33:33:ff:01:02:54,icmp_type=135 actions=CONTROLLER:194,>eth_dst',
    ])
  })

  it('without proactive learning, for the VIP alone', () => {
    const flows = vipFlowsOf(`vlans: {100: {faucet_vips: ["10.0.1.254/24"]}}\n${rest.replace('dp_id: 1', 'dp_id: 1, proactive_learn_v4: false')}`)
    expect(flows.filter((flow) => flow.startsWith('ipv4_fib'))).toEqual(['ipv4_fib: priority=12320,ip,dl_vlan=100,nw_dst=10.0.1.254 actions=>vip'])
    expect(flows.filter((flow) => flow.startsWith('vip')).every((flow) => flow.includes('arp'))).toBe(true)
  })

  it('for the networks of a router, in each of its VLANs', () => {
    const yaml = `vlans: {100: {faucet_vips: ["10.0.1.254/24"]}, 200: {faucet_vips: ["10.0.2.254/24"]}, 300: {}}
routers: {r1: {vlans: [100, 200]}}
dps: {sw1: {dp_id: 1, hardware: Open vSwitch, interfaces: {1: {tagged_vlans: [100, 200, 300]}}}}`
    expect(vipFlowsOf(yaml).filter((flow) => /nw_dst=.*\/24/.test(flow))).toEqual([
      'ipv4_fib: priority=12312,ip,dl_vlan=100,nw_dst=10.0.1.0/24 actions=>vip',
      'ipv4_fib: priority=12312,ip,dl_vlan=100,nw_dst=10.0.2.0/24 actions=>vip',
      'ipv4_fib: priority=12312,ip,dl_vlan=200,nw_dst=10.0.1.0/24 actions=>vip',
      'ipv4_fib: priority=12312,ip,dl_vlan=200,nw_dst=10.0.2.0/24 actions=>vip',
    ])
  })

  it('in a global VLAN, where the destination says from which VLAN they come', () => {
    const yaml = `vlans: {300: {faucet_vips: ["10.0.1.254/24"], faucet_mac: "0e:00:00:00:10:01"}}
routers: {r1: {vlans: [300]}}
dps: {sw1: {dp_id: 1, hardware: Open vSwitch, global_vlan: 2000, interfaces: {1: {native_vlan: 300}}}}`
    expect(vipFlowsOf(yaml).filter((flow) => !flow.startsWith('vip'))).toEqual([
      'eth_src: priority=16384,arp,dl_vlan=300 actions=>vip',
      'eth_src: priority=16384,ip,dl_vlan=300,dl_dst=0e:00:00:00:10:01 actions=set_field:0e:00:00:00:01:2c->eth_dst,set_field:6096->vlan_vid,>ipv4_fib',
      'ipv4_fib: priority=12312,ip,dl_vlan=2000,nw_dst=10.0.1.0/24 actions=>vip',
      'ipv4_fib: priority=12320,ip,dl_vlan=2000,nw_dst=10.0.1.254 actions=>vip',
    ])
  })
})
