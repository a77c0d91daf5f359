/** Frames, and what `ovs-ofctl ofp-print` of Open vSwitch 3.1.0 prints of them in a packet-out. */
export const packetGoldens: readonly (readonly [name: string, hex: string, text: string])[] = [
  [
    'udp',
    'ffffffffffff02000000000108004500003000014000401100000a0000010a0000021f900035001c12340000000000000000000000000000000000000000',
    'udp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,tp_src=8080,tp_dst=53 udp_csum:1234',
  ],
  [
    'tcp',
    'ffffffffffff020000000001080045b9002800014000400600000a0000010a0000021f90005000000001000000025012100012340000',
    'tcp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=184,nw_ecn=1,nw_ttl=64,nw_frag=no,tp_src=8080,tp_dst=80,tcp_flags=syn|ack tcp_csum:1234',
  ],
  [
    'sctp',
    'ffffffffffff02000000000108004500002c00014000408400000a0000010a0000021f9000350000000000000000000000000000000000000000',
    'sctp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,tp_src=8080,tp_dst=53 sctp_csum:0',
  ],
  [
    'icmp',
    'ffffffffffff02000000000108004500001c00014000400100000a0000010a0000020800f7ff00000000',
    'icmp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,icmp_type=8,icmp_code=0 icmp_csum:f7ff',
  ],
  [
    'igmp',
    'ffffffffffff02000000000108004500001c00014000400200000a0000010a0000021600f7ffe0000001',
    'ip,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_proto=2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,tp_src=22,tp_dst=0',
  ],
  [
    'ip99',
    'ffffffffffff02000000000108004500001c00014000406300000a0000010a0000026162636465666768',
    'ip,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_proto=99,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no',
  ],
  [
    'frag first',
    'ffffffffffff02000000000108004500003000012000401100000a0000010a0000021f900035001c12340000000000000000000000000000000000000000',
    'udp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=first,tp_src=8080,tp_dst=53 udp_csum:1234',
  ],
  [
    'frag later',
    'ffffffffffff02000000000108004500003000012005401100000a0000010a0000021f900035001c12340000000000000000000000000000000000000000',
    'udp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=later udp_csum:1234',
  ],
  [
    'udp6',
    'ffffffffffff02000000000186dd60300005001c1140fd000000000000000000000000000001fd0000000000000000000000000000021f900035001c12340000000000000000000000000000000000000000',
    'udp6,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,ipv6_src=fd00::1,ipv6_dst=fd00::2,ipv6_label=0x00005,nw_tos=0,nw_ecn=3,nw_ttl=64,nw_frag=no,tp_src=8080,tp_dst=53 udp_csum:1234',
  ],
  [
    'tcp6',
    'ffffffffffff02000000000186dd6030000500140640fd000000000000000000000000000001fd0000000000000000000000000000021f90005000000001000000025012100012340000',
    'tcp6,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,ipv6_src=fd00::1,ipv6_dst=fd00::2,ipv6_label=0x00005,nw_tos=0,nw_ecn=3,nw_ttl=64,nw_frag=no,tp_src=8080,tp_dst=80,tcp_flags=syn|ack tcp_csum:1234',
  ],
  [
    'icmp6',
    'ffffffffffff02000000000186dd6030000500083a40fd000000000000000000000000000001fd0000000000000000000000000000028000123400010002',
    'icmp6,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,ipv6_src=fd00::1,ipv6_dst=fd00::2,ipv6_label=0x00005,nw_tos=0,nw_ecn=3,nw_ttl=64,nw_frag=no,icmp_type=128,icmp_code=0 icmp6_csum:1234',
  ],
  [
    'ns',
    'ffffffffffff02000000000186dd6030000500203a40fd000000000000000000000000000001fd0000000000000000000000000000028700123400000000fd0000000000000000000000000000020101020000000001',
    'icmp6,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,ipv6_src=fd00::1,ipv6_dst=fd00::2,ipv6_label=0x00005,nw_tos=0,nw_ecn=3,nw_ttl=64,nw_frag=no,icmp_type=135,icmp_code=0,nd_target=fd00::2,nd_sll=02:00:00:00:00:01,nd_tll=00:00:00:00:00:00 icmp6_csum:1234',
  ],
  [
    'hop',
    'ffffffffffff02000000000186dd6030000500100040fd000000000000000000000000000001fd0000000000000000000000000000023a000000000000008000123400010002',
    'icmp6,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,ipv6_src=fd00::1,ipv6_dst=fd00::2,ipv6_label=0x00005,nw_tos=0,nw_ecn=3,nw_ttl=64,nw_frag=no,icmp_type=128,icmp_code=0 icmp6_csum:1234',
  ],
  [
    'f6',
    'ffffffffffff02000000000186dd6030000500242c40fd000000000000000000000000000001fd00000000000000000000000000000211000001000000011f900035001c12340000000000000000000000000000000000000000',
    'udp6,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,ipv6_src=fd00::1,ipv6_dst=fd00::2,ipv6_label=0x00005,nw_tos=0,nw_ecn=3,nw_ttl=64,nw_frag=first,tp_src=8080,tp_dst=53 udp_csum:1234',
  ],
  [
    'f6b',
    'ffffffffffff02000000000186dd6030000500242c40fd000000000000000000000000000001fd00000000000000000000000000000211000011000000011f900035001c12340000000000000000000000000000000000000000',
    'ipv6,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,ipv6_src=fd00::1,ipv6_dst=fd00::2,ipv6_label=0x00005,nw_proto=44,nw_tos=0,nw_ecn=3,nw_ttl=64,nw_frag=later',
  ],
  [
    'vlan',
    'ffffffffffff0200000000018100a06408004500003000014000401100000a0000010a0000021f900035001c12340000000000000000000000000000000000000000',
    'udp,dl_vlan=100,dl_vlan_pcp=5,vlan_tci1=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,tp_src=8080,tp_dst=53 udp_csum:1234',
  ],
  [
    'qinq',
    'ffffffffffff02000000000188a8a0648100000a08004500003000014000401100000a0000010a0000021f900035001c12340000000000000000000000000000000000000000',
    'udp,dl_vlan=100,dl_vlan_pcp=5,dl_vlan1=10,dl_vlan_pcp1=0,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,tp_src=8080,tp_dst=53 udp_csum:1234',
  ],
  [
    'mpls',
    'ffffffffffff0200000000018847000641ff4500003000014000401100000a0000010a0000021f900035001c12340000000000000000000000000000000000000000',
    'mpls,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,mpls_label=100,mpls_tc=0,mpls_ttl=255,mpls_bos=1',
  ],
  [
    'mpls2',
    'ffffffffffff0200000000018847000640ff000651fe4500003000014000401100000a0000010a0000021f900035001c12340000000000000000000000000000000000000000',
    'mpls,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,mpls_label=100,mpls_tc=0,mpls_ttl=255,mpls_bos=0,mpls_lse1=414206',
  ],
  [
    'arp',
    'ffffffffffff020000000001080600010800060400010200000000010a0000010000000000000a000002',
    'arp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,arp_spa=10.0.0.1,arp_tpa=10.0.0.2,arp_op=1,arp_sha=02:00:00:00:00:01,arp_tha=00:00:00:00:00:00',
  ],
  [
    'rarp',
    'ffffffffffff020000000001803500010800060400030200000000010a0000010000000000000a000002',
    'rarp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,arp_spa=10.0.0.1,arp_tpa=10.0.0.2,arp_op=3,arp_sha=02:00:00:00:00:01,arp_tha=00:00:00:00:00:00',
  ],
  [
    'lldp',
    'ffffffffffff02000000000188cc0207',
    'vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,dl_type=0x88cc',
  ],
  [
    'llc',
    'ffffffffffff0200000000010004aaaa0300',
    'vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,dl_type=0x05ff',
  ],
  [
    'snap',
    'ffffffffffff020000000001001caaaa0300000008004500001400014000401100000a0000010a000002',
    'udp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,tp_src=0,tp_dst=0',
  ],
  [
    'short',
    '010203',
    'vlan_tci=0x0000,dl_src=00:00:00:00:00:00,dl_dst=00:00:00:00:00:00,dl_type=0x0000',
  ],
  [
    'trunc ip',
    'ffffffffffff020000000001080045000030000140004011',
    'ip,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=0.0.0.0,nw_dst=0.0.0.0,nw_proto=0,nw_tos=0,nw_ecn=0,nw_ttl=0,nw_frag=no',
  ],
  [
    'trunc l4',
    'ffffffffffff02000000000108004500003000014000401100000a0000010a0000021f900035',
    'ip,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=0.0.0.0,nw_dst=0.0.0.0,nw_proto=0,nw_tos=0,nw_ecn=0,nw_ttl=0,nw_frag=no',
  ],
  [
    'nsh',
    'ffffffffffff020000000001894f0fc60103000001ff00000000000000000000000000000000',
    'vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,dl_type=0x894f,nsh_flags=0,nsh_ttl=63,nsh_mdtype=1,nsh_np=3,nsh_spi=0x1,nsh_si=255,nsh_c1=0x0,nsh_c2=0x0,nsh_c3=0x0,nsh_c4=0x0,nw_proto=0,nw_tos=0,nw_ecn=0,nw_ttl=0,nw_frag=no',
  ],
  [
    'icmpbad',
    'ffffffffffff02000000000108004500001a00014000400100000a0000010a000002080000000000',
    'icmp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,icmp_type=0,icmp_code=0',
  ],
  [
    'pad',
    'ffffffffffff02000000000108004500003000014000401100000a0000010a0000021f900035001c123400000000000000000000000000000000000000000000000000000000000000000000000000000000',
    'udp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,tp_src=8080,tp_dst=53 udp_csum:1234',
  ],
  [
    'trunctcp',
    'ffffffffffff02000000000108004500002800014000400600000a0000010a0000021f900050000000010000',
    'ip,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=0.0.0.0,nw_dst=0.0.0.0,nw_proto=0,nw_tos=0,nw_ecn=0,nw_ttl=0,nw_frag=no',
  ],
  [
    'v0',
    'ffffffffffff0200000000018100000008004500003000014000401100000a0000010a0000021f900035001c12340000000000000000000000000000000000000000',
    'udp,dl_vlan=0,dl_vlan_pcp=0,vlan_tci1=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,tp_src=8080,tp_dst=53 udp_csum:1234',
  ],
  [
    'badver',
    'ffffffffffff02000000000108006500003000014000401100000a0000010a0000021f900035001c12340000000000000000000000000000000000000000',
    'udp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,tp_src=8080,tp_dst=53 udp_csum:1234',
  ],
  [
    'eth2 bad',
    'ffffffffffff02000000000105dd000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000',
    'vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,dl_type=0x05ff',
  ],
  [
    '3v',
    'ffffffffffff0200000000018100a0648100000a8100000b08004500003000014000401100000a0000010a0000021f900035001c12340000000000000000000000000000000000000000',
    'dl_vlan=100,dl_vlan_pcp=5,dl_vlan1=10,dl_vlan_pcp1=0,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,dl_type=0x8100',
  ],
  [
    'icmp6 in ip',
    'ffffffffffff02000000000108004500001c00014000403a00000a0000010a0000028000123400010002',
    'ip,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_proto=58,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,tp_src=128,tp_dst=0 icmp6_csum:1234',
  ],
  [
    'igmp in ip6',
    'ffffffffffff02000000000186dd6030000500080240fd000000000000000000000000000001fd0000000000000000000000000000021600f7ffe0000001',
    'ipv6,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,ipv6_src=fd00::1,ipv6_dst=fd00::2,ipv6_label=0x00005,nw_proto=2,nw_tos=0,nw_ecn=3,nw_ttl=64,nw_frag=no,tp_src=22,tp_dst=0',
  ],
  [
    'icmp in ip6',
    'ffffffffffff02000000000186dd6030000500020140fd000000000000000000000000000001fd0000000000000000000000000000021600',
    'ipv6,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,ipv6_src=fd00::1,ipv6_dst=fd00::2,ipv6_label=0x00005,nw_proto=1,nw_tos=0,nw_ecn=3,nw_ttl=64,nw_frag=no,tp_src=0,tp_dst=0',
  ],
]
