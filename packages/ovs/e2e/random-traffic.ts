import type { ActionInput, FlowModInput, MessageInput } from '@streambed/ovs/openflow'
import { Random } from './random.js'

type Match = NonNullable<FlowModInput['match']>
type Field = Match[number]

const macs = ['02:00:00:00:00:01', '02:00:00:00:00:02', 'ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:05'] as const
const ipv4s = ['10.0.0.1', '10.0.0.2', '10.0.1.1', '192.168.7.9'] as const
const ipv6s = ['2001:db8::1', '2001:db8::2', 'fe80::1', 'ff02::1:ff00:1'] as const
const ports = [0, 53, 80, 1000, 65535] as const
const vids = [0, 1, 5, 100] as const
const types = [0x0800, 0x0800, 0x86dd, 0x86dd, 0x0806, 0x8847, 0x88cc, 0x8100, 0x88a8] as const

/** A frame of a kind that means something, sometimes cut off or damaged. */
export function randomFrame(r: Random): Uint8Array {
  const bytes: number[] = [...mac(r.pick(macs)), ...mac(r.pick(macs))]
  for (let tags = r.pick([0, 0, 0, 1, 1, 2]); tags > 0; tags--) {
    bytes.push(...u16(r.pick([0x8100, 0x8100, 0x88a8])), ...u16((r.below(8) << 13) | r.pick(vids)))
  }
  const type = r.pick(types.slice(0, 7))
  if (r.chance(3)) {
    // 802.3 with LLC, and perhaps SNAP.
    const payload = r.chance(50) ? [0xaa, 0xaa, 3, 0, 0, 0, ...u16(0x88cc), ...noise(r, 30)] : [0x42, 0x42, 3, ...noise(r, 40)]
    bytes.push(...u16(payload.length), ...payload)
  } else if (type === 0x8847) {
    bytes.push(...u16(type))
    for (let labels = 1 + r.below(4); labels > 0; labels--) {
      bytes.push(...u32(((r.below(4) + 16) << 12) | (r.below(8) << 9) | (labels === 1 ? 0x100 : 0) | r.pick([1, 2, 64])))
    }
    bytes.push(...(r.chance(50) ? ipv4Packet(r) : ipv6Packet(r)))
  } else {
    bytes.push(...u16(type), ...payloadOf(r, type))
  }
  if (r.chance(4)) bytes.splice(14 + r.below(Math.max(1, bytes.length - 14)))
  if (r.chance(4)) bytes[12 + r.below(Math.max(1, bytes.length - 12))] = r.below(256)
  if (r.chance(10)) bytes.push(...noise(r, r.below(20)))
  return Uint8Array.from(bytes)
}

function payloadOf(r: Random, type: number): number[] {
  switch (type) {
    case 0x0800:
      return ipv4Packet(r)
    case 0x86dd:
      return ipv6Packet(r)
    case 0x0806: {
      const addresses = [...mac(r.pick(macs)), ...ipv4(r.pick(ipv4s)), ...mac(r.pick(macs)), ...ipv4(r.pick(ipv4s))]
      return [...u16(1), ...u16(0x800), 6, 4, ...u16(r.pick([1, 2, 3])), ...addresses]
    }
    default:
      return noise(r, 30)
  }
}

function ipv4Packet(r: Random): number[] {
  const src = ipv4(r.pick(ipv4s))
  const dst = ipv4(r.pick(ipv4s))
  const fragment = r.chance(10) ? r.pick([0x2000, 0x2001, 0x0010]) : r.pick([0, 0x4000])
  // In later fragments of TCP and UDP the userspace datapath overwrites what it takes for a checksum; the kernel's does not.
  const protocol = fragment & 0x1fff ? 47 : r.pick([6, 6, 17, 17, 1, 132, 2, 47])
  const options = r.chance(10) ? [1, 1, 1, 1] : []
  const body = transport(r, protocol, [...src, ...dst], false)
  const length = 20 + options.length + body.length
  const header = [
    0x45 + options.length / 4,
    r.below(256),
    ...u16(length),
    ...u16(r.below(65536)),
    ...u16(fragment),
    r.pick([1, 2, 64, 255]),
    protocol,
    0,
    0,
    ...src,
    ...dst,
    ...options,
  ]
  const sum = checksum(header)
  header[10] = sum >> 8
  header[11] = sum & 255
  return [...header, ...body]
}

