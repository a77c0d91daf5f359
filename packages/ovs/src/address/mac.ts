const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const hexColon = hex.map((digits) => `${digits}:`)

/** The value of a hexadecimal digit's character code; 16 or more for any other character. */
export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = (code | 0x20) - 0x61
  return letter >= 0 && letter < 6 ? letter + 10 : 16
}

/** A MAC address, given as its first 16 and its last 32 bits, as `02:00:00:00:00:01`. */
export function formatMac(high: number, low: number): string {
  return (
    (hexColon[high >>> 8] as string) +
    (hexColon[high & 0xff] as string) +
    (hexColon[low >>> 24] as string) +
    (hexColon[(low >>> 16) & 0xff] as string) +
    (hexColon[(low >>> 8) & 0xff] as string) +
    (hex[low & 0xff] as string)
  )
}

/**
 * The 48 bits of a MAC address of six groups of one or two digits, `02:00:00:00:00:01` or `2:0:0:0:0:1`, in either
 * case; `undefined` for anything else.
 */
export function parseMac(text: string): number | undefined {
  let value = 0
  let at = 0
  for (let group = 0; group < 6; group++) {
    if (group > 0 && text.charCodeAt(at++) !== 0x3a) return undefined
    let byte = hexDigit(text.charCodeAt(at))
    if (byte > 15) return undefined
    at++
    const second = hexDigit(text.charCodeAt(at))
    if (second <= 15) {
      byte = 16 * byte + second
      at++
    }
    value = 256 * value + byte
  }
  return at === text.length ? value : undefined
}
