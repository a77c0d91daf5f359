import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteReader } from './byte-reader.js'
import { ByteWriter } from './byte-writer.js'

describe('ByteReader and ByteWriter', () => {
  it('agree about every width, at any size of the buffer', () => {
    const wide = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 64 }),
        wide,
        fc.nat(0xffffff),
        fc.uint8Array({ maxLength: 80 }),
        (capacity, u64, u24, bytes) => {
          const w = new ByteWriter(capacity)
          w.u64(u64)
          w.u24(u24)
          w.u32(u24)
          w.u16(u24 & 0xffff)
          w.u8(u24 & 0xff)
          w.uint(u64 << 8n, 9)
          w.bytes(bytes)
          w.padTo8()
          const r = new ByteReader(w.copy())
          expect([r.u64(), r.u24(), r.u32(), r.u16(), r.u8()]).toEqual([u64, u24, u24, u24 & 0xffff, u24 & 0xff])
          expect(r.uint(9)).toBe(u64 << 8n)
          expect(r.bytes(bytes.length)).toEqual(bytes)
          r.skipTo8()
          expect(r.remaining).toBe(0)
        },
      ),
    )
  })

  it('leave no trace of what was written before clear()', () => {
    const w = new ByteWriter(8)
    w.bytes(new Uint8Array(100).fill(255))
    w.clear()
    w.zeros(4)
    w.padTo8()
    w.zeros(40)
    expect(w.copy()).toEqual(new Uint8Array(48))
  })

  it('copy bytes out of a Buffer as a plain Uint8Array', () => {
    const source = Buffer.from([1, 2, 3])
    const bytes = new ByteReader(source).bytes()
    source.fill(0)
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3))
    expect(bytes).not.toBeInstanceOf(Buffer)
  })

  it('peek without moving, and never beyond the end', () => {
    const r = new ByteReader(Uint8Array.of(1, 2, 3, 4), 0, 3)
    expect(r.peek(3)).toEqual(Uint8Array.of(1, 2, 3))
    expect(r.peek(4)).toBeUndefined()
    expect(r.offset).toBe(0)
    const sub = r.sub(2)
    expect(() => sub.u24()).toThrow(/2 bytes are needed where 1 are left \(at offset 1 of the message\)/)
  })

  it('refuse values that do not fit, by the name of the field', () => {
    const w = new ByteWriter()
    expect(() => w.u8(256, 'tableId')).toThrow('tableId must be an integer from 0 to 255, not 256')
    expect(() => w.u16(-1, 'priority')).toThrow('priority must be an integer from 0 to 65535, not -1')
    expect(() => w.u32(1.5, 'meterId')).toThrow('meterId must be an integer from 0 to 4294967295, not 1.5')
    expect(() => w.u64(2n ** 64n, 'cookie')).toThrow(
      'cookie must be a bigint from 0 to 2^64 - 1, not 18446744073709551616n',
    )
    expect(() => w.u64(-1n, 'cookie')).toThrow('cookie must be a bigint')
    expect(() => w.u64(1 as unknown as bigint, 'cookie')).toThrow('cookie must be a bigint from 0 to 2^64 - 1, not 1')
    expect(() => w.bytes([1] as unknown as Uint8Array, 'body')).toThrow('body must be a Uint8Array, not 1')
    expect(() => w.text('ü'.repeat(9), 16, 'name')).toThrow(/name ".*" has more than 16 bytes/)
  })
})