function ipv6Packet(r: Random): number[] {
  const src = ipv6(r.pick(ipv6s))
  const dst = ipv6(r.pick(ipv6s))
  const protocol = r.pick([6, 6, 17, 17, 58, 58, 58, 132, 47])
  let body = transport(r, protocol, [...src, ...dst], true)
  let next = protocol
  for (const kind of [...r.some([60], 8), ...r.some([44], 8), ...r.some([43], 8), ...r.some([0], 8)]) {
    if (kind === 44) body = [next, 0, ...u16(r.pick(protocol === 58 ? [8, 9] : [1, 8, 9])), ...u32(7), ...body]
    else if (kind === 43) body = [next, 2, 0, 0, 0, 0, 0, 0, ...ipv6(r.pick(ipv6s)), ...body]
    else body = [next, 0, 1, 4, 0, 0, 0, 0, ...body]
    next = kind
  }
  const first = (6 << 28) | (r.below(256) << 20) | r.pick([0, 5, 0xfffff])
  return [...u32(first >>> 0), ...u16(body.length), next, r.pick([1, 2, 64, 255]), ...src, ...dst, ...body]
}

function transport(r: Random, protocol: number, addresses: readonly number[], v6: boolean): number[] {
  const data = noise(r, r.pick([0, 1, 6, 20]))
  const two = [...u16(r.pick(ports)), ...u16(r.pick(ports))]
  let body: number[]
  let at: number
  switch (protocol) {
    case 6:
      body = [...two, ...u32(1), ...u32(2), 0x50, r.pick([2, 16, 18, 17, 4]), ...u16(512), 0, 0, 0, 0, ...data]
      at = 16
      break
    case 17:
      body = [...two, ...u16(8 + data.length), 0, 0, ...data]
      at = r.chance(15) ? -1 : 6
      break
    case 132:
      return [...two, ...u32(3), ...u32(0x1234), ...data]
    case 1:
    case 2:
      body = [r.pick([0, 8, 3]), r.below(2), 0, 0, ...u32(0x00070001), ...data]
      at = 2
      break
    case 58: {
      const nd = r.chance(60)
      const option = r.chance(70) ? [r.pick([1, 2]), 1, ...mac(r.pick(macs))] : []
      body = nd
        ? [r.pick([135, 136]), r.chance(95) ? 0 : 1, 0, 0, ...u32(0), ...ipv6(r.pick(ipv6s)), ...option]
        : [r.pick([128, 129, 1]), 0, 0, 0, ...u32(0x00070001), ...data]
      at = 2
      break
    }
    default:
      return data
  }
  if (at < 0) return body
  const pseudo = v6 ? [...u32(body.length), 0, 0, 0, protocol] : [0, protocol, ...u16(body.length)]
  const sum = checksum(protocol === 1 || protocol === 2 ? body : [...addresses, ...pseudo, ...body])
  body[at] = sum >> 8
  body[at + 1] = sum & 255
  return body
}

/** Flow-mods that fill some tables. Some of them are to be refused. */
export function randomFlows(r: Random, count: number): MessageInput[] {
  const flows: FlowModInput[] = Array.from({ length: count }, () => {
    const tableId = r.pick([0, 0, 0, 1, 1, 2, 3])
    const match = randomMatch(r)
    return {
      type: 'flow_mod',
      command: 'add',
      tableId,
      priority: r.below(200),
      cookie: BigInt(r.below(1000)),
      match,
      instructions: randomInstructions(r, tableId, match),
    }
  })
  const misses: FlowModInput[] = [0, 1, 2, 3].flatMap((tableId) =>
    r.chance(60)
      ? [{ type: 'flow_mod', command: 'add', tableId, priority: 0, instructions: randomInstructions(r, tableId, []) }]
      : [],
  )
  return [...flows, ...misses]
}

/** Groups 1 to 3. */
export function randomGroups(r: Random): MessageInput[] {
  return [1, 2, 3].map((groupId) => {
    // Not `select`: Open vSwitch hashes otherwise.
    const groupType = r.pick(['all', 'indirect', 'ff'] as const)
    const count = groupType === 'indirect' ? 1 : 1 + r.below(3)
    const buckets = Array.from({ length: count }, () => ({
      ...(groupType === 'ff' && { watchPort: r.pick([1, 2, 3, 9]) }),
      actions: [...randomSet(r, []), { type: 'output' as const, port: r.pick(outPorts) }],
    }))
    return { type: 'group_mod', command: 'add', groupType, groupId, buckets }
  })
}

