import type { Codec } from '../header.js'
import type { Multipart, MultipartInput } from './multipart.js'

/** Asks what meters can do (`OFPMP_METER_FEATURES`, OpenFlow 1.3.5 §7.3.5.14). */
export interface MeterFeaturesRequest extends Multipart {
  readonly type: 'meter_features_request'
}

/** What meters can do (`ofp_meter_features`, OpenFlow 1.3.5 §7.3.5.14). */
export interface MeterFeaturesReply extends Multipart {
  readonly type: 'meter_features_reply'
  readonly maxMeter: number
  /** Bit n: band type number n is there (1 is drop, 2 is dscp_remark). */
  readonly bandTypes: number
  /** Bits of {@link OFPMF}. */
  readonly capabilities: number
  /** Bands in a meter at most. */
  readonly maxBands: number
  readonly maxColor: number
}

/** A {@link MeterFeaturesRequest} to encode. */
export type MeterFeaturesRequestInput = MultipartInput<MeterFeaturesRequest>
/** A {@link MeterFeaturesReply} to encode. */
export type MeterFeaturesReplyInput = MultipartInput<MeterFeaturesReply>

/** How the (empty) body of a {@link MeterFeaturesRequest} is written and read. */
export const meterFeaturesRequestCodec: Codec<MeterFeaturesRequest, MeterFeaturesRequestInput> = {
  encode() {},
  decode: (_, { version, xid, flags }) => ({ type: 'meter_features_request', version, xid, flags }),
}

/** How the body of a {@link MeterFeaturesReply} is written and read. */
export const meterFeaturesReplyCodec: Codec<MeterFeaturesReply, MeterFeaturesReplyInput> = {
  encode(w, message) {
    w.u32(message.maxMeter, 'maxMeter')
    w.u32(message.bandTypes, 'bandTypes')
    w.u32(message.capabilities, 'capabilities')
    w.u8(message.maxBands, 'maxBands')
    w.u8(message.maxColor, 'maxColor')
    w.zeros(2)
  },
  decode(r, { version, xid, flags }) {
    const maxMeter = r.u32()
    const bandTypes = r.u32()
    const capabilities = r.u32()
    const maxBands = r.u8()
    const maxColor = r.u8()
    r.skip(2)
    return { type: 'meter_features_reply', version, xid, flags, maxMeter, bandTypes, capabilities, maxBands, maxColor }
  },
}
