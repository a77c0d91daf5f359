// The layout of a pcap file: draft-ietf-opsawg-pcap §4 (file header) and §5 (packet record).

/** The magic number of a file with timestamps in microseconds. */
export const magicMicroseconds = 0xa1b2c3d4
/** The magic number of a file with timestamps in nanoseconds. */
export const magicNanoseconds = 0xa1b23c4d

/** LINKTYPE_ETHERNET. */
export const linkTypeEthernet = 1

/** The largest packet that libpcap takes (MAXIMUM_SNAPLEN), and the snap length that tcpdump writes by default; bytes. */
export const maxSnapLength = 262_144

export const headerLayout = {
  magic: 0,
  versionMajor: 4,
  versionMinor: 6,
  // Bytes 8 to 15 are reserved.
  snapLength: 16,
  linkType: 20,
  end: 24,
} as const
export const recordLayout = { seconds: 0, fraction: 4, capturedLength: 8, originalLength: 12, end: 16 } as const

export const version = { major: 2, minor: 4 } as const

/** What the header of a pcap file says. */
export interface PcapHeader {
  /** Whether timestamps have nanoseconds; otherwise microseconds. */
  readonly nanoseconds: boolean
  readonly littleEndian: boolean
  /** The most bytes that are kept of a packet; 0 says that there is no limit. */
  readonly snapLength: number
  /** 1 for Ethernet; the lower 16 bits of the field. */
  readonly linkType: number
}

/** One captured packet. */
export interface PcapRecord {
  /** Nanoseconds since 1970-01-01 UTC; in a file of microseconds a multiple of 1000. */
  readonly timestampNs: bigint
  /** The length of `bytes`. */
  readonly capturedLength: number
  /** The length that the packet had on the wire, in bytes. */
  readonly originalLength: number
  readonly bytes: Uint8Array
}