const outPorts = [1, 2, 3, 4, 9, 0xfffffff8, 0xfffffffb, 0xfffffffc, 0xfffffffd] as const

function randomMatch(r: Random): Match {
  const match: Field[] = []
  if (r.chance(20)) match.push({ field: 'in_port', value: 1 + r.below(4) })
  if (r.chance(10)) match.push({ field: 'metadata', value: BigInt(r.below(4)), mask: 3n })
  if (r.chance(10)) match.push({ field: 'reg1', value: r.below(4), mask: 3 })
  if (r.chance(15)) match.push({ field: 'eth_dst', value: r.pick(macs) })
  if (r.chance(5)) match.push({ field: 'eth_src', value: '02:00:00:00:00:00', mask: 'ff:00:00:00:00:00' })
  const type = r.chance(70) ? r.pick(types) : undefined
  if (type !== undefined) match.push({ field: 'eth_type', value: type })
  if (r.chance(25)) {
    match.push(r.pick<Field>([
      { field: 'vlan_vid', value: 0 },
      { field: 'vlan_vid', value: 0x1000, mask: 0x1000 },
      { field: 'vlan_vid', value: 0x1000 | r.pick(vids) },
    ]))
    if (r.chance(20)) match.push({ field: 'vlan_pcp', value: r.below(8) })
  }
  if (type === 0x0806) {
    if (r.chance(40)) match.push({ field: 'arp_op', value: r.pick([1, 2]) })
    if (r.chance(30)) match.push({ field: 'arp_spa', value: '10.0.0.0', mask: '255.255.255.0' })
    if (r.chance(20)) match.push({ field: 'arp_tha', value: r.pick(macs) })
  }
  if (type === 0x8847 && r.chance(50)) match.push({ field: 'mpls_label', value: 16 + r.below(4) })
  if (type === 0x8847 && r.chance(50)) match.push({ field: 'mpls_bos', value: r.below(2) })
  if (type !== 0x0800 && type !== 0x86dd) return match
  if (r.chance(10)) match.push({ field: 'ip_dscp', value: r.below(64) })
  if (r.chance(10)) match.push({ field: 'ip_ecn', value: r.below(4) })
  const protocol = r.chance(60) ? r.pick(type === 0x0800 ? [6, 17, 1, 132, 44] : [6, 17, 58, 132, 44]) : undefined
  if (protocol !== undefined) match.push({ field: 'ip_proto', value: protocol })
  if (type === 0x0800) {
    if (r.chance(25)) match.push({ field: 'ipv4_src', value: '10.0.0.0', mask: '255.255.0.0' })
    if (r.chance(25)) match.push({ field: 'ipv4_dst', value: r.pick(ipv4s) })
  } else {
    if (r.chance(25)) match.push({ field: 'ipv6_src', value: '2001:db8::', mask: 'ffff:ffff::' })
    if (r.chance(25)) match.push({ field: 'ipv6_dst', value: r.pick(ipv6s) })
    if (r.chance(10)) match.push({ field: 'ipv6_flabel', value: r.pick([0, 5, 0xfffff]) })
  }
  if (r.chance(15)) match.push({ field: 'nxm_nx_ip_frag', value: r.pick([0, 1, 3]), mask: 3 })
  if (protocol === 6 && r.chance(50)) match.push({ field: r.pick(['tcp_src', 'tcp_dst'] as const), value: r.pick(ports) })
  if (protocol === 6 && r.chance(20)) match.push({ field: 'nxm_nx_tcp_flags', value: 2, mask: r.pick([2, 18]) })
  if (protocol === 17 && r.chance(50)) match.push({ field: r.pick(['udp_src', 'udp_dst'] as const), value: r.pick(ports) })
  if (protocol === 132 && r.chance(50)) match.push({ field: 'sctp_dst', value: r.pick(ports) })
  if (protocol === 1 && r.chance(50)) match.push({ field: 'icmpv4_type', value: r.pick([0, 8]) })
  if (protocol === 58 && r.chance(70)) {
    const kind = r.pick([128, 135, 136])
    match.push({ field: 'icmpv6_type', value: kind })
    if (kind > 130 && r.chance(60)) {
      if (r.chance(90)) match.push({ field: 'icmpv6_code', value: 0 })
      match.push({ field: 'ipv6_nd_target', value: r.pick(ipv6s) })
      if (r.chance(30)) match.push({ field: kind === 135 ? 'ipv6_nd_sll' : 'ipv6_nd_tll', value: r.pick(macs) })
    }
  }
  return match
}

