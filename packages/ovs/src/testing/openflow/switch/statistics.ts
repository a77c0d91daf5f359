import { OFPG, OFPM, OFPP, OFPQ } from '../../../openflow/constants.js'
import { encodeMessage, type Message, type MessageInput } from '../../../openflow/message.js'
import { OFPGFC } from '../../../openflow/multipart/group-features.js'
import { OFPMPF } from '../../../openflow/multipart/multipart.js'
import { refusal } from '../flow/refusal.js'
import { TABLES } from '../pipeline/pipeline.js'
import { describePort, type SwitchPort } from '../pipeline/port.js'
import type { Controller } from './controller.js'
import { durationOf, type SwitchCore } from './core.js'
import { selectFlows } from './flow-mod.js'
import { referencesTo } from './group-mod.js'
import { MAX_BANDS, MAX_METER } from './meter-mod.js'
import { tableFeatures } from './table-features.js'

/** Answers a multipart request (OpenFlow 1.3.5 §7.3.5). Returns false when the message is none that is supported. */
export function statistics(core: SwitchCore, from: Controller, message: Message, now: number): boolean {
  const { pipeline, description } = core
  const { xid } = message
  const send = (reply: MessageInput): void => core.reply(from, { ...reply, xid })
  /** Several messages, when the entries do not fit in one. */
  const parts = <T>(entries: readonly T[], reply: (entries: readonly T[], flags: number) => MessageInput): true => {
    const groups = split(entries, (some) => reply(some, 0))
    groups.forEach((some, i) => send(reply(some, i < groups.length - 1 ? OFPMPF.MORE : 0)))
    return true
  }
  switch (message.type) {
    case 'desc_request': {
      const { mfrDesc, hwDesc, swDesc, serialNum, dpDesc } = description
      send({ type: 'desc_reply', mfrDesc, hwDesc, swDesc, serialNum, dpDesc })
      return true
    }
    case 'flow_stats_request':
      checkTable(message.tableId)
      return parts(
        selectFlows(core, message).map((flow) => ({
          ...flow,
          ...durationOf(now - flow.created),
          packetCount: BigInt(flow.packets),
          byteCount: BigInt(flow.bytes),
        })),
        (stats, flags) => ({ type: 'flow_stats_reply', flags, stats }),
      )
    case 'aggregate_stats_request': {
      checkTable(message.tableId)
      const flows = selectFlows(core, message)
      const sum = (what: 'packets' | 'bytes'): bigint => BigInt(flows.reduce((total, flow) => total + flow[what], 0))
      send({ type: 'aggregate_stats_reply', packetCount: sum('packets'), byteCount: sum('bytes'), flowCount: flows.length })
      return true
    }
    case 'table_stats_request':
      return parts(
        Array.from({ length: TABLES }, (_, tableId) => {
          const table = pipeline.tables.get(tableId)
          const counts = { lookupCount: BigInt(table?.lookups ?? 0), matchedCount: BigInt(table?.matched ?? 0) }
          return { tableId, activeCount: table?.size ?? 0, ...counts }
        }),
        (stats, flags) => ({ type: 'table_stats_reply', flags, stats }),
      )
    case 'table_features_request':
      if (message.tables.length > 0) throw refusal('table_features_failed', 'eperm')
      return parts(tableFeatures(TABLES), (tables, flags) => ({ type: 'table_features_reply', flags, tables }))
    case 'port_desc_request':
      return parts([...pipeline.ports.values()].map(describePort), (ports, flags) => ({
        type: 'port_desc_reply',
        flags,
        ports,
      }))
    case 'port_stats_request':
      return parts(
        portsOf(core, message.portNo).map(({ portNo, counters, created }) => ({
          portNo,
          rxPackets: BigInt(counters.rxPackets),
          txPackets: BigInt(counters.txPackets),
          rxBytes: BigInt(counters.rxBytes),
          txBytes: BigInt(counters.txBytes),
          rxDropped: BigInt(counters.rxDropped),
          txDropped: BigInt(counters.txDropped),
          rxErrors: 0n,
          txErrors: 0n,
          rxFrameErr: 0n,
          rxOverErr: 0n,
          rxCrcErr: 0n,
          collisions: 0n,
          ...durationOf(now - created),
        })),
        (stats, flags) => ({ type: 'port_stats_reply', flags, stats }),
      )
    case 'queue_stats_request':
      portsOf(core, message.portNo, 'queue_op_failed')
      if (message.queueId !== OFPQ.ALL) throw refusal('queue_op_failed', 'bad_queue')
      send({ type: 'queue_stats_reply', stats: [] })
      return true
    case 'group_stats_request': {
      const { groupId } = message
      const groups = [...pipeline.groups.values()].filter((group) => groupId === OFPG.ALL || group.groupId === groupId)
      return parts(
        groups.map((group) => ({
          groupId: group.groupId,
          refCount: referencesTo(core, group),
          packetCount: BigInt(group.packets),
          byteCount: BigInt(group.bytes),
          ...durationOf(now - group.created),
          buckets: group.buckets.map((_, i) => ({
            packetCount: BigInt(group.bucketPackets[i] ?? 0),
            byteCount: BigInt(group.bucketBytes[i] ?? 0),
          })),
        })),
        (stats, flags) => ({ type: 'group_stats_reply', flags, stats }),
      )
    }
    case 'group_desc_request':
      return parts([...pipeline.groups.values()], (groups, flags) => ({ type: 'group_desc_reply', flags, groups }))
    case 'group_features_request': {
      const capabilities = OFPGFC.SELECT_WEIGHT | OFPGFC.SELECT_LIVENESS | OFPGFC.CHAINING
      const maxGroups = [OFPG.MAX, OFPG.MAX, OFPG.MAX, OFPG.MAX] as const
      const actions = [GROUP_ACTIONS, GROUP_ACTIONS, GROUP_ACTIONS, GROUP_ACTIONS] as const
      send({ type: 'group_features_reply', types: 0xf, capabilities, maxGroups, actions })
      return true
    }
    case 'meter_stats_request':
      return parts(
        metersOf(core, message.meterId).map((meter) => ({
          meterId: meter.meterId,
          flowCount: flowsWithMeter(core, meter.meterId),
          packetInCount: BigInt(meter.packets),
          byteInCount: BigInt(meter.bytes),
          ...durationOf(now - meter.created),
          bands: meter.bands.map((band) => ({
            packetBandCount: BigInt(band.packets),
            byteBandCount: BigInt(band.bytes),
          })),
        })),
        (stats, flags) => ({ type: 'meter_stats_reply', flags, stats }),
      )
    case 'meter_config_request':
      return parts(
        metersOf(core, message.meterId).map(({ flags, meterId, config }) => ({ flags, meterId, bands: config })),
        (meters, flags) => ({ type: 'meter_config_reply', flags, meters }),
      )
    case 'meter_features_request':
      // Band types: bit 1 is drop. Capabilities: kbit/s, packets/s, burst, statistics.
      send({ type: 'meter_features_reply', maxMeter: MAX_METER, bandTypes: 2, capabilities: 0xf, maxBands: MAX_BANDS, maxColor: 0 })
      return true
    default:
      return false
  }
}

