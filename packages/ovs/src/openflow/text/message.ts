import { hexdump } from '../../wire/hexdump.js'
import { OFP_NO_BUFFER, OFPG, OFPP, OFPTT } from '../constants.js'
import { OFP_HEADER_LENGTH } from '../header.js'
import { decodeMessage, encodeMessage, type Message } from '../message.js'
import type { ErrorMessage } from '../message/error.js'
import type { FlowRemoved } from '../message/flow-removed.js'
import type { PacketIn } from '../message/packet-in.js'
import type { PacketOut } from '../message/packet-out.js'
import { OFPMPF } from '../multipart/multipart.js'
import type { OxmField } from '../oxm/field.js'
import type { FlowFilter } from '../multipart/flow-stats.js'
import type { Instruction } from '../instruction.js'
import type { NxtFlowMod } from '../nicira/flow-mod.js'
import type { NxtFlowRemoved } from '../nicira/flow-removed.js'
import { summarizePacketIn2 } from '../nicira/packet-in2.js'
import { printActions } from './action.js'
import { hex, hexBytes } from './bits.js'
import { printCtFlush } from './ct-flush.js'
import { printDuration } from './duration.js'
import { hasText, printErrorName, printText } from './error.js'
import { printFlowMod, printFlowStats } from './flow.js'
import { textFieldOfHeader } from './field-table.js'
import { printGroupId } from './group-id.js'
import { printGroup, printGroupMod, printGroupStats } from './group.js'
import { printGroupFeatures } from './group-features.js'
import { printMatch } from './match.js'
import { messageName, messageNameOf, printVersion } from './message-name.js'
import { printMeter, printMeterId, printMeterMod } from './meter.js'
import { printBundleAdd, printBundleControl, printFlowMonitor, printFlowUpdate, printRoleStatus } from './onf.js'
import { printPacket } from './packet.js'
import { printPort } from './port.js'
import { printPortDesc, printPortMod, printPortStatus } from './port-desc.js'
import {
  printAggregate,
  printDesc,
  printMeterFeatures,
  printMeterStats,
  printPortStats,
  printQueueStats,
} from './stats.js'
import { printAsync, printAsync2, printFeatures, printHello, printQueues, printRole, printSwitchConfig } from './switch.js'
import { printTableFeatures } from './table-features.js'
import { printTableStats } from './table-stats.js'
import { printTlvTableMod, printTlvTableReply } from './tlv-table.js'

/**
 * A message as `ovs-ofctl ofp-print` of Open vSwitch 3.1 prints it, without the newline at the end. Long messages have
 * several lines. What Open vSwitch would refuse, a message of a type that it does not know for one, is printed in a
 * form that resembles its own.
 */
export function printMessage(message: Message): string {
  return `${headline(message)}${body(message)}`.trimEnd()
}

function headline(message: Message): string {
  const name = messageName(message.type)
  const flags = 'flags' in message && name.includes('ST_') ? printMultipartFlags(message) : ''
  return `${name}${printVersion(message.version)} (xid=${hex(message.xid)}):${flags}`
}

function printMultipartFlags({ type, version, flags }: Pick<Message, 'type' | 'version'> & { flags: number }): string {
  if (flags === 0) return ''
  // Requests have more parts since OpenFlow 1.3.
  const known = version < 4 && type.endsWith('_request') ? 0 : OFPMPF.MORE
  const unknown = flags & ~known
  return ` flags=${(flags & known) === 0 ? '' : '[more]'}${unknown === 0 ? '' : `[***unknown flags 0x${unknown.toString(16).padStart(4, '0')}***]`}`
}

