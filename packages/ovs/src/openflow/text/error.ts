import { errorName, type ErrorMessage } from '../message/error.js'

/** Where Open vSwitch has another name for an error than OpenFlow 1.3.5 §7.4.4. */
const names: Readonly<Record<string, string>> = {
  OFPBRC_BAD_MULTIPART: 'OFPBRC_BAD_STAT',
  OFPBRC_BAD_EXPERIMENTER: 'OFPBRC_BAD_VENDOR',
  OFPBRC_BAD_EXP_TYPE: 'OFPBRC_BAD_SUBTYPE',
  OFPBRC_IS_SLAVE: 'OFPBRC_IS_SECONDARY',
  OFPBAC_BAD_EXPERIMENTER: 'OFPBAC_BAD_VENDOR',
  OFPBAC_BAD_EXP_TYPE: 'OFPBAC_BAD_VENDOR_TYPE',
  OFPTFFC_BAD_TYPE: 'OFPBPC_BAD_TYPE',
  OFPTFFC_BAD_LEN: 'OFPBPC_BAD_LEN',
  OFPTFFC_BAD_ARGUMENT: 'OFPBPC_BAD_VALUE',
}

/** The name of an error as Open vSwitch writes it, such as `OFPBRC_BAD_VENDOR`. */
export function printErrorName(error: ErrorMessage): string {
  const name = errorName(error)
  return names[name] ?? name
}

/** Whether the data of an error is a text for people, not the message that failed. */
export function hasText(error: ErrorMessage): boolean {
  return error.errorType === 'hello_failed'
}

/** Bytes as text; all but printable ASCII, quotation marks and backslashes as in `\\000`. */
export function printText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\${byte.toString(8).padStart(3, '0')}`,
  ).join('')
}
