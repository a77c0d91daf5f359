import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'

/** What a meter does with packets beyond a rate (`ofp_meter_band_header`, OpenFlow 1.3.5 §7.3.4.4). */
export type MeterBand =
  | DropBand
  | (BandRate & {
      readonly type: 'dscp_remark'
      /** By how many steps the drop precedence in the DSCP is raised. */
      readonly precLevel: number
    })
  | (BandRate & { readonly type: 'experimenter'; readonly experimenter: number; readonly data: Uint8Array })
  | (BandRate & { readonly type: 'unknown'; readonly bandType: number; readonly data: Uint8Array })

interface BandRate {
  /** The rate above which the band applies, in kbit/s, or packets/s with `OFPMF.PKTPS`. */
  readonly rate: number
  /** In kbit, or packets with `OFPMF.PKTPS`; only counts with `OFPMF.BURST`. */
  readonly burstSize: number
}

/** Drops the packets beyond the rate. */
export interface DropBand extends BandRate {
  readonly type: 'drop'
}

const OFPMBT = { drop: 1, dscp_remark: 2, experimenter: 0xffff } as const

/** Writes bands one after the other. @throws OvsError `invalid`, naming the property. */
export function encodeMeterBands(w: ByteWriter, bands: readonly MeterBand[]): void {
  for (const band of bands) {
    const start = w.offset
    w.u16(band.type === 'unknown' ? band.bandType : OFPMBT[band.type], 'bandType')
    w.u16(0)
    w.u32(band.rate, 'rate')
    w.u32(band.burstSize, 'burstSize')
    encodeRest(w, band)
    w.setU16(start + 2, w.offset - start, 'the length of the band')
  }
}

function encodeRest(w: ByteWriter, band: MeterBand): void {
  switch (band.type) {
    case 'drop':
      return w.zeros(4)
    case 'dscp_remark':
      w.u8(band.precLevel, 'precLevel')
      return w.zeros(3)
    case 'experimenter':
      w.u32(band.experimenter, 'experimenter')
      return w.bytes(band.data)
    case 'unknown':
      return w.bytes(band.data)
  }
}

/** Reads bands to the end of the reader. @throws OvsError `malformed`. */
export function decodeMeterBands(r: ByteReader): MeterBand[] {
  const bands: MeterBand[] = []
  while (r.remaining > 0) {
    const start = r.offset
    const bandType = r.u16()
    const length = r.u16()
    if (length < 12) throw r.malformed(`a meter band must be at least 12 bytes long, not ${length}`, start)
    const body = r.sub(length - 4)
    bands.push(decodeBand(bandType, body))
    if (body.remaining > 0) throw body.malformed(`a meter band is ${body.remaining} bytes too long`)
  }
  return bands
}

function decodeBand(bandType: number, body: ByteReader): MeterBand {
  const rate = body.u32()
  const burstSize = body.u32()
  switch (bandType) {
    case OFPMBT.drop:
      body.skip(4)
      return { type: 'drop', rate, burstSize }
    case OFPMBT.dscp_remark: {
      const precLevel = body.u8()
      body.skip(3)
      return { type: 'dscp_remark', rate, burstSize, precLevel }
    }
    case OFPMBT.experimenter:
      return { type: 'experimenter', rate, burstSize, experimenter: body.u32(), data: body.bytes() }
    default:
      return { type: 'unknown', bandType, rate, burstSize, data: body.bytes() }
  }
}
