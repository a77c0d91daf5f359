import type { Action, ActionInput } from '../action/index.js'
import { encodePort16, portOf16 } from '../action/port16.js'
import { OFP_NO_BUFFER, OFPP } from '../constants.js'
import type { Enum } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'
import type { Match } from '../match.js'
import { flowModCommand, type FlowModCommand } from '../message/flow-mod.js'
import { decodeNxMatch, encodeNxMatch } from './nx-match.js'
import { decodeVersionedActions, encodeVersionedActions } from './versioned-actions.js'

/** Adds, changes or removes flows on an OpenFlow 1.0 connection (`NXT_FLOW_MOD` of Open vSwitch). */
export interface NxtFlowMod extends MessageBase {
  readonly type: 'nxt_flow_mod'
  readonly cookie: bigint
  readonly command: Enum<FlowModCommand>
  /** The upper 8 bits of the command; it counts after {@link NxtFlowModTableId} only. */
  readonly tableId: number
  readonly idleTimeout: number
  readonly hardTimeout: number
  readonly priority: number
  readonly bufferId: number
  /** For `delete`: only flows that output to this port; `OFPP.ANY` is no restriction. */
  readonly outPort: number
  /** Bits of {@link OFPFF}, as far as OpenFlow 1.0 has them. */
  readonly flags: number
  readonly match: Match
  readonly actions: readonly Action[]
}

/**
 * A {@link NxtFlowMod} to encode. Defaults: `tableId` 0, `priority` 0x8000, `cookie` 0n, timeouts 0, `bufferId`
 * `OFP_NO_BUFFER`, `outPort` `OFPP.ANY`, `flags` 0, `match` and `actions` empty.
 */
export type NxtFlowModInput = Input<
  NxtFlowMod,
  'cookie' | 'tableId' | 'idleTimeout' | 'hardTimeout' | 'priority' | 'bufferId' | 'outPort' | 'flags' | 'match',
  { readonly actions?: readonly ActionInput[] }
>

/** How the body of a {@link NxtFlowMod} is written and read. */
export const nxtFlowModCodec: Codec<NxtFlowMod, NxtFlowModInput> = {
  encode(w, message) {
    const start = w.offset
    w.u64(message.cookie ?? 0n, 'cookie')
    w.u8(message.tableId ?? 0, 'tableId')
    w.u8(flowModCommand.encode(message.command), 'command')
    w.u16(message.idleTimeout ?? 0, 'idleTimeout')
    w.u16(message.hardTimeout ?? 0, 'hardTimeout')
    w.u16(message.priority ?? 0x8000, 'priority')
    w.u32(message.bufferId ?? OFP_NO_BUFFER, 'bufferId')
    encodePort16(w, message.outPort ?? OFPP.ANY, 'outPort')
    w.u16(message.flags ?? 0, 'flags')
    w.zeros(8)
    encodeNxMatch(w, message.match ?? [], start + 24)
    encodeVersionedActions(w, message.actions ?? [], 1)
  },
  decode(r, { version, xid }) {
    const cookie = r.u64()
    const tableId = r.u8()
    const command = flowModCommand.decode(r.u8())
    const idleTimeout = r.u16()
    const hardTimeout = r.u16()
    const priority = r.u16()
    const bufferId = r.u32()
    const outPort = portOf16(r.u16())
    const flags = r.u16()
    const length = r.u16()
    r.skip(6)
    return {
      type: 'nxt_flow_mod',
      version,
      xid,
      cookie,
      command,
      tableId,
      idleTimeout,
      hardTimeout,
      priority,
      bufferId,
      outPort,
      flags,
      match: decodeNxMatch(r, length),
      actions: decodeVersionedActions(r, 1),
    }
  },
}