function body(message: Message): string {
  switch (message.type) {
    case 'hello':
      return printHello(message) + unknownHello(message)
    case 'error':
      return printError(message)
    case 'echo_request':
    case 'echo_reply':
      return ` ${message.data.length} bytes of payload\n${hexdump(message.data)}`
    case 'features_reply':
      return printFeatures(message)
    case 'get_config_reply':
    case 'set_config':
      return printSwitchConfig(message)
    case 'packet_in':
    case 'nxt_packet_in':
      return printPacketIn(message)
    case 'nxt_packet_in2':
    case 'nxt_resume':
      return printPacketIn(summarizePacketIn2(message))
    case 'packet_out':
      return printPacketOut(message)
    case 'flow_removed':
    case 'nxt_flow_removed':
      return printFlowRemoved(message)
    case 'port_status':
      return printPortStatus(message)
    case 'port_mod':
      return printPortMod(message)
    case 'table_mod':
      return message.tableId === OFPTT.ALL ? ' table_id: ALL_TABLES' : ` table_id=${message.tableId}`
    case 'flow_mod':
      return ` ${printFlowMod(message)}`
    case 'nxt_flow_mod':
      return ` ${printNxFlowMod(message)}`
    case 'group_mod':
      return `\n ${printGroupMod(message)}`
    case 'meter_mod':
      return printMeterMod(message)
    case 'role_request':
    case 'role_reply':
      return printRole(message)
    case 'nxt_role_request':
    case 'nxt_role_reply':
      return ` role=${{ other: 'equal', master: 'primary', slave: 'secondary' }[message.role as string] ?? message.role}`
    case 'get_async_reply':
    case 'set_async':
    case 'nxt_set_async_config':
      return printAsync(message)
    case 'nxt_set_async_config2':
      return printAsync2(message)
    case 'queue_get_config_request':
      return ` port=${printPort(message.port)}`
    case 'queue_get_config_reply':
      return printQueues(message)
    case 'experimenter':
      return ` experimenter=${hex(message.experimenter)} type=${message.expType}\n${hexdump(message.data)}`
    case 'unknown':
      return ` type=${message.messageType}\n${hexdump(message.body)}`
    default:
      return statistics(message)
  }
}

type Rest = Exclude<Message, { readonly type: never }>

function statistics(message: Rest): string {
  switch (message.type) {
    case 'desc_reply':
      return printDesc(message)
    case 'flow_stats_request':
    case 'aggregate_stats_request':
    case 'nxst_flow_request':
    case 'nxst_aggregate_request':
      return printFilter(message)
    case 'nxst_flow_reply':
      return message.stats
        .map((flow) => {
          const instructions = [{ type: 'apply_actions', actions: flow.actions }] as const
          return `\n ${printFlowStats({ ...flow, flags: 0, instructions }).trimStart()}`
        })
        .join('')
    case 'flow_stats_reply':
      return message.stats.map((flow) => `\n ${printFlowStats(flow).trimStart()}`).join('')
    case 'aggregate_stats_reply':
    case 'nxst_aggregate_reply':
      return printAggregate(message)
    case 'table_stats_reply':
      return printTableStats(message.stats)
    case 'port_stats_request':
      return ` port_no=${printPort(message.portNo)}`
    case 'port_stats_reply':
      return printPortStats(message.stats)
    case 'queue_stats_request':
      return ` port=${printPort(message.portNo)} queue=${message.queueId === 0xffffffff ? 'ALL' : message.queueId}`
    case 'queue_stats_reply':
      return printQueueStats(message.stats)
    case 'group_stats_request':
      return ` group_id=${printGroupId(message.groupId)}`
    case 'group_stats_reply':
      return message.stats.map((group) => `\n ${printGroupStats(group)}`).join('')
    case 'group_desc_request':
      // OpenFlow 1.3 can only ask for all.
      return ' group_id=ALL'
    case 'group_desc_reply':
      return message.groups.map((group) => `\n ${printGroup(group)}`).join('')
    case 'group_features_reply':
      return printGroupFeatures(message)
    case 'meter_stats_request':
    case 'meter_config_request':
      return ` ${printMeterId(message.meterId, '=')}`
    case 'meter_stats_reply':
      return `\n${message.stats.map(printMeterStats).join('\n')}`
    case 'meter_config_reply':
      return `\n${message.meters.map(printMeter).join('\n')}`
    case 'meter_features_reply':
      return printMeterFeatures(message)
    case 'table_features_request':
    case 'table_features_reply':
      return printTableFeatures(message.tables)
    case 'port_desc_request':
      return ' port=ANY'
    case 'port_desc_reply':
      return `\n${message.ports.toSorted((a, b) => a.portNo - b.portNo).map((port) => ` ${printPortDesc(port)}`).join('')}`
    default:
      return extension(message)
  }
}

