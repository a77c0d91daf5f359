import { type Enum, Enumeration } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'

/** In which format flows are sent on an OpenFlow 1.0 connection (`nx_flow_format` of Open vSwitch). */
export type FlowFormat = 'openflow10' | 'nxm'

/** Names and numbers of {@link FlowFormat}. */
export const flowFormat = new Enumeration<FlowFormat>('the flow format', { openflow10: 0, nxm: 2 })

/** Sets the format of flows on an OpenFlow 1.0 connection (`NXT_SET_FLOW_FORMAT` of Open vSwitch). */
export interface NxtSetFlowFormat extends MessageBase {
  readonly type: 'nxt_set_flow_format'
  readonly format: Enum<FlowFormat>
}

/** Makes the upper 8 bits of a flow-mod's command its table, in OpenFlow 1.0 (`NXT_FLOW_MOD_TABLE_ID`). */
export interface NxtFlowModTableId extends MessageBase {
  readonly type: 'nxt_flow_mod_table_id'
  readonly set: boolean
}

/** Asks for idle ages in flow statistics, in OpenFlow 1.0 (`NXT_FLOW_AGE` of Open vSwitch). */
export interface NxtFlowAge extends MessageBase {
  readonly type: 'nxt_flow_age'
}

/** A {@link NxtSetFlowFormat} to encode. */
export type NxtSetFlowFormatInput = Input<NxtSetFlowFormat>
/** A {@link NxtFlowModTableId} to encode. Default: `set` true. */
export type NxtFlowModTableIdInput = Input<NxtFlowModTableId, 'set'>
/** A {@link NxtFlowAge} to encode. */
export type NxtFlowAgeInput = Input<NxtFlowAge>

/** How the body of a {@link NxtSetFlowFormat} is written and read. */
export const nxtSetFlowFormatCodec: Codec<NxtSetFlowFormat> = {
  encode(w, { format }) {
    w.u32(flowFormat.encode(format), 'format')
  },
  decode: (r, { version, xid }) => ({ type: 'nxt_set_flow_format', version, xid, format: flowFormat.decode(r.u32()) }),
}

/** How the body of a {@link NxtFlowModTableId} is written and read. */
export const nxtFlowModTableIdCodec: Codec<NxtFlowModTableId, NxtFlowModTableIdInput> = {
  encode(w, { set = true }) {
    w.u8(set ? 1 : 0)
    w.zeros(7)
  },
  decode(r, { version, xid }) {
    const set = r.u8() !== 0
    r.skip(7)
    return { type: 'nxt_flow_mod_table_id', version, xid, set }
  },
}

/** How the (empty) body of a {@link NxtFlowAge} is written and read. */
export const nxtFlowAgeCodec: Codec<NxtFlowAge> = {
  encode() {},
  decode: (_, { version, xid }) => ({ type: 'nxt_flow_age', version, xid }),
}
