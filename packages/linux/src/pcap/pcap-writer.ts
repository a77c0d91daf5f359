import {
  headerLayout,
  linkTypeEthernet,
  magicMicroseconds,
  magicNanoseconds,
  maxSnapLength,
  type PcapHeader,
  type PcapRecord,
  recordLayout,
  version,
} from './pcap-format.js'

/** How the times in a file are written; header and records must be written with the same options. */
export type PcapFormatOptions = Partial<Pick<PcapHeader, 'nanoseconds' | 'littleEndian'>>

const nsPerSecond = 1_000_000_000n

/**
 * The 24 bytes that begin a pcap file (draft-ietf-opsawg-pcap §4). Defaults: microseconds, little-endian, a snap length
 * of 262144 bytes, Ethernet.
 */
export function pcapHeader(options: Partial<PcapHeader> = {}): Uint8Array {
  const { nanoseconds = false, littleEndian = true, snapLength = maxSnapLength, linkType = linkTypeEthernet } = options
  const bytes = new Uint8Array(headerLayout.end)
  const view = new DataView(bytes.buffer)
  view.setUint32(headerLayout.magic, nanoseconds ? magicNanoseconds : magicMicroseconds, littleEndian)
  view.setUint16(headerLayout.versionMajor, version.major, littleEndian)
  view.setUint16(headerLayout.versionMinor, version.minor, littleEndian)
  view.setUint32(headerLayout.snapLength, snapLength, littleEndian)
  view.setUint32(headerLayout.linkType, linkType, littleEndian)
  return bytes
}

/** What {@link pcapRecord} writes. Both lengths default to that of `bytes`. */
export type PcapRecordFields = Pick<PcapRecord, 'timestampNs' | 'bytes'> &
  Partial<Pick<PcapRecord, 'capturedLength' | 'originalLength'>>

/**
 * One packet with its 16-byte header (draft-ietf-opsawg-pcap §5). In a file of microseconds, the default, the rest of the
 * timestamp is dropped.
 *
 * @throws RangeError when the timestamp is not between 1970 and 2106, `capturedLength` is not the length of `bytes`, or
 * `originalLength` does not fit 32 bits.
 */
export function pcapRecord(record: PcapRecordFields, options: PcapFormatOptions = {}): Uint8Array {
  const { timestampNs, bytes, capturedLength = bytes.length, originalLength = bytes.length } = record
  const { nanoseconds = false, littleEndian = true } = options
  const seconds = timestampNs / nsPerSecond
  if (timestampNs < 0n || seconds > 0xffff_ffffn) {
    throw new RangeError(`timestampNs: ${timestampNs} does not fit a pcap file; give nanoseconds since 1970`)
  }
  if (capturedLength !== bytes.length) {
    throw new RangeError(`capturedLength: ${capturedLength}, but there are ${bytes.length} bytes; leave it out, or cut the bytes`)
  }
  if (!Number.isInteger(originalLength) || originalLength < 0 || originalLength > 0xffff_ffff) {
    throw new RangeError(`originalLength: ${originalLength} does not fit 32 bits; give the length on the wire in bytes`)
  }
  const fraction = Number(timestampNs % nsPerSecond)
  const whole = new Uint8Array(recordLayout.end + bytes.length)
  const view = new DataView(whole.buffer)
  view.setUint32(recordLayout.seconds, Number(seconds), littleEndian)
  view.setUint32(recordLayout.fraction, nanoseconds ? fraction : Math.floor(fraction / 1000), littleEndian)
  view.setUint32(recordLayout.capturedLength, capturedLength, littleEndian)
  view.setUint32(recordLayout.originalLength, originalLength, littleEndian)
  whole.set(bytes, recordLayout.end)
  return whole
}
