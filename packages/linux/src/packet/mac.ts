const pattern = /^[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i

/** Whether `text` is six two-digit hex groups, all separated by ':' or all by '-'. */
export function isMac(text: string): boolean {
  return pattern.test(text)
}

/**
 * The six bytes of a MAC address written as `02:00:00:00:00:01` or `02-00-00-00-00-01`, in either case.
 *
 * @throws RangeError for anything else.
 */
export function parseMac(text: string): Uint8Array {
  if (!isMac(text)) {
    throw new RangeError(`not a MAC address: ${JSON.stringify(text)}; write it as 02:00:00:00:00:01`)
  }
  return Uint8Array.from(text.split(/[:-]/), (group) => Number.parseInt(group, 16))
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Six bytes from `offset` as `02:00:00:00:00:01`; bytes beyond the end count as zero. */
export function formatMac(bytes: Uint8Array, offset = 0): string {
  let text = ''
  for (let i = 0; i < 6; i++) text += (i === 0 ? '' : ':') + hex[bytes[offset + i] ?? 0]
  return text
}
