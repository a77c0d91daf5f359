import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'

/** Bytes in the header of every message (`ofp_header`, OpenFlow 1.3.5 §7.1.1). */
export const OFP_HEADER_LENGTH = 8

/** What every message has from its header (OpenFlow 1.3.5 §7.1.1). */
export interface MessageBase {
  /** Version number of OpenFlow: 4 is 1.3. Default in messages to encode: 4. */
  readonly version: number
  /** Transaction number: replies carry the one of their request. Default in messages to encode: 0. */
  readonly xid: number
}

/**
 * A message to encode: like the decoded one, but `version`, `xid` and the properties `Optional` have defaults, and the
 * properties of `Replace` have other types.
 */
export type Input<M extends MessageBase, Optional extends keyof M = never, Replace = unknown> = {
  readonly [K in Exclude<keyof M, Optional | keyof Replace | 'version' | 'xid'>]: M[K]
} & { readonly [K in Exclude<Optional, keyof Replace> | 'version' | 'xid']?: M[K] } & Replace

/** What the headers in front of a body say. */
export interface Header {
  readonly version: number
  readonly xid: number
  /** Flags of a multipart message; 0 in others. */
  readonly flags: number
}

/** How the body of one type of message, behind its headers, is written and read. */
export interface Codec<M extends MessageBase, I = Input<M>> {
  encode(w: ByteWriter, message: I): void
  /** Reads the whole body; what is left makes the message malformed. */
  decode(r: ByteReader, header: Header): M
}
