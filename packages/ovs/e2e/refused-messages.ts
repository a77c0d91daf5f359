import type { ActionInput, FlowModInput, MessageInput } from '@streambed/ovs/openflow'

type FlowMod = FlowModInput
type Actions = readonly ActionInput[]

const flow = (options: Partial<FlowMod>): MessageInput => ({ type: 'flow_mod', command: 'add', priority: 77, ...options })
const apply = (actions: Actions, match: FlowMod['match'] = []): MessageInput =>
  flow({ match, instructions: [{ type: 'apply_actions', actions }] })
const write = (actions: Actions): MessageInput => flow({ instructions: [{ type: 'write_actions', actions }] })
const group = (options: Partial<Extract<MessageInput, { type: 'group_mod' }>>): MessageInput => ({
  type: 'group_mod',
  command: 'add',
  groupId: 1,
  ...options,
})
const output = { type: 'output', port: 1 } as const
const ip = { field: 'eth_type', value: 0x800 } as const
const reg = (bits: number, offset = 0) => ({ field: 'reg1', offset, bits }) as const

/** Messages of which a switch has to refuse most, and some that are only strange. In order: later ones build on earlier ones. */
export const strangeMessages: readonly MessageInput[] = [
  // Tables and commands
  flow({ tableId: 254 }),
  flow({ tableId: 255 }),
  flow({ tableId: 253 }),
  flow({ command: 9 }),
  flow({ command: 'delete', tableId: 254 }),
  flow({ command: 'modify', tableId: 255 }),
  flow({ bufferId: 7 }),
  flow({ flags: 0x8000 }),
  // Matches
  flow({ match: [{ field: 'ipv4_src', value: '10.0.0.1' }] }),
  flow({ match: [{ field: 'vlan_pcp', value: 1 }] }),
  flow({ match: [ip, { field: 'tcp_dst', value: 1 }] }),
  flow({ match: [ip, { field: 'ip_dscp', value: 64 }] }),
  flow({ match: [ip, ip] }),
  flow({ match: [{ field: 'eth_dst', value: '02:00:00:00:00:01', mask: 'ff:00:00:00:00:00' }] }),
  flow({ match: [{ field: 'pbb_isid', value: 1 }] }),
  flow({ match: [{ field: 'in_phy_port', value: 1 }] }),
  flow({ match: [{ field: 'unknown', class: 0x1234, id: 1, hasMask: false, data: Uint8Array.from([1]) }] }),
  flow({ match: [{ field: 'eth_type', value: 0x86dd }, { field: 'ipv6_exthdr', value: 1 }] }),
  // Instructions
  flow({ instructions: [{ type: 'goto_table', tableId: 0 }] }),
  flow({ tableId: 3, instructions: [{ type: 'goto_table', tableId: 2 }] }),
  flow({ instructions: [{ type: 'goto_table', tableId: 254 }] }),
  flow({ instructions: [{ type: 'clear_actions' }, { type: 'clear_actions' }] }),
  flow({ instructions: [{ type: 'meter', meterId: 5 }] }),
  flow({ instructions: [{ type: 'experimenter', experimenter: 1, data: new Uint8Array() }] }),
  flow({ instructions: [{ type: 'unknown', instructionType: 77, data: new Uint8Array(4) }] }),
  // Actions
  apply([{ type: 'output', port: 0xffffffff }]),
  apply([{ type: 'output', port: 0xfff0 }]),
  apply([{ type: 'output', port: 0 }]),
  apply([{ type: 'output', port: 99 }]),
  apply([{ type: 'group', groupId: 9 }]),
  apply([{ type: 'push_vlan', ethertype: 0x800 }]),
  apply([{ type: 'push_mpls', ethertype: 0x800 }]),
  apply([{ type: 'pop_vlan' }]),
  apply([{ type: 'pop_mpls', ethertype: 0x800 }]),
  apply([{ type: 'dec_nw_ttl' }]),
  apply([{ type: 'dec_mpls_ttl' }]),
  apply([{ type: 'set_nw_ttl', ttl: 3 }]),
  apply([{ type: 'copy_ttl_out' }]),
  apply([{ type: 'push_pbb', ethertype: 0x88e7 }]),
  apply([{ type: 'unknown', actionType: 99, data: new Uint8Array(4) }]),
  apply([{ type: 'experimenter', experimenter: 1, data: new Uint8Array(8) }]),
  apply([{ type: 'set_field', field: { field: 'in_port', value: 1 } }]),
  apply([{ type: 'set_field', field: ip }]),
  apply([{ type: 'set_field', field: { field: 'tcp_dst', value: 1 } }]),
  apply([{ type: 'set_field', field: { field: 'vlan_vid', value: 0x1005 } }]),
  apply([{ type: 'push_vlan', ethertype: 0x8100 }, { type: 'set_field', field: { field: 'vlan_vid', value: 5 } }]),
  apply([{ type: 'push_vlan', ethertype: 0x8100 }, { type: 'set_field', field: { field: 'vlan_vid', value: 0x1005 } }]),
  apply([{ type: 'nx_reg_load', dst: reg(8, 30), value: 1n }]),
  apply([{ type: 'nx_reg_load', dst: { field: 'eth_type', offset: 0, bits: 16 }, value: 1n }]),
  apply([{ type: 'nx_reg_load', dst: { field: 'tcp_dst', offset: 0, bits: 16 }, value: 1n }]),
  apply([{ type: 'nx_conjunction', id: 1, clause: 0, clauses: 2 }, output]),
  apply([{ type: 'nx_conjunction', id: 1, clause: 0, clauses: 2 }]),
  apply([{ type: 'nx_ct', flags: 2, zone: 0, recircTable: 255, alg: 0, actions: [] }], [ip]),
  apply([{ type: 'nx_ct', flags: 1, zone: 0, recircTable: 255, alg: 0, actions: [output] }], [ip]),
  apply([{ type: 'nx_ct', flags: 1, zone: 0, recircTable: 255, alg: 0, actions: [] }]),
  apply([{ type: 'nx_nat', flags: 0 }], [ip]),
  apply([{ type: 'nx_output_trunc', port: 0xfffffffa, maxLen: 100 }]),
  apply([{ type: 'nx_output_trunc', port: 1, maxLen: 13 }]),
  apply([{ type: 'nx_learn', tableId: 255, specs: [] }]),
  write([{ type: 'nx_resubmit_table', tableId: 3 }]),
  write([{ type: 'nx_note', note: new Uint8Array(6) }]),
  write([{ type: 'nx_learn', tableId: 1, specs: [] }]),
  write([{ type: 'pop_vlan' }, output]),
  write([{ type: 'set_field', field: { field: 'tcp_dst', value: 1 } }]),
  // Overlap
  flow({ tableId: 7, match: [{ field: 'in_port', value: 1 }] }),
  flow({ tableId: 7, match: [{ field: 'eth_type', value: 0x800 }], flags: 2 }),
  flow({ tableId: 7, match: [{ field: 'in_port', value: 1 }], flags: 2 }),
  // Groups
  group({ groupType: 'indirect', buckets: [] }),
  group({ groupType: 'indirect', buckets: [{ actions: [] }, { actions: [] }] }),
  group({ groupType: 'all', buckets: [{ weight: 3, actions: [output] }] }),
  group({ groupType: 'select', buckets: [{ weight: 0, actions: [output] }] }),
  group({ groupType: 'ff', buckets: [{ actions: [output] }] }),
  group({ groupType: 'all', buckets: [{ watchPort: 1, actions: [output] }] }),
  group({ groupType: 9 }),
  group({ command: 9 }),
  group({ groupId: 0xffffff01 }),
  group({ command: 'modify', groupId: 3 }),
  group({ groupId: 4, buckets: [{ actions: [{ type: 'group', groupId: 5 }] }] }),
  group({ groupId: 5, buckets: [{ actions: [{ type: 'group', groupId: 4 }] }] }),
  group({ groupId: 6, buckets: [{ actions: [{ type: 'group', groupId: 6 }] }] }),
  group({ groupId: 7, buckets: [{ actions: [{ type: 'nx_note', note: new Uint8Array(6) }, output] }] }),
  group({ groupId: 8, buckets: [] }),
  group({ groupId: 8, buckets: [] }),
  group({ command: 'delete', groupId: 3000 }),
  // Ports, meters, packets
  { type: 'port_mod', portNo: 99, hwAddr: '02:00:00:00:00:01' },
  { type: 'port_mod', portNo: 1, hwAddr: '02:00:00:00:00:99' },
  { type: 'table_mod', tableId: 0, config: 0 },
  { type: 'meter_mod', command: 'add', meterId: 0, flags: 1, bands: [] },
  { type: 'meter_mod', command: 'modify', meterId: 3, flags: 1, bands: [{ type: 'drop', rate: 1, burstSize: 0 }] },
  { type: 'meter_mod', command: 'add', meterId: 3, flags: 3, bands: [{ type: 'drop', rate: 1, burstSize: 0 }] },
  { type: 'meter_mod', command: 'add', meterId: 3, flags: 1, bands: [{ type: 'dscp_remark', rate: 1, burstSize: 0, precLevel: 1 }] },
  { type: 'meter_mod', command: 'add', meterId: 3, flags: 1, bands: [{ type: 'drop', rate: 1, burstSize: 0 }] },
  { type: 'meter_mod', command: 'add', meterId: 3, flags: 1, bands: [{ type: 'drop', rate: 1, burstSize: 0 }] },
  { type: 'meter_mod', command: 'delete', meterId: 3 },
  { type: 'packet_out', inPort: 0xffffff01, actions: [output], data: new Uint8Array(60) },
  { type: 'packet_out', bufferId: 7, actions: [output] },
  { type: 'packet_out', actions: [{ type: 'output', port: 0xffffffff }], data: new Uint8Array(60) },
  { type: 'packet_out', actions: [{ type: 'dec_nw_ttl' }], data: new Uint8Array(60) },
  { type: 'packet_out', actions: [{ type: 'group', groupId: 99 }], data: new Uint8Array(60) },
]