function extension(message: Rest): string {
  switch (message.type) {
    case 'onf_bundle_control':
      return printBundleControl(message)
    case 'onf_bundle_add':
      return `${printBundleAdd(message)}${printMessage(message.message)}`
    case 'onf_role_status':
      return printRoleStatus(message)
    case 'onf_requestforward':
      return ` reason=${message.request.type}${body(message.request)}`
    case 'onf_flow_monitor_request':
    case 'nxst_flow_monitor_request':
      return message.monitors.map(printFlowMonitor).join('')
    case 'onf_flow_monitor_reply':
    case 'nxst_flow_monitor_reply':
      return message.updates.map(printFlowUpdate).join('')
    case 'onf_flow_monitor_cancel':
    case 'nxt_flow_monitor_cancel':
      return ` id=${message.id}`
    case 'nxt_set_flow_format':
      return ` format=${typeof message.format === 'string' ? message.format : '(unknown)'}`
    case 'nxt_flow_mod_table_id':
      return message.set ? ' enable' : ' disable'
    case 'nxt_set_packet_in_format':
      return ` format=${message.format}`
    case 'nxt_set_controller_id':
      return ` id=${message.controllerId}`
    case 'nxt_ct_flush':
      return printCtFlush(message)
    case 'nxt_ct_flush_zone':
      return ` zone_id=${message.zoneId}`
    case 'nxt_tlv_table_mod':
      return printTlvTableMod(message)
    case 'nxt_tlv_table_reply':
      return printTlvTableReply(message)
    default:
      return ''
  }
}

function unknownHello(message: Extract<Message, { readonly type: 'hello' }>): string {
  if (message.elements.every((element) => element.type === 'version_bitmap' && element.bitmaps.length > 0)) return ''
  return ` unknown data in hello:\n${hexdump(encodeMessage(message))}`
}

function printError(error: ErrorMessage): string {
  return ` ${printErrorName(error)}\n${hasText(error) ? printText(error.data) : printFailed(error.data)}`
}

/** The beginning of the message that failed. */
function printFailed(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'OpenFlow message is empty'
  if (bytes.length < OFP_HEADER_LENGTH) {
    return `OpenFlow packet too short (only ${bytes.length} bytes):\n${hexdump(bytes)}`
  }
  const length = ((bytes[2] as number) << 8) | (bytes[3] as number)
  if (length > bytes.length) {
    return `${printHeader(bytes)}(***truncated to ${bytes.length} bytes from ${length}***)\n${hexdump(bytes)}`
  }
  try {
    return printMessage(decodeMessage(bytes.subarray(0, length)))
  } catch {
    return `***decode error***\n${hexdump(bytes)}`
  }
}

/** The first line of a message that is cut off, where its type can be told. */
function printHeader(bytes: Uint8Array): string {
  const [version = 0, type = 0] = bytes
  const xid = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4)
  const name = messageNameOf(version, type)
  return name === undefined ? '' : `${name}${printVersion(version)} (xid=${hex(xid)}):\n`
}

