import type { Enum } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'
import type { Match } from '../match.js'
import { flowRemovedReason, type FlowRemovedReason } from '../message/flow-removed.js'
import { decodeNxMatch, encodeNxMatch } from './nx-match.js'

/** A flow is gone, on an OpenFlow 1.0 connection (`NXT_FLOW_REMOVED` of Open vSwitch). */
export interface NxtFlowRemoved extends MessageBase {
  readonly type: 'nxt_flow_removed'
  readonly cookie: bigint
  readonly priority: number
  readonly reason: Enum<FlowRemovedReason>
  /** The table's number plus one; 0 is unknown. */
  readonly tableIdPlusOne: number
  readonly durationSec: number
  readonly durationNsec: number
  readonly idleTimeout: number
  readonly packetCount: bigint
  readonly byteCount: bigint
  readonly match: Match
}

/** A {@link NxtFlowRemoved} to encode. */
export type NxtFlowRemovedInput = Input<NxtFlowRemoved>

/** How the body of a {@link NxtFlowRemoved} is written and read. */
export const nxtFlowRemovedCodec: Codec<NxtFlowRemoved> = {
  encode(w, message) {
    const start = w.offset
    w.u64(message.cookie, 'cookie')
    w.u16(message.priority, 'priority')
    w.u8(flowRemovedReason.encode(message.reason), 'reason')
    w.u8(message.tableIdPlusOne, 'tableIdPlusOne')
    w.u32(message.durationSec, 'durationSec')
    w.u32(message.durationNsec, 'durationNsec')
    w.u16(message.idleTimeout, 'idleTimeout')
    w.u16(0)
    w.u64(message.packetCount, 'packetCount')
    w.u64(message.byteCount, 'byteCount')
    encodeNxMatch(w, message.match, start + 22)
  },
  decode(r, { version, xid }) {
    const cookie = r.u64()
    const priority = r.u16()
    const reason = flowRemovedReason.decode(r.u8())
    const tableIdPlusOne = r.u8()
    const durationSec = r.u32()
    const durationNsec = r.u32()
    const idleTimeout = r.u16()
    const length = r.u16()
    return {
      type: 'nxt_flow_removed',
      version,
      xid,
      cookie,
      priority,
      reason,
      tableIdPlusOne,
      durationSec,
      durationNsec,
      idleTimeout,
      packetCount: r.u64(),
      byteCount: r.u64(),
      match: decodeNxMatch(r, length),
    }
  },
}
