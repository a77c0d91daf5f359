import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { OFPM } from '../constants.js'
import type { Codec } from '../header.js'
import { type MeterBand, decodeMeterBands, encodeMeterBands } from '../meter-band.js'
import type { Multipart, MultipartInput } from './multipart.js'

/** Asks for meters (`OFPMP_METER_CONFIG`, OpenFlow 1.3.5 §7.3.5.13). */
export interface MeterConfigRequest extends Multipart {
  readonly type: 'meter_config_request'
  /** The meter, or `OFPM.ALL`. */
  readonly meterId: number
}

/** A meter and its bands (`ofp_meter_config`, OpenFlow 1.3.5 §7.3.5.13). */
export interface MeterConfig {
  /** Bits of {@link OFPMF}. */
  readonly flags: number
  readonly meterId: number
  readonly bands: readonly MeterBand[]
}

/** Meters (`OFPMP_METER_CONFIG`, OpenFlow 1.3.5 §7.3.5.13). */
export interface MeterConfigReply extends Multipart {
  readonly type: 'meter_config_reply'
  readonly meters: readonly MeterConfig[]
}

/** A {@link MeterConfigRequest} to encode. Default: `meterId` `OFPM.ALL`. */
export type MeterConfigRequestInput = MultipartInput<MeterConfigRequest, 'meterId'>
/** A {@link MeterConfigReply} to encode. */
export type MeterConfigReplyInput = MultipartInput<MeterConfigReply>

/** How the body of a {@link MeterConfigRequest} is written and read. */
export const meterConfigRequestCodec: Codec<MeterConfigRequest, MeterConfigRequestInput> = {
  encode(w, { meterId = OFPM.ALL }) {
    w.u32(meterId, 'meterId')
    w.zeros(4)
  },
  decode(r, { version, xid, flags }) {
    const meterId = r.u32()
    r.skip(4)
    return { type: 'meter_config_request', version, xid, flags, meterId }
  },
}

/** How the body of a {@link MeterConfigReply} is written and read. */
export const meterConfigReplyCodec: Codec<MeterConfigReply, MeterConfigReplyInput> = {
  encode(w, { meters }) {
    for (const meter of meters) encodeMeterConfig(w, meter)
  },
  decode(r, { version, xid, flags }) {
    const meters: MeterConfig[] = []
    while (r.remaining > 0) meters.push(decodeMeterConfig(r))
    return { type: 'meter_config_reply', version, xid, flags, meters }
  },
}

function encodeMeterConfig(w: ByteWriter, { flags, meterId, bands }: MeterConfig): void {
  const start = w.offset
  w.u16(0)
  w.u16(flags, 'flags')
  w.u32(meterId, 'meterId')
  encodeMeterBands(w, bands)
  w.setU16(start, w.offset - start, 'the length of the meter')
}

function decodeMeterConfig(r: ByteReader): MeterConfig {
  const length = r.u16()
  if (length < 8) throw r.malformed(`a meter must be at least 8 bytes long, not ${length}`)
  const entry = r.sub(length - 2)
  return { flags: entry.u16(), meterId: entry.u32(), bands: decodeMeterBands(entry) }
}
