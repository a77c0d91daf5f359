export {
  fieldNames,
  fieldSpec,
  oxmFields,
  OXM_CLASS,
  type FieldKind,
  type FieldName,
  type FieldNameOf,
  type FieldSpec,
  type FieldValue,
  type FieldValues,
  type Maskable,
  type Prerequisite,
} from './fields.js'
export type { FieldRef, KnownField, Match, OxmField, Subfield, UnknownField, UnknownFieldRef } from './field.js'
export { decodeFieldHeader, decodeMaskableHeader, encodeFieldHeader, type MaskableFieldRef } from './header.js'
export { decodeOxm, decodeOxmList, encodeOxm, encodeOxmList } from './oxm.js'
export { missingPrerequisite } from './prerequisites.js'
export { isMaskable, matchProblem, type MatchProblem, type MatchProblemCode } from './validity.js'
