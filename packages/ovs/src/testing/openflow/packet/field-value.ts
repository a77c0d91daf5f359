import { OFPP } from '../../../openflow/constants.js'
import type { FieldName } from '../../../openflow/oxm/fields.js'
import { fieldRange } from './field-range.js'

/** Whether a value may be matched or set, as Open vSwitch sees it (`mf_is_value_valid`). */
export function isValidValue(name: FieldName, bits: bigint): boolean {
  const range = fieldRange(name)
  if (range === undefined || bits >> BigInt(range.bits) !== 0n) return false
  switch (name) {
    case 'in_port':
      return bits < 0xff00n || bits >= BigInt(OFPP.UNSET)
    case 'nxm_of_ip_tos':
      return (bits & 3n) === 0n
    case 'arp_op':
    case 'nxm_of_arp_op':
      return bits <= 0xffn
    case 'ct_state':
      return bits <= 0xffn
    default:
      return true
  }
}

/** A port number of 16 bits, as the older fields have it, in 32. */
export function widePort(port: bigint): bigint {
  return port >= 0xff00n ? port | 0xffff0000n : port
}
