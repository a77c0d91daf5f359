/** What is wrong with the bytes of one layer. */
export interface Problem {
  /** Counted in bytes from the first byte of that layer. */
  readonly offset: number
  /** Begins with "truncated" when there are fewer bytes than the layer announces, as in a capture with a snap length. */
  readonly reason: string
}

/** What the decoder of one layer returns; no decoder throws. */
export interface Decoded<Header> {
  /** Absent when the bytes are not of that protocol, or too few to be. */
  readonly header?: Header
  /** The bytes after the header as a view, without lower-layer padding; all the bytes when there is no header. */
  readonly payload: Uint8Array
  /** The first problem; it may stand beside a header, when the rest of the layer could still be read. */
  readonly problem?: Problem
}

/** The result for a layer that could not be read at all. */
export function undecodable(bytes: Uint8Array, offset: number, reason: string): { payload: Uint8Array; problem: Problem } {
  return { payload: bytes, problem: { offset, reason } }
}

/** The result for a layer whose fixed header of `needed` bytes is not all there. */
export function truncatedHeader(bytes: Uint8Array, needed: number): { payload: Uint8Array; problem: Problem } {
  return undecodable(bytes, 0, `truncated: ${bytes.length} of ${needed} header bytes`)
}
