import type { DescReply } from '../multipart/desc.js'
import type { AggregateStatsReply } from '../multipart/aggregate-stats.js'
import type { MeterFeaturesReply } from '../multipart/meter-features.js'
import type { MeterStats } from '../multipart/meter-stats.js'
import type { PortStats } from '../multipart/port-stats.js'
import type { QueueStats } from '../multipart/queue-stats.js'
import { type BitNames, printBits } from './bits.js'
import { printDuration } from './duration.js'
import { printMeterId } from './meter.js'
import { printPort } from './port.js'

/** The body of a desc reply. */
export function printDesc({ mfrDesc, hwDesc, swDesc, serialNum, dpDesc }: DescReply): string {
  return [
    '',
    `Manufacturer: ${mfrDesc}`,
    `Hardware: ${hwDesc}`,
    `Software: ${swDesc}`,
    `Serial Num: ${serialNum}`,
    `DP Description: ${dpDesc}`,
    '',
  ].join('\n')
}

/** The body of an aggregate reply. */
export function printAggregate({
  packetCount,
  byteCount,
  flowCount,
}: Pick<AggregateStatsReply, 'packetCount' | 'byteCount' | 'flowCount'>): string {
  return ` packet_count=${packetCount} byte_count=${byteCount} flow_count=${flowCount}`
}

/** A counter; all ones mean that the switch does not count it (OpenFlow 1.3.5 §7.3.5.6). */
function counter(value: bigint): string {
  return value === 0xffffffffffffffffn ? '?' : String(value)
}

/** All ones mean that the switch does not know. */
const unknownDuration = 0xffffffff

/** The body of a port statistics reply. */
export function printPortStats(stats: readonly PortStats[]): string {
  return ` ${stats.length} ports\n${stats.map(printOnePort).join('')}`
}

function printOnePort(port: PortStats): string {
  const list = (counters: readonly (readonly [string, bigint])[]) =>
    counters.map(([name, value]) => `${name}=${counter(value)}`).join(', ')
  const received = list([
    ['pkts', port.rxPackets],
    ['bytes', port.rxBytes],
    ['drop', port.rxDropped],
    ['errs', port.rxErrors],
    ['frame', port.rxFrameErr],
    ['over', port.rxOverErr],
    ['crc', port.rxCrcErr],
  ])
  const sent = list([
    ['pkts', port.txPackets],
    ['bytes', port.txBytes],
    ['drop', port.txDropped],
    ['errs', port.txErrors],
    ['coll', port.collisions],
  ])
  const duration =
    port.durationSec === unknownDuration
      ? ''
      : `           duration=${printDuration(port.durationSec, port.durationNsec)}\n`
  return `  port ${printPort(port.portNo).padStart(2)}: rx ${received}\n           tx ${sent}\n${duration}`
}

/** The body of a queue statistics reply. */
export function printQueueStats(stats: readonly QueueStats[]): string {
  const lines = stats.map(({ portNo, queueId, txBytes, txPackets, txErrors, durationSec, durationNsec }) => {
    const duration = durationSec === unknownDuration ? '?' : printDuration(durationSec, durationNsec)
    return (
      `  port ${printPort(portNo)} queue ${queueId}: bytes=${counter(txBytes)}, pkts=${counter(txPackets)}, ` +
      `errors=${counter(txErrors)}, duration=${duration}\n`
    )
  })
  return ` ${stats.length} queues\n${lines.join('')}`
}

/** The statistics of a meter in several lines. */
export function printMeterStats(meter: MeterStats): string {
  const bands = meter.bands.map(
    ({ packetBandCount, byteBandCount }, index) =>
      `${index}: packet_count:${packetBandCount} byte_count:${byteBandCount}\n`,
  )
  return (
    `${printMeterId(meter.meterId, ':')} flow_count:${meter.flowCount} packet_in_count:${meter.packetInCount} ` +
    `byte_in_count:${meter.byteInCount} duration:${printDuration(meter.durationSec, meter.durationNsec)} bands:\n${bands.join('')}`
  )
}

const bandTypes: BitNames = [
  [1 << 1, 'drop'],
  [1 << 2, 'dscp_remark'],
]
const meterCapabilities: BitNames = [
  [1 << 0, 'kbps'],
  [1 << 1, 'pktps'],
  [1 << 2, 'burst'],
  [1 << 3, 'stats'],
]

/** The body of a meter features reply. */
export function printMeterFeatures(features: MeterFeaturesReply): string {
  return [
    '',
    `max_meter:${features.maxMeter} max_bands:${features.maxBands} max_color:${features.maxColor}`,
    `band_types: ${printBits(features.bandTypes, bandTypes)}`,
    `capabilities: ${printBits(features.capabilities, meterCapabilities)}`,
    '',
  ].join('\n')
}
