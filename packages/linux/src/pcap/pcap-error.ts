/** What a {@link PcapError} says: the bytes are not those of a pcap file, or of one that the reader takes. */
export type PcapErrorCode = 'malformed'

/** Thrown by {@link PcapReader}; after it, the reader is of no further use. */
export class PcapError extends Error {
  override readonly name = 'PcapError'
  readonly code: PcapErrorCode
  /** Of the wrong field, in bytes from the start of the file. */
  readonly offset: number

  constructor(code: PcapErrorCode, message: string, offset: number) {
    super(`${code}: ${message} (at byte ${offset})`)
    this.code = code
    this.offset = offset
  }
}
