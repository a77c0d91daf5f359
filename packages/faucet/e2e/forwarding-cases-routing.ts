import { network } from './forwarding-case.js'

const mac1 = 'faucet_mac: "0e:00:00:00:10:01"'
const mac2 = 'faucet_mac: "0e:00:00:00:20:02"'
const mac3 = 'faucet_mac: "0e:00:00:00:30:03"'
const v4 = `v100: {vid: 100, faucet_vips: ["10.0.1.254/24"], ${mac1}}, v200: {vid: 200, faucet_vips: ["10.0.2.254/24"], ${mac2}}`
const v6 =
  `v100: {vid: 100, faucet_vips: ["fc00::1:254/112", "fe80::1:254/64"], ${mac1}}, ` +
  `v200: {vid: 200, faucet_vips: ["fc01::1:254/112", "fe80::2:254/64"], ${mac2}}`
const both =
  `v100: {vid: 100, faucet_vips: ["10.0.1.254/24", "fc00::1:254/112"], ${mac1}}, ` +
  `v200: {vid: 200, faucet_vips: ["10.0.2.254/24", "fc01::1:254/112"], ${mac2}}`
const routers = 'r1: {vlans: [v100, v200]}'
const ports = '1: {native_vlan: v100}, 2: {native_vlan: v200}, 3: {tagged_vlans: [v100, v200]}'
const routes4 =
  `v100: {vid: 100, faucet_vips: ["10.0.1.254/24"], ${mac1}, routes: [{route: {ip_dst: "192.168.0.0/16", ip_gw: "10.0.1.1"}}]}, ` +
  `v200: {vid: 200, faucet_vips: ["10.0.2.254/24"], ${mac2}, routes: [{route: {ip_dst: "0.0.0.0/0", ip_gw: "10.0.2.2"}}, ` +
  `{route: {ip_dst: "172.16.5.0/24", ip_gw: "10.0.2.200"}}]}`

