import { OvsError } from '../errors.js'
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { Match } from './oxm/field.js'
import { decodeOxmList, encodeOxmList } from './oxm/oxm.js'

export { match, type MatchFields, type MatchValue } from './match-builder.js'
export type { Match } from './oxm/field.js'

/** `OFPMT_OXM`, the one type of match that is not deprecated (OpenFlow 1.3.5 §7.2.3.1). */
const OFPMT_OXM = 1

/**
 * Reads an `ofp_match` with its padding (OpenFlow 1.3.5 §7.2.3).
 *
 * @throws OvsError `malformed` when its type is not `OFPMT_OXM`, or it or a field in it is cut off.
 */
export function decodeMatch(r: ByteReader): Match {
  const start = r.offset
  const type = r.u16()
  if (type !== OFPMT_OXM) throw r.malformed(`the type of a match must be 1 (OFPMT_OXM), not ${type}`, start)
  const length = r.u16()
  if (length < 4) throw r.malformed(`the length of a match must be at least 4, not ${length}`, start + 2)
  const match = decodeOxmList(r.sub(length - 4))
  r.skip(-length & 7)
  return match
}

/**
 * Writes an `ofp_match` and pads it to a multiple of eight bytes (OpenFlow 1.3.5 §7.2.3).
 *
 * @throws OvsError `invalid` when a value does not fit its field, or the match is longer than 65,535 bytes.
 */
export function encodeMatch(w: ByteWriter, match: Match): void {
  const start = w.offset
  w.u16(OFPMT_OXM)
  w.u16(0)
  encodeOxmList(w, match)
  const length = w.offset - start
  if (length > 0xffff) throw new OvsError('invalid', `a match must not be longer than 65,535 bytes, not ${length}`)
  w.setU16(start + 2, length)
  w.padTo8(start)
}
