import type { ByteWriter } from '../../wire/byte-writer.js'
import type { Codec } from '../header.js'
import type { Multipart, MultipartInput } from './multipart.js'

interface ExperimenterStats extends Multipart {
  readonly experimenter: number
  /** Type, as the experimenter counts them. */
  readonly expType: number
  readonly data: Uint8Array
}

/** A request of an experimenter that this package does not know (`OFPMP_EXPERIMENTER`, OpenFlow 1.3.5 §7.3.5.15). */
export interface ExperimenterStatsRequest extends ExperimenterStats {
  readonly type: 'experimenter_stats_request'
}

/** A reply of an experimenter that this package does not know (`OFPMP_EXPERIMENTER`, OpenFlow 1.3.5 §7.3.5.15). */
export interface ExperimenterStatsReply extends ExperimenterStats {
  readonly type: 'experimenter_stats_reply'
}

/** An {@link ExperimenterStatsRequest} to encode. Default: no data. */
export type ExperimenterStatsRequestInput = MultipartInput<ExperimenterStatsRequest, 'data'>
/** An {@link ExperimenterStatsReply} to encode. Default: no data. */
export type ExperimenterStatsReplyInput = MultipartInput<ExperimenterStatsReply, 'data'>

/** How the body of an {@link ExperimenterStatsRequest} is written and read. */
export const experimenterStatsRequestCodec: Codec<ExperimenterStatsRequest, ExperimenterStatsRequestInput> = {
  encode: encodeExperimenterStats,
  decode: (r, { version, xid, flags }) => ({
    type: 'experimenter_stats_request',
    version,
    xid,
    flags,
    experimenter: r.u32(),
    expType: r.u32(),
    data: r.bytes(),
  }),
}

/** How the body of an {@link ExperimenterStatsReply} is written and read. */
export const experimenterStatsReplyCodec: Codec<ExperimenterStatsReply, ExperimenterStatsReplyInput> = {
  encode: encodeExperimenterStats,
  decode: (r, { version, xid, flags }) => ({
    type: 'experimenter_stats_reply',
    version,
    xid,
    flags,
    experimenter: r.u32(),
    expType: r.u32(),
    data: r.bytes(),
  }),
}

function encodeExperimenterStats(
  w: ByteWriter,
  { experimenter, expType, data }: ExperimenterStatsRequestInput | ExperimenterStatsReplyInput,
): void {
  w.u32(experimenter, 'experimenter')
  w.u32(expType, 'expType')
  if (data) w.bytes(data)
}
