import type { Input, MessageBase } from '../header.js'

/** A message whose type, in the version of its header, this package does not know. */
export interface Unknown extends MessageBase {
  readonly type: 'unknown'
  /** `ofp_type` in the header. */
  readonly messageType: number
  /** Everything behind the header. */
  readonly body: Uint8Array
}

/** An {@link Unknown} to encode. */
export type UnknownInput = Input<Unknown>
