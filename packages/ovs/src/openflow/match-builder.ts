import { OvsError } from '../errors.js'
import { bitsOfValue, onesOf, valueHint, valueOfBits } from './oxm/bits.js'
import type { KnownField, Match, OxmField } from './oxm/field.js'
import {
  fieldNames,
  oxmFields,
  type FieldName,
  type FieldSpec,
  type FieldValue,
  type FieldValues,
} from './oxm/fields.js'
import { prerequisiteRank } from './oxm/prerequisites.js'
import { matchProblem } from './oxm/validity.js'

/** The form of a value by the kind of its field, where {@link match} takes more than {@link FieldValues} has. */
interface InputValues extends Omit<FieldValues, 'bigint'> {
  readonly bigint: bigint | number
}

/** A field's value for {@link match}: the value alone, or `[value, mask]`; an address also as `'10.0.0.0/8'`. */
export type MatchValue<Name extends FieldName> =
  | InputValues[(typeof oxmFields)[Name]['kind']]
  | readonly [
      value: InputValues[(typeof oxmFields)[Name]['kind']],
      mask: InputValues[(typeof oxmFields)[Name]['kind']],
    ]

/** The fields of a match by name. Those that are `undefined` are left out. */
export type MatchFields = { readonly [Name in FieldName]?: MatchValue<Name> | undefined }

const order = new Map<string, number>(
  [...fieldNames.entries()].map(([index, name]) => [name, 1000 * prerequisiteRank(name) + index]),
)

/**
 * Makes a match from fields by name, whatever their order:
 *
 * ```ts
 * match({ in_port: 1, eth_type: 0x0800, ipv4_dst: '10.0.0.0/8', ip_proto: 6, tcp_dst: 80, metadata: [1n, 0xffn] })
 * ```
 *
 * Each field comes after those that it needs. Bits of a value outside of its mask are cleared, a mask of all ones is
 * left out, and so is a field with a mask of all zeros, which says nothing.
 *
 * @throws OvsError `invalid`, naming the field, when there is no such field, a value is out of range or of the wrong
 *   kind, a field takes no mask, or a field is missing that another one needs (OpenFlow 1.3.5 §7.2.3.6).
 */
export function match(fields: MatchFields): Match {
  const result: OxmField[] = []
  for (const [name, input] of Object.entries(fields)) {
    if (input === undefined) continue
    if (!order.has(name)) {
      throw new OvsError('invalid', `there is no match field ${JSON.stringify(name)}; oxmFields lists the names`)
    }
    const field = fieldOf(name as FieldName, input)
    if (field !== undefined) result.push(field)
  }
  result.sort((a, b) => (order.get(a.field) ?? 0) - (order.get(b.field) ?? 0))
  const problem = matchProblem(result)
  if (problem !== undefined) throw new OvsError('invalid', problem.message)
  return result
}

/** The field of an input; `undefined` when its mask is all zeros. */
function fieldOf(name: FieldName, input: NonNullable<MatchFields[FieldName]>): OxmField | undefined {
  const spec: FieldSpec = oxmFields[name]
  const [given, givenMask] = partsOf(spec, input)
  const value = bitsOf(name, given, name)
  if (givenMask === undefined) return known(name, valueOfBits(name, value, lengthOf(given)))
  if (value > onesOf(spec.bits)) {
    throw new OvsError('invalid', `${name} must be ${valueHint(spec)}, not ${String(given)}`)
  }
  const mask = maskBitsOf(name, spec, givenMask)
  if (mask === 0n && !spec.variable) return undefined
  const length = lengthOf(given)
  if (length !== undefined && lengthOf(givenMask) !== length) {
    throw new OvsError('invalid', `the mask of ${name} must be as long as the value`)
  }
  const all = onesOf(length === undefined ? spec.bits : 8 * length)
  if (mask === all) return known(name, valueOfBits(name, value, length))
  return known(name, valueOfBits(name, value & mask, length), valueOfBits(name, mask, length))
}

function known(name: FieldName, value: FieldValue, mask?: FieldValue): OxmField {
  // The table pairs each name with the kind of its value; TypeScript cannot follow that through a variable.
  return (mask === undefined ? { field: name, value } : { field: name, value, mask }) as KnownField<'in_port'>
}

/** Splits an input into value and mask. */
function partsOf(spec: FieldSpec, input: unknown): readonly [value: unknown, mask?: unknown] {
  if (Array.isArray(input)) return [input[0], input[1]]
  if (typeof input !== 'string') return [input]
  const slash = input.indexOf('/')
  return slash === -1 || spec.kind === 'number' ? [input] : [input.slice(0, slash), input.slice(slash + 1)]
}

/** The bits of a mask, which for an IP address may be the length of a prefix. */
function maskBitsOf(name: FieldName, spec: FieldSpec, mask: unknown): bigint {
  const isIp = spec.kind === 'ipv4' || spec.kind === 'ipv6'
  if (isIp && typeof mask === 'string' && /^[0-9]+$/.test(mask)) {
    const prefix = Number(mask)
    if (prefix <= spec.bits) return onesOf(spec.bits) ^ onesOf(spec.bits - prefix)
    throw new OvsError('invalid', `the prefix of ${name} must be from 0 to ${spec.bits}, not ${mask}`)
  }
  const bits = bitsOf(name, mask, `the mask of ${name}`)
  if (bits > onesOf(spec.bits)) {
    throw new OvsError('invalid', `the mask of ${name} must be ${valueHint(spec)}, not ${String(mask)}`)
  }
  return bits
}

function bitsOf(name: FieldName, value: unknown, what: string): bigint {
  const widened = oxmFields[name].kind === 'bigint' && Number.isSafeInteger(value) ? BigInt(value as number) : value
  return bitsOfValue(name, widened, what)
}

function lengthOf(value: unknown): number | undefined {
  return value instanceof Uint8Array ? value.length : undefined
}
