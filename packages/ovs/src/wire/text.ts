import { isUtf8 } from 'node:buffer'

/** The first of the 128 lone surrogates that stand for bytes which are not UTF-8. */
const ESCAPE = 0xdc00

/**
 * Text out of bytes. A byte that is not part of valid UTF-8 becomes the lone surrogate U+DC80 to U+DCFF with the byte
 * in its lower eight bits, so that {@link encodeText} gives the same bytes again: devices cut names anywhere.
 */
export function decodeText(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) return decodeBroken(bytes)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

/** The bytes of a text in UTF-8; the lone surrogates of {@link decodeText} become the bytes that they stand for. */
export function encodeText(text: string): Uint8Array {
  if (!/\p{Surrogate}/u.test(text)) return Buffer.from(text, 'utf8')
  const parts: Uint8Array[] = []
  for (const character of text) {
    const code = character.charCodeAt(0)
    parts.push(
      character.length === 1 && code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff
        ? Uint8Array.of(code - ESCAPE)
        : Buffer.from(character, 'utf8'),
    )
  }
  return Buffer.concat(parts)
}

function decodeBroken(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at)
    if (length === 0) text += String.fromCharCode(ESCAPE + (bytes[at] as number))
    else text += Buffer.from(bytes.subarray(at, at + length)).toString('utf8')
    at += Math.max(1, length)
  }
  return text
}

/** How many bytes the valid character at `at` has; 0 when there is none. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  return at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0
}
