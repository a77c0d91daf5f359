/** Numbers of bridges and of dataplanes. */
export const on = { router: 1, beacons: 2, mirrors: 3, switching: 4, limits: 5, meters: 6, lag: 7, partner: 8, aging: 9, idle: 10 } as const
/** Ports of each bridge. */
export const portCount = 6

/** The other end of the LAG, a bridge that switches by itself. */
export const bond =
  'del-port b8p1 -- del-port b8p2 -- set Bridge br8 fail_mode=standalone -- ' +
  'add-bond br8 bond0 b8p1 b8p2 lacp=active other_config:lacp-time=fast bond_mode=balance-slb -- ' +
  'set Interface b8p1 type=dummy ofport_request=1 -- set Interface b8p2 type=dummy ofport_request=2'

/** One dataplane for each kind of thing that is tried. */
export const yaml = `
vlans:
  inside:
    vid: 100
    faucet_mac: 0e:00:00:00:01:00
    faucet_vips: ['10.100.0.254/24', 'fc00:0:0:100::254/64', 'fe80::1:254/64']
  outside: {vid: 200, faucet_mac: '0e:00:00:00:02:00', faucet_vips: ['10.200.0.254/24', 'fc00:0:0:200::254/64']}
  mirrored: {vid: 300}
  switched: {vid: 400}
  few: {vid: 500, max_hosts: 2}
  many: {vid: 501}
  metered: {vid: 600}
  lagged: {vid: 700}
  aging: {vid: 900}
  idle: {vid: 1000}
routers:
  between: {vlans: [inside, outside]}
meters:
  slow: {meter_id: 1, entry: {flags: [PKTPS, BURST], bands: [{type: DROP, rate: 2, burst_size: 4}]}}
acls:
  limited:
    - rule: {dl_type: 0x800, actions: {meter: slow, allow: 1}}
    - rule: {actions: {allow: 1}}
dps:
  router:
    dp_id: 1
    advertise_interval: 2
    interfaces:
      1: {native_vlan: inside}
      2: {tagged_vlans: [inside]}
      3: {native_vlan: outside}
      4: {tagged_vlans: [inside, outside]}
  beacons:
    dp_id: 2
    lldp_beacon: {send_interval: 1, max_per_interval: 10, system_name: beacons}
    interfaces:
      1:
        name: first
        native_vlan: switched
        lldp_beacon: {enable: true, port_descr: the first port, org_tlvs: [{oui: 0x12bb, subtype: 2, info: '01406500'}]}
      2: {tagged_vlans: [switched], lldp_beacon: {enable: true}}
      3: {native_vlan: switched}
  mirrors:
    dp_id: 3
    interfaces:
      1: {native_vlan: mirrored}
      2: {native_vlan: mirrored}
      3: {tagged_vlans: [mirrored]}
      4: {output_only: true, mirror: 1}
      5: {output_only: true, mirror: [1, 2]}
      6: {output_only: true, mirror: 3}
  switching:
    dp_id: 4
    interfaces:
      1: {native_vlan: switched}
      2: {native_vlan: switched}
      3: {native_vlan: switched}
      4: {tagged_vlans: [switched]}
      5: {native_vlan: switched, permanent_learn: true}
      6: {native_vlan: switched, loop_protect: true}
  limits:
    dp_id: 5
    interfaces:
      1: {native_vlan: few}
      2: {native_vlan: few}
      3: {native_vlan: few}
      4: {native_vlan: many, max_hosts: 1}
      5: {native_vlan: many}
      6: {native_vlan: many}
  meters:
    dp_id: 6
    interfaces:
      1: {native_vlan: metered, acl_in: limited}
      2: {native_vlan: metered}
      3: {native_vlan: metered}
  lag:
    dp_id: 7
    lacp_timeout: 3
    interfaces:
      1: {native_vlan: lagged, lacp: 1, lacp_active: true}
      2: {native_vlan: lagged, lacp: 1, lacp_active: true}
      3: {native_vlan: lagged}
  aging:
    dp_id: 9
    timeout: 30
    arp_neighbor_timeout: 14
    nd_neighbor_timeout: 14
    interfaces:
      1: {native_vlan: aging}
      2: {native_vlan: aging, permanent_learn: true}
      3: {native_vlan: aging}
  idle:
    dp_id: 10
    timeout: 30
    arp_neighbor_timeout: 14
    nd_neighbor_timeout: 14
    use_idle_timeout: true
    interfaces:
      1: {native_vlan: idle}
      2: {native_vlan: idle}
      3: {native_vlan: idle}
`
