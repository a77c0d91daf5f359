import type { Input, MessageBase } from '../header.js'

/** Flags of multipart requests and replies (`OFPMPF_REQ_MORE`, `OFPMPF_REPLY_MORE`, OpenFlow 1.3.5 §7.3.5). */
export const OFPMPF = {
  /** More messages of the same request or reply follow. */
  MORE: 1 << 0,
} as const

/** What every multipart message has (`ofp_multipart_request`, `ofp_multipart_reply`, OpenFlow 1.3.5 §7.3.5). */
export interface Multipart extends MessageBase {
  /** Bits of {@link OFPMPF}. Default in messages to encode: 0. */
  readonly flags: number
}

/** A multipart message to encode: like {@link Input}, and `flags` has a default too. */
export type MultipartInput<M extends Multipart, Optional extends keyof M = never, Replace = unknown> = Input<
  M,
  Optional | 'flags',
  Replace
>
