import type { Multipart, MultipartInput } from './multipart.js'

interface UnknownMultipart extends Multipart {
  /** `ofp_multipart_type`. */
  readonly multipartType: number
  readonly body: Uint8Array
}

/** A multipart request of a type that this package does not know. */
export interface UnknownMultipartRequest extends UnknownMultipart {
  readonly type: 'unknown_multipart_request'
}

/** A multipart reply of a type that this package does not know. */
export interface UnknownMultipartReply extends UnknownMultipart {
  readonly type: 'unknown_multipart_reply'
}

/** An {@link UnknownMultipartRequest} to encode. */
export type UnknownMultipartRequestInput = MultipartInput<UnknownMultipartRequest>
/** An {@link UnknownMultipartReply} to encode. */
export type UnknownMultipartReplyInput = MultipartInput<UnknownMultipartReply>
