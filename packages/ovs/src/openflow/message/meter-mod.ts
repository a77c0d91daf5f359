import { type Enum, Enumeration } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'
import { type MeterBand, decodeMeterBands, encodeMeterBands } from '../meter-band.js'

/** What a meter-mod does (`ofp_meter_mod_command`, OpenFlow 1.3.5 §7.3.4.4). */
export type MeterModCommand = 'add' | 'modify' | 'delete'

/** Names and numbers of {@link MeterModCommand}. */
export const meterModCommand = new Enumeration<MeterModCommand>('the command of a meter-mod', {
  add: 0,
  modify: 1,
  delete: 2,
})

/** Flags of a meter (`ofp_meter_flags`, OpenFlow 1.3.5 §7.3.4.4). */
export const OFPMF = {
  /** Rates in kbit/s. */
  KBPS: 1 << 0,
  /** Rates in packets/s. */
  PKTPS: 1 << 1,
  /** Burst sizes count. */
  BURST: 1 << 2,
  /** Collects statistics. */
  STATS: 1 << 3,
} as const

/** Adds, changes or removes a meter (`OFPT_METER_MOD`, OpenFlow 1.3.5 §7.3.4.4). */
export interface MeterMod extends MessageBase {
  readonly type: 'meter_mod'
  readonly command: Enum<MeterModCommand>
  /** Bits of {@link OFPMF}. */
  readonly flags: number
  /** Number of the meter, or one of `OFPM`. */
  readonly meterId: number
  readonly bands: readonly MeterBand[]
}

/** A {@link MeterMod} to encode. Defaults: `flags` `OFPMF.KBPS`, `bands` empty. */
export type MeterModInput = Input<MeterMod, 'flags' | 'bands'>

/** How the body of a {@link MeterMod} is written and read. */
export const meterModCodec: Codec<MeterMod, MeterModInput> = {
  encode(w, { command, flags = OFPMF.KBPS, meterId, bands = [] }) {
    w.u16(meterModCommand.encode(command), 'command')
    w.u16(flags, 'flags')
    w.u32(meterId, 'meterId')
    encodeMeterBands(w, bands)
  },
  decode: (r, { version, xid }) => ({
    type: 'meter_mod',
    version,
    xid,
    command: meterModCommand.decode(r.u16()),
    flags: r.u16(),
    meterId: r.u32(),
    bands: decodeMeterBands(r),
  }),
}