function randomInstructions(r: Random, tableId: number, match: Match): NonNullable<FlowModInput['instructions']> {
  const list: NonNullable<FlowModInput['instructions']>[number][] = []
  if (r.chance(80)) list.push({ type: 'apply_actions', actions: randomActions(r, match, 2) })
  if (r.chance(5)) list.push({ type: 'clear_actions' })
  if (r.chance(25)) list.push({ type: 'write_actions', actions: [...randomSet(r, match), outputAction(r)] })
  if (r.chance(20)) list.push({ type: 'write_metadata', metadata: BigInt(r.below(4)), metadataMask: 3n })
  if (r.chance(35)) list.push({ type: 'goto_table', tableId: tableId + (r.chance(97) ? 1 + r.below(2) : 0) })
  return list
}

function outputAction(r: Random): ActionInput {
  if (r.chance(15)) return { type: 'group', groupId: 1 + r.below(4) }
  return { type: 'output', port: r.pick(outPorts) }
}

function randomActions(r: Random, match: Match, depth: number): ActionInput[] {
  return Array.from({ length: 1 + r.below(4) }, () => (r.chance(50) ? outputAction(r) : randomAction(r, match, depth)))
}

/** Actions that an action set may have, other than outputs. */
function randomSet(r: Random, match: Match): ActionInput[] {
  return Array.from({ length: r.below(3) }, () => randomChange(r, match))
}

/** A field of the packet changes. Mostly one that the match says is there. */
function randomChange(r: Random, match: Match): ActionInput {
  const value = (field: string): unknown => match.find((entry) => entry.field === field && !('mask' in entry && entry.mask))
  const type = (value('eth_type') as { value?: number } | undefined)?.value
  const protocol = (value('ip_proto') as { value?: number } | undefined)?.value
  const set = (field: Field): ActionInput => ({ type: 'set_field', field })
  const choices: ActionInput[] = [
    set({ field: 'eth_src', value: r.pick(macs) }),
    set({ field: 'eth_dst', value: r.pick(macs) }),
    set({ field: 'reg1', value: r.below(4) }),
    { type: 'push_vlan', ethertype: r.pick([0x8100, 0x88a8]) },
  ]
  if (r.chance(5)) choices.push(set({ field: 'tcp_dst', value: 7 }), { type: 'pop_vlan' }, set({ field: 'vlan_vid', value: 0x1007 }))
  if (match.some((entry) => entry.field === 'vlan_vid' && entry.value !== 0)) {
    choices.push({ type: 'pop_vlan' }, set({ field: 'vlan_vid', value: 0x1000 | r.pick(vids) }), set({ field: 'vlan_pcp', value: r.below(8) }))
  }
  if (type === 0x0806) {
    choices.push(
      set({ field: 'arp_op', value: r.pick([1, 2]) }),
      set({ field: 'arp_spa', value: r.pick(ipv4s) }),
      set({ field: 'arp_tpa', value: r.pick(ipv4s) }),
      set({ field: 'arp_sha', value: r.pick(macs) }),
      set({ field: 'arp_tha', value: r.pick(macs) }),
    )
  }
  // What is behind a label must be what the ethertype says.
  const bottom = match.find((entry) => entry.field === 'mpls_bos')?.value
  if (bottom !== undefined) choices.push({ type: 'pop_mpls', ethertype: bottom === 1 ? r.pick([0x0800, 0x86dd]) : 0x8847 })
  if (type === 0x8847) {
    choices.push(
      set({ field: 'mpls_label', value: r.below(1 << 20) }),
      set({ field: 'mpls_tc', value: r.below(8) }),
      { type: 'dec_mpls_ttl' },
      { type: 'set_mpls_ttl', ttl: r.below(256) },
      { type: 'push_mpls', ethertype: 0x8847 },
    )
  }
  if (type === 0x0800 || type === 0x86dd) {
    choices.push(
      set({ field: 'ip_dscp', value: r.below(64) }),
      set({ field: 'ip_ecn', value: r.below(4) }),
      { type: 'dec_nw_ttl' },
      { type: 'set_nw_ttl', ttl: r.below(256) },
      { type: 'push_mpls', ethertype: 0x8847 },
    )
  }
  if (type === 0x0800) choices.push(set({ field: 'ipv4_src', value: r.pick(ipv4s) }), set({ field: 'ipv4_dst', value: r.pick(ipv4s) }))
  if (type === 0x86dd) {
    choices.push(
      set({ field: 'ipv6_src', value: r.pick(ipv6s) }),
      set({ field: 'ipv6_dst', value: r.pick(ipv6s) }),
      set({ field: 'ipv6_flabel', value: r.pick([0, 5, 0xfffff]) }),
    )
  }
  if (protocol === 6) choices.push(set({ field: 'tcp_src', value: r.pick(ports) }), set({ field: 'tcp_dst', value: r.pick(ports) }))
  if (protocol === 17) choices.push(set({ field: 'udp_src', value: r.pick(ports) }), set({ field: 'udp_dst', value: r.pick(ports) }))
  if (protocol === 132) choices.push(set({ field: 'sctp_src', value: r.pick(ports) }))
  if (protocol === 1 && type === 0x0800) choices.push(set({ field: 'icmpv4_type', value: r.pick([0, 8]) }), set({ field: 'icmpv4_code', value: r.below(4) }))
  if (protocol === 58 && match.some((entry) => entry.field === 'ipv6_nd_target')) {
    choices.push(set({ field: 'ipv6_nd_target', value: r.pick(ipv6s) }))
  }
  return r.pick(choices)
}

