import { stringifyJson } from '../../jsonrpc/json.js'

/**
 * A value as one line of JSON: bytes become hexadecimal text, bigints numbers of any length, and properties that are
 * undefined are left out.
 */
export function jsonLine(value: unknown): string {
  return stringifyJson(plain(value))
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return hexOf(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, plain(item)]])))
}

/** Bytes as hexadecimal text. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}
