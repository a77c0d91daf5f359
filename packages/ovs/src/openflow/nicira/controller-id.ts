import type { Codec, Input, MessageBase } from '../header.js'

/** Gives this connection a number, for `controller(id=…)` actions (`NXT_SET_CONTROLLER_ID` of Open vSwitch). */
export interface NxtSetControllerId extends MessageBase {
  readonly type: 'nxt_set_controller_id'
  /** 16 bits; at first it is 0. */
  readonly controllerId: number
}

/** A {@link NxtSetControllerId} to encode. */
export type NxtSetControllerIdInput = Input<NxtSetControllerId>

/** How the body of a {@link NxtSetControllerId} is written and read. */
export const nxtSetControllerIdCodec: Codec<NxtSetControllerId> = {
  encode(w, { controllerId }) {
    w.zeros(6)
    w.u16(controllerId, 'controllerId')
  },
  decode(r, { version, xid }) {
    r.skip(6)
    return { type: 'nxt_set_controller_id', version, xid, controllerId: r.u16() }
  },
}
