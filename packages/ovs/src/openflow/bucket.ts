import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { type Action, type ActionInput, decodeActions, encodeActions } from './action/index.js'
import { OFPG, OFPP } from './constants.js'

/** A bucket of a group (`ofp_bucket`, OpenFlow 1.3.5 §7.3.4.2), as it is decoded. */
export interface Bucket {
  /** Share of a `select` group's traffic; 0 in other groups. */
  readonly weight: number
  /** The port whose state decides whether the bucket is live; `OFPP.ANY`: none. */
  readonly watchPort: number
  /** The group whose state decides whether the bucket is live; `OFPG.ANY`: none. */
  readonly watchGroup: number
  /** An action set: each type at most once. */
  readonly actions: readonly Action[]
}

/** What is encoded as a bucket: weight 0, and nothing watched (`OFPP.ANY`, `OFPG.ANY`), unless given. */
export interface BucketInput {
  readonly weight?: number
  readonly watchPort?: number
  readonly watchGroup?: number
  readonly actions: readonly ActionInput[]
}

/** Bytes of a bucket without its actions. */
const headerLength = 16

/** Writes one bucket after the other. @throws OvsError `invalid`, naming the property. */
export function encodeBuckets(writer: ByteWriter, buckets: readonly BucketInput[]): void {
  for (const { weight = 0, watchPort = OFPP.ANY, watchGroup = OFPG.ANY, actions } of buckets) {
    const start = writer.offset
    writer.u16(0)
    writer.u16(weight, 'weight')
    writer.u32(watchPort, 'watchPort')
    writer.u32(watchGroup, 'watchGroup')
    writer.zeros(4)
    encodeActions(writer, actions)
    writer.setU16(start, writer.offset - start, 'the length of the bucket')
  }
}

/** Reads buckets up to the end of the reader. @throws OvsError `malformed`. */
export function decodeBuckets(reader: ByteReader): Bucket[] {
  const buckets: Bucket[] = []
  while (reader.remaining > 0) {
    const start = reader.offset
    const length = reader.u16()
    if (length < headerLength) {
      throw reader.malformed(`a bucket must be at least ${headerLength} bytes long, not ${length}`, start)
    }
    const body = reader.sub(length - 2)
    const weight = body.u16()
    const watchPort = body.u32()
    const watchGroup = body.u32()
    body.skip(4)
    buckets.push({ weight, watchPort, watchGroup, actions: decodeActions(body) })
  }
  return buckets
}
