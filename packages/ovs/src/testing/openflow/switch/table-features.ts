import type { TableFeatures } from '../../../openflow/multipart/table-features.js'
import { fieldNames, type FieldName, fieldSpec, OXM_CLASS } from '../../../openflow/oxm/fields.js'
import type { MaskableFieldRef } from '../../../openflow/oxm/header.js'
import { fieldRange } from '../packet/field-range.js'

const none = new Uint8Array()
const ids = (numbers: readonly number[]): { id: number; data: Uint8Array }[] => numbers.map((id) => ({ id, data: none }))

/** Numbers of the instructions: goto, metadata, write, apply, clear, meter. */
const INSTRUCTIONS = ids([1, 2, 3, 4, 5, 6])
/** Numbers of the actions that an action set may have. */
const ACTIONS = ids([0, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25])

/** The fields of OpenFlow that the switch can match; not the older forms of the same. */
const fields = fieldNames.filter((name) => {
  const { class: oxmClass } = fieldSpec(name)
  return fieldRange(name) !== undefined && oxmClass === OXM_CLASS.OPENFLOW_BASIC && name !== 'packet_type'
})
const maskable = (name: FieldName): MaskableFieldRef => ({ field: name, masked: fieldSpec(name).maskable !== 'no' }) as MaskableFieldRef
const plain = (name: FieldName): MaskableFieldRef => ({ field: name, masked: false }) as MaskableFieldRef
const settable = fields.filter((name) => fieldRange(name)?.writable && name !== 'in_port')

/** What the tables can do: every table the same, but for where it can go on (OpenFlow 1.3.5 §7.3.5.5). */
export function tableFeatures(count: number): TableFeatures[] {
  return Array.from({ length: count }, (_, tableId) => ({
    tableId,
    name: `table${tableId}`,
    metadataMatch: 0xffffffffffffffffn,
    metadataWrite: 0xffffffffffffffffn,
    config: 0,
    maxEntries: 1_000_000,
    properties: [
      { type: 'instructions', instructions: INSTRUCTIONS },
      { type: 'next_tables', tableIds: Array.from({ length: count - tableId - 1 }, (_, i) => tableId + 1 + i) },
      { type: 'write_actions', actions: ACTIONS },
      { type: 'apply_actions', actions: ACTIONS },
      { type: 'match', fields: fields.map(maskable) },
      { type: 'wildcards', fields: fields.map(plain) },
      { type: 'write_setfield', fields: settable.map(plain) },
      { type: 'apply_setfield', fields: settable.map(plain) },
    ],
  }))
}