/** VIPs, routing between VLANs and static routes. */
export const routingCases = [
  network('IPv4 routing', { vlans: v4, routers, ports }),
  network('VIPs without a router', { vlans: v4, ports }),
  network('a VIP in one VLAN', { vlans: `v100: {vid: 100, faucet_vips: ["10.0.1.254/24"], ${mac1}}, v200: {vid: 200}`, ports }),
  network('one address of Faucet for all VLANs', { vlans: 'v100: {vid: 100, faucet_vips: ["10.0.1.254/24"]}, v200: {vid: 200, faucet_vips: ["10.0.2.254/24"]}', routers, ports }),
  network('two VIPs in one VLAN', { vlans: `v100: {vid: 100, faucet_vips: ["10.0.1.254/24", "10.0.3.254/25"], ${mac1}}, v200: {vid: 200, faucet_vips: ["10.0.2.254/24"], ${mac2}}`, routers, ports }),
  network('static routes', { vlans: routes4, routers, ports }),
  network('static routes without a router', { vlans: routes4, ports }),
  network('IPv6 routing', { vlans: v6, routers, ports }),
  network('IPv6 VIPs without a router', { vlans: v6, ports }),
  network('IPv6 static routes', {
    vlans:
      `v100: {vid: 100, faucet_vips: ["fc00::1:254/112"], ${mac1}, routes: [{route: {ip_dst: "2001:db8::/32", ip_gw: "fc00::1:1"}}]}, ` +
      `v200: {vid: 200, faucet_vips: ["fc01::1:254/112"], ${mac2}, routes: [{route: {ip_dst: "::/0", ip_gw: "fc01::1:2"}}]}`,
    routers,
    ports,
  }),
  network('IPv4 and IPv6', { vlans: both, routers, ports }),
  network('IPv4 and IPv6 without a router', { vlans: both, ports }),
  network('three VLANs, a router for two', {
    vlans: `${v4}, v300: {vid: 300, faucet_vips: ["10.0.3.254/24"], ${mac3}}`,
    routers,
    ports: `${ports}, 4: {native_vlan: v300}`,
  }),
  network('three VLANs, two routers', {
    vlans: `${v4}, v300: {vid: 300, faucet_vips: ["10.0.3.254/24"], ${mac3}}`,
    routers: 'r1: {vlans: [v100, v200]}, r2: {vlans: [v300]}',
    ports: `${ports}, 4: {native_vlan: v300}`,
  }),
  network('a global VLAN', { dp: 'global_vlan: 2000', vlans: v4, routers, ports }),
  network('a global VLAN with IPv6', { dp: 'global_vlan: 2000', vlans: both, routers, ports }),
  network('no proactive learning', { dp: 'proactive_learn_v4: false, proactive_learn_v6: false', vlans: both, routers, ports }),
  network('any gateway, any size', { vlans: `v100: {vid: 100, faucet_vips: ["10.0.1.254/24"], ${mac1}, targeted_gw_resolution: false, minimum_ip_size_check: false}, v200: {vid: 200, faucet_vips: ["10.0.2.254/24"], ${mac2}}`, routers, ports }),
  network('routing with hairpin', { vlans: v4, routers, ports: '1: {native_vlan: v100, hairpin: true}, 2: {tagged_vlans: [v100, v200], hairpin_unicast: true}, 3: {native_vlan: v200}' }),
  network('routing with mirrors', { vlans: v4, routers, ports: `${ports}, 4: {mirror: [1, 3]}` }),
  network('routing with the egress pipeline', { dp: 'egress_pipeline: true', vlans: both, routers, ports }),
  network('routing with group tables', { dp: 'group_table: true', vlans: both, routers, ports }),
  network('routing behind ACLs of ports', {
    vlans: v4, routers, ports: '1: {native_vlan: v100, acls_in: [a]}, 2: {native_vlan: v200}, 3: {tagged_vlans: [v100, v200], acls_in: [a]}',
    acls: 'a: [{rule: {eth_type: 0x800, ip_proto: 1, actions: {allow: 0}}}, {rule: {eth_type: 0x800, ipv4_dst: 10.0.2.0/25, actions: {allow: 1}}}, {rule: {eth_type: 0x806, actions: {allow: 1}}}]',
  }),
  network('routing behind ACLs of VLANs', {
    vlans: `v100: {vid: 100, faucet_vips: ["10.0.1.254/24"], ${mac1}, acls_in: [a]}, v200: {vid: 200, faucet_vips: ["10.0.2.254/24"], ${mac2}, acls_out: [b]}`,
    routers, ports,
    acls: 'a: [{rule: {eth_type: 0x800, ip_proto: 17, actions: {allow: 0}}}, {rule: {actions: {allow: 1}}}], b: [{rule: {eth_type: 0x800, ip_proto: 6, tcp_dst: 443, actions: {allow: 0}}}, {rule: {actions: {allow: 1}}}]',
  }),
  network('routing with the coprocessor', { vlans: v4, routers, ports: `${ports}, 4: {coprocessor: {strategy: vlan_vid}}` }),
  network('routing with restricted broadcasts', { vlans: both, routers, ports: '1: {native_vlan: v100, restricted_bcast_arpnd: true}, 2: {native_vlan: v200}, 3: {tagged_vlans: [v100, v200]}, 4: {native_vlan: v100, restricted_bcast_arpnd: true}' }),
  network('routing without spoof protection', { dp: 'drop_spoofed_faucet_mac: false', vlans: v4, routers, ports }),
  network('routing with a limit of hosts', { vlans: v4, routers, ports: '1: {native_vlan: v100, max_hosts: 1}, 2: {native_vlan: v200, permanent_learn: true}, 3: {tagged_vlans: [v100, v200]}' }),
  network('routing with a port that is away', { vlans: both, routers, ports, absent: ['sw1:2'] }),
  network('wide subnets', { vlans: `v100: {vid: 100, faucet_vips: ["10.1.0.254/16"], ${mac1}}, v200: {vid: 200, faucet_vips: ["172.16.0.129/28"], ${mac2}}`, routers, ports }),
]
