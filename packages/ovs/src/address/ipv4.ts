const dot = Array.from({ length: 256 }, (_, byte) => `${byte}.`)
const last = Array.from({ length: 256 }, (_, byte) => `${byte}`)

/** An IPv4 address, given as 32 bits, as a dotted quad. */
export function formatIpv4(address: number): string {
  return (
    (dot[address >>> 24] as string) +
    (dot[(address >>> 16) & 0xff] as string) +
    (dot[(address >>> 8) & 0xff] as string) +
    (last[address & 0xff] as string)
  )
}

/**
 * The 32 bits of a dotted quad, unsigned; `undefined` for anything else, also for numbers with a leading zero, which
 * some programs read as octal.
 */
export function parseIpv4(text: string): number | undefined {
  let address = 0
  let at = 0
  for (let group = 0; group < 4; group++) {
    if (group > 0 && text.charCodeAt(at++) !== 0x2e) return undefined
    let byte = -1
    for (;;) {
      const digit = text.charCodeAt(at) - 0x30
      if (!(digit >= 0 && digit <= 9)) break
      if (byte === 0) return undefined
      byte = byte === -1 ? digit : 10 * byte + digit
      if (byte > 255) return undefined
      at++
    }
    if (byte === -1) return undefined
    address = 256 * address + byte
  }
  return at === text.length ? address : undefined
}
