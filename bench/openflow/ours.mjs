// Our codec, and the floor: one shape of message read and written by hand.
import { decodeMessage, encodeMessage } from '@streambed/ovs/openflow'
import { flowMod, packetIn } from './messages.mjs'

const flowModBytes = Buffer.from(flowMod, 'hex')
const packetInBytes = Buffer.from(packetIn, 'hex')

/** The flow-mod as a caller makes it, each time anew as the others do. */
const makeFlowMod = () => ({
  type: 'flow_mod',
  xid: 1,
  command: 'add',
  tableId: 1,
  priority: 9000,
  cookie: 0xabcdn,
  match: [
    { field: 'in_port', value: 3 },
    { field: 'eth_dst', value: '02:00:00:00:00:01' },
    { field: 'eth_src', value: '02:00:00:00:00:02' },
    { field: 'eth_type', value: 0x0800 },
    { field: 'vlan_vid', value: 0x1064 },
    { field: 'ip_proto', value: 6 },
    { field: 'ipv4_dst', value: '10.0.2.0', mask: '255.255.255.0' },
    { field: 'tcp_dst', value: 80 },
  ],
  instructions: [
    {
      type: 'apply_actions',
      actions: [
        { type: 'set_field', field: { field: 'vlan_vid', value: 0x10c8 } },
        { type: 'dec_nw_ttl' },
        { type: 'output', port: 4, maxLen: 0xffff },
      ],
    },
    { type: 'goto_table', tableId: 2 },
  ],
})

export const ours = {
  'flow-mod-encode': () => encodeMessage(makeFlowMod()),
  'flow-mod-decode': () => decodeMessage(flowModBytes),
  'packet-in-decode': () => decodeMessage(packetInBytes),
}

const macs = (buffer, at) => {
  const hex = buffer.toString('hex', at, at + 6)
  return `${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}:${hex.slice(6, 8)}:${hex.slice(8, 10)}:${hex.slice(10, 12)}`
}
const writeMac = (buffer, mac, at) => mac.split(':').forEach((byte, i) => (buffer[at + i] = Number.parseInt(byte, 16)))
const writeIp = (buffer, ip, at) => ip.split('.').forEach((byte, i) => (buffer[at + i] = Number(byte)))
const readIp = (buffer, at) => `${buffer[at]}.${buffer[at + 1]}.${buffer[at + 2]}.${buffer[at + 3]}`

/** Knows where everything is: no other flow-mod, no other packet-in. */
export const floor = {
  'flow-mod-encode'() {
    const { xid, tableId, priority, cookie, match, instructions } = makeFlowMod()
    const [inPort, ethDst, ethSrc, ethType, vlanVid, ipProto, ipv4Dst, tcpDst] = match
    const [{ actions }, goto] = instructions
    const b = Buffer.alloc(176)
    b.writeUInt32BE(0x040e00b0, 0)
    b.writeUInt32BE(xid, 4)
    b.writeBigUInt64BE(cookie, 8)
    b[24] = tableId
    b.writeUInt16BE(priority, 30)
    b.fill(0xff, 32, 44)
    b.writeUInt32BE(0x00010043, 48)
    b.writeUInt32BE(0x80000004, 52)
    b.writeUInt32BE(inPort.value, 56)
    b.writeUInt32BE(0x80000606, 60)
    writeMac(b, ethDst.value, 64)
    b.writeUInt32BE(0x80000806, 70)
    writeMac(b, ethSrc.value, 74)
    b.writeUInt32BE(0x80000a02, 80)
    b.writeUInt16BE(ethType.value, 84)
    b.writeUInt32BE(0x80000c02, 86)
    b.writeUInt16BE(vlanVid.value, 90)
    b.writeUInt32BE(0x80001401, 92)
    b[96] = ipProto.value
    b.writeUInt32BE(0x80001908, 97)
    writeIp(b, ipv4Dst.value, 101)
    writeIp(b, ipv4Dst.mask, 105)
    b.writeUInt32BE(0x80001c02, 109)
    b.writeUInt16BE(tcpDst.value, 113)
    b.writeUInt32BE(0x00040030, 120)
    b.writeUInt32BE(0x00190010, 128)
    b.writeUInt32BE(0x80000c02, 132)
    b.writeUInt16BE(actions[0].field.value, 136)
    b.writeUInt32BE(0x00180008, 144)
    b.writeUInt32BE(0x00000010, 152)
    b.writeUInt32BE(actions[2].port, 156)
    b.writeUInt16BE(actions[2].maxLen, 160)
    b.writeUInt32BE(0x00010008, 168)
    b[172] = goto.tableId
    return b
  },
  'flow-mod-decode'() {
    const b = flowModBytes
    return {
      type: 'flow_mod',
      version: b[0],
      xid: b.readUInt32BE(4),
      cookie: b.readBigUInt64BE(8),
      cookieMask: b.readBigUInt64BE(16),
      tableId: b[24],
      command: b[25],
      idleTimeout: b.readUInt16BE(26),
      hardTimeout: b.readUInt16BE(28),
      priority: b.readUInt16BE(30),
      bufferId: b.readUInt32BE(32),
      outPort: b.readUInt32BE(36),
      outGroup: b.readUInt32BE(40),
      flags: b.readUInt16BE(44),
      match: [
        { field: 'in_port', value: b.readUInt32BE(56) },
        { field: 'eth_dst', value: macs(b, 64) },
        { field: 'eth_src', value: macs(b, 74) },
        { field: 'eth_type', value: b.readUInt16BE(84) },
        { field: 'vlan_vid', value: b.readUInt16BE(90) },
        { field: 'ip_proto', value: b[96] },
        { field: 'ipv4_dst', value: readIp(b, 101), mask: readIp(b, 105) },
        { field: 'tcp_dst', value: b.readUInt16BE(113) },
      ],
      instructions: [
        {
          type: 'apply_actions',
          actions: [
            { type: 'set_field', field: { field: 'vlan_vid', value: b.readUInt16BE(136) } },
            { type: 'dec_nw_ttl' },
            { type: 'output', port: b.readUInt32BE(156), maxLen: b.readUInt16BE(160) },
          ],
        },
        { type: 'goto_table', tableId: b[172] },
      ],
    }
  },
  'packet-in-decode'() {
    const b = packetInBytes
    return {
      type: 'packet_in',
      version: b[0],
      xid: b.readUInt32BE(4),
      bufferId: b.readUInt32BE(8),
      totalLen: b.readUInt16BE(12),
      reason: b[14],
      tableId: b[15],
      cookie: b.readBigUInt64BE(16),
      match: [{ field: 'in_port', value: b.readUInt32BE(32) }],
      data: Uint8Array.prototype.slice.call(b, 42),
    }
  },
}

/** Microseconds for each call. */
export function time(operation, count) {
  const begin = performance.now()
  for (let i = 0; i < count; i++) operation()
  return ((performance.now() - begin) / count) * 1000
}
