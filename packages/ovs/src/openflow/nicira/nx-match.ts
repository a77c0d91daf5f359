import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { Match } from '../match.js'
import { decodeOxmList, encodeOxmList } from '../oxm/oxm.js'

/**
 * Writes the fields of a match without a header, as `nx_match` of Open vSwitch, and fills in its length at `lengthAt`.
 *
 * @throws OvsError `invalid` when a value does not fit its field.
 */
export function encodeNxMatch(w: ByteWriter, match: Match, lengthAt: number): void {
  const start = w.offset
  encodeOxmList(w, match)
  w.setU16(lengthAt, w.offset - start, 'the length of the match')
  w.padTo8(start)
}

/** Reads the fields of a match of `length` bytes, and its padding. @throws OvsError `malformed` when it is cut off. */
export function decodeNxMatch(r: ByteReader, length: number): Match {
  const match = decodeOxmList(r.sub(length))
  r.skip(-length & 7)
  return match
}
