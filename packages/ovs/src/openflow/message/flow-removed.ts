import { type Enum, Enumeration } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'
import { type Match, decodeMatch, encodeMatch } from '../match.js'

/** Why a flow is gone (`ofp_flow_removed_reason`, OpenFlow 1.3.5 §7.4.2; the last two are of OpenFlow 1.4). */
export type FlowRemovedReason =
  'idle_timeout' | 'hard_timeout' | 'delete' | 'group_delete' | 'meter_delete' | 'eviction'

/** Names and numbers of {@link FlowRemovedReason}. */
export const flowRemovedReason = new Enumeration<FlowRemovedReason>('the reason of a flow-removed', {
  idle_timeout: 0,
  hard_timeout: 1,
  delete: 2,
  group_delete: 3,
  meter_delete: 4,
  eviction: 5,
})

/** A flow is gone that had the flag `OFPFF.SEND_FLOW_REM` (`OFPT_FLOW_REMOVED`, OpenFlow 1.3.5 §7.4.2). */
export interface FlowRemoved extends MessageBase {
  readonly type: 'flow_removed'
  readonly cookie: bigint
  readonly priority: number
  readonly reason: Enum<FlowRemovedReason>
  readonly tableId: number
  /** How long the flow lived: whole seconds, and the nanoseconds beyond. */
  readonly durationSec: number
  readonly durationNsec: number
  /** In seconds; 0 is none. */
  readonly idleTimeout: number
  /** In seconds; 0 is none. */
  readonly hardTimeout: number
  readonly packetCount: bigint
  readonly byteCount: bigint
  readonly match: Match
}

/** A {@link FlowRemoved} to encode. Defaults: 0 everywhere, `match` empty. */
export type FlowRemovedInput = Input<
  FlowRemoved,
  | 'cookie'
  | 'priority'
  | 'tableId'
  | 'durationSec'
  | 'durationNsec'
  | 'idleTimeout'
  | 'hardTimeout'
  | 'packetCount'
  | 'byteCount'
  | 'match'
>

/** How the body of a {@link FlowRemoved} is written and read. */
export const flowRemovedCodec: Codec<FlowRemoved, FlowRemovedInput> = {
  encode(w, message) {
    w.u64(message.cookie ?? 0n, 'cookie')
    w.u16(message.priority ?? 0, 'priority')
    w.u8(flowRemovedReason.encode(message.reason), 'reason')
    w.u8(message.tableId ?? 0, 'tableId')
    w.u32(message.durationSec ?? 0, 'durationSec')
    w.u32(message.durationNsec ?? 0, 'durationNsec')
    w.u16(message.idleTimeout ?? 0, 'idleTimeout')
    w.u16(message.hardTimeout ?? 0, 'hardTimeout')
    w.u64(message.packetCount ?? 0n, 'packetCount')
    w.u64(message.byteCount ?? 0n, 'byteCount')
    encodeMatch(w, message.match ?? [])
  },
  decode: (r, { version, xid }) => ({
    type: 'flow_removed',
    version,
    xid,
    cookie: r.u64(),
    priority: r.u16(),
    reason: flowRemovedReason.decode(r.u8()),
    tableId: r.u8(),
    durationSec: r.u32(),
    durationNsec: r.u32(),
    idleTimeout: r.u16(),
    hardTimeout: r.u16(),
    packetCount: r.u64(),
    byteCount: r.u64(),
    match: decodeMatch(r),
  }),
}
