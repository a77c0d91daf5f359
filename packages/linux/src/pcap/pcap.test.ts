import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PcapError, type PcapFormatOptions, PcapReader, type PcapRecord, pcapHeader, pcapRecord } from './index.js'

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))
const concat = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts))
const inBytes = (reader: PcapReader, file: Uint8Array) => Array.from(file).flatMap((byte) => reader.push(Uint8Array.of(byte)))

const arp = 'ffffffffffff020000000001080600010800060400010200000000010a0000010000000000000a000002'
// Written by tcpdump 4.99.3 on Linux 6.18 with --time-stamp-precision=nano, and without (`-r` and `-w`).
const tcpdumpNano = `4d3cb2a1 02000400 00000000 00000000 00000400 01000000  3a5b016b ffcc9931 2a000000 2a000000 ${arp}`
const tcpdumpMicro = `d4c3b2a1 02000400 00000000 00000000 00000400 01000000  3a5b016b a3b20c00 2a000000 2a000000 ${arp}`

describe('PcapReader', () => {
  it.each([
    ['nanoseconds', tcpdumpNano, true, 1795251002832163071n],
    ['microseconds', tcpdumpMicro, false, 1795251002832163000n],
  ])('reads what tcpdump wrote, in %s', (_, hex, nanoseconds, timestampNs) => {
    const reader = new PcapReader()
    expect(reader.push(bytes(hex))).toEqual([{ timestampNs, capturedLength: 42, originalLength: 42, bytes: bytes(arp) }])
    expect(reader.header).toEqual({ nanoseconds, littleEndian: true, snapLength: 262144, linkType: 1 })
    expect(reader.leftover).toBe(0)
    reader.finish()
  })

  it.each<PcapFormatOptions>([
    { nanoseconds: false, littleEndian: true },
    { nanoseconds: false, littleEndian: false },
    { nanoseconds: true, littleEndian: true },
    { nanoseconds: true, littleEndian: false },
  ])('reads what the writer wrote, byte by byte and in any pieces: %o', (options) => {
    const record = fc
      .record({ timestampNs: fc.bigInt({ min: 0n, max: 4_294_967_295_999_999_999n }), bytes: fc.uint8Array({ maxLength: 100 }), cut: fc.nat(1000) })
      .map(({ timestampNs, bytes, cut }): PcapRecord => ({
        timestampNs: options.nanoseconds ? timestampNs : timestampNs - (timestampNs % 1000n),
        capturedLength: bytes.length,
        originalLength: bytes.length + cut,
        bytes,
      }))
    fc.assert(
      fc.property(fc.array(record, { maxLength: 5 }), fc.integer({ min: 1, max: 200 }), (records, size) => {
        const file = concat(pcapHeader(options), ...records.map((one) => pcapRecord(one, options)))
        expect(inBytes(new PcapReader(), file)).toEqual(records)
        const reader = new PcapReader()
        const read: PcapRecord[] = []
        for (let at = 0; at < file.length; at += size) read.push(...reader.push(file.subarray(at, at + size)))
        expect(read).toEqual(records)
        expect(reader.leftover).toBe(0)
        reader.finish()
      }),
      { numRuns: 40 },
    )
  })

  it.each([1, 1000, 4095, 4097, 9000, 1_000_000])('reads a file larger than its buffer in chunks of %i', (size) => {
    const records = Array.from({ length: 60 }, (_, i): PcapRecord => {
      const length = (i * 397) % 9001
      return { timestampNs: BigInt(i) * 1000n, capturedLength: length, originalLength: length, bytes: new Uint8Array(length).fill(i) }
    })
    const file = concat(pcapHeader(), ...records.map((record) => pcapRecord(record)))
    const reader = new PcapReader()
    const read: PcapRecord[] = []
    for (let at = 0; at < file.length; at += size) read.push(...reader.push(file.subarray(at, at + size)))
    expect(read.length).toBe(records.length)
    read.forEach((record, i) => expect(Buffer.compare(record.bytes, records[i]?.bytes ?? new Uint8Array(1)), `${i}`).toBe(0))
    reader.finish()
  })

  it('gives records their own bytes', () => {
    const file = concat(pcapHeader(), pcapRecord({ timestampNs: 0n, bytes: Uint8Array.of(1, 2, 3) }))
    const reader = new PcapReader()
    const [record] = reader.push(file)
    file.fill(0)
    reader.push(new Uint8Array(16))
    expect(record?.bytes).toEqual(Uint8Array.of(1, 2, 3))
  })

  it('shows the bytes that are left at the end', () => {
    const file = concat(pcapHeader(), pcapRecord({ timestampNs: 0n, bytes: new Uint8Array(100) }))
    const reader = new PcapReader()
    expect(reader.push(file.subarray(0, 60))).toEqual([])
    expect(reader.leftover).toBe(36)
    expect(() => reader.finish()).toThrow(/malformed: the file ends 36 bytes into a packet record.*\(at byte 24\)/)
    expect(() => new PcapReader().finish()).toThrow(/into the file header/)
  })

  it.each([
    ['something else', '7f454c46', 0, /no pcap file: it begins with 0x7f454c46/],
    ['pcapng', '0a0d0d0a', 0, /editcap/],
    ['version 3', 'a1b2c3d4 0003 0004 00000000 00000000 00040000 00000001', 4, /version 3/],
    ['a packet beyond the snap length', 'a1b2c3d4 0002 0004 00000000 00000000 00000040 00000001 00000000 00000000 00000041 00000041', 32, /65 bytes; at most 64/],
    ['a packet beyond the limit', 'a1b2c3d4 0002 0004 00000000 00000000 ffffffff 00000001 00000000 00000000 fffffff0 fffffff0', 32, /at most 262144/],
  ])('refuses %s, and every push after it', (_, hex, offset, message) => {
    const reader = new PcapReader()
    for (const chunk of [bytes(hex), new Uint8Array()]) {
      try {
        reader.push(chunk)
        expect.unreachable()
      } catch (error) {
        expect(error).toBeInstanceOf(PcapError)
        expect(error).toMatchObject({ name: 'PcapError', code: 'malformed', offset })
        expect((error as Error).message).toMatch(message)
      }
    }
    expect(() => inBytes(new PcapReader(), bytes(hex))).toThrow(message)
  })

  it('takes the smaller of both limits, and none from a snap length of 0', () => {
    const file = concat(pcapHeader({ snapLength: 0 }), pcapRecord({ timestampNs: 0n, bytes: new Uint8Array(100) }))
    expect(new PcapReader().push(file)).toHaveLength(1)
    expect(() => new PcapReader({ maxPacketLength: 99 }).push(file)).toThrow(/at most 99/)
  })

  it('returns the records before an error, then throws', () => {
    const good = concat(pcapHeader(), pcapRecord({ timestampNs: 0n, bytes: Uint8Array.of(1) }))
    const reader = new PcapReader()
    expect(reader.push(concat(good, new Uint8Array(16).fill(0xff)))).toHaveLength(1)
    expect(reader.leftover).toBe(16)
    expect(() => reader.finish()).toThrow(PcapError)
    expect(() => reader.push(new Uint8Array())).toThrow(/\(at byte 49\)/)
  })

  it('throws nothing but PcapError, whatever the bytes', () => {
    const header = fc.constantFrom(pcapHeader(), pcapHeader({ littleEndian: false, snapLength: 20 }), new Uint8Array())
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        try {
          new PcapReader().push(concat(start, rest))
        } catch (error) {
          expect(error).toBeInstanceOf(PcapError)
        }
      }),
    )
  })
})

describe('pcap writer', () => {
  it('writes what tcpdump writes', () => {
    const record = { timestampNs: 1795251002832163071n, bytes: bytes(arp) }
    expect(concat(pcapHeader({ nanoseconds: true }), pcapRecord(record, { nanoseconds: true }))).toEqual(bytes(tcpdumpNano))
    expect(concat(pcapHeader(), pcapRecord(record))).toEqual(bytes(tcpdumpMicro))
  })

  it.each([
    [{ timestampNs: -1n, bytes: new Uint8Array() }, /timestampNs/],
    [{ timestampNs: 4_294_967_296_000_000_000n, bytes: new Uint8Array() }, /timestampNs/],
    [{ timestampNs: 0n, bytes: new Uint8Array(3), capturedLength: 4 }, /capturedLength: 4, but there are 3/],
    [{ timestampNs: 0n, bytes: new Uint8Array(), originalLength: -1 }, /originalLength/],
  ])('refuses %o', (record, message) => {
    expect(() => pcapRecord(record)).toThrow(RangeError)
    expect(() => pcapRecord(record)).toThrow(message)
  })
})
