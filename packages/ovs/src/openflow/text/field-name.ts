import { fieldNames, oxmFields, type FieldName } from '../oxm/fields.js'
import type { FieldRef, UnknownFieldRef } from '../oxm/field.js'
import { textFieldOf, textFieldOfHeader } from './field-table.js'

const byHeaderName = new Map(fieldNames.map((name) => [oxmFields[name].header, name]))

/**
 * The header name by which ovs-ofctl prints a field in actions: the older NXM name where there is one, such as
 * `NXM_OF_ETH_DST` also for `eth_dst`; of a field that is not known, its class and id, such as `0x8000:5`.
 */
export function printFieldName(ref: FieldRef): string {
  if (typeof ref !== 'string') return printUnknown(ref)
  const headers = textFieldOfHeader(ref)?.headers ?? [ref]
  const preferred = headers.find((name) => oxmFields[name].class <= 1) ?? headers[0] ?? ref
  return oxmFields[preferred].header
}

/**
 * The field that a name in an action means: a name or an alias of ovs-fields(7), which stand for the header that
 * Open vSwitch sends to an OpenFlow 1.3 peer, or the name of a header, such as `NXM_OF_ETH_DST`.
 *
 * @returns `undefined` when there is no such field, or no header carries it (`dl_vlan`).
 */
export function parseFieldName(name: string): FieldName | undefined {
  return byHeaderName.get(name) ?? textFieldOf(name)?.headers[0]
}

function printUnknown(ref: UnknownFieldRef): string {
  // Another length than the table's, as mapped tunnel metadata has in actions, does not change the name.
  const known = fieldNames.find((name) => {
    const spec = oxmFields[name]
    return spec.class === ref.class && spec.id === ref.id && spec.experimenter === ref.experimenter
  })
  return known === undefined ? `0x${ref.class.toString(16)}:${ref.id}` : printFieldName(known)
}
