import type { Codec, Input, MessageBase } from '../header.js'

/** A message of an experimenter that this package does not know (`OFPT_EXPERIMENTER`, OpenFlow 1.3.5 §7.5.4). */
export interface Experimenter extends MessageBase {
  readonly type: 'experimenter'
  /** Number of the experimenter: an IEEE OUI, or one given out by the ONF. */
  readonly experimenter: number
  /** Type of the message, as the experimenter counts them. */
  readonly expType: number
  readonly data: Uint8Array
}

/** An {@link Experimenter} to encode. Default: no data. */
export type ExperimenterInput = Input<Experimenter, 'data'>

/** How the body of an {@link Experimenter} is written and read. */
export const experimenterCodec: Codec<Experimenter, ExperimenterInput> = {
  encode(w, { experimenter, expType, data }) {
    w.u32(experimenter, 'experimenter')
    w.u32(expType, 'expType')
    if (data) w.bytes(data)
  },
  decode: (r, { version, xid }) => ({
    type: 'experimenter',
    version,
    xid,
    experimenter: r.u32(),
    expType: r.u32(),
    data: r.bytes(),
  }),
}
