/** Bytes in a line of {@link hexdump}. */
const width = 16

/**
 * Bytes as Open vSwitch dumps them: sixteen in a line, after their offset and before their printable characters. Every
 * line ends with a newline.
 */
export function hexdump(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += width) text += line(bytes.subarray(at, at + width), at)
  return text
}

function line(bytes: Uint8Array, at: number): string {
  let hex = ''
  let characters = ''
  for (let i = 0; i < width; i++) {
    const byte = bytes[i]
    // The separator after the eighth byte is there as soon as that byte is.
    const separator = i === 7 ? '-' : ' '
    hex += byte === undefined ? '  ' + ' ' : byte.toString(16).padStart(2, '0') + separator
    characters += byte === undefined ? ' ' : byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'
  }
  return `${at.toString(16).padStart(8, '0')}  ${hex}|${characters}|\n`
}
