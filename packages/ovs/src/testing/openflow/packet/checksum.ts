/** The checksum at `at` after 16 bits that it covers went from `from` to `to` (RFC 1624, equation 3). */
export function updateChecksum(frame: Uint8Array, at: number, from: number, to: number): void {
  const old = ((frame[at] as number) << 8) | (frame[at + 1] as number)
  let sum = (~old & 0xffff) + (~from & 0xffff) + to
  sum = (sum & 0xffff) + (sum >>> 16)
  sum = (sum & 0xffff) + (sum >>> 16)
  const checksum = ~sum & 0xffff
  frame[at] = checksum >> 8
  frame[at + 1] = checksum & 0xff
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  return crc >>> 0
})

/** CRC-32c of an SCTP packet as if its checksum field, at 8 to 11, were zero (RFC 9260 §6.8); low byte first on the wire. */
export function sctpChecksum(packet: Uint8Array): number {
  let crc = 0xffffffff
  for (let i = 0; i < packet.length; i++) {
    const byte = i >= 8 && i < 12 ? 0 : (packet[i] as number)
    crc = (table[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8)
  }
  return ~crc >>> 0
}