function printPacketIn(packet: Omit<PacketIn, 'type' | 'version' | 'xid'> & { readonly userdata?: Uint8Array }): string {
  const { tableId, cookie, totalLen, reason, bufferId, data, match, userdata } = packet
  const unbuffered = bufferId === OFP_NO_BUFFER
  const words = [
    ...(tableId === 0 ? [] : [`table_id=${tableId}`]),
    ...(cookie === 0xffffffffffffffffn ? [] : [`cookie=${hex(cookie)}`]),
    `total_len=${totalLen}`,
    printMatch(match.filter(isKnown)),
    `(via ${reason})`,
    `data_len=${data.length}`,
    unbuffered ? '(unbuffered)' : `buffer=0x${bufferId.toString(16).padStart(8, '0')}`,
    ...(unbuffered && totalLen !== data.length ? ['(***total_len != data_len***)'] : []),
    ...(!unbuffered && totalLen < data.length ? ['(***total_len < data_len***)'] : []),
  ]
  const extra = userdata && userdata.length > 0 ? ` userdata=${hexBytes(userdata, '.')}\n` : ''
  const type = match.find(({ field }) => field === 'packet_type')
  const frame = type?.field === 'packet_type' && type.value !== 0 && type.value >>> 16 !== 1 ? printMatch([type]) : printPacket(data)
  return ` ${words.join(' ')}\n${extra}${frame}`
}

/** Open vSwitch passes over what it does not know in the metadata of a packet. */
function isKnown({ field }: OxmField): boolean {
  return field !== 'unknown' && textFieldOfHeader(field) !== undefined
}

function printPacketOut({ inPort, actions, bufferId, data }: PacketOut): string {
  const head = ` in_port=${printPort(inPort)} actions=${printActions(actions)}`
  if (bufferId !== OFP_NO_BUFFER) return `${head} buffer=0x${bufferId.toString(16).padStart(8, '0')}`
  return `${head} data_len=${data.length}${data.length === 0 ? '' : `\n${printPacket(data)}`}`
}

/** A flow-mod of OpenFlow 1.0 has actions only, and a cookie without a mask. */
function printNxFlowMod(message: NxtFlowMod): string {
  const cookieMask = message.cookie === 0n ? 0n : 0xffffffffffffffffn
  const instructions: Instruction[] = [{ type: 'apply_actions', actions: message.actions }]
  return printFlowMod({ ...message, cookieMask, outGroup: OFPG.ANY, instructions }).replace('/0xffffffffffffffff', '')
}

const removedReasons: Readonly<Record<string, string>> = { idle_timeout: 'idle', hard_timeout: 'hard' }

function printFlowRemoved(message: FlowRemoved | NxtFlowRemoved): string {
  const { match, priority, reason, cookie, durationSec, durationNsec, idleTimeout } = message
  const { hardTimeout = 0 } = message as Partial<FlowRemoved>
  const tableId = message.type === 'flow_removed' ? message.tableId : (message.tableIdPlusOne - 1) & 0xff
  const matched = printMatch(match)
  return [
    ` ${priority === 0x8000 ? '' : `priority=${priority}${matched === '' ? '' : ','}`}${matched}`.trimEnd(),
    `reason=${removedReasons[reason] ?? reason}`,
    ...(tableId === 0xff ? [] : [`table_id=${tableId}`]),
    ...(cookie === 0n ? [] : [`cookie:${hex(cookie)}`]),
    `duration${printDuration(durationSec, durationNsec)}`,
    `idle${idleTimeout}`,
    ...(hardTimeout === 0 ? [] : [`hard${hardTimeout}`]),
    `pkts${message.packetCount}`,
    `bytes${message.byteCount}`,
  ].join(' ')
}

function printFilter(filter: Pick<FlowFilter, 'tableId' | 'outPort' | 'match'>): string {
  // Open vSwitch takes this field for the cookie of the filter, which it does not print.
  const matched = printMatch(filter.match.filter(({ field }) => field !== 'nxm_nx_cookie'))
  return [
    '',
    ...(filter.tableId === OFPTT.ALL ? [] : [`table=${filter.tableId}`]),
    ...(filter.outPort === OFPP.ANY ? [] : [`out_port=${printPort(filter.outPort)}`]),
    ...(matched === '' ? [] : [matched]),
  ].join(' ')
}
