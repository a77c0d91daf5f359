import { formatMac, parseMac } from '../address/mac.js'
import { OvsError } from '../errors.js'
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'

/** Reads a MAC address, as `02:00:00:00:00:01`. @throws OvsError `malformed` when it is cut off. */
export function decodeMac(r: ByteReader): string {
  return formatMac(r.u16(), r.u32())
}

/** Writes a MAC address. @throws OvsError `invalid`, naming `field`, when it is none. */
export function encodeMac(w: ByteWriter, address: string, field: string): void {
  const mac = typeof address === 'string' ? parseMac(address) : undefined
  if (mac === undefined) {
    throw new OvsError('invalid', `${field} must be a MAC address such as 02:00:00:00:00:01, not ${String(address)}`)
  }
  w.u16(Math.floor(mac / 0x1_0000_0000))
  w.u32(mac % 0x1_0000_0000)
}
