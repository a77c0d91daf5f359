import type { FieldName, FieldValue } from './fields.js'

/** A field that {@link oxmFields} lists, with its value and, where it is not to be matched exactly, its mask. */
export interface KnownField<Name extends FieldName> {
  readonly field: Name
  readonly value: FieldValue<Name>
  /** The bits of `value` that count, in the same form as `value`. Without it, all of them. */
  readonly mask?: FieldValue<Name>
}

/** A field that this library does not know, or with a length that is not that of the field: kept as it came. */
export interface UnknownField {
  readonly field: 'unknown'
  /** `oxm_class`. */
  readonly class: number
  /** `oxm_field`. */
  readonly id: number
  readonly hasMask: boolean
  /** The experimenter's number, when `class` is 0xffff. */
  readonly experimenter?: number
  /** All that follows the header and the experimenter's number: the value and, with `hasMask`, the mask. */
  readonly data: Uint8Array
}

/** One field of a match, or the value of a set-field action. */
export type OxmField = { readonly [Name in FieldName]: KnownField<Name> }[FieldName] | UnknownField

/** The fields of a match in their order on the wire. Fields may occur twice: that is for the switch to refuse. */
export type Match = readonly OxmField[]

/** The header of a field that this library does not know. */
export interface UnknownFieldRef {
  readonly class: number
  readonly id: number
  /** `oxm_length`, without the four bytes of an experimenter's number. */
  readonly length: number
  readonly hasMask: boolean
  readonly experimenter?: number
}

/** A field without a value, as actions name it: the name of a known field, or the header of an unknown one. */
export type FieldRef = FieldName | UnknownFieldRef

/** Some neighbouring bits of a field: `bits` of them from bit `offset`, where 0 is the least significant. */
export interface Subfield {
  readonly field: FieldRef
  readonly offset: number
  readonly bits: number
}