function randomAction(r: Random, match: Match, depth: number): ActionInput {
  const sub = <F extends string>(field: F, offset: number, bits: number) => ({ field, offset, bits })
  const choices: ActionInput[] = [
    { type: 'nx_resubmit_table', port: r.pick([0xfffffff8, 0xfffffff8, 2]), tableId: r.pick([1, 2, 3, 3, 9]) },
    { type: 'nx_reg_move', src: sub('eth_src', r.below(16), 32), dst: sub('reg1', 0, 32) },
    { type: 'nx_reg_move', src: sub('reg1', 0, 8), dst: sub('eth_dst', r.below(40), 8) },
    { type: 'nx_reg_load', dst: sub('reg1', r.below(8), 4), value: BigInt(r.below(16)) },
    { type: 'nx_reg_load', dst: sub('nxm_of_vlan_tci', 0, 16), value: BigInt(0x1000 | r.pick(vids)) },
    { type: 'nx_reg_load', dst: sub('reg2', 0, 16), value: BigInt(r.pick([1, 2, 3, 0xfff8, 9])) },
    { type: 'nx_output_reg', src: sub('reg2', 0, 16) },
    { type: 'nx_stack_push', src: sub('reg1', 0, 32) },
    { type: 'nx_stack_pop', dst: sub('xreg1', 8, 32) },
    { type: 'nx_note', note: Uint8Array.from([1, 2, 3]) },
  ]
  // In a clone that has groups, `exit` ends everything in Open vSwitch 3.1, not only the clone.
  if (depth === 2 && r.chance(10)) choices.push({ type: 'nx_exit' })
  if (depth > 0) choices.push({ type: 'nx_clone', actions: randomActions(r, match, depth - 1) })
  return r.chance(60) ? randomChange(r, match) : r.pick(choices)
}

function noise(r: Random, length: number): number[] {
  return Array.from({ length }, () => r.below(256))
}

function u16(value: number): number[] {
  return [value >> 8, value & 255]
}

function u32(value: number): number[] {
  return [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]
}

function mac(text: string): number[] {
  return text.split(':').map((part) => Number.parseInt(part, 16))
}

function ipv4(text: string): number[] {
  return text.split('.').map(Number)
}

function ipv6(text: string): number[] {
  const [head = '', tail = ''] = text.split('::')
  const first = head.split(':').filter(Boolean)
  const last = tail.split(':').filter(Boolean)
  const groups = [...first, ...new Array<string>(8 - first.length - last.length).fill('0'), ...last]
  return groups.flatMap((group) => u16(Number.parseInt(group, 16)))
}

function checksum(bytes: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] as number) << 8) | (bytes[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}
