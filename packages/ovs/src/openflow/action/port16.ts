import { OvsError } from '../../errors.js'
import type { ByteWriter } from '../../wire/byte-writer.js'

/**
 * Ports in extensions that have 16 bits for them, as OpenFlow 1.0 had: 0xff00 and above stand for the reserved ports
 * 0xffffff00 and above.
 */
export function portOf16(port: number): number {
  return port < 0xff00 ? port : port + 0xffff0000
}

/** The other way round. @throws OvsError `invalid` for the ports in between, which have no 16-bit form. */
export function encodePort16(writer: ByteWriter, port: number, what: string): void {
  if (!Number.isInteger(port) || port < 0 || port > 0xffffffff || (port >= 0xff00 && port < 0xffffff00)) {
    throw new OvsError('invalid', `${what} must be from 0 to 0xfeff, or a reserved port of OFPP, not ${port}`)
  }
  writer.u16(port & 0xffff)
}
