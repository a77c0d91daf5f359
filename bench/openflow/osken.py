"""os-ken's codec. The arguments are a flow-mod and a packet-in in hexadecimal. Takes orders on standard input, one a line,
`flow-mod-encode N`, `flow-mod-decode N` or `packet-in-decode N`, and answers with microseconds for each message."""
import sys
import time

from os_ken.ofproto import ofproto_v1_3 as ofp, ofproto_v1_3_parser as parser, ofproto_parser
import os_ken.ofproto.ofproto_protocol as protocol

datapath = protocol.ProtocolDesc(version=ofp.OFP_VERSION)
flow_mod = bytes.fromhex(sys.argv[1])
packet_in = bytes.fromhex(sys.argv[2])


def build_flow_mod():
    match = parser.OFPMatch(in_port=3, eth_dst='02:00:00:00:00:01', eth_src='02:00:00:00:00:02', eth_type=0x0800,
                            vlan_vid=0x1064, ip_proto=6, ipv4_dst=('10.0.2.0', '255.255.255.0'), tcp_dst=80)
    actions = [parser.OFPActionSetField(vlan_vid=0x10c8), parser.OFPActionDecNwTtl(), parser.OFPActionOutput(4, ofp.OFPCML_NO_BUFFER)]
    instructions = [parser.OFPInstructionActions(ofp.OFPIT_APPLY_ACTIONS, actions), parser.OFPInstructionGotoTable(2)]
    return parser.OFPFlowMod(datapath, cookie=0xabcd, table_id=1, priority=9000, out_port=ofp.OFPP_ANY,
                             out_group=ofp.OFPG_ANY, match=match, instructions=instructions)


def encode_flow_mod():
    message = build_flow_mod()
    message.xid = 1
    message.serialize()
    return message.buf


def decode(data):
    version, kind, length, xid = ofproto_parser.header(data)
    return ofproto_parser.msg(datapath, version, kind, length, xid, data)


def decode_flow_mod():
    # os-ken, a controller, has no decoder registered for what it sends itself: it has one for the class.
    return parser.OFPFlowMod.parser(datapath, 4, 14, len(flow_mod), 1, bytearray(flow_mod))


operations = {'flow-mod-encode': encode_flow_mod, 'flow-mod-decode': decode_flow_mod, 'packet-in-decode': lambda: decode(packet_in)}
assert bytes(encode_flow_mod()) == flow_mod, bytes(encode_flow_mod()).hex()
assert decode(packet_in).data == packet_in[-98:]
assert decode_flow_mod().priority == 9000
print('"ready"', flush=True)
for line in sys.stdin:
    name, count = line.split()
    operation = operations[name]
    begin = time.perf_counter()
    for _ in range(int(count)):
        operation()
    print((time.perf_counter() - begin) / int(count) * 1e6, flush=True)
