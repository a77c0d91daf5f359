import type { FieldRef, OxmField, Subfield } from '../../../openflow/oxm/field.js'
import { bitsOfValue } from '../../../openflow/oxm/bits.js'
import { fieldSpec, type Prerequisite } from '../../../openflow/oxm/fields.js'
import { type FieldRange, fieldRange } from './field-range.js'
import { fulfils } from './prerequisite.js'
import { type BitRange, ones } from './key.js'
import type { Packet } from './packet.js'

/** Where a field that an action names is in the key, or `undefined` when the switch does not support it. */
export function rangeOf(field: FieldRef): FieldRange | undefined {
  return typeof field === 'string' ? fieldRange(field) : undefined
}

/** What a packet must be to have the field. */
export function requirementOf(field: FieldRef): Prerequisite {
  return typeof field === 'string' ? fieldSpec(field).requires : 'none'
}

/** The bits of a subfield in the key. Only of fields that are supported, and within them: that is checked before. */
export function subrange({ field, offset, bits }: Subfield): BitRange {
  const range = rangeOf(field) as FieldRange
  return { word: range.word, words: range.words, shift: range.shift + offset, bits }
}

/** Whether the packet has the field at the moment. */
export function hasField(packet: Packet, field: FieldRef): boolean {
  return fulfils(requirementOf(field), packet.key)
}

/** Overwrites a field of a packet, or the bits of its mask, if the packet has it. */
export function setField(packet: Packet, field: OxmField): void {
  if (field.field === 'unknown' || !hasField(packet, field.field)) return
  const range = fieldRange(field.field) as FieldRange
  const value = bitsOfValue(field.field, field.value)
  const mask = field.mask === undefined ? ones(range.bits) : bitsOfValue(field.field, field.mask)
  packet.write(range, (packet.read(range) & ~mask) | (value & mask))
}
