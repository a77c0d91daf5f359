// Made by scripts/message-golden.mjs

/** The messages of `messageSamples`, and what `ovs-ofctl ofp-print` says about them: ovs-ofctl (Open vSwitch) 3.1.0. */
export const messageGoldens: Readonly<Record<string, { readonly hex: string; readonly text: string }>> = {
  'hello': {
    hex: '04000010000000010001000800000012',
    text: 'OFPT_HELLO (OF1.3) (xid=0x1):\n version bitmap: 0x01, 0x04',
  },
  'hello without bitmap, version 1.5': {
    hex: '0600000800000002',
    text: 'OFPT_HELLO (OF1.5) (xid=0x2):\n version bitmap: 0x01, 0x02, 0x03, 0x04, 0x05, 0x06',
  },
  'error': {
    hex: '0401001400000003000500010414000800000003',
    text: 'OFPT_ERROR (OF1.3) (xid=0x3): OFPFMFC_TABLE_FULL\nOFPT_BARRIER_REQUEST (OF1.3) (xid=0x3):',
  },
  'error hello_failed': {
    hex: '0401002000000004000000006e6f2076657273696f6e20696e20636f6d6d6f6e',
    text: 'OFPT_ERROR (OF1.3) (xid=0x4): OFPHFC_INCOMPATIBLE\nno version in common',
  },
  'error of Open vSwitch': {
    hex: '0401001000000005ffff000400002320',
    text: 'OFPT_ERROR (OF1.3) (xid=0x5): NXBRC_MUST_BE_ZERO\nOpenFlow message is empty',
  },
  'error of a bundle': {
    hex: '0401001000000006ffff090a4f4e4600',
    text: 'OFPT_ERROR (OF1.3) (xid=0x6): OFPBFC_TIMEOUT\nOpenFlow message is empty',
  },
  'echo_request': {
    hex: '0402000b00000007010203',
    text: 'OFPT_ECHO_REQUEST (OF1.3) (xid=0x7): 3 bytes of payload\n00000000  01 02 03                                        |...             |',
  },
  'echo_reply': {
    hex: '0403000b00000007010203',
    text: 'OFPT_ECHO_REPLY (OF1.3) (xid=0x7): 3 bytes of payload\n00000000  01 02 03                                        |...             |',
  },
  'features_request': {
    hex: '0405000800000008',
    text: 'OFPT_FEATURES_REQUEST (OF1.3) (xid=0x8):',
  },
  'features_reply': {
    hex: '0406002000000008000002000000000100000100fe0100000000004f00000000',
    text: 'OFPT_FEATURES_REPLY (OF1.3) (xid=0x8): dpid:0000020000000001\nn_tables:254, n_buffers:256, auxiliary_id:1\ncapabilities: FLOW_STATS TABLE_STATS PORT_STATS GROUP_STATS QUEUE_STATS',
  },
  'get_config_request': {
    hex: '0407000800000009',
    text: 'OFPT_GET_CONFIG_REQUEST (OF1.3) (xid=0x9):',
  },
  'get_config_reply': {
    hex: '0408000c000000090001ffff',
    text: 'OFPT_GET_CONFIG_REPLY (OF1.3) (xid=0x9): frags=drop miss_send_len=65535',
  },
  'set_config': {
    hex: '0409000c0000000a00000080',
    text: 'OFPT_SET_CONFIG (OF1.3) (xid=0xa): frags=normal miss_send_len=128',
  },
  'packet_in': {
    hex: '040a00a400000000ffffffff006201070000000005ad650d00010024800000040000000380000408000000000000009980004c08000000000000000500000000000002000000000202000000000108004500005400404000400126670a0000010a00000208002796292000013a5b016b00000000a0af0c0000000000101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637',
    text: 'OFPT_PACKET_IN (OF1.3) (xid=0x0): table_id=7 cookie=0x5ad650d total_len=98 tun_id=0x5,metadata=0x99,in_port=3 (via action) data_len=98 (unbuffered)\nicmp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,icmp_type=8,icmp_code=0 icmp_csum:2796',
  },
  'packet_in cut off, in a buffer': {
    hex: '040a006a000000000000011100620200ffffffffffffffff0001000c800000040000000300000000000002000000000202000000000108004500005400404000400126670a0000010a00000208002796292000013a5b016b00000000a0af0c0000000000101112131415',
    text: 'OFPT_PACKET_IN (OF1.3) (xid=0x0): total_len=98 in_port=3 (via invalid_ttl) data_len=64 buffer=0x00000111\nip,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02,nw_src=0.0.0.0,nw_dst=0.0.0.0,nw_proto=0,nw_tos=0,nw_ecn=0,nw_ttl=0,nw_frag=no',
  },
  'flow_removed': {
    hex: '040b0050000000000000000000001234006401040000000c149048400005003c000000000000000300000000000001260001001e800000040000000180000a020800800019080a000000ff0000000000',
    text: 'OFPT_FLOW_REMOVED (OF1.3) (xid=0x0): priority=100,ip,in_port=1,nw_dst=10.0.0.0/8 reason=hard table_id=4 cookie:0x1234 duration12.345s idle5 hard60 pkts3 bytes294',
  },
  'port_status': {
    hex: '040c005000000000020000000000000000000003000000000200000000030000657468330000000000000000000000000000000100000004000008400000284000003870000080000098968002625a00',
    text: 'OFPT_PORT_STATUS (OF1.3) (xid=0x0): MOD: 3(eth3): addr:02:00:00:00:00:03\n     config:     PORT_DOWN\n     state:      LIVE\n     current:    10GB-FD COPPER\n     advertised: 10GB-FD COPPER AUTO_NEG\n     supported:  1GB-HD 1GB-FD 10GB-FD COPPER FIBER AUTO_NEG\n     peer:       AUTO_PAUSE_ASYM\n     speed: 10000 Mbps now, 40000 Mbps max',
  },
  'packet_out': {
    hex: '040d00920000000bfffffffffffffffd0018000000000000001100088100000000000010fffffff9000000000000000002000000000202000000000108004500005400404000400126670a0000010a00000208002796292000013a5b016b00000000a0af0c0000000000101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637',
    text: 'OFPT_PACKET_OUT (OF1.3) (xid=0xb): in_port=CONTROLLER actions=push_vlan:0x8100,TABLE data_len=98\nicmp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,icmp_type=8,icmp_code=0 icmp_csum:2796',
  },
  'flow_mod add': {
    hex: '040e00b00000000c0000000005ad650d00000000000000000200012c02582328ffffffffffffffffffffffff0001000000010024800000040000000180000a02080080000c021064800019080a000000ff0000000000000000060008000000070004002000000000001200080000000000000010000000050000000000000000000300100000000000160008000000090002001800000000000000000000001100000000000000ff0001000803000000',
    text: 'OFPT_FLOW_MOD (OF1.3) (xid=0xc): ADD table:2 priority=9000,ip,in_port=1,dl_vlan=100,nw_dst=10.0.0.0/8 cookie:0x5ad650d idle:300 hard:600 send_flow_rem actions=meter:7,pop_vlan,output:5,write_actions(group:9),write_metadata:0x11/0xff,goto_table:3',
  },
  'flow_mod modify': {
    hex: '040e00380000000d000000000000000100000000000000ff0001000000008000ffffffffffffffffffffffff000000000001000400000000',
    text: 'OFPT_FLOW_MOD (OF1.3) (xid=0xd): MOD cookie:0x1/0xff actions=drop',
  },
  'flow_mod modify_strict': {
    hex: '040e00500000000e000000000000000000000000000000000002000000008000ffffffffffffffffffffffff000000000001001e800000040000000180000a020800800019080a000000ff0000000000',
    text: 'OFPT_FLOW_MOD (OF1.3) (xid=0xe): MOD_STRICT ip,in_port=1,nw_dst=10.0.0.0/8 actions=drop',
  },
  'flow_mod delete': {
    hex: '040e00380000000f00000000000000000000000000000000ff03000000008000ffffffff0000000400000005000000000001000400000000',
    text: 'OFPT_FLOW_MOD (OF1.3) (xid=0xf): DEL table:255 out_port:4 actions=drop',
  },
  'flow_mod delete_strict': {
    hex: '040e005000000010000000000000000000000000000000000004000000000000ffffffffffffffffffffffff000000000001001e800000040000000180000a020800800019080a000000ff0000000000',
    text: 'OFPT_FLOW_MOD (OF1.3) (xid=0x10): DEL_STRICT priority=0,ip,in_port=1,nw_dst=10.0.0.0/8 actions=drop',
  },
  'group_mod add select': {
    hex: '040f005800000011000001000000000100200001ffffffffffffffff000000000000001000000001000000000000000000280002ffffffffffffffff00000000001800080000000000000010000000020000000000000000',
    text: 'OFPT_GROUP_MOD (OF1.3) (xid=0x11):\n ADD group_id=1,type=select,bucket=actions=output:1,bucket=weight:2,actions=dec_ttl,output:2',
  },
  'group_mod add ff': {
    hex: '040f00500000001200010300000000020020000000000001ffffffff00000000000000100000000100000000000000000020000000000002ffffffff0000000000000010000000020000000000000000',
    text: 'OFPT_GROUP_MOD (OF1.3) (xid=0x12):\n MOD group_id=2,type=ff,bucket=watch_port:1,actions=output:1,bucket=watch_port:2,actions=output:2',
  },
  'group_mod delete': {
    hex: '040f00100000001300020000fffffffc',
    text: 'OFPT_GROUP_MOD (OF1.3) (xid=0x13):\n DEL group_id=4294967292,type=all',
  },
  'port_mod': {
    hex: '04100028000000140000000300000000020000000003000000000001000000410000284000000000',
    text: 'OFPT_PORT_MOD (OF1.3) (xid=0x14): port: 3: addr:02:00:00:00:00:03\n     config: PORT_DOWN\n     mask:   PORT_DOWN NO_PACKET_IN\n     advertise: 10GB-FD COPPER AUTO_NEG',
  },
  'table_mod': {
    hex: '04110010000000150300000000000003',
    text: 'OFPT_TABLE_MOD (OF1.3) (xid=0x15): table_id=3',
  },
  'barrier_request': {
    hex: '0414000800000016',
    text: 'OFPT_BARRIER_REQUEST (OF1.3) (xid=0x16):',
  },
  'barrier_reply': {
    hex: '0415000800000016',
    text: 'OFPT_BARRIER_REPLY (OF1.3) (xid=0x16):',
  },
  'queue_get_config_request': {
    hex: '04160010000000170000000300000000',
    text: 'OFPT_QUEUE_GET_CONFIG_REQUEST (OF1.3) (xid=0x17): port=3',
  },
  'queue_get_config_reply': {
    hex: '041700400000001700000003000000000000000500000003003000000000000000010010000000000064000000000000000200100000000001f4000000000000',
    text: 'OFPT_QUEUE_GET_CONFIG_REPLY (OF1.3) (xid=0x17): port=3\nqueue 5: min_rate:10.0% max_rate:50.0%',
  },
  'role_request': {
    hex: '041800180000001800000002000000000000000000000003',
    text: 'OFPT_ROLE_REQUEST (OF1.3) (xid=0x18): role=primary generation_id=3',
  },
  'role_reply': {
    hex: '041900180000001800000003000000000000000000000003',
    text: 'OFPT_ROLE_REPLY (OF1.3) (xid=0x18): role=secondary generation_id=3',
  },
  'get_async_request': {
    hex: '041a000800000019',
    text: 'OFPT_GET_ASYNC_REQUEST (OF1.3) (xid=0x19):',
  },
  'get_async_reply': {
    hex: '041b002000000019000000070000000000000007000000070000000f00000001',
    text: 'OFPT_GET_ASYNC_REPLY (OF1.3) (xid=0x19):\n primary:\n       PACKET_IN: no_match action invalid_ttl\n     PORT_STATUS: add delete modify\n    FLOW_REMOVED: idle hard delete group_delete\n     ROLE_STATUS: (off)\n    TABLE_STATUS: (off)\n  REQUESTFORWARD: (off)\n\n secondary:\n       PACKET_IN: (off)\n     PORT_STATUS: add delete modify\n    FLOW_REMOVED: idle\n     ROLE_STATUS: (off)\n    TABLE_STATUS: (off)\n  REQUESTFORWARD: (off)',
  },
  'set_async': {
    hex: '041c00200000001a000000030000000000000007000000060000000f00000000',
    text: 'OFPT_SET_ASYNC (OF1.3) (xid=0x1a):\n primary:\n       PACKET_IN: no_match action\n     PORT_STATUS: add delete modify\n    FLOW_REMOVED: idle hard delete group_delete\n     ROLE_STATUS: (off)\n    TABLE_STATUS: (off)\n  REQUESTFORWARD: (off)\n\n secondary:\n       PACKET_IN: (off)\n     PORT_STATUS: delete modify\n    FLOW_REMOVED: (off)\n     ROLE_STATUS: (off)\n    TABLE_STATUS: (off)\n  REQUESTFORWARD: (off)',
  },
  'meter_mod': {
    hex: '041d00300000001b0000000d000000070001001000000400000000400000000000020010000002000000002001000000',
    text: 'OFPT_METER_MOD (OF1.3) (xid=0x1b): ADD meter=7 kbps burst stats bands=\ntype=drop rate=1024 burst_size=64\ntype=dscp_remark rate=512 burst_size=32 prec_level=1',
  },
  'meter_mod delete': {
    hex: '041d00100000001c00020000ffffffff',
    text: 'OFPT_METER_MOD (OF1.3) (xid=0x1c): DEL meter=all bands=',
  },
  'desc_request': {
    hex: '041200100000001e0000000000000000',
    text: 'OFPST_DESC request (OF1.3) (xid=0x1e):',
  },
  'desc_reply': {
    hex: '041304300000001e000000000000000053747265616d626564000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000006e6f6e65000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000312e322e3300000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000003432000000000000000000000000000000000000000000000000000000000000612073776974636820696e20746865206c6162000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000',
    text: 'OFPST_DESC reply (OF1.3) (xid=0x1e):\nManufacturer: Streambed\nHardware: none\nSoftware: 1.2.3\nSerial Num: 42\nDP Description: a switch in the lab',
  },
  'flow_stats_request': {
    hex: '041200500000001f00010000000000000200000000000005ffffffff00000000000000000000000100000000000000030001001e800000040000000180000a020800800019080a000000ff0000000000',
    text: 'OFPST_FLOW request (OF1.3) (xid=0x1f): table=2 out_port=5 ip,in_port=1,nw_dst=10.0.0.0/8',
  },
  'flow_stats_request for all': {
    hex: '041200380000001f0001000000000000ff000000ffffffffffffffff00000000000000000000000000000000000000000001000400000000',
    text: 'OFPST_FLOW request (OF1.3) (xid=0x1f):',
  },
  'flow_stats_reply': {
    hex: '041300b80000001f0001000100000000004000000000000c14904840238b000000000000000000000000000005ad650d0000000000000003000000000000012600010004000000000001000801000000006801000000000c149048402000000a00140001000000000000000005ad650d000000000000000300000000000001260001001e800000040000000180000a020800800019080a000000ff0000000000000400180000000000000010fffffffa0000000000000000',
    text: 'OFPST_FLOW reply (OF1.3) (xid=0x1f): flags=[more]\n cookie=0x5ad650d, duration=12.345s, table=0, n_packets=3, n_bytes=294, priority=9099 actions=goto_table:1\n cookie=0x5ad650d, duration=12.345s, table=1, n_packets=3, n_bytes=294, idle_timeout=10, hard_timeout=20, send_flow_rem priority=8192,ip,in_port=1,nw_dst=10.0.0.0/8 actions=NORMAL',
  },
  'aggregate_stats_request': {
    hex: '0412005000000020000200000000000001000000ffffffffffffffff00000000000000000000000000000000000000000001001e800000040000000180000a020800800019080a000000ff0000000000',
    text: 'OFPST_AGGREGATE request (OF1.3) (xid=0x20): table=1 ip,in_port=1,nw_dst=10.0.0.0/8',
  },
  'aggregate_stats_reply': {
    hex: '04130028000000200002000000000000000000000000000300000000000001260000000200000000',
    text: 'OFPST_AGGREGATE reply (OF1.3) (xid=0x20): packet_count=3 byte_count=294 flow_count=2',
  },
  'table_stats_request': {
    hex: '04120010000000210003000000000000',
    text: 'OFPST_TABLE request (OF1.3) (xid=0x21):',
  },
  'table_stats_reply': {
    hex: '04130040000000210003000000000000000000000000000200000000000000640000000000000063010000000000000000000000000000000000000000000000',
    text: 'OFPST_TABLE reply (OF1.3) (xid=0x21):\n  table 0:\n    active=2, lookup=100, matched=99\n\n  table 1:\n    active=0, lookup=0, matched=0',
  },
  'port_stats_request': {
    hex: '041200180000002200040000000000000000000300000000',
    text: 'OFPST_PORT request (OF1.3) (xid=0x22): port_no=3',
  },
  'port_stats_reply': {
    hex: '041300800000002200040000000000000000000300000000000000000000000100000000000000020000000000000003000000000000000400000000000000050000000000000006000000000000000700000000000000080000000000000009000000000000000a000000000000000bffffffffffffffff0000000c14904840',
    text: 'OFPST_PORT reply (OF1.3) (xid=0x22): 1 ports\n  port  3: rx pkts=1, bytes=3, drop=5, errs=7, frame=9, over=10, crc=11\n           tx pkts=2, bytes=4, drop=6, errs=8, coll=?\n           duration=12.345s',
  },
  'queue_stats_request': {
    hex: '04120018000000230005000000000000ffffffffffffffff',
    text: 'OFPST_QUEUE request (OF1.3) (xid=0x23): port=ANY queue=ALL',
  },
  'queue_stats_reply': {
    hex: '0413003800000023000500000000000000000003000000050000000000000001000000000000000200000000000000030000000c14904840',
    text: 'OFPST_QUEUE reply (OF1.3) (xid=0x23): 1 queues\n  port 3 queue 5: bytes=1, pkts=2, errors=3, duration=12.345s',
  },
  'group_stats_request': {
    hex: '041200180000002400060000000000000000000100000000',
    text: 'OFPST_GROUP request (OF1.3) (xid=0x24): group_id=1',
  },
  'group_stats_reply': {
    hex: '0413005800000024000600000000000000480000000000010000000200000000000000000000000300000000000001260000000c149048400000000000000003000000000000012600000000000000000000000000000000',
    text: 'OFPST_GROUP reply (OF1.3) (xid=0x24):\n group_id=1,duration=12.345s,ref_count=2,packet_count=3,byte_count=294,bucket0:packet_count=3,byte_count=294,bucket1:packet_count=0,byte_count=0',
  },
  'group_desc_request': {
    hex: '04120010000000250007000000000000',
    text: 'OFPST_GROUP_DESC request (OF1.3) (xid=0x25): group_id=ALL',
  },
  'group_desc_reply': {
    hex: '04130058000000250007000000000000002800000000000100200000ffffffffffffffff0000000000000010000000010000000000000000002002000000000200180000ffffffffffffffff000000000016000800000001',
    text: 'OFPST_GROUP_DESC reply (OF1.3) (xid=0x25):\n group_id=1,type=all,bucket=actions=output:1\n group_id=2,type=indirect,bucket=actions=group:1',
  },
  'group_features_request': {
    hex: '04120010000000260008000000000000',
    text: 'OFPST_GROUP_FEATURES request (OF1.3) (xid=0x26):',
  },
  'group_features_reply': {
    hex: '041300380000002600080000000000000000000f000000070000000100000002000000030000000400000001000018010000000100000001',
    text: 'OFPST_GROUP_FEATURES reply (OF1.3) (xid=0x26):\n Group table:\n    Types:  0xf\n    Capabilities:  0x7\n    all group:\n       max_groups=0x1\n       actions: output\n    select group:\n       max_groups=0x2\n       actions: output\n    indirect group:\n       max_groups=0x3\n       actions: output\n    fast failover group:\n       max_groups=0x4\n       actions: output',
  },
  'meter_stats_request': {
    hex: '041200180000002700090000000000000000000700000000',
    text: 'OFPST_METER request (OF1.3) (xid=0x27): meter=7',
  },
  'meter_stats_reply': {
    hex: '0413004800000027000900000000000000000007003800000000000000000001000000000000000a00000000000003e80000000c149048400000000000000003000000000000012c',
    text: 'OFPST_METER reply (OF1.3) (xid=0x27):\nmeter:7 flow_count:1 packet_in_count:10 byte_in_count:1000 duration:12.345s bands:\n0: packet_count:3 byte_count:300',
  },
  'meter_config_request': {
    hex: '0412001800000028000a000000000000ffffffff00000000',
    text: 'OFPST_METER_CONFIG request (OF1.3) (xid=0x28): meter=all',
  },
  'meter_config_reply': {
    hex: '0413002800000028000a0000000000000018000a0000000700010010000003e80000000000000000',
    text: 'OFPST_METER_CONFIG reply (OF1.3) (xid=0x28):\nmeter=7 pktps stats bands=\ntype=drop rate=1000',
  },
  'meter_features_request': {
    hex: '0412001000000029000b000000000000',
    text: 'OFPST_METER_FEATURES request (OF1.3) (xid=0x29):',
  },
  'meter_features_reply': {
    hex: '0413002000000029000b0000000000000000ffff000000060000000f08020000',
    text: 'OFPST_METER_FEATURES reply (OF1.3) (xid=0x29):\nmax_meter:65535 max_bands:8 max_color:2\nband_types: drop dscp_remark\ncapabilities: kbps pktps burst stats',
  },
  'table_features_request': {
    hex: '041200100000002a000c000000000000',
    text: 'OFPST_TABLE_FEATURES request (OF1.3) (xid=0x2a):',
  },
  'table_features_reply': {
    hex: '041300a80000002a000c0000000000000098000000000000636c617373696669657200000000000000000000000000000000000000000000ffffffffffffffff00000000000000ff00000003000f42400000000c00010004000400040000000000020008010203070004000c00000004001600040000000000060008000000040008000c800000048000070c00000000000a000880000004000c000880000c02000e000880000806',
    text: 'OFPST_TABLE_FEATURES reply (OF1.3) (xid=0x2a):\n  table 0 ("classifier"):\n    metadata: match=0xffffffffffffffff write=0xff\n    max_entries=1000000\n    instructions (table miss and others):\n      next tables: 1-3,7\n      instructions: apply_actions goto_table\n      Write-Actions features:\n        actions: output group\n        supported on Set-Field: vlan_vid\n      Apply-Actions features:\n        actions: output\n        supported on Set-Field: eth_src\n    matching:\n      arbitrary mask: eth_dst\n      exact match or wildcard: in_port_oxm',
  },
  'port_desc_request': {
    hex: '041200100000002b000d000000000000',
    text: 'OFPST_PORT_DESC request (OF1.3) (xid=0x2b): port=ANY',
  },
  'port_desc_reply': {
    hex: '041300900000002b000d00000000000000000003000000000200000000030000657468330000000000000000000000000000000100000004000008400000284000003870000080000098968002625a00fffffffe000000000200000000030000627230000000000000000000000000000000000100000004000008400000284000003870000080000098968002625a00',
    text: 'OFPST_PORT_DESC reply (OF1.3) (xid=0x2b):\n 3(eth3): addr:02:00:00:00:00:03\n     config:     PORT_DOWN\n     state:      LIVE\n     current:    10GB-FD COPPER\n     advertised: 10GB-FD COPPER AUTO_NEG\n     supported:  1GB-HD 1GB-FD 10GB-FD COPPER FIBER AUTO_NEG\n     peer:       AUTO_PAUSE_ASYM\n     speed: 10000 Mbps now, 40000 Mbps max\n LOCAL(br0): addr:02:00:00:00:00:03\n     config:     PORT_DOWN\n     state:      LIVE\n     current:    10GB-FD COPPER\n     advertised: 10GB-FD COPPER AUTO_NEG\n     supported:  1GB-HD 1GB-FD 10GB-FD COPPER FIBER AUTO_NEG\n     peer:       AUTO_PAUSE_ASYM\n     speed: 10000 Mbps now, 40000 Mbps max',
  },
  'nxt_packet_in2': {
    hex: '040400c800000000000023200000001e0000006602000000000202000000000108004500005400404000400126670a0000010a00000208002796292000013a5b016b00000000a0af0c0000000000101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637000000010008000003e8000300050300000000040010000000000000000005ad650d000500050100000000060014800000040000000300010004000000070000000000070009010203040500000000000000',
    text: 'NXT_PACKET_IN2 (OF1.3) (xid=0x0): table_id=3 cookie=0x5ad650d total_len=1000 reg0=0x7,in_port=3 (via action) data_len=98 (unbuffered) (***total_len != data_len***)\n userdata=01.02.03.04.05\nicmp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,icmp_type=8,icmp_code=0 icmp_csum:2796',
  },
  'nxt_resume': {
    hex: '0404009800000032000023200000001c0000006602000000000202000000000108004500005400404000400126670a0000010a00000208002796292000013a5b016b00000000a0af0c0000000000101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f30313233343536370000000200080000123400050005030000000006000c800000040000000300000000',
    text: 'NXT_RESUME (OF1.3) (xid=0x32): total_len=98 in_port=3 (via action_set) data_len=98 buffer=0x00001234\nicmp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,icmp_type=8,icmp_code=0 icmp_csum:2796',
  },
  'nxt_set_packet_in_format': {
    hex: '0404001400000033000023200000001000000002',
    text: 'NXT_SET_PACKET_IN_FORMAT (OF1.3) (xid=0x33): format=nxt_packet_in2',
  },
  'nxt_set_controller_id': {
    hex: '04040018000000340000232000000014000000000000007b',
    text: 'NXT_SET_CONTROLLER_ID (OF1.3) (xid=0x34): id=123',
  },
  'nxt_set_async_config': {
    hex: '04040028000000350000232000000013000000070000000000000007000000070000000f00000001',
    text: 'NXT_SET_ASYNC_CONFIG (OF1.3) (xid=0x35):\n primary:\n       PACKET_IN: no_match action invalid_ttl\n     PORT_STATUS: add delete modify\n    FLOW_REMOVED: idle hard delete group_delete\n     ROLE_STATUS: (off)\n    TABLE_STATUS: (off)\n  REQUESTFORWARD: (off)\n\n secondary:\n       PACKET_IN: (off)\n     PORT_STATUS: add delete modify\n    FLOW_REMOVED: idle\n     ROLE_STATUS: (off)\n    TABLE_STATUS: (off)\n  REQUESTFORWARD: (off)',
  },
  'nxt_set_async_config2': {
    hex: '0404003000000036000023200000001b000000080000000100010008000000070002000800000007000500080000000f',
    text: 'NXT_SET_ASYNC_CONFIG2 (OF1.3) (xid=0x36):\n primary:\n       PACKET_IN: no_match action invalid_ttl\n     PORT_STATUS: (off)\n    FLOW_REMOVED: idle hard delete group_delete\n     ROLE_STATUS: (off)\n    TABLE_STATUS: (off)\n  REQUESTFORWARD: (off)\n\n secondary:\n       PACKET_IN: no_match\n     PORT_STATUS: add delete modify\n    FLOW_REMOVED: (off)\n     ROLE_STATUS: (off)\n    TABLE_STATUS: (off)\n  REQUESTFORWARD: (off)',
  },
  'nxst_flow_monitor_request': {
    hex: '0110004000000037ffff000000002320000000020000000000000001003fffff0000ff0000000000000000020003000300060100000000000000000200010000',
    text: 'NXST_FLOW_MONITOR request (xid=0x37):\n id=1 flags=initial,add,delete,modify,actions,own\n id=2 flags=initial,add out_port=3 table=1 in_port=1',
  },
  'nxst_flow_monitor_reply': {
    hex: '0111006000000037ffff0000000023200000000200000000002800000000006400050000000602000000000000000055000000020001000000000008000300000018000100020064000000070000020000000000000000550008000300001234',
    text: 'NXST_FLOW_MONITOR reply (xid=0x37):\n event=ADDED table=2 idle_timeout=5 cookie=0x55 in_port=1 actions=output:3\n event=DELETED reason=delete table=2 hard_timeout=7 cookie=0x55 \n event=ABBREV xid=0x1234',
  },
  'nxt_flow_monitor_cancel': {
    hex: '0104001400000038000023200000001500000002',
    text: 'NXT_FLOW_MONITOR_CANCEL (xid=0x38): id=2',
  },
  'nxt_flow_monitor_paused': {
    hex: '01040010000000390000232000000016',
    text: 'NXT_FLOW_MONITOR_PAUSED (xid=0x39):',
  },
  'nxt_flow_monitor_resumed': {
    hex: '010400100000003a0000232000000017',
    text: 'NXT_FLOW_MONITOR_RESUMED (xid=0x3a):',
  },
  'nxt_tlv_table_mod': {
    hex: '040400200000003b00002320000000180000000000000000ffff000400000000',
    text: 'NXT_TLV_TABLE_MOD (OF1.3) (xid=0x3b):\n ADD mapping table:\n  class  type  length  match field\n ------  ----  ------  --------------\n 0xffff     0       4  tun_metadata0',
  },
  'nxt_tlv_table_mod clear': {
    hex: '040400180000003c00002320000000180002000000000000',
    text: 'NXT_TLV_TABLE_MOD (OF1.3) (xid=0x3c):\n CLEAR',
  },
  'nxt_tlv_table_request': {
    hex: '040400100000003d0000232000000019',
    text: 'NXT_TLV_TABLE_REQUEST (OF1.3) (xid=0x3d):',
  },
  'nxt_tlv_table_reply': {
    hex: '040400300000003d000023200000001a00000100004000000000000000000000ffff000400000000ffff010800030000',
    text: 'NXT_TLV_TABLE_REPLY (OF1.3) (xid=0x3d):\n max option space=256 max fields=64\n allocated option space=12\n\n mapping table:\n  class  type  length  match field\n ------  ----  ------  --------------\n 0xffff     0       4  tun_metadata0\n 0xffff   0x1       8  tun_metadata3',
  },
  'nxt_ct_flush': {
    hex: '040400880000003e0000232000000020060000000000000000000048000000000000001400000000000000000000ffff0a000001000000000001001400000000000000000000ffff0a000002000000000002000603e80000000300060050000000010020000000000000001400000000000000000000ffff0a000003000000000002000600050000',
    text: 'NXT_CT_FLUSH (OF1.3) (xid=0x3e): zone=5 \'ct_nw_src=10.0.0.1,ct_nw_dst=10.0.0.2,ct_tp_src=1000,ct_tp_dst=80,ct_nw_proto=6\' \'ct_nw_src=10.0.0.3,ct_nw_dst=::,ct_tp_src=0,ct_tp_dst=0\'',
  },
  'nxt_ct_flush of ICMPv6': {
    hex: '040400500000003f00002320000000203a0000000000000000000038000000000000001420010db800000000000000000000000100000000000400060007000000050005800000000006000501000000',
    text: 'NXT_CT_FLUSH (OF1.3) (xid=0x3f): zone=0 \'ct_ipv6_src=2001:db8::1,ct_ipv6_dst=::,icmp_id=7,icmp_type=128,icmp_code=1,ct_nw_proto=58\' \'ct_ipv6_src=::,ct_ipv6_dst=::,icmp_id=0,icmp_type=0,icmp_code=0\'',
  },
  'nxt_ct_flush_zone': {
    hex: '0404001800000040000023200000001d0000000000000005',
    text: 'NXT_CT_FLUSH_ZONE (OF1.3) (xid=0x40): zone_id=5',
  },
  'nxt_role_request': {
    hex: '0104001400000041000023200000000a00000001',
    text: 'NXT_ROLE_REQUEST (xid=0x41): role=primary',
  },
  'nxt_role_reply': {
    hex: '0104001400000041000023200000000b00000002',
    text: 'NXT_ROLE_REPLY (xid=0x41): role=secondary',
  },
  'nxt_set_flow_format': {
    hex: '0104001400000042000023200000000c00000002',
    text: 'NXT_SET_FLOW_FORMAT (xid=0x42): format=nxm',
  },
  'nxt_flow_mod_table_id': {
    hex: '0104001800000043000023200000000f0100000000000000',
    text: 'NXT_FLOW_MOD_TABLE_ID (xid=0x43): enable',
  },
  'nxt_flow_age': {
    hex: '01040010000000440000232000000012',
    text: 'NXT_FLOW_AGE (xid=0x44):',
  },
  'nxt_flow_mod': {
    hex: '0104005000000045000023200000000d00000000000000050300000700000064ffffffffffff000000060000000000000000000200010000ffff001000002320000efff80400000000000008fffd0080',
    text: 'NXT_FLOW_MOD (xid=0x45): ADD table:3 priority=100,in_port=1 cookie:0x5 idle:7 actions=resubmit(,4),CONTROLLER:128',
  },
  'nxst_flow_request': {
    hex: '0110002800000046ffff0000000023200000000000000000ffff0006030000000000000200010000',
    text: 'NXST_FLOW request (xid=0x46): table=3 in_port=1',
  },
  'nxst_flow_reply': {
    hex: '0111005800000046ffff0000000023200000000000000000004003000000000c1490484000640007000800060003000400000000000000050000000000000003000000000000012600000002000100000000000800020000',
    text: 'NXST_FLOW reply (xid=0x46):\n cookie=0x5, duration=12.345s, table=3, n_packets=3, n_bytes=294, idle_timeout=7, hard_timeout=8, idle_age=2, hard_age=3, priority=100,in_port=1 actions=output:2',
  },
  'nxst_aggregate_request': {
    hex: '0110002000000047ffff0000000023200000000100000000ffff0000ff000000',
    text: 'NXST_AGGREGATE request (xid=0x47):',
  },
  'nxst_aggregate_reply': {
    hex: '0111003000000047ffff0000000023200000000100000000000000000000000300000000000001260000000200000000',
    text: 'NXST_AGGREGATE reply (xid=0x47): packet_count=3 byte_count=294 flow_count=2',
  },
  'nxt_flow_removed': {
    hex: '0104004000000000000023200000000e0000000000000005006400040000000c1490484000070006000000000000000300000000000001260000000200010000',
    text: 'NXT_FLOW_REMOVED (xid=0x0): priority=100,in_port=1 reason=idle table_id=3 cookie:0x5 duration12.345s idle7 pkts3 bytes294',
  },
  'nxt_packet_in': {
    hex: '01040094000000000000232000000011ffffffff00620001ffffffffffffffff00060000000000000000000200010000000002000000000202000000000108004500005400404000400126670a0000010a00000208002796292000013a5b016b00000000a0af0c0000000000101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637',
    text: 'NXT_PACKET_IN (xid=0x0): table_id=1 total_len=98 in_port=1 (via no_match) data_len=98 (unbuffered)\nicmp,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,nw_ecn=0,nw_ttl=64,nw_frag=no,icmp_type=8,icmp_code=0 icmp_csum:2796',
  },
  'onf_bundle_control': {
    hex: '04040018000000504f4e4600000008fc0000000100000003',
    text: 'ONFT_BUNDLE_CONTROL (OF1.3) (xid=0x50):\n bundle_id=0x1 type=OPEN_REQUEST flags=atomic ordered',
  },
  'onf_bundle_add': {
    hex: '04040070000000514f4e4600000008fd0000000100000003040e005800000051000000000000000000000000000000000000000000008000ffffffffffffffffffffffff000000000001001e800000040000000180000a020800800019080a000000ff00000000000001000801000000',
    text: 'ONFT_BUNDLE_ADD_MESSAGE (OF1.3) (xid=0x51):\n bundle_id=0x1 flags=atomic ordered\nOFPT_FLOW_MOD (OF1.3) (xid=0x51): ADD ip,in_port=1,nw_dst=10.0.0.0/8 actions=goto_table:1',
  },
  'onf_flow_monitor_request': {
    hex: '0412004800000052ffff0000000000004f4e46000000074e00000001003f001e00000003020000000001001e800000040000000180000a020800800019080a000000ff0000000000',
    text: 'ONFST_FLOW_MONITOR request (OF1.3) (xid=0x52):\n id=1 flags=initial,add,delete,modify,actions,own out_port=3 table=2 ip,in_port=1,nw_dst=10.0.0.0/8',
  },
  'onf_flow_monitor_reply': {
    hex: '0413007000000052ffff0000000000004f4e46000000074e0050000000000064000a0014001e030000000000000000550001001e800000040000000180000a020800800019080a000000ff00000000000004001800000000000000100000000300000000000000000008000300001234',
    text: 'ONFST_FLOW_MONITOR reply (OF1.3) (xid=0x52):\n event=ADDED table=3 idle_timeout=10 hard_timeout=20 cookie=0x55 ip,in_port=1,nw_dst=10.0.0.0/8 actions=output:3\n event=ABBREV xid=0x1234',
  },
  'onf_flow_monitor_cancel': {
    hex: '04040014000000534f4e46000000074e00000001',
    text: 'ONFT_FLOW_MONITOR_CANCEL (OF1.3) (xid=0x53): id=1',
  },
  'onf_flow_monitor_paused': {
    hex: '04040010000000544f4e46000000074f',
    text: 'ONFT_FLOW_MONITOR_PAUSED (OF1.3) (xid=0x54):',
  },
  'onf_flow_monitor_resumed': {
    hex: '04040010000000554f4e460000000750',
    text: 'ONFT_FLOW_MONITOR_RESUMED (OF1.3) (xid=0x55):',
  },
  'onf_role_status': {
    hex: '04040020000000004f4e4600000007770000000300000000000000000000004d',
    text: 'ONFT_ROLE_STATUS (OF1.3) (xid=0x0): role=secondary generation_id=77 reason=primary_request',
  },
  'onf_requestforward': {
    hex: '04040030000000004f4e46000000092e040f00200000005a000002000000000100100000ffffffffffffffff00000000',
    text: 'ONFT_REQUESTFORWARD (OF1.3) (xid=0x0): reason=group_mod\n ADD group_id=1,type=indirect,bucket=actions=drop',
  },
}
