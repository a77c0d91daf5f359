import { PcapError } from './pcap-error.js'
import {
  headerLayout,
  magicMicroseconds,
  magicNanoseconds,
  maxSnapLength,
  type PcapHeader,
  type PcapRecord,
  recordLayout,
  version,
} from './pcap-format.js'

/** Limits of a {@link PcapReader}. */
export interface PcapReaderOptions {
  /**
   * The most bytes that a packet may have, so that a wrong length does not make the reader wait for gigabytes. Default
   * 262144, as in libpcap; the file's own snap length counts when it is smaller.
   */
  readonly maxPacketLength?: number
}

const magicPcapng = 0x0a0d0d0a

/**
 * Reads a pcap file as its bytes arrive, for example from tcpdump's standard output: of either byte order, with
 * microseconds or nanoseconds, and any link type. The records own their bytes.
 */
export class PcapReader {
  readonly #maxPacketLength: number
  #buffer = new Uint8Array(4096)
  /** The unread bytes are those from #start to #end of #buffer. */
  #start = 0
  #end = 0
  /** The place of #start in the file. */
  #offset = 0
  #header: PcapHeader | undefined
  #error: PcapError | undefined

  constructor(options: PcapReaderOptions = {}) {
    this.#maxPacketLength = options.maxPacketLength ?? maxSnapLength
  }

  /** What the file's header says; undefined until its 24 bytes are there. */
  get header(): PcapHeader | undefined {
    return this.#header
  }

  /** Bytes that have been pushed but belong to no complete record. More than 0 at the end says that the file was cut. */
  get leftover(): number {
    return this.#end - this.#start
  }

  /**
   * Takes the next bytes of the file, however they are cut, and returns the records that they complete. Records before an
   * error in the same chunk are returned first; the next push or {@link finish} throws.
   *
   * @throws PcapError `malformed` when this is no pcap file or a packet is longer than allowed, and again at every later push.
   */
  push(chunk: Uint8Array): PcapRecord[] {
    if (this.#error) throw this.#error
    this.#append(chunk)
    const records: PcapRecord[] = []
    try {
      if (!this.#readHeader()) return records
      for (let record = this.#readRecord(); record; record = this.#readRecord()) records.push(record)
    } catch (error) {
      if (!(error instanceof PcapError)) throw error
      this.#error = error
      if (records.length === 0) throw error
    }
    return records
  }

  /**
   * Says that there are no more bytes.
   *
   * @throws PcapError `malformed` when the file ends within its header or a record, or an earlier error is still to be thrown.
   */
  finish(): void {
    if (this.#error) throw this.#error
    if (this.leftover === 0 && this.#header) return
    const part = this.#header ? 'a packet record' : 'the file header'
    throw this.#malformed(`the file ends ${this.leftover} bytes into ${part}; the program that wrote it was probably stopped`)
  }

  #append(chunk: Uint8Array): void {
    const needed = this.leftover + chunk.length
    if (this.#end + chunk.length > this.#buffer.length) {
      const target = needed > this.#buffer.length ? new Uint8Array(Math.max(needed, this.#buffer.length * 2)) : this.#buffer
      // set() copies correctly within one array too.
      target.set(this.#buffer.subarray(this.#start, this.#end))
      this.#end -= this.#start
      this.#start = 0
      this.#buffer = target
    }
    this.#buffer.set(chunk, this.#end)
    this.#end += chunk.length
  }

  #consume(length: number): void {
    this.#start += length
    this.#offset += length
    if (this.#start === this.#end) this.#start = this.#end = 0
  }

  #view(): DataView {
    return new DataView(this.#buffer.buffer, this.#buffer.byteOffset + this.#start, this.leftover)
  }

  #malformed(message: string, fieldOffset = 0): PcapError {
    return new PcapError('malformed', message, this.#offset + fieldOffset)
  }

  #readHeader(): boolean {
    if (this.#header) return true
    if (this.leftover < 4) return false
    const view = this.#view()
    const littleEndian = this.#byteOrder(view.getUint32(headerLayout.magic), view.getUint32(headerLayout.magic, true))
    if (this.leftover < headerLayout.end) return false
    const major = view.getUint16(headerLayout.versionMajor, littleEndian)
    if (major !== version.major) {
      throw this.#malformed(`version ${major} of the pcap format; the reader takes version 2`, headerLayout.versionMajor)
    }
    this.#header = {
      nanoseconds: view.getUint32(headerLayout.magic, littleEndian) === magicNanoseconds,
      littleEndian,
      snapLength: view.getUint32(headerLayout.snapLength, littleEndian),
      linkType: view.getUint32(headerLayout.linkType, littleEndian) & 0xffff,
    }
    this.#consume(headerLayout.end)
    return true
  }

  /** Whether the file is little-endian, judged as soon as the magic number is there. */
  #byteOrder(big: number, little: number): boolean {
    if (big === magicMicroseconds || big === magicNanoseconds) return false
    if (little === magicMicroseconds || little === magicNanoseconds) return true
    if (big === magicPcapng) {
      throw this.#malformed('this is a pcapng file; convert it with `editcap -F pcap in.pcapng out.pcap`')
    }
    throw this.#malformed(`no pcap file: it begins with 0x${big.toString(16).padStart(8, '0')}`)
  }

  #readRecord(): PcapRecord | undefined {
    const header = this.#header
    if (header === undefined || this.leftover < recordLayout.end) return undefined
    const { littleEndian, nanoseconds, snapLength } = header
    const view = this.#view()
    const capturedLength = view.getUint32(recordLayout.capturedLength, littleEndian)
    const limit = Math.min(snapLength === 0 ? Infinity : snapLength, this.#maxPacketLength)
    if (capturedLength > limit) {
      throw this.#malformed(`a packet of ${capturedLength} bytes; at most ${limit} are allowed`, recordLayout.capturedLength)
    }
    const end = recordLayout.end + capturedLength
    if (this.leftover < end) return undefined
    const seconds = BigInt(view.getUint32(recordLayout.seconds, littleEndian))
    const fraction = BigInt(view.getUint32(recordLayout.fraction, littleEndian))
    const record: PcapRecord = {
      timestampNs: seconds * 1_000_000_000n + (nanoseconds ? fraction : fraction * 1000n),
      capturedLength,
      originalLength: view.getUint32(recordLayout.originalLength, littleEndian),
      bytes: this.#buffer.slice(this.#start + recordLayout.end, this.#start + end),
    }
    this.#consume(end)
    return record
  }
}
