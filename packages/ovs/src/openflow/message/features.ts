import type { Codec, Input, MessageBase } from '../header.js'

/** What a switch can do (`ofp_capabilities`, OpenFlow 1.3.5 §7.3.1). */
export const OFPC = {
  FLOW_STATS: 1 << 0,
  TABLE_STATS: 1 << 1,
  PORT_STATS: 1 << 2,
  GROUP_STATS: 1 << 3,
  /** Puts IP fragments together again. */
  IP_REASM: 1 << 5,
  QUEUE_STATS: 1 << 6,
  /** Blocks ports that would make a loop. */
  PORT_BLOCKED: 1 << 8,
} as const

/** Asks for a {@link FeaturesReply} (`OFPT_FEATURES_REQUEST`, OpenFlow 1.3.5 §7.3.1). */
export interface FeaturesRequest extends MessageBase {
  readonly type: 'features_request'
}

/** Who the switch is and what it can do (`OFPT_FEATURES_REPLY`, OpenFlow 1.3.5 §7.3.1). */
export interface FeaturesReply extends MessageBase {
  readonly type: 'features_reply'
  /** The switch's number, 64 bits: its MAC address in the lower 48. */
  readonly datapathId: bigint
  /** How many packets the switch can buffer. */
  readonly nBuffers: number
  readonly nTables: number
  /** 0 on the main connection. */
  readonly auxiliaryId: number
  /** Bits of {@link OFPC}. */
  readonly capabilities: number
  /** Reserved by the specification. */
  readonly reserved: number
}

/** A {@link FeaturesRequest} to encode. */
export type FeaturesRequestInput = Input<FeaturesRequest>
/** A {@link FeaturesReply} to encode. Defaults: `nTables` 254, other numbers than `datapathId` 0. */
export type FeaturesReplyInput = Input<
  FeaturesReply,
  'nBuffers' | 'nTables' | 'auxiliaryId' | 'capabilities' | 'reserved'
>

/** How the (empty) body of a {@link FeaturesRequest} is written and read. */
export const featuresRequestCodec: Codec<FeaturesRequest> = {
  encode() {},
  decode: (_, { version, xid }) => ({ type: 'features_request', version, xid }),
}

/** How the body of a {@link FeaturesReply} is written and read. */
export const featuresReplyCodec: Codec<FeaturesReply, FeaturesReplyInput> = {
  encode(w, message) {
    w.u64(message.datapathId, 'datapathId')
    w.u32(message.nBuffers ?? 0, 'nBuffers')
    w.u8(message.nTables ?? 254, 'nTables')
    w.u8(message.auxiliaryId ?? 0, 'auxiliaryId')
    w.zeros(2)
    w.u32(message.capabilities ?? 0, 'capabilities')
    w.u32(message.reserved ?? 0, 'reserved')
  },
  decode(r, { version, xid }) {
    const datapathId = r.u64()
    const nBuffers = r.u32()
    const nTables = r.u8()
    const auxiliaryId = r.u8()
    r.skip(2)
    const capabilities = r.u32()
    return {
      type: 'features_reply',
      version,
      xid,
      datapathId,
      nBuffers,
      nTables,
      auxiliaryId,
      capabilities,
      reserved: r.u32(),
    }
  },
}
