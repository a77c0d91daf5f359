import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { OFPM } from '../constants.js'
import type { Codec } from '../header.js'
import type { Multipart, MultipartInput } from './multipart.js'

/** Asks for the counters of meters (`OFPMP_METER`, OpenFlow 1.3.5 §7.3.5.12). */
export interface MeterStatsRequest extends Multipart {
  readonly type: 'meter_stats_request'
  /** The meter, or `OFPM.ALL`. */
  readonly meterId: number
}

/** Counters of a band (`ofp_meter_band_stats`, OpenFlow 1.3.5 §7.3.5.12). */
export interface MeterBandStats {
  /** Packets in the band. */
  readonly packetBandCount: bigint
  /** Bytes in the band. */
  readonly byteBandCount: bigint
}

/** Counters of a meter (`ofp_meter_stats`, OpenFlow 1.3.5 §7.3.5.12). */
export interface MeterStats {
  readonly meterId: number
  /** How many flows use it. */
  readonly flowCount: number
  readonly packetInCount: bigint
  readonly byteInCount: bigint
  /** How long the meter has lived: whole seconds, and the nanoseconds beyond. */
  readonly durationSec: number
  readonly durationNsec: number
  readonly bands: readonly MeterBandStats[]
}

/** Counters of meters (`OFPMP_METER`, OpenFlow 1.3.5 §7.3.5.12). */
export interface MeterStatsReply extends Multipart {
  readonly type: 'meter_stats_reply'
  readonly stats: readonly MeterStats[]
}

/** A {@link MeterStatsRequest} to encode. Default: `meterId` `OFPM.ALL`. */
export type MeterStatsRequestInput = MultipartInput<MeterStatsRequest, 'meterId'>
/** A {@link MeterStatsReply} to encode. */
export type MeterStatsReplyInput = MultipartInput<MeterStatsReply>

/** How the body of a {@link MeterStatsRequest} is written and read. */
export const meterStatsRequestCodec: Codec<MeterStatsRequest, MeterStatsRequestInput> = {
  encode(w, { meterId = OFPM.ALL }) {
    w.u32(meterId, 'meterId')
    w.zeros(4)
  },
  decode(r, { version, xid, flags }) {
    const meterId = r.u32()
    r.skip(4)
    return { type: 'meter_stats_request', version, xid, flags, meterId }
  },
}

/** How the body of a {@link MeterStatsReply} is written and read. */
export const meterStatsReplyCodec: Codec<MeterStatsReply, MeterStatsReplyInput> = {
  encode(w, { stats }) {
    for (const meter of stats) encodeMeterStats(w, meter)
  },
  decode(r, { version, xid, flags }) {
    const stats: MeterStats[] = []
    while (r.remaining > 0) stats.push(decodeMeterStats(r))
    return { type: 'meter_stats_reply', version, xid, flags, stats }
  },
}

function encodeMeterStats(w: ByteWriter, meter: MeterStats): void {
  const start = w.offset
  w.u32(meter.meterId, 'meterId')
  w.zeros(8)
  w.u32(meter.flowCount, 'flowCount')
  w.u64(meter.packetInCount, 'packetInCount')
  w.u64(meter.byteInCount, 'byteInCount')
  w.u32(meter.durationSec, 'durationSec')
  w.u32(meter.durationNsec, 'durationNsec')
  for (const { packetBandCount, byteBandCount } of meter.bands) {
    w.u64(packetBandCount, 'packetBandCount')
    w.u64(byteBandCount, 'byteBandCount')
  }
  w.setU16(start + 4, w.offset - start, 'the length of the meter')
}

function decodeMeterStats(r: ByteReader): MeterStats {
  const meterId = r.u32()
  const length = r.u16()
  if (length < 40) throw r.malformed(`a meter must be at least 40 bytes long, not ${length}`)
  const entry = r.sub(length - 6)
  entry.skip(6)
  const flowCount = entry.u32()
  const packetInCount = entry.u64()
  const byteInCount = entry.u64()
  const durationSec = entry.u32()
  const durationNsec = entry.u32()
  const bands: MeterBandStats[] = []
  while (entry.remaining > 0) bands.push({ packetBandCount: entry.u64(), byteBandCount: entry.u64() })
  return { meterId, flowCount, packetInCount, byteInCount, durationSec, durationNsec, bands }
}
