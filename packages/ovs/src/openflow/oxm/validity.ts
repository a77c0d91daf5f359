import { bitsOfValue, onesOf, valueHint } from './bits.js'
import type { Match, OxmField } from './field.js'
import { oxmFields, type FieldName, type FieldSpec } from './fields.js'
import { missingPrerequisite } from './prerequisites.js'

/** Why a switch must refuse a match: the codes of `OFPET_BAD_MATCH` (OpenFlow 1.3.5 §7.4.4.5). */
export type MatchProblemCode = 'bad_field' | 'bad_wildcards' | 'bad_mask' | 'bad_value' | 'bad_prereq' | 'dup_field'

/** What is wrong with a match. */
export interface MatchProblem {
  readonly code: MatchProblemCode
  /** Position in the match of the field that is wrong. */
  readonly index: number
  /** Names the field and the value, and says what would be right. */
  readonly message: string
}

/**
 * The first thing for which a switch must refuse a match: fields that it does not know, values out of range, masks
 * where none may be, bits of the value outside of the mask, prerequisites that do not come before the field, fields
 * that occur twice (OpenFlow 1.3.5 §7.2.3.6).
 *
 * @returns `undefined` when all is well.
 * @throws OvsError `invalid` when a value is not of its field's kind at all.
 */
export function matchProblem(match: Match): MatchProblem | undefined {
  for (const [index, field] of match.entries()) {
    const found = problemOf(field, match.slice(0, index))
    if (found !== undefined) return { code: found[0], index, message: found[1] }
  }
  return undefined
}

function problemOf(field: OxmField, before: Match): readonly [MatchProblemCode, string] | undefined {
  if (field.field === 'unknown') {
    return ['bad_field', `field ${field.id} of class 0x${field.class.toString(16)} is not known`]
  }
  const name = field.field
  const spec: FieldSpec = oxmFields[name]
  const value = bitsOfValue(name, field.value)
  const all = onesOf(8 * (field.value instanceof Uint8Array ? field.value.length : spec.bytes))
  const mask = field.mask === undefined ? all : bitsOfValue(name, field.mask, `the mask of ${name}`)
  if ((value & ~mask) !== 0n) {
    const both = `${shown(value)}/${shown(mask)}`
    return ['bad_wildcards', `the value of ${name} must have no bits outside of its mask, unlike ${both}`]
  }
  if (mask !== all && spec.maskable === 'no') return ['bad_mask', `${name} must be matched exactly: it takes no mask`]
  if (value > onesOf(spec.bits)) {
    return ['bad_value', `${name} must be ${valueHint(spec)}, not ${spec.bytes > 4 ? shown(value) : String(value)}`]
  }
  if (before.some((other) => other.field === name)) return ['dup_field', `${name} must not occur twice`]
  const missing = missingPrerequisite(name, before)
  return missing === undefined ? undefined : ['bad_prereq', missing]
}

function shown(bits: bigint): string {
  return `0x${bits.toString(16)}`
}

/** Whether a match of this field alone may have a mask, with Open vSwitch or by the specification. */
export function isMaskable(name: FieldName): boolean {
  return oxmFields[name].maskable !== 'no'
}
