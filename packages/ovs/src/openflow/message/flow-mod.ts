import { OFP_NO_BUFFER, OFPG, OFPP } from '../constants.js'
import { type Enum, Enumeration } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'
import { type Instruction, type InstructionInput, decodeInstructions, encodeInstructions } from '../instruction.js'
import { type Match, decodeMatch, encodeMatch } from '../match.js'

/** What a flow-mod does (`ofp_flow_mod_command`, OpenFlow 1.3.5 §7.3.4.1). */
export type FlowModCommand = 'add' | 'modify' | 'modify_strict' | 'delete' | 'delete_strict'

/** Names and numbers of {@link FlowModCommand}. */
export const flowModCommand = new Enumeration<FlowModCommand>('the command of a flow-mod', {
  add: 0,
  modify: 1,
  modify_strict: 2,
  delete: 3,
  delete_strict: 4,
})

/** Flags of a flow (`ofp_flow_mod_flags`, OpenFlow 1.3.5 §7.3.4.1). */
export const OFPFF = {
  /** A {@link FlowRemoved} message is sent when the flow goes. */
  SEND_FLOW_REM: 1 << 0,
  /** Fails when it overlaps with another flow of the same priority. */
  CHECK_OVERLAP: 1 << 1,
  /** Sets packet and byte counters to zero. */
  RESET_COUNTS: 1 << 2,
  /** Packets need not be counted. */
  NO_PKT_COUNTS: 1 << 3,
  /** Bytes need not be counted. */
  NO_BYT_COUNTS: 1 << 4,
} as const

/** Adds, changes or removes flows (`OFPT_FLOW_MOD`, OpenFlow 1.3.5 §7.3.4.1). */
export interface FlowMod extends MessageBase {
  readonly type: 'flow_mod'
  readonly command: Enum<FlowModCommand>
  /** The table, or `OFPTT.ALL` to delete in all. */
  readonly tableId: number
  /** The packet goes to the flow of the highest priority among those that match. */
  readonly priority: number
  readonly cookie: bigint
  /** For `modify` and `delete`: only flows whose cookie has these bits as in {@link cookie}. */
  readonly cookieMask: bigint
  /** Goes after so many seconds without a packet; 0 is never. */
  readonly idleTimeout: number
  /** Goes after so many seconds; 0 is never. */
  readonly hardTimeout: number
  /** A buffered packet to which the new flow is applied, or `OFP_NO_BUFFER`. */
  readonly bufferId: number
  /** For `delete`: only flows that output to this port; `OFPP.ANY` is no restriction. */
  readonly outPort: number
  /** For `delete`: only flows that use this group; `OFPG.ANY` is no restriction. */
  readonly outGroup: number
  /** Bits of {@link OFPFF}. */
  readonly flags: number
  readonly match: Match
  readonly instructions: readonly Instruction[]
}

/**
 * A {@link FlowMod} to encode. Defaults: `tableId` 0, `priority` 0x8000, `cookie` 0n, `cookieMask` 0n, timeouts 0,
 * `bufferId` `OFP_NO_BUFFER`, `outPort` `OFPP.ANY`, `outGroup` `OFPG.ANY`, `flags` 0, `match` and `instructions` empty.
 */
export type FlowModInput = Input<
  FlowMod,
  | 'tableId'
  | 'priority'
  | 'cookie'
  | 'cookieMask'
  | 'idleTimeout'
  | 'hardTimeout'
  | 'bufferId'
  | 'outPort'
  | 'outGroup'
  | 'flags'
  | 'match',
  { readonly instructions?: readonly InstructionInput[] }
>

/** How the body of a {@link FlowMod} is written and read. */
export const flowModCodec: Codec<FlowMod, FlowModInput> = {
  encode(w, message) {
    w.u64(message.cookie ?? 0n, 'cookie')
    w.u64(message.cookieMask ?? 0n, 'cookieMask')
    w.u8(message.tableId ?? 0, 'tableId')
    w.u8(flowModCommand.encode(message.command), 'command')
    w.u16(message.idleTimeout ?? 0, 'idleTimeout')
    w.u16(message.hardTimeout ?? 0, 'hardTimeout')
    w.u16(message.priority ?? 0x8000, 'priority')
    w.u32(message.bufferId ?? OFP_NO_BUFFER, 'bufferId')
    w.u32(message.outPort ?? OFPP.ANY, 'outPort')
    w.u32(message.outGroup ?? OFPG.ANY, 'outGroup')
    w.u16(message.flags ?? 0, 'flags')
    w.zeros(2)
    encodeMatch(w, message.match ?? [])
    encodeInstructions(w, message.instructions ?? [])
  },
  decode(r, { version, xid }) {
    const cookie = r.u64()
    const cookieMask = r.u64()
    const tableId = r.u8()
    const command = flowModCommand.decode(r.u8())
    const idleTimeout = r.u16()
    const hardTimeout = r.u16()
    const priority = r.u16()
    const bufferId = r.u32()
    const outPort = r.u32()
    const outGroup = r.u32()
    const flags = r.u16()
    r.skip(2)
    return {
      type: 'flow_mod',
      version,
      xid,
      command,
      tableId,
      priority,
      cookie,
      cookieMask,
      idleTimeout,
      hardTimeout,
      bufferId,
      outPort,
      outGroup,
      flags,
      match: decodeMatch(r),
      instructions: decodeInstructions(r),
    }
  },
}