/** The numbers of the actions that buckets may have, as bits. */
const GROUP_ACTIONS = [0, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25].reduce((bits, n) => (bits | (1 << n)) >>> 0, 0)

function checkTable(tableId: number): void {
  if (tableId !== 0xff && tableId >= TABLES + 1) throw refusal('bad_request', 'bad_table_id')
}

function portsOf(core: SwitchCore, portNo: number, type: 'bad_request' | 'queue_op_failed' = 'bad_request'): SwitchPort[] {
  if (portNo === OFPP.ANY) return [...core.pipeline.ports.values()]
  const port = core.pipeline.ports.get(portNo)
  if (port === undefined) throw type === 'bad_request' ? refusal('bad_request', 'bad_port') : refusal('queue_op_failed', 'bad_port')
  return [port]
}

function metersOf(core: SwitchCore, meterId: number) {
  if (meterId === OFPM.ALL) return [...core.pipeline.meters.values()]
  const meter = core.pipeline.meters.get(meterId)
  if (meter === undefined) throw refusal('meter_mod_failed', 'unknown_meter')
  return [meter]
}

function flowsWithMeter(core: SwitchCore, meterId: number): number {
  let count = 0
  for (const table of core.pipeline.tables.values()) for (const flow of table.flows()) if (flow.program.meterId === meterId) count++
  return count
}

/** Cuts a list so that each part fits into a message. There is at least one part. */
function split<T>(entries: readonly T[], reply: (entries: readonly T[]) => MessageInput): (readonly T[])[] {
  if (entries.length > 128) {
    return Array.from({ length: Math.ceil(entries.length / 128) }, (_, i) => entries.slice(128 * i, 128 * (i + 1))).flatMap(
      (some) => split(some, reply),
    )
  }
  if (entries.length < 2 || fits(reply(entries))) return [entries]
  const half = entries.length >> 1
  return [...split(entries.slice(0, half), reply), ...split(entries.slice(half), reply)]
}

function fits(message: MessageInput): boolean {
  try {
    encodeMessage(message)
    return true
  } catch {
    return false
  }
}
