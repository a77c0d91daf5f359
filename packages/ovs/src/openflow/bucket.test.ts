import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteReader } from '../wire/byte-reader.js'
import { ByteWriter } from '../wire/byte-writer.js'
import { bucketArbitrary } from './instruction.arbitrary.js'
import { type BucketInput, decodeBuckets, encodeBuckets } from './bucket.js'

function encode(buckets: readonly BucketInput[]): Uint8Array {
  const writer = new ByteWriter()
  encodeBuckets(writer, buckets)
  return writer.finish()
}

const decodeHex = (hex: string) => decodeBuckets(new ByteReader(Buffer.from(hex.replace(/ /g, ''), 'hex')))

test('what is encoded is decoded', () => {
  fc.assert(
    fc.property(fc.array(bucketArbitrary, { maxLength: 3 }), (buckets) => {
      expect(decodeBuckets(new ByteReader(encode(buckets)))).toEqual(buckets)
    }),
  )
})

test('nothing is watched unless it is said', () => {
  const hex = '0018 0000 ffffffff ffffffff 00000000 0012 0008 00000000'
  expect(Buffer.from(encode([{ actions: [{ type: 'pop_vlan' }] }])).toString('hex')).toBe(hex.replace(/ /g, ''))
})

test.each([
  ['0000 0000 00000000 00000000 00000000', 'a bucket must be at least 16 bytes long, not 0'],
  ['0018 0000 00000000 00000000 00000000', '22 bytes are needed where 14 are left'],
  ['0014 0000 00000000 00000000 00000000 00120008', '4 bytes are needed where 0 are left'],
])('%s is malformed', (hex, message) => {
  expect(() => decodeHex(hex)).toThrow(expect.objectContaining({ code: 'malformed' }))
  expect(() => decodeHex(hex)).toThrow(message)
})
